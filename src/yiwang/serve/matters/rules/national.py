"""The national exchange format of service matters (政务服务事项实施清单要素): each of its fields has its place here.

`basic` and `extend` give one row a matter, `material`, `fee` and `qa` one row each. What a list of another city did not
say stays empty.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yiwang.serve.matters.contracts import (
    Fee,
    Law,
    LimitUnit,
    ListedSpec,
    MatterKind,
    MatterSpec,
    Necessity,
    Question,
    Requirement,
    Span,
)
from yiwang.serve.matters.rules.definition import listed_from, matter_from

_UNITS = {
    LimitUnit.WORKING_DAY: "工作日",
    LimitUnit.CALENDAR_DAY: "自然日",
    LimitUnit.HOUR: "小时",
    LimitUnit.IMMEDIATE: "即办",
}
_NECESSITY = {Necessity.REQUIRED: "必要", Necessity.OPTIONAL: "非必要", Necessity.DEFERRABLE: "容缺后补"}
_ORIGINAL = {"original": "原件", "copy": "复印件", "original_and_copy": "原件和复印件"}
_PAPER = {"electronic": "电子", "paper": "纸质", "both": "纸质和电子"}
_SOURCE = {"applicant": "申请人自备", "authority": "政府部门核发", "other": "其他"}
_AUDIENCE = {"person": "自然人", "legal_entity": "法人"}
_CHANNELS = {"online": "网上", "mobile": "掌上", "kiosk": "自助终端", "counter": "窗口", "post": "快递"}
_RESULTS = {"licence": "证照", "document": "批文", "record": "其他"}


@dataclass(frozen=True, slots=True)
class NationalEntry:
    """A version as stored: its definition, and what stands beside it (code, state, version, department, credit_code)."""

    definition: Mapping[str, Any]
    kept: Mapping[str, str]


def national_rows(table: str, entry: NationalEntry) -> Iterator[dict[str, str]]:
    """The rows that a version has in `basic` (with extend), `material`, `fee`, `qa`. Raises KeyError for another table."""
    code = entry.kept["code"]
    if "listed" in entry.definition:
        if table == "basic":
            yield _listed(listed_from(entry.definition), entry.kept)
        return
    spec = matter_from(entry.definition)
    if table == "basic":
        both = {**BASIC, **EXTEND}
        yield {name: text(spec, entry.kept) for name, text in both.items()}
    elif table == "material":
        for place, each in enumerate(spec.inputs, start=1):
            yield {"task_code": code, **{name: text(each, place) for name, text in MATERIAL.items()}}
    elif table == "fee":
        for fee in spec.fees:
            yield {"task_code": code, **{name: text(fee) for name, text in FEE.items()}}
    else:
        for question in {"qa": spec.faq}[table]:
            yield {"task_code": code, **{name: text(question) for name, text in QA.items()}}


def _yes(value: object) -> str:
    return "1" if value else "0"


def _law(law: Law) -> str:
    number = f"（{law.number}）" if law.number else ""
    return f"《{law.name}》{number}{law.clause}" + (f"：{law.text}" if law.text else "")


def _span(span: Span | None) -> str:
    return f"{span.count}{_UNITS[span.unit]}" if span else "不设最长期限"


def _special(spec: MatterSpec) -> str:
    return "；".join(f"{each.name}（{each.basis}，{_span(each.longest)}）" for each in spec.special_procedures) or "无"


def _flow(spec: MatterSpec) -> str:
    return " → ".join(f"{each.name}（{_span(each.limit)}）" if each.limit else each.name for each in spec.steps)


def _handlers(spec: MatterSpec) -> str:
    return "、".join(
        dict.fromkeys(rule.organisation or rule.line for rule in spec.handling if rule.organisation or rule.line)
    )


def _themes(spec: MatterSpec, audience: str) -> str:
    return "、".join(spec.themes) if audience in spec.audience else ""


Text = Callable[[MatterSpec, Mapping[str, str]], str]
BASIC: Mapping[str, Text] = {
    "task_name": lambda m, _k: m.name,
    "catalog_code": lambda m, _k: m.catalogue_code,
    "local_catalog_code": lambda m, _k: m.local_code,
    "task_code": lambda m, k: m.implementation_code or k["code"],
    "task_handle_item": lambda m, _k: m.handle_item,
    "task_type": lambda m, _k: m.type,
    "task_state": lambda _m, k: k["state"],
    "task_version": lambda _m, k: k["version"],
    "use_level": lambda m, _k: "、".join(level.value for level in m.authority.levels) or m.handling[-1].level,
    "by_law": lambda m, _k: "；".join(map(_law, m.laws)),
    "dept_name": lambda m, k: k["department"] or _handlers(m),
    "dept_code": lambda _m, k: k["credit_code"],
    "dept_type": lambda m, _k: m.authority.nature.label,
    "entrust_name": lambda m, _k: m.authority.entrusted_by,
    "power_source": lambda m, _k: m.authority.power_source.label,
    "server_type": lambda m, _k: "、".join(_AUDIENCE.get(each, each) for each in m.audience),
    "project_type": lambda m, _k: "1" if m.kind is MatterKind.SAME_DAY else "2",
    "accept_condition": lambda m, _k: "；".join(each.text for each in m.conditions),
    "anticipate_day": lambda m, _k: "" if m.limits.statutory is None else str(m.limits.statutory),
    "anticipate_type": lambda m, _k: "" if m.limits.statutory is None else _UNITS[m.limits.statutory_unit],
    "promise_day": lambda m, _k: str(m.limits.promised),
    "promise_type": lambda m, _k: _UNITS[m.limits.unit],
    "special_procedure": lambda m, _k: _special(m),
    "handle_flow": lambda m, _k: _flow(m),
    "handle_type": lambda m, _k: "、".join(_CHANNELS[each] for each in m.channels),
    "limit_scene_num": lambda m, _k: str(m.visits),
    "is_fee": lambda m, _k: _yes(m.fees),
    "fee_basis": lambda m, _k: "；".join(dict.fromkeys(fee.basis for fee in m.fees if fee.basis)),
    "link_way": lambda m, _k: m.consult,
    "supervise_way": lambda m, _k: m.complain,
    "transact_addr": lambda m, _k: "；".join(f"{each.name} {each.address}".strip() for each in m.windows),
    "transact_time": lambda m, _k: "；".join(dict.fromkeys(each.hours for each in m.windows if each.hours)),
    "link_addr": lambda m, _k: m.online.url,
    "mobile_terminal_url": lambda m, _k: m.online.mobile_url,
    "is_single_login": lambda m, _k: _yes(m.online.single_sign_on),
    "app_is_single_login": lambda m, _k: _yes(m.online.mobile_single_sign_on),
    "plan_effective_date": lambda m, _k: m.valid_from.isoformat() if m.valid_from else "",
    "plan_cancel_date": lambda m, _k: m.valid_to.isoformat() if m.valid_to else "",
}
EXTEND: Mapping[str, Text] = {
    "is_entry_center": lambda m, _k: _yes(m.authority.in_hall),
    "is_online": lambda m, _k: _yes({"online", "mobile"} & set(m.channels)),
    "online_handle_depth": lambda m, _k: m.online.depth.value if m.online.depth else "",
    "is_express": lambda m, _k: _yes(m.online.express or "post" in (*m.channels, *m.delivery)),
    "is_pay_online": lambda m, _k: _yes(m.online.pay),
    "is_schedule": lambda m, _k: _yes(m.online.appointment),
    "is_service_terminals": lambda m, _k: _yes(m.online.terminals or "kiosk" in m.channels),
    "handle_area": lambda m, _k: m.area.note or (m.area.level.value if m.area.level else ""),
    "result_type": lambda m, _k: "、".join(dict.fromkeys(_RESULTS.get(each.kind, each.kind) for each in m.results)),
    "result_name": lambda m, _k: "、".join(each.name for each in m.results),
    "result_guid": lambda m, _k: "、".join(each.sample_file for each in m.results if each.sample_file),
    "other_dept": lambda m, _k: "、".join(m.authority.joint),
    "limit_explain": lambda m, _k: m.quantity_limit,
    "limit_scene_explain": lambda m, _k: m.visit_reason,
    "service_type": lambda m, _k: "、".join(each.name for each in m.intermediaries),
    "user_topic_type": lambda m, _k: _themes(m, "person"),
    "corp_topic_type": lambda m, _k: _themes(m, "legal_entity"),
    "town_code": lambda m, _k: m.area.street_code,
    "village_code": lambda m, _k: m.area.community_code,
}
MATERIAL: Mapping[str, Callable[[Requirement, int], str]] = {
    "material_name": lambda r, _n: r.name,
    "material_type": lambda r, _n: _ORIGINAL[r.original],
    "material_format": lambda r, _n: _PAPER[r.paper],
    "is_need": lambda r, _n: _NECESSITY[r.necessity],
    "page_num": lambda r, _n: str(r.copies),
    "page_format": lambda r, _n: r.size,
    "source_type": lambda r, _n: _SOURCE[r.source],
    "source_explain": lambda r, _n: r.source_note,
    "form_guid": lambda r, _n: r.blank_form,
    "example_guid": lambda r, _n: r.sample_file,
    "fill_explain": lambda r, _n: r.note,
    "accept_stand": lambda r, _n: r.standard,
    "by_law": lambda r, _n: _law(r.basis) if r.basis else "",
    "order_num": lambda _r, n: str(n),
}
FEE: Mapping[str, Callable[[Fee], str]] = {
    "fee_name": lambda f: f.name,
    "fee_stand": lambda f: f.standard,
    "by_law": lambda f: f.basis,
    "is_desc": lambda f: _yes(f.reduction),
    "desc_explain": lambda f: f.reduction,
}
QA: Mapping[str, Callable[[Question], str]] = {"question": lambda q: q.question, "answer": lambda q: q.answer}
TABLES: Mapping[str, tuple[str, ...]] = {
    "basic": (*BASIC, *EXTEND),
    "material": ("task_code", *MATERIAL),
    "fee": ("task_code", *FEE),
    "qa": ("task_code", *QA),
}


def _listed(spec: ListedSpec, kept: Mapping[str, str]) -> dict[str, str]:
    known = {
        "task_name": spec.name,
        "catalog_code": spec.catalogue_code,
        "task_code": spec.code,
        "task_type": spec.type,
        "task_state": kept["state"],
        "task_version": kept["version"],
        "dept_name": spec.department,
        "dept_code": spec.authority_code,
        "link_addr": spec.link,
    }
    return {name: known.get(name, spec.other.get(name, "")) for name in TABLES["basic"]}
