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
    "market_supervision": ("市场监管", "Market supervision"),
    "urban_management": ("城市管理", "Urban management"),
    "fire": ("消防救援", "Fire and rescue"),
    "tax": ("税务", "Taxation"),
    "housing_fund": ("住房公积金", "Housing provident fund"),
    "education": ("教育", "Education"),
    "disabled_persons": ("残疾人工作", "Affairs of disabled persons"),
    "transport": ("交通运输", "Transport"),
    "development": ("发展改革", "Development and reform"),
    "ecology": ("生态环境", "Ecology and environment"),
    "natural_resources": ("自然资源和规划", "Natural resources and planning"),
    "housing": ("住房和城乡建设", "Housing and urban-rural development"),
    "water": ("水利", "Water resources"),
    "commerce": ("商务", "Commerce"),
    "emergency": ("应急管理", "Emergency management"),
    "justice": ("司法行政", "Justice administration"),
    "finance": ("财政", "Finance"),
    "industry": ("工业和信息化", "Industry and information technology"),
    "culture": ("文化广电和旅游", "Culture and tourism"),
    "water_supply": ("供水", "Water supply"),
    "power_supply": ("供电", "Power supply"),
    "gas_supply": ("供气", "Gas supply"),
    "telecom": ("通信", "Telecommunications"),
    "court": ("法院（信息来源）", "Courts (source of information)"),
    "customs": ("海关（信息来源）", "Customs (source of information)"),
    "bank": ("人民银行（信息来源）", "Central bank (source of information)"),
}
ROLES = {
    "acceptor": ("受理人员", "Acceptance officer", ("flow.work", "cases.view", "cases.accept", "cases.produce")),
    "reviewer": ("审核人员", "Reviewing officer", ("flow.work", "cases.view", "cases.decide", "cases.produce")),
    "head": (
        "单位负责人",
        "Head of the authority",
        ("flow.work", "cases.view", "cases.decide", "cases.extend", "cases.produce"),
    ),
    "clerk": (
        "综合窗口人员",
        "Counter clerk",
        ("flow.work", "cases.view", "cases.accept", "counter.serve", "identity.register", "identity.read_person"),
    ),
    "administrator": (
        "系统管理员",
        "System administrator",
        ("flow.assign", "flow.administer", "cases.view", "calendar.announce", "audit.view", "identity.*", "matters.*"),
    ),
}
DISTRICT_LINES = ("health", "police", "medical_insurance", "human_resources")
MORE_DISTRICT_LINES = (
    "market_supervision", "fire", "tax", "housing_fund", "civil_affairs", "education", "disabled_persons",
)  # fmt: skip
MORE_CITY_LINES = (
    *MORE_DISTRICT_LINES, "urban_management", "transport", "development", "ecology", "natural_resources", "housing", "water",
    "commerce", "water_supply", "power_supply", "gas_supply", "telecom", "customs", "bank",
)  # fmt: skip


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
    address: str = ""
    phone: str = ""
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


