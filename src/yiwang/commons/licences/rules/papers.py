"""What stands on a licence's paper and in its metadata (GB/T 36903, 36905), from the values of one version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from yiwang.commons.licences.contracts import TypeSpec

METADATA_FILE: Final = "metadata.json"
LONG: Final = "长期"
SAMPLE_MARK: Final = "样本"


@dataclass(frozen=True, slots=True)
class Paper:
    """The facts of one version that its file tells."""

    spec: TypeSpec
    values: Mapping[str, str]
    number: str
    identifier: str
    holder_name: str
    holder_code: str
    issuer_name: str
    issuer_code: str
    issued_on: date
    valid_from: date | None
    valid_until: date | None
    sample: bool = False


def day_words(day: date | None) -> str:
    """2026年11月23日."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def shown(paper: Paper) -> dict[str, str]:
    """The values that a layout may show: the facts, and those that every layout knows."""
    spec = paper.spec
    until = day_words(paper.valid_until) or LONG
    period = f"{day_words(paper.valid_from)}至{until}" if paper.valid_from and paper.valid_until else LONG
    told = {each.fact: (each, paper.values.get(each.fact, "")) for each in spec.fields}
    facts = {fact: _shown(value, each.type) for fact, (each, value) in told.items()}
    rows = [f"{spec.number_label or '证照编号'}：{paper.number}", f"持有人：{paper.holder_name}"]
    rows += [f"{each.label}：{facts[fact]}" for fact, (each, value) in told.items() if value and value != paper.number]
    return {
        **facts,
        "licence_name": spec.title,
        "licence_number": paper.number,
        "holder_name": paper.holder_name,
        "holder_number": paper.holder_code,
        "issuer_name": paper.issuer_name,
        "issued_on": day_words(paper.issued_on),
        "valid_from": day_words(paper.valid_from),
        "valid_until": until,
        "valid_period": period,
        "verify_words": "扫码核验真伪",
        "rows": "\n".join(rows),
        "identifier": paper.identifier,
        "sample_mark": SAMPLE_MARK if paper.sample else "",
    }


def _shown(value: str, kind: str) -> str:
    if kind == "date" and value:
        try:
            return day_words(date.fromisoformat(value))
        except ValueError:
            return value
    return value


def metadata(paper: Paper) -> dict[str, str]:
    """The common items of GB/T 36903 by their Chinese names, then the business items by their labels."""
    person = paper.spec.holder is not None and paper.spec.holder.value == "person"
    code_kind = "公民身份号码" if (person or not _is_credit_code(paper.holder_code)) else "统一社会信用代码"
    common = {
        "证照类型名称": paper.spec.name,
        "证照类型代码": paper.spec.code,
        "证照编号": paper.number,
        "证照标识": paper.identifier,
        "证照颁发机构": paper.issuer_name,
        "证照颁发机构代码": paper.issuer_code,
        "证照颁发日期": paper.issued_on.isoformat(),
        "证照有效期起始日期": paper.valid_from.isoformat() if paper.valid_from else "",
        "证照有效期截止日期": paper.valid_until.isoformat() if paper.valid_until else LONG,
        "持证主体": paper.holder_name,
        "持证主体代码": paper.holder_code,
        "持证主体代码类型": code_kind if paper.holder_code else "",
    }
    business = {each.label: paper.values[each.fact] for each in paper.spec.fields if paper.values.get(each.fact)}
    return {**{label: value for label, value in business.items() if label not in common}, **common}


def _is_credit_code(code: str) -> bool:
    return len(code) == 18 and not (code[:17].isdigit() and code[6:8] in {"19", "20"})
