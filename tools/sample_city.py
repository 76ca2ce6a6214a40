# ruff: noqa: INP001  a script, not a package
"""Writes organisations.yaml and people.yaml of the demonstration pack from its regions: deterministic, all of it sample.

Run it again after a change of regions: `PYTHONPATH=src python tools/sample_city.py packs/changzhou`. What it writes is
data under version control and may be edited by hand; nothing in the program calls this script.
"""

import csv
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from yiwang.kernel.codes import Sex
from yiwang.kernel.codes.synthetic import (
    SyntheticPerson,
    synthetic_credit_code,
    synthetic_id_number,
    synthetic_mobile,
    synthetic_name,
)

SEED = 320400
TODAY = date(2026, 11, 1)
CITY = "320400"
Region = Mapping[str, str]

LINES = {
    "government": ("政府", "Government"),
    "health": ("卫生健康", "Health"),
    "police": ("公安", "Police"),
    "medical_insurance": ("医疗保障", "Medical insurance"),
    "human_resources": ("人力资源和社会保障", "Human resources and social security"),
    "civil_affairs": ("民政", "Civil affairs"),
    "data": ("数据", "Data"),
    "government_services": ("政务服务", "Government services"),
}
ROLES = {
    "acceptor": ("受理人员", "Acceptance officer", ("flow.work", "cases.view", "cases.accept", "cases.produce")),
    "reviewer": ("审核人员", "Reviewing officer", ("flow.work", "cases.view", "cases.decide", "cases.produce")),
    "administrator": (
        "系统管理员",
        "System administrator",
        ("flow.assign", "flow.administer", "cases.view", "calendar.announce", "audit.view", "identity.*", "matters.*"),
    ),
}
DISTRICT_LINES = ("health", "police", "medical_insurance", "human_resources")


@dataclass
class Organisation:
    code: str
    zh: str
    en: str
    kind: str
    level: str
    line: str
    territorial_parent: str | None
    line_parent: str | None
    covers: list[str] = field(default_factory=list)
    duties: list[str] = field(default_factory=list)
    credit_code: str | None = None


