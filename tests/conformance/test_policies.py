"""The pack's enterprise policies against a second, direct reading of the list of conditions they were written from."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest

from yiwang.commons.rules.engine import Model, read_dmn
from yiwang.commons.rules.engine.bulk import decide_many

FOLDER = Path(__file__).parents[2] / "packs" / "changzhou" / "decisions"
FILES = sorted(path for path in FOLDER.glob("*/policy_*.dmn"))
PLACES = {
    "浙江": ("registered_province", "浙江省"), "上海": ("registered_province", "上海市"), "杭州": ("registered_city", "杭州市"),
    "湖州": ("registered_city", "湖州市"), "荆门": ("registered_city", "荆门市"),
}  # fmt: skip
TIERS = {"sales_last_year_max": "sales_last_year", "revenue_min": "revenue"}
COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": lambda v, w: v >= w, "<=": lambda v, w: v <= w, ">": lambda v, w: v > w, "<": lambda v, w: v < w,
    "==": lambda v, w: v == w, "in": lambda v, w: v in w, "not_in": lambda v, w: v not in w,
    "between": lambda v, w: w[0] <= v <= w[1],
}  # fmt: skip


def model(path: Path) -> Model:
    reading = read_dmn(path.read_bytes())
    assert reading.model is not None
    return reading.model


def listed(test_data: Path) -> dict[str, Mapping[str, str]]:
    """The list's rows by the title and, where a title has two versions, the first day of the file."""
    with (test_data / "enterprise" / "policy_conditions.csv").open(encoding="utf-8") as file:
        return {_plain(row["name"]): row for row in csv.DictReader(file)}


def _plain(text: str) -> str:
    return text.replace("(", "（").replace(")", "）").replace(",", "，").replace(";", "；")


def title_of(path: Path) -> str:
    reading = read_dmn(path.read_bytes())
    assert reading.model is not None
    return reading.model.roots[path.stem.partition("@")[0]]


