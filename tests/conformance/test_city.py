"""The demonstration city as a whole: it loads twice without a change, is complete, and says where it is a sample."""

import csv
import re
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.packs.loading import load_pack

PACK = Path(__file__).parents[2] / "packs" / "changzhou"
NATIONAL = {  # 国发〔2024〕3号, the list of 2024
    "newborn", "retirement", "school_enrolment", "social_security_card_services", "disability_services", "open_restaurant",
    "enterprise_change", "transport_enterprise", "utilities_connection", "credit_repair", "listing_check",
    "bankruptcy_check", "enterprise_cancellation",
}  # fmt: skip
WHOLE = ("newborn", "retirement", "open_restaurant")
CPU_SECONDS = 40  # of loading; a start has no more


@cache
def read(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((PACK / name).read_text("utf-8"))


def definitions(folder: str, file: str) -> dict[str, Any]:
    return {path.parent.name: read(path.relative_to(PACK).as_posix()) for path in PACK.glob(f"{folder}/*/{file}")}


def matters() -> dict[str, Any]:
    return definitions("matters", "matter.yaml")


def bundles() -> dict[str, Any]:
    return definitions("bundles", "bundle.yaml")


@pytest.mark.django_db
@pytest.mark.timeout(300)
def test_the_whole_city_loads_in_time_and_loading_it_again_changes_nothing(pack: Path) -> None:
    began = time.process_time()
    again = load_pack(root=pack, by=Actor.system("tests"), at=clock.now())
    assert time.process_time() - began < CPU_SECONDS
    assert {
        name: (tally.created, tally.changed) for name, tally in again.items() if tally.created or tally.changed
    } == {}
    assert again["matters"].unchanged == len(matters())
    assert again["bundles"].unchanged == len(bundles())


def test_the_national_list_is_complete_and_every_bundle_names_it() -> None:
    assert set(bundles()) >= NATIONAL
    assert {bundles()[key]["national"]["source"] for key in NATIONAL} == {"国发〔2024〕3号"}


def test_there_are_thirty_matters_in_full() -> None:
    full = [
        code
        for code, each in matters().items()
        if each["materials"]
        and each["legal_basis"]
        and each["limits"]["promised"]["count"] is not None
        and each["results"]
        and each["faq"]
        and len(each["synonyms"]) >= 3
        and each.get("process")
    ]
    assert len(full) >= 30
    assert set(full) == set(matters())


@pytest.mark.parametrize("key", WHOLE)
def test_a_whole_bundle_crosses_four_organisations_at_two_levels(key: str) -> None:
    handlers = {
        (rule.get("line", "chosen"), rule.get("level", "chosen"))
        for member in bundles()[key]["members"]
        for rule in matters()[member["matter"]]["handling"]
    }
    assert len({line for line, _level in handlers}) >= 4
    assert len({level for _line, level in handlers} - {"chosen"}) >= 2


def test_forty_organisations_stand_at_city_district_and_street() -> None:
    held = read("organisations.yaml")["organisations"]
    assert len(held) >= 40
    assert {each["level"] for each in held} >= {"city", "district", "street"}
    staffed = {post["organisation"] for each in read("people.yaml")["officials"] for post in each["posts"]}
    lines = {each["line"] for each in held if each["code"] in staffed}
    needed = {rule["line"] for each in matters().values() for rule in each["handling"] if "line" in rule}
    assert needed <= lines


def test_every_community_stands_in_a_street_and_carries_its_edition() -> None:
    rows = list(csv.DictReader((PACK / "regions" / "4_communities.csv").read_text("utf-8").splitlines()))
    streets = {
        row["key"] for row in csv.DictReader((PACK / "regions" / "3_streets.csv").read_text("utf-8").splitlines())
    }
    assert len(rows) > 1000
    assert all(re.fullmatch(r"\d{12}", row["code"]) and row["code_system"] == "NBS" for row in rows)
    assert {row["parent"] for row in rows} == streets
    assert {row["edition"] for row in rows} == {"2023"}


def test_the_units_of_statistics_are_all_told_apart_from_divisions() -> None:
    file = PACK / "regions" / "statistics" / "street_level_units.csv"
    units = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    assert len(units) == 67
    assert {row["relation"] for row in units} == {"same", "zone_within", "statistics_only"}
    assert all(bool(row["region"]) is (row["relation"] != "statistics_only") for row in units)


def test_a_statement_of_law_has_its_source_and_a_sample_says_so() -> None:
    for code, each in {**matters(), **bundles()}.items():
        assert each["sample"], code
        assert each["sample_note"]["zh"], code
        for law in each.get("legal_basis", ()):
            assert law["source"], (code, law["law"])


def test_no_legal_limit_is_shorter_than_the_promise() -> None:
    for code, each in matters().items():
        legal, promised = each["limits"]["legal"], each["limits"]["promised"]
        if legal and legal["unit"] == promised["unit"]:
            assert promised["count"] <= legal["count"], code
