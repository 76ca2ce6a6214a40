# ruff: noqa: INP001  a script, not a package
"""Who lives and works in the sample city. Nobody in it exists."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from sample_keepers import KEEPERS
from sample_words import CITY, DISTRICT_LINES, MORE_CITY_LINES, MORE_DISTRICT_LINES, SEED, TODAY, flow

from yiwang.kernel.codes import Sex
from yiwang.kernel.codes.synthetic import (
    SyntheticPerson,
    synthetic_credit_code,
    synthetic_id_number,
    synthetic_mobile,
    synthetic_name,
)

MATTERS, EVERYTHING = ("matter:*",), ("*",)


@dataclass
class Official:
    username: str
    organisation: str
    role: str
    holds: str
    scopes: tuple[str, ...] = MATTERS


def officials() -> Iterator[Official]:
    """At the city for every region, and at 天宁 and 武进 down to one street each, where a demonstration is played."""
    city = {
        "health": "health-maternal",
        "police": "police-population",
        "medical_insurance": "medical_insurance-benefits",
        "human_resources": "human_resources-card",
    }
    for line, office in city.items():
        for role in ("acceptor", "reviewer"):
            scopes = EVERYTHING if (line, role) == ("health", "reviewer") else MATTERS
            yield Official(f"city-{line.replace('_', '-')}-{role}", f"{CITY}-{office}", role, f"{CITY}-{line}", scopes)
    for role in ("acceptor", "reviewer"):
        yield Official(f"city-government-{role}", f"{CITY}-government_services", role, f"{CITY}-government")
    for place, key, street in (("tianning", "320402", "320402010"), ("wujin", "320412", "320412100")):
        for line in DISTRICT_LINES:
            for role in ("acceptor", "reviewer"):
                where = f"{street if line == 'police' else key}-{line}"
                yield Official(f"{place}-{line.replace('_', '-')}-{role}", where, role, where)
        yield Official(f"{place}-clinic-acceptor", f"{street}-health", "acceptor", f"{street}-health")
        yield Official(f"{place}-street-acceptor", f"{street}-government", "acceptor", f"{street}-government")
        yield Official(f"{place}-street-reviewer", f"{street}-government", "reviewer", f"{street}-government")
    for hospital in ("maternal", "first", "second"):
        where = f"{CITY}-hospital-{hospital}"
        yield Official(f"hospital-{hospital}-acceptor", where, "acceptor", where)
    yield Official("administrator", f"{CITY}-data-systems", "administrator", f"{CITY}-government", EVERYTHING)


def more_officials() -> Iterator[Official]:
    """Those of the lines that came later: at the city for every region, at 天宁 and 武进 on the spot."""
    for line in MORE_CITY_LINES:
        for role in ("acceptor", "reviewer"):
            where = f"{CITY}-{line}"
            yield Official(f"city-{line.replace('_', '-')}-{role}", where, role, where)
    for place, key, street in (("tianning", "320402", "320402010"), ("wujin", "320412", "320412100")):
        for line in MORE_DISTRICT_LINES:
            for role in ("acceptor", "reviewer"):
                yield Official(f"{place}-{line.replace('_', '-')}-{role}", f"{key}-{line}", role, f"{key}-{line}")
        for role in ("acceptor", "reviewer"):
            where = f"{street}-urban_management"
            yield Official(f"{place}-urban-management-{role}", where, role, where)
            yield Official(f"{place}-public-security-{role}", f"{key}-police", role, f"{key}-police")


def clerks() -> Iterator[Official]:
    """At the halls of 天宁 and 武进: they take in for every matter of their district."""
    for place, key in (("tianning", "320402"), ("wujin", "320412")):
        for username in (f"{place}-hall-clerk", f"{place}-hall-clerk2"):
            yield Official(username, f"{key}-service_hall", "clerk", f"{key}-government", EVERYTHING)


def heads() -> Iterator[Official]:
    """Who may extend a limit: one at the city for each line, and at 天宁 on the spot."""
    for line in ("health", "police", "medical_insurance", "human_resources", "government", *MORE_CITY_LINES):
        where = f"{CITY}-{line}"
        scopes = EVERYTHING if line == "health" else MATTERS
        yield Official(f"city-{line.replace('_', '-')}-head", where, "head", where, scopes)
    for line in ("health", "police", "medical_insurance", "human_resources", *MORE_DISTRICT_LINES):
        yield Official(f"tianning-{line.replace('_', '-')}-head", f"320402-{line}", "head", f"320402-{line}")
    yield Official("tianning-urban-management-head", "320402010-urban_management", "head", "320402010-urban_management")


@dataclass(frozen=True)
class Household:
    region: str
    address: str


@dataclass(frozen=True)
class Family:
    key: str
    married: bool
    mother: Household
    father: Household
    mother_nation: str = "01"
    father_nation: str = "01"


FAMILIES = (
    Family(
        "family1",
        True,
        Household("320402010", "青龙街道样例路18号3幢502室"),
        Household("320402010", "青龙街道样例路18号3幢502室"),
    ),
    Family(
        "family2",
        True,
        Household("320481001", "昆仑街道样例路66号"),
        Household("320402009", "红梅街道样例新村27幢甲单元302室"),
        "03",
    ),
    Family(
        "family3", False, Household("320412100", "湖塘镇样例花园9幢1101室"), Household("320412102", "牛塘镇样例村5号")
    ),
    Family(
        "family4",
        True,
        Household("320411007", "三井街道样例苑12幢203室"),
        Household("320411007", "三井街道样例苑12幢203室"),
    ),
    Family(
        "family5", True, Household("320412005", "潞城街道样例里3幢601室"), Household("320412104", "遥观镇样例村22号")
    ),
    Family(
        "family6", True, Household("320404005", "南大街街道样例巷7号"), Household("320413001", "西城街道样例路101号")
    ),
)


@dataclass(frozen=True)
class Resident:
    """Somebody at a certain point of life: `born` is set where a demonstration depends on it."""

    username: str
    sex: Sex
    born: date | None
    home: Household


RESIDENTS = (
    Resident("retiree1", Sex.MALE, date(1966, 8, 20), Household("320402010", "青龙街道样例路21号2幢301室")),
    Resident("retiree2", Sex.FEMALE, date(1976, 3, 11), Household("320412100", "湖塘镇样例花园16幢504室")),
    Resident("retiree3", Sex.FEMALE, date(1971, 6, 5), Household("320404005", "南大街街道样例巷12号")),
    Resident("founder1", Sex.MALE, None, Household("320402010", "青龙街道样例路88号1幢101室")),
    Resident("founder2", Sex.FEMALE, None, Household("320412100", "湖塘镇样例花园3幢202室")),
    Resident("resident1", Sex.FEMALE, None, Household("320402010", "青龙街道样例路36号5幢403室")),
    Resident("resident2", Sex.MALE, None, Household("320412100", "湖塘镇样例花园22幢1502室")),
)


class People:
    """Draws people with distinct names and running mobile numbers."""

    def __init__(self) -> None:
        self.random = Random(SEED)  # noqa: S311  samples must come out the same each time
        self.names: set[str] = set()
        self.count = 0

    def draw(self, *, sex: Sex, division: str, ages: tuple[int, int], born: date | None = None) -> SyntheticPerson:
        name = synthetic_name(self.random, sex=sex)
        while name in self.names:
            name = synthetic_name(self.random, sex=sex)
        self.names.add(name)
        self.count += 1
        year = TODAY.year - self.random.randint(*ages)
        birth = born or date(year, self.random.randint(1, 12), self.random.randint(1, 28))
        number = synthetic_id_number(division_code=division, birth_date=birth, sex=sex, serial=self.count % 4)
        return SyntheticPerson(name, sex, birth, number, synthetic_mobile(self.count))


def person_row(person: SyntheticPerson, home: Household | None, nation: str) -> dict[str, object]:
    row: dict[str, object] = {
        "name": person.name,
        "sex": person.sex.value,
        "birth_date": person.birth_date.isoformat(),
        "id_number": person.id_number,
        "mobile": person.mobile,
        "nation": nation,
    }
    if home:
        row |= {"region": home.region, "address": home.address}
    return row


def resident_row(people: People, resident: Resident) -> dict[str, object]:
    person = people.draw(sex=resident.sex, division=resident.home.region[:6], ages=(28, 45), born=resident.born)
    return {"username": resident.username, **person_row(person, resident.home, "01")}


def official_row(people: People, official: Official) -> dict[str, object]:
    sex = people.random.choice((Sex.FEMALE, Sex.MALE))
    person = people.draw(sex=sex, division="320402", ages=(28, 55))
    subtree = "territory" if official.role in {"administrator", "clerk"} else "line"
    return {
        "username": official.username,
        **person_row(person, None, "01"),
        "organisation": official.organisation,
        "posts": [post_row(official.role, official.holds, subtree, official.scopes)],
    }


def post_row(role: str, organisation: str, subtree: str, scopes: tuple[str, ...]) -> dict[str, object]:
    return {"role": role, "organisation": organisation, "subtree": subtree, "scopes": scopes, "grade": 3}


def keeper_rows() -> Iterator[dict[str, object]]:
    for each in KEEPERS:
        number = synthetic_id_number(division_code="320402", birth_date=each.born, sex=each.sex, serial=each.serial)
        person = SyntheticPerson(each.name, each.sex, each.born, number, synthetic_mobile(each.mobile))
        yield {
            "username": each.username,
            **person_row(person, None, "01"),
            "organisation": f"{CITY}-{each.desk}",
            "posts": [post_row(each.role, f"{CITY}-{each.holds}", "territory", EVERYTHING)],
        }


def people_yaml() -> str:
    people = People()
    text = "# Demonstration accounts. Nobody here exists: names, numbers and addresses are composed (sequence 00x, 样例路).\n"
    text += "# Written by tools/sample_city.py; may be edited by hand.\nsample: true\npassword: Yiwang-demo-2026\nresidents:\n"
    marriages = []
    for index, family in enumerate(FAMILIES, start=1):
        parents = (
            ("mother", Sex.FEMALE, family.mother, family.mother_nation),
            ("father", Sex.MALE, family.father, family.father_nation),
        )
        for word, sex, home, nation in parents:
            person = people.draw(sex=sex, division=home.region[:6], ages=(26, 36))
            row = {"username": f"{family.key}-{word}", "family": family.key, **person_row(person, home, nation)}
            text += f"  - {flow(row)}\n"
        if family.married:
            marriages.append(
                {
                    "wife": f"{family.key}-mother",
                    "husband": f"{family.key}-father",
                    "number": f"样例J320400-2024-{index:06d}",
                }
            )
    text += "marriages:\n" + "".join(f"  - {flow(each)}\n" for each in marriages)
    first = [official_row(people, official) for official in officials()]
    residents = [resident_row(people, each) for each in RESIDENTS]
    more = [official_row(people, official) for official in (*more_officials(), *clerks(), *heads())]
    text = text.replace("marriages:\n", "".join(f"  - {flow(row)}\n" for row in residents) + "marriages:\n", 1)
    text += "officials:\n" + "".join(f"  - {flow(row)}\n" for row in (*first, *more, *keeper_rows()))
    company = {
        "name": "常州样例餐饮管理有限公司",
        "credit_code": synthetic_credit_code(division_code="320402", serial=9001),
        "kind": "enterprise",
        "region": "320402010",
        "address": "青龙街道样例路66号",
        "representative": "family1-mother",
        "agents": [{"person": "family1-father", "scopes": ["matter:*"]}],
    }
    haulier = {
        "name": "常州样例货运有限公司",
        "credit_code": synthetic_credit_code(division_code="320412", serial=9002),
        "kind": "enterprise",
        "region": "320412100",
        "address": "湖塘镇样例大道200号",
        "representative": "founder2",
        "agents": [{"person": "founder1", "scopes": ["matter:*"]}],
    }
    return text + f"legal_entities:\n  - {flow(company)}\n  - {flow(haulier)}\n"
