"""Identity's parts of a pack: the demonstration city loads, twice changes nothing, and faults have file and line."""

from pathlib import Path

import pytest

from yiwang.commons.identity import queries
from yiwang.commons.identity.contracts import OrganisationKind, RegionLevel
from yiwang.commons.identity.models import Account, Grant, Organisation, Person, Region
from yiwang.commons.identity.pack import OrganisationsPart, PeoplePart, RegionsPart
from yiwang.commons.identity.tests import factories as make
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.packs import PackReader
from yiwang.kernel.settings import PROJECT_ROOT

CITY = PROJECT_ROOT / "packs" / "changzhou"
PARTS = (RegionsPart(), OrganisationsPart(), PeoplePart())


def load(root):
    return [part.load(PackReader(root), by=make.SYSTEM, at=clock.now()) for part in PARTS]


def faults(root):
    reader = PackReader(root)
    for part in PARTS:
        part.check(reader)
    return [str(fault) for fault in reader.report.faults]


def test_the_demonstration_city_has_no_fault():
    assert faults(CITY) == []


@pytest.mark.django_db
def test_the_demonstration_city_loads_and_a_second_time_changes_nothing():
    first = load(CITY)
    assert all(tally.created and not tally.unchanged for tally in first)
    counts = [model.objects.count() for model in (Region, Organisation, Person, Account, Grant)]
    second = load(CITY)
    assert not any(tally.created or tally.changed for tally in second)
    assert [model.objects.count() for model in (Region, Organisation, Person, Account, Grant)] == counts
    assert Account.objects.get(username="family1-mother").check_password("Yiwang-demo-2026")


@pytest.mark.django_db
def test_the_demonstration_city_knows_who_handles_what():
    load(CITY)

    def handler(line, region, level=None):
        return queries.organisation_for(line=line, region_code=region, level=level, viewer=make.SYSTEM).code

    assert handler("police", "320402010") == "320402010-police"
    assert handler("human_resources", "320412005") == "jingkai-human_resources"
    assert handler("health", "320402010", RegionLevel.DISTRICT) == "320402-health"
    assert handler("data", "320402010") == "320400-data"
    duty = queries.organisations(viewer=make.SYSTEM, duty="birth_institution").items
    assert len(duty) == 3
    kinds = set(Organisation.objects.values_list("kind", flat=True))
    assert OrganisationKind.DISTRICT_GOVERNMENT in kinds


@pytest.mark.django_db
def test_officials_of_the_demonstration_reach_what_is_theirs():
    load(CITY)

    def official(username, office, role):
        account = queries.account_by_username(username=username, viewer=make.SYSTEM)
        place = queries.organisation_by_code(code=office, viewer=make.SYSTEM)
        return Actor(kind=ActorKind.OFFICIAL, account_id=account.id, organisation_id=place.id, role=role)

    clerk = official("tianning-hall-clerk", "320402-service_hall", "clerk")
    assert queries.holds(clerk, "identity.review"), "the counter looks at real names that no register could judge"
    contact = official("system-contact", "320400-human_resources-card", "system_contact")
    bureau = queries.organisation_by_code(code="320400-human_resources", viewer=make.SYSTEM).id
    assert queries.holds(contact, "identity.request_clients", organisation_id=bureau)
    assert not queries.holds(contact, "identity.review_clients")
    administrator = official("administrator", "320400-data-systems", "administrator")
    assert queries.holds(administrator, "identity.review_clients", organisation_id=bureau)
    viewer = official("city-health-acceptor", "320400-health-maternal", "acceptor")
    below = queries.organisation_by_code(code="320402010-health", viewer=make.SYSTEM).id
    aside = queries.organisation_by_code(code="320402010-police", viewer=make.SYSTEM).id
    assert queries.holds(viewer, "cases.accept", organisation_id=below, scope_key="matter:birth_certificate", grade=3)
    assert not queries.holds(
        viewer, "cases.accept", organisation_id=aside, scope_key="matter:birth_certificate", grade=3
    )
    assert not queries.holds(
        viewer, "cases.decide", organisation_id=below, scope_key="matter:birth_certificate", grade=3
    )


