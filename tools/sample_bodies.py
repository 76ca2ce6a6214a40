# ruff: noqa: INP001  a script, not a package
"""The public bodies of the sample city, in the three levels of the territory and the lines of business."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sample_words import CITY, LINES, ROLES, Region, block, flow

from yiwang.kernel.codes.synthetic import (
    synthetic_credit_code,
)


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
