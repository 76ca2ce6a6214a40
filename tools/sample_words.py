# ruff: noqa: INP001  a script, not a package
"""What the sample city calls its lines of business and roles, and how its files are written."""

from collections.abc import Mapping
from datetime import date

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
    "reviewer": (
        "审核人员",
        "Reviewing officer",
        ("flow.work", "cases.view", "cases.decide", "cases.produce", "seals.view", "seals.use"),
    ),
    "head": (
        "单位负责人",
        "Head of the authority",
        (
            "flow.work",
            "cases.view",
            "cases.decide",
            "cases.extend",
            "cases.produce",
            "measures.view",
            "seals.view",
            "seals.use",
            "seals.authorise",
            "licences.view",
            "licences.manage",
            "archives.view",
        ),
    ),
    "clerk": (
        "综合窗口人员",
        "Counter clerk",
        (
            "flow.work",
            "cases.view",
            "cases.accept",
            "counter.serve",
            "identity.register",
            "identity.read_person",
            "identity.review",
        ),
    ),
    "administrator": (
        "系统管理员",
        "System administrator",
        (
            "flow.assign",
            "flow.administer",
            "cases.view",
            "measures.view",
            "calendar.announce",
            "audit.view",
            "rules.view",
            "crypto.view",
            "ledger.watch",
            "privacy.answer",
            "identity.*",
            "matters.*",
        ),
    ),
    "rule_editor": ("规则和流程编辑", "Rule and process editor", ("rules.view", "rules.edit", "flow.design")),
    "rule_publisher": ("规则发布", "Rule publisher", ("rules.view", "rules.publish")),
    "crypto_keeper": ("密码管理员", "Keeper of keys", ("crypto.view", "crypto.manage")),
    "data_officer": ("数据保护人员", "Data officer", ("privacy.answer",)),
    "system_contact": ("系统接入联系人", "Contact for connected systems", ("identity.request_clients",)),
    "seal_officer": ("印章管理员", "Seal officer", ("seals.view", "seals.apply")),
    "seal_registrar": ("印章登记人员", "Seal registrar", ("seals.view", "seals.approve")),
    "licence_manager": (
        "证照管理员",
        "Licence manager",
        ("licences.view", "licences.manage", "licences.import", "licences.callers"),
    ),
    "archivist": ("档案管理员", "Archivist", ("archives.view", "archives.keep")),
    "archive_approver": ("档案鉴定负责人", "Head of appraisal", ("archives.view", "archives.approve")),
}
DISTRICT_LINES = ("health", "police", "medical_insurance", "human_resources")
MORE_DISTRICT_LINES = (
    "market_supervision", "fire", "tax", "housing_fund", "civil_affairs", "education", "disabled_persons",
)  # fmt: skip
MORE_CITY_LINES = (
    *MORE_DISTRICT_LINES, "urban_management", "transport", "development", "ecology", "natural_resources", "housing", "water",
    "commerce", "water_supply", "power_supply", "gas_supply", "telecom", "customs", "bank",
)  # fmt: skip


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