REGIONS = """key,code,code_system,kind,name,name_en,parent,functional_area,since,until
1,320400,GB/T 2260,city,样例市,,,,,
2,320402,GB/T 2260,district,样例区,,1,,,
"""
ORGANISATIONS = """lines:
  health: {zh: 卫生}
roles:
  clerk: {label: {zh: 经办}, actions: [view]}
organisations:
  - {code: a, name: {zh: 甲}, kind: bureau, level: city, line: health, covers: ["1"]}
  - {code: b, name: {zh: 乙}, kind: office, level: city, line: health, territorial_parent: a}
"""
PEOPLE = """sample: true
password: Sample-pass-2026
officials:
  - username: one
    name: 样例
    sex: "2"
    birth_date: "1992-10-16"
    id_number: "320402199210160046"
    mobile: "19900000001"
    organisation: b
    posts: [{role: clerk, organisation: a, subtree: line, scopes: ["*"], grade: 3}]
"""


def pack(folder: Path, *, regions=REGIONS, organisations=ORGANISATIONS, people=PEOPLE):
    (folder / "regions").mkdir()
    (folder / "regions" / "1.csv").write_text(regions, "utf-8")
    (folder / "organisations.yaml").write_text(organisations, "utf-8")
    (folder / "people.yaml").write_text(people, "utf-8")
    return folder


def test_a_small_pack_has_no_fault(tmp_path):
    assert faults(pack(tmp_path)) == []


@pytest.mark.parametrize(
    ("part", "old", "new", "place"),
    [
        ("regions", ",1,,,", ",9,,,", "regions/1.csv:3"),
        ("regions", "320402,GB/T 2260", "3204,GB/T 2260", "regions/1.csv:3"),
        ("regions", "district", "planet", "regions/1.csv:3"),
        ("regions", "GB/T 2260,district", "GB 1,district", "regions/1.csv:3"),
        ("regions", "2,320402", "1,320402", "regions/1.csv:3"),
        ("regions", "2,320402", "2,320400", "regions/1.csv:3"),
        ("regions", ",1,,,", ",1,,2002,1999", "regions/1.csv:3"),
        ("regions", "样例市,,,,,", "样例市,,2,,,", "成环"),
        ("organisations", "kind: office", "kind: shop", "organisations.yaml:7"),
        ("organisations", "territorial_parent: a", "territorial_parent: z", "organisations.yaml:7"),
        ("organisations", "territorial_parent: a", "territorial_parent: b", "organisations.yaml:7"),
        ("organisations", 'covers: ["1"]', 'covers: ["9"]', "organisations.yaml:6"),
        ("organisations", ', covers: ["1"]', "", "organisations.yaml:6"),
        ("organisations", "code: b", "code: a", "organisations.yaml:7"),
        ("organisations", "city, line: health, terr", "city, line: police, terr", "organisations.yaml:7"),
        ("organisations", "territorial_parent: a", "credit_code: x, territorial_parent: a", "organisations.yaml:7"),
        ("organisations", "kind: bureau", "credit_code: x, kind: bureau", "organisations.yaml:6"),
        ("people", "320402199210160046", "320402199210160047", "people.yaml:8"),
        ("people", "1992-10-16", "1992-10-17", "people.yaml:8"),
        ("people", "19900000001", "1990", "people.yaml:9"),
        ("people", "organisation: b", "organisation: z", "people.yaml:10"),
        ("people", "role: clerk", "role: king", "people.yaml:11"),
        ("people", "organisation: a, sub", "organisation: z, sub", "people.yaml:11"),
        ("people", "grade: 3", "grade: 9", "people.yaml:11"),
        ("people", "sample: true", "sample: false", "people.yaml:1"),
    ],
)
def test_each_fault_is_reported_at_its_place(tmp_path, part, old, new, place):
    texts = {"regions": REGIONS, "organisations": ORGANISATIONS, "people": PEOPLE}
    assert old in texts[part]
    found = faults(pack(tmp_path, **{part: texts[part].replace(old, new, 1)}))
    assert any(place in fault for fault in found), found


def test_a_pack_without_people_is_a_pack(tmp_path):
    folder = pack(tmp_path)
    (folder / "people.yaml").unlink()
    assert faults(folder) == []