def more_city_organisations() -> Iterator[Organisation]:
    """Further bureaus; companies that supply the city; bodies that only answer questions."""
    bureaus = (
        ("market_supervision", "常州市市场监督管理局", "Changzhou Administration for Market Regulation"),
        ("urban_management", "常州市城市管理局", "Changzhou Urban Management Bureau"),
        ("fire", "常州市消防救援支队", "Changzhou Fire and Rescue Detachment"),
        ("tax", "国家税务总局常州市税务局", "Changzhou Tax Service"),
        ("education", "常州市教育局", "Changzhou Education Bureau"),
        ("transport", "常州市交通运输局", "Changzhou Transport Bureau"),
        ("development", "常州市发展和改革委员会", "Changzhou Development and Reform Commission"),
        ("ecology", "常州市生态环境局", "Changzhou Ecology and Environment Bureau"),
        ("natural_resources", "常州市自然资源和规划局", "Changzhou Natural Resources and Planning Bureau"),
        ("housing", "常州市住房和城乡建设局", "Changzhou Housing and Urban-Rural Development Bureau"),
        ("water", "常州市水利局", "Changzhou Water Resources Bureau"),
        ("commerce", "常州市商务局", "Changzhou Commerce Bureau"),
        ("emergency", "常州市应急管理局", "Changzhou Emergency Management Bureau"),
        ("justice", "常州市司法局", "Changzhou Justice Bureau"),
        ("finance", "常州市财政局", "Changzhou Finance Bureau"),
        ("industry", "常州市工业和信息化局", "Changzhou Industry and Information Technology Bureau"),
        ("culture", "常州市文化广电和旅游局", "Changzhou Culture and Tourism Bureau"),
        ("customs", "常州海关", "Changzhou Customs"),
        ("court", "常州市中级人民法院", "Changzhou Intermediate People's Court"),
        ("bank", "中国人民银行常州市分行", "People's Bank of China, Changzhou Branch"),
    )
    for line, zh, en in bureaus:
        yield Organisation(f"{CITY}-{line}", zh, en, "bureau", "city", line, f"{CITY}-government", None, [CITY])
    institutions = (
        ("housing_fund", "常州市住房公积金管理中心", "Changzhou Housing Provident Fund Centre"),
        ("disabled_persons", "常州市残疾人联合会", "Changzhou Disabled Persons' Federation"),
        ("water_supply", "常州通用自来水有限公司", "Changzhou General Water Company"),
        ("power_supply", "国网江苏省电力有限公司常州供电分公司", "State Grid Changzhou Power Supply Company"),
        ("gas_supply", "常州港华燃气有限公司", "Changzhou Towngas Company"),
        ("telecom", "中国电信股份有限公司常州分公司", "China Telecom Changzhou Branch"),
    )
    for line, zh, en in institutions:
        yield Organisation(f"{CITY}-{line}", zh, en, "institution", "city", line, f"{CITY}-government", None, [CITY])
    offices = (
        ("human_resources-pension", "养老保险处", "Pension Insurance Office", "human_resources"),
        ("market_supervision-licensing", "行政审批处", "Licensing Office", "market_supervision"),
        ("police-traffic", "交通警察支队车辆管理所", "Vehicle Administration Office", "police"),
        ("housing_fund-withdrawal", "提取管理科", "Withdrawal Office", "housing_fund"),
        ("civil_affairs-welfare", "社会福利处", "Social Welfare Office", "civil_affairs"),
    )
    for code, zh, en, line in offices:
        parent = f"{CITY}-{line}"
        yield Organisation(f"{CITY}-{code}", zh, en, "office", "city", line, parent, parent)


def more_district_names(region: Region) -> Mapping[str, tuple[str, str]]:
    zh, en = short(region)
    zone = region["key"] == "jingkai"
    whole = "常州经开区" if zone else region["name"]
    tax = "国家税务总局常州经济开发区税务局" if zone else f"国家税务总局常州市{region['name']}税务局"
    if region["key"] == "320481":
        tax = "国家税务总局溧阳市税务局"
    return {
        "market_supervision": (f"{whole}市场监督管理局", f"{en} Administration for Market Regulation"),
        "urban_management": (f"{whole}城市管理局", f"{en} Urban Management Bureau"),
        "fire": (f"{whole}消防救援大队", f"{en} Fire and Rescue Brigade"),
        "tax": (tax, f"{en} Tax Service"),
        "housing_fund": (f"常州市住房公积金管理中心{zh}分中心", f"Housing Provident Fund Centre, {en} Branch"),
        "civil_affairs": (f"{whole}民政局", f"{en} Civil Affairs Bureau"),
        "education": (f"{whole}教育局", f"{en} Education Bureau"),
        "disabled_persons": (f"{whole}残疾人联合会", f"{en} Disabled Persons' Federation"),
        "development": (f"{whole}发展和改革局", f"{en} Development and Reform Bureau"),
        "natural_resources": (f"常州市自然资源和规划局{zh}分局", f"{en} Natural Resources and Planning Sub-bureau"),
        "housing": (f"{whole}住房和城乡建设局", f"{en} Housing and Urban-Rural Development Bureau"),
    }