def flow(value: object) -> str:
    """A value in YAML flow style on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f'"{text}"' if isinstance(value, str) and (text[:1].isdigit() or set(text) & set(',:{}[]"#*=')) else text


def block(items: Mapping[str, object], indent: str) -> str:
    return "".join(f"{indent}{key}: {flow(value)}\n" for key, value in items.items())


def read_regions(pack: Path) -> list[Region]:
    rows: list[Region] = []
    for path in sorted((pack / "regions").glob("*.csv")):
        rows += list(csv.DictReader(path.read_text("utf-8").splitlines()))
    return [row for row in rows if not row["until"]]


def short(region: Region) -> tuple[str, str]:
    """天宁区 → 天宁, Tianning."""
    if region["key"] == "jingkai":
        return "经开区", "Economic Development Zone"
    zh = region["name"].removesuffix("街道").removesuffix("镇")
    return zh.removesuffix("区").removesuffix("市"), region["name_en"].split()[0]


def city_organisations() -> Iterator[Organisation]:
    yield Organisation(
        f"{CITY}-government",
        "常州市人民政府",
        "Changzhou Municipal Government",
        "government",
        "city",
        "government",
        None,
        None,
        [CITY],
    )
    bureaus = (
        ("health", "常州市卫生健康委员会", "Changzhou Health Commission"),
        ("police", "常州市公安局", "Changzhou Public Security Bureau"),
        ("medical_insurance", "常州市医疗保障局", "Changzhou Healthcare Security Bureau"),
        ("human_resources", "常州市人力资源和社会保障局", "Changzhou Human Resources and Social Security Bureau"),
        ("civil_affairs", "常州市民政局", "Changzhou Civil Affairs Bureau"),
        ("data", "常州市数据局", "Changzhou Data Bureau"),
        ("government_services", "常州市政务服务管理办公室", "Changzhou Government Services Office"),
    )
    for line, zh, en in bureaus:
        yield Organisation(f"{CITY}-{line}", zh, en, "bureau", "city", line, f"{CITY}-government", None, [CITY])
    offices = (
        ("health-maternal", "妇幼健康处", "Maternal and Child Health Office", "health"),
        ("police-population", "人口管理支队", "Population Administration Division", "police"),
        ("medical_insurance-benefits", "待遇保障处", "Benefits Office", "medical_insurance"),
        ("human_resources-card", "社会保障卡管理科", "Social Security Card Office", "human_resources"),
        ("data-resources", "数据资源处", "Data Resources Office", "data"),
        ("data-systems", "系统运行科", "Systems Office", "data"),
    )
    for code, zh, en, line in offices:
        parent = f"{CITY}-{line}"
        yield Organisation(f"{CITY}-{code}", zh, en, "office", "city", line, parent, parent)
    hospitals = (
        ("maternal", "常州市妇幼保健院", "Changzhou Maternity and Child Health Hospital"),
        ("first", "常州市第一人民医院", "Changzhou First People's Hospital"),
        ("second", "常州市第二人民医院", "Changzhou Second People's Hospital"),
    )
    for code, zh, en in hospitals:
        yield Organisation(
            f"{CITY}-hospital-{code}",
            zh,
            en,
            "institution",
            "city",
            "health",
            f"{CITY}-government",
            f"{CITY}-health",
            duties=["birth_institution"],
        )


def district_names(region: Region) -> Mapping[str, tuple[str, str]]:
    zh, en = short(region)
    key, whole = region["key"], region["name"]
    zone = key == "jingkai"
    whole = "常州经开区" if zone else whole
    county_city = key == "320481"
    police = "溧阳市公安局" if county_city else f"常州市公安局{zh}分局"
    return {
        "government": (
            "常州经济开发区管理委员会" if zone else f"{region['name']}人民政府",
            f"{region['name_en']} {'Administration Committee' if zone else 'Government'}",
        ),
        "health": (f"{whole}卫生健康局", f"{en} Health Bureau"),
        "police": (police, f"{en} Public Security Sub-bureau"),
        "medical_insurance": (f"常州市医疗保障局{zh}分局", f"{en} Healthcare Security Sub-bureau"),
        "human_resources": (f"{whole}人力资源和社会保障局", f"{en} Human Resources and Social Security Bureau"),
    }


def district_organisations(regions: list[Region]) -> Iterator[Organisation]:
    for region in regions:
        if region["kind"] not in {"district", "functional_area"}:
            continue
        key = region["key"]
        for line, (zh, en) in district_names(region).items():
            government = line == "government"
            yield Organisation(
                f"{key}-{line}",
                zh,
                en,
                "government" if government else "bureau",
                "district",
                line,
                f"{CITY}-government" if government else f"{key}-government",
                f"{CITY}-{line}",
                [key],
            )


def street_organisations(regions: list[Region]) -> Iterator[Organisation]:
    for region in regions:
        if region["kind"] not in {"street", "town"}:
            continue
        key, zh, (name, en) = region["key"], region["name"], short(region)
        above = region["functional_area"] or region["parent"]
        town = region["kind"] == "town"
        office = f"{key}-government"
        yield Organisation(
            office,
            f"{zh}人民政府" if town else f"{zh}办事处",
            f"{region['name_en']} {'Government' if town else 'Office'}",
            "government",
            "street",
            "government",
            f"{above}-government",
            f"{above}-government",
            [key],
        )
        yield Organisation(
            f"{key}-police",
            f"{name}派出所",
            f"{en} Police Station",
            "institution",
            "street",
            "police",
            office,
            f"{above}-police",
            [key],
        )
        yield Organisation(
            f"{key}-health",
            f"{name}卫生院" if town else f"{zh}社区卫生服务中心",
            f"{en} {'Township Hospital' if town else 'Community Health Centre'}",
            "institution",
            "street",
            "health",
            office,
            f"{above}-health",
            [key],
        )


def organisations(regions: list[Region]) -> list[Organisation]:
    found = [*city_organisations(), *district_organisations(regions), *street_organisations(regions)]
    serial = 0
    for each in found:
        if each.level != "street" and each.kind != "office":
            serial += 1
            division = each.code[:6] if each.code[:6].isdigit() else CITY
            category = "2" if each.kind == "institution" else "1"
            each.credit_code = synthetic_credit_code(
                division_code=division, serial=serial, authority="1", category=category
            )
    return found


def organisations_yaml(regions: list[Region]) -> str:
    text = "# Names of public bodies as a resident knows them; structure, codes and duties are samples.\n"
    text += "# Written by tools/sample_city.py; may be edited by hand.\nsample: true\nlines:\n"
    text += block({key: {"zh": zh, "en": en} for key, (zh, en) in LINES.items()}, "  ")
    text += "roles:\n"
    text += block(
        {key: {"label": {"zh": zh, "en": en}, "actions": acts} for key, (zh, en, acts) in ROLES.items()}, "  "
    )
    text += "organisations:\n"
    for each in organisations(regions):
        row: dict[str, object] = {
            "code": each.code,
            "name": {"zh": each.zh, "en": each.en},
            "kind": each.kind,
            "level": each.level,
            "line": each.line,
            "territorial_parent": each.territorial_parent,
            "line_parent": each.line_parent,
        }
        for key in ("covers", "duties", "credit_code"):
            if getattr(each, key):
                row[key] = getattr(each, key)
        text += f"  - {flow(row)}\n"
    return text


@dataclass
class Official:
    username: str
    organisation: str
    role: str
    holds: str
    scopes: tuple[str, ...] = ("matter:*",)


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
            yield Official(f"city-{line.replace('_', '-')}-{role}", f"{CITY}-{office}", role, f"{CITY}-{line}")
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
    yield Official("administrator", f"{CITY}-data-systems", "administrator", f"{CITY}-government", ("*",))


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


class People:
    """Draws people with distinct names and running mobile numbers."""

    def __init__(self) -> None:
        self.random = Random(SEED)  # noqa: S311  samples must come out the same each time
        self.names: set[str] = set()
        self.count = 0

    def draw(self, *, sex: Sex, division: str, ages: tuple[int, int]) -> SyntheticPerson:
        name = synthetic_name(self.random, sex=sex)
        while name in self.names:
            name = synthetic_name(self.random, sex=sex)
        self.names.add(name)
        self.count += 1
        year = TODAY.year - self.random.randint(*ages)
        birth = date(year, self.random.randint(1, 12), self.random.randint(1, 28))
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
    text += "officials:\n"
    for official in officials():
        sex = people.random.choice((Sex.FEMALE, Sex.MALE))
        person = people.draw(sex=sex, division="320402", ages=(28, 55))
        row = {
            "username": official.username,
            **person_row(person, None, "01"),
            "organisation": official.organisation,
            "posts": [
                {
                    "role": official.role,
                    "organisation": official.holds,
                    "subtree": "territory" if official.role == "administrator" else "line",
                    "scopes": official.scopes,
                    "grade": 3,
                }
            ],
        }
        text += f"  - {flow(row)}\n"
    company = {
        "name": "常州样例餐饮管理有限公司",
        "credit_code": synthetic_credit_code(division_code="320402", serial=9001),
        "kind": "enterprise",
        "region": "320402010",
        "address": "青龙街道样例路66号",
        "representative": "family1-mother",
        "agents": [{"person": "family1-father", "scopes": ["matter:*"]}],
    }
    return text + f"legal_entities:\n  - {flow(company)}\n"


def main() -> None:
    pack = Path(sys.argv[1])
    (pack / "organisations.yaml").write_text(organisations_yaml(read_regions(pack)), "utf-8")
    (pack / "people.yaml").write_text(people_yaml(), "utf-8")


if __name__ == "__main__":
    main()