def holds(condition: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    if "any" in condition:
        return any(holds(each, facts) for each in condition["any"])
    if "all" in condition:
        return all(holds(each, facts) for each in condition["all"])
    if "per_person" in condition:
        return any(all(holds(each, person) for each in condition["per_person"]) for person in facts["people"])
    name, wanted = condition["field"], condition.get("value")
    if name == "rd_org_level":
        return facts[name] in {"省级", "国家级"}
    if name == "tech_domain":
        return bool(facts[name] != "其他")
    if condition["op"] == "tier_gte":
        return _tier(condition, facts)
    known = wanted if isinstance(wanted, list) else facts.get(wanted, wanted)
    return COMPARED[condition["op"]](_value(name, facts), known)


def _value(name: str, facts: Mapping[str, Any]) -> Any:
    if name == "patent_points":
        return 5 * facts["invention_patents"] + 2 * facts["utility_patents"] + facts["design_patents"]
    if name == "sales_growth":
        first, second, third = (Fraction(facts[f"sales_year_{year}"]) for year in (1, 2, 3))
        return 100 * ((second / first + third / second) / 2 - 1)
    return facts[name]


def _tier(condition: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    for tier in condition["tiers"]:
        key = next(key for key in tier if key in TIERS)
        bound, size = tier[key], facts[TIERS[key]]
        if bound is None or (size <= bound if key.endswith("max") else size >= bound):
            return bool(facts[condition["field"]] >= tier["min"])
    return False


def in_force(row: Mapping[str, str], facts: Mapping[str, Any]) -> bool:
    """Whether the period of the row and its place cover the applicant. The forms of a period are those of the list."""
    period = row["period"].strip()
    if period in {"长期", "年度"}:
        first, last = date.min, date.max
    elif period.startswith("至"):
        first, last = date.min, date.fromisoformat(period[1:])
    elif "~" in period:
        first, last = (date.fromisoformat(day) for day in period.split("~"))
    elif "起" in period:
        first, last = date.fromisoformat(period[:10]), date.max
    else:
        years = period.split("-")
        first, last = date(int(years[0]), 1, 1), date(int(years[-1]), 12, 31)
    place = PLACES.get(row["level_region"])
    return first <= facts.get("application_date", first) <= last and (place is None or facts[place[0]] == place[1])


def expected(row: Mapping[str, str], facts: Mapping[str, Any]) -> bool:
    return in_force(row, facts) and all(holds(each, facts) for each in json.loads(row["conditions_json"]))


def random_facts(found: Model, row: Mapping[str, str], random: Random) -> dict[str, Any]:
    """Facts near the limits that the row names, so that both outcomes are frequent."""
    limits = dict(_limits(json.loads(row["conditions_json"])))
    return {name: _random(name, shape, limits.get(name, ()), row, random) for name, shape in found.inputs.items()}


def _limits(conditions: list[Mapping[str, Any]]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for each in conditions:
        for part in ("any", "all", "per_person"):
            yield from _limits(each.get(part, []))
        value = each.get("value")
        if each.get("op") == "tier_gte":
            yield each["field"], tuple(tier["min"] for tier in each["tiers"])
            for tier in each["tiers"]:
                key = next(key for key in tier if key in TIERS)
                yield TIERS[key], tuple(other[key] for other in each["tiers"] if other.get(key) is not None)
        elif "field" in each:
            yield each["field"], tuple(value) if isinstance(value, list) else (value,)


def _random(name: str, shape: Any, limits: tuple[Any, ...], row: Mapping[str, str], random: Random) -> Any:
    kind = str(shape)
    if name == "people":
        fields = next(each["per_person"] for each in json.loads(row["conditions_json"]) if "per_person" in each)
        return [
            {each["field"]: _person(each, random) for each in fields} for _ in range(random.choice([0, 1, 1, 2, 5]))
        ]
    if name == "application_date":
        return random.choice(
            [date(2019, 1, 1), date(2021, 12, 31), date(2025, 6, 1), date(2026, 1, 1), date(2027, 12, 31)]
        )
    if name.startswith("registered_") and name != "registered_capital":
        return random.choice([place for _name, place in PLACES.values()])
    if "boolean" in kind:
        return random.random() < 0.7
    if "string" in kind:
        wanted = [each for each in limits if isinstance(each, str)]
        return (
            random.choice([*wanted, "其他"]) if wanted and name != "enterprise_size" else random.choice(_CHOICES[name])
        )
    near = [each for each in limits if isinstance(each, int | float) and not isinstance(each, bool)] or [1, 5, 30]
    return max(0, random.choice(near) + random.choice([-1, 0, 0, 0, 1, 2])) + (
        1 if name.startswith("sales_year") else 0
    )


_CHOICES = {
    "enterprise_size": ["大型", "中型", "小型", "微型"],
    "rd_org_level": ["无", "市级", "省级", "国家级"],
    "tech_domain": ["新材料", "其他"],
}


def _person(condition: Mapping[str, Any], random: Random) -> Any:
    value = condition["value"]
    if condition["op"] == "in":
        return random.choice([*value, "其他"])
    if isinstance(value, bool):
        return random.random() < 0.7
    return random.choice(value if isinstance(value, list) else [value - 1, value, value + 1])


def test_the_city_holds_every_policy_of_the_list_once():
    assert len(FILES) == 36
    assert len({path.stem for path in FILES}) == 36


@pytest.mark.data
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_policy_decides_as_its_listed_conditions_say(path, test_data):
    found, row = model(path), _row(path, test_data)
    random, key = Random(path.stem), path.stem.partition("@")[0]
    outcomes = set()
    for _ in range(150):
        facts = random_facts(found, row, random)
        outcome = found.decide(key, facts)
        assert outcome.known, (facts, outcome.missing_facts)
        assert outcome.value["met"] == expected(row, facts), (facts, outcome.diagnostics)
        outcomes.add(outcome.value["met"])
    assert False in outcomes


def _row(path: Path, test_data: Path) -> Mapping[str, str]:
    rows = listed(test_data)
    if path.stem == "policy_hiring_subsidy":
        return rows["一次性扩岗补助（旧标准）"]
    return rows[title_of(path)]


@pytest.mark.data
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_many_applicants_at_once_get_the_answers_that_each_gets_alone(path, test_data):
    import pyarrow as pa

    found, row = model(path), _row(path, test_data)
    random, key = Random(path.stem), path.stem.partition("@")[0]
    people = [random_facts(found, row, random) for _ in range(60)]
    table = pa.Table.from_pylist(people)
    many = decide_many((found, key), table).to_arrow()
    alone = [found.decide(key, facts).value["met"] for facts in people]
    assert many.column("value.met").to_pylist() == alone


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_without_facts_a_policy_is_neither_met_nor_not_met(path):
    outcome = model(path).decide(path.stem.partition("@")[0], {})
    assert not outcome.known
    assert outcome.missing_facts


@pytest.mark.data
def test_every_listed_boundary_of_the_size_of_enterprises_is_right(test_data):
    found = model(FOLDER / "enterprise_size" / "enterprise_size.dmn")
    with (test_data / "enterprise" / "sme_size_cases.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 31
    names = {"employees": "employees_X", "revenue": "revenue_Y_wan", "assets": "assets_Z_wan"}
    for row in rows:
        facts: dict[str, Any] = {name: int(row[column]) for name, column in names.items() if row[column]}
        outcome = found.decide("enterprise_size", {"size_industry": row["industry"], **facts})
        assert (outcome.known, outcome.value) == (True, row["expected"]), row