def more_district_organisations(regions: list[Region]) -> Iterator[Organisation]:
    for region in regions:
        if region["kind"] not in {"district", "functional_area"}:
            continue
        key = region["key"]
        for line, (zh, en) in more_district_names(region).items():
            kind = "institution" if line in {"housing_fund", "disabled_persons"} else "bureau"
            yield Organisation(
                f"{key}-{line}", zh, en, kind, "district", line, f"{key}-government", f"{CITY}-{line}", [key]
            )


def more_street_organisations(regions: list[Region]) -> Iterator[Organisation]:
    """The law enforcement teams of streets and towns: signboards and streets are theirs."""
    for region in regions:
        if region["kind"] not in {"street", "town"}:
            continue
        key, (_zh, en) = region["key"], short(region)
        above = region["functional_area"] or region["parent"]
        yield Organisation(
            f"{key}-urban_management",
            f"{region['name']}综合行政执法局",
            f"{en} Urban Management and Enforcement Bureau",
            "institution",
            "street",
            "urban_management",
            f"{key}-government",
            f"{above}-urban_management",
            [key],
        )


def service_halls(regions: list[Region]) -> Iterator[Organisation]:
    """Where one can go; addresses and numbers are samples."""
    places = [(CITY, "常州市", "Changzhou"), *((each["key"], each["name"], short(each)[1]) for each in regions)]
    for index, (key, zh, en) in enumerate(places):
        hall = Organisation(
            f"{key}-service_hall",
            f"{zh}政务服务中心",
            f"{en} Government Service Centre",
            "institution",
            "city" if key == CITY else "district",
            "government_services",
            f"{key}-government",
            f"{CITY}-government_services",
            [key],
            ["service_hall"],
        )
        hall.address = f"{zh}样例大道{2 * index + 2}号（样例）"
        hall.phone = f"0519-8000{index:04d}"
        yield hall


def organisations(regions: list[Region]) -> list[Organisation]:
    """New bodies stand at the end, so that the codes of those before them stay."""
    regions = [each for each in regions if each["kind"] != "community"]
    found = [*city_organisations(), *district_organisations(regions), *street_organisations(regions)]
    found += [*more_city_organisations(), *more_district_organisations(regions), *more_street_organisations(regions)]
    found += service_halls([each for each in regions if each["kind"] in {"district", "functional_area"}])
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
        for key in ("covers", "duties", "credit_code", "address", "phone"):
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
            yield Official(username, f"{key}-service_hall", "clerk", f"{key}-government", ("*",))


def heads() -> Iterator[Official]:
    """Who may extend a limit: one at the city for each line, and at 天宁 on the spot."""
    for line in ("health", "police", "medical_insurance", "human_resources", "government", *MORE_CITY_LINES):
        where = f"{CITY}-{line}"
        yield Official(f"city-{line.replace('_', '-')}-head", where, "head", where)
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
    return {
        "username": official.username,
        **person_row(person, None, "01"),
        "organisation": official.organisation,
        "posts": [
            {
                "role": official.role,
                "organisation": official.holds,
                "subtree": "territory" if official.role in {"administrator", "clerk"} else "line",
                "scopes": official.scopes,
                "grade": 3,
            }
        ],
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
    text += "officials:\n" + "".join(f"  - {flow(row)}\n" for row in (*first, *more))
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


def main() -> None:
    pack = Path(sys.argv[1])
    (pack / "organisations.yaml").write_text(organisations_yaml(read_regions(pack)), "utf-8")
    (pack / "people.yaml").write_text(people_yaml(), "utf-8")


if __name__ == "__main__":
    main()
