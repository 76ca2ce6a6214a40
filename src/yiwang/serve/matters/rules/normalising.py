"""A row of a foreign list as an entry of the catalogue: repairs and checks by the rules of `import_rules.yaml`."""

import html
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from yiwang.kernel.codes.credit_code import validate_credit_code, validate_organisation_code
from yiwang.kernel.codes.errors import InvalidCode
from yiwang.serve.matters.contracts import MATTER_TYPES, ListedSpec, ReadList, ReadRow, RowFinding, RowVerdict
from yiwang.serve.matters.rules.conditions import compile_condition
from yiwang.serve.matters.rules.reading import Record, Unreadable, decode, records

_FILE = Path(__file__).parents[1] / "schemas" / "import_rules.yaml"
_CODE = re.compile(
    r"(?P<basic>[0-9A-Z]+(?:-[0-9A-Z]+){0,2}?)-(?P<region>\d{12})-\d{3}-(?P<department>[0-9A-Z-]+?)-\d-\d{2,3}"
)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―－", "-"))
_CREDIT = re.compile(r"[0-9A-Z]{18}")
_BROKEN = {"quotes": "引号没有成对，这一行不能拆成各栏", "nul": "这一行含有空字符", "long": "有一栏过长"}
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Rules:
    """The file of rules."""

    data: Mapping[str, Any]

    def columns(self, header: Sequence[str]) -> dict[str, int]:
        """Place of each known field in the header. Raises Unreadable where a required one is missing or stands twice."""
        names = [unicodedata.normalize("NFKC", name).strip().lower() for name in header]
        found: dict[str, int] = {}
        for field, known in self.data["columns"].items():
            places = [names.index(each.lower()) for each in known if each.lower() in names]
            if places:
                found[field] = places[0]
        if any(field not in found for field in self.data["required"]):
            raise Unreadable("columns")
        return found


@cache
def rules() -> Rules:
    """Read once a process."""
    return Rules(YAML(typ="safe", pure=True).load(_FILE.read_text("utf-8")))


def read_list(data: bytes) -> ReadList:
    """Every row of the file, taken or rejected. Raises Unreadable."""
    text, encoding = decode(data)
    rows = iter(records(text))
    header = next(rows, None)
    if header is None or header.fields is None:
        raise Unreadable("columns")
    reader = _Reader(header.fields)
    return ReadList(encoding, tuple(reader.row(record) for record in rows), reader.ignored)


class _Reader:
    def __init__(self, header: tuple[str, ...]) -> None:
        self.header = tuple(name.strip() for name in header)
        self.places = rules().columns(header)
        used = set(self.places.values())
        self.ignored = tuple(name for place, name in enumerate(self.header) if place not in used and name)
        self._seen: dict[str, tuple[int, ListedSpec]] = {}

    def row(self, record: Record) -> ReadRow:
        if record.fields is None:
            return self._refused(record, record.fault, _BROKEN[record.fault])
        if len(record.fields) != len(self.header):
            said = f"有 {len(record.fields)} 栏，表头有 {len(self.header)} 栏"
            return self._refused(record, "columns", said)
        original = dict(zip(self.header, record.fields, strict=True))
        row: Row = {field: record.fields[place] for field, place in self.places.items()}
        for field in rules().data["columns"]:
            row.setdefault(field, "")
        findings = list(_repair(row))
        spec = self._spec(row, record.fields)
        earlier = self._seen.get(row["code"])
        facts = _facts(row, spec, earlier)
        findings += _check(row, facts)
        findings = [replace(each, line=record.line, name=row["name"][:300], original=original) for each in findings]
        if any(each.verdict is RowVerdict.REJECTED for each in findings):
            return ReadRow(record.line, None, tuple(each for each in findings if each.verdict is RowVerdict.REJECTED))
        self._seen[spec.code] = (record.line, spec)
        return ReadRow(record.line, spec, tuple(findings))

    def _refused(self, record: Record, rule: str, message: str) -> ReadRow:
        finding = RowFinding(record.line, RowVerdict.REJECTED, rule, message, original={"text": record.text})
        return ReadRow(record.line, None, (finding,))

    def _spec(self, row: Row, fields: Sequence[str]) -> ListedSpec:
        parts = _CODE.fullmatch(row["code"])
        return ListedSpec(
            code=row["code"],
            catalogue_code=parts["basic"] if parts else "",
            name=row["name"],
            type=row["type"],
            department=row["department"],
            region_code=row["region"] or (parts["region"] if parts else ""),
            authority_code=row["authority"],
            organisation_code=_organisation(row["department_code"]),
            department_code=row["department_code"],
            main_item=row["main_item"],
            link=row["link"],
            other={
                name: fields[place]
                for place, name in enumerate(self.header)
                if name in self.ignored and fields[place].strip()
            },
        )


def _repair(row: Row) -> list[RowFinding]:
    found = []
    for rule in rules().data["repairs"]:
        for field in rule["fields"]:
            before = row[field]
            after = _REPAIRS[rule["do"]](before, row)
            if after != before:
                row[field] = after
                found.append(
                    RowFinding(0, RowVerdict.REPAIRED, rule["rule"], rule["message"], field, before[:300], after[:300])
                )
    return found


def _check(row: Row, facts: Mapping[str, Any]) -> list[RowFinding]:
    found = []
    for rule in rules().data["checks"]:
        if compile_condition(rule["when"]).judge(facts).value is True:
            message = rule["message"]
            if facts["repeats"] is not None and rule["field"] == "code" and rule["rule"] in {"repeated", "code_taken"}:
                message = f"{message}（第 {facts['repeats']} 行）"
            verdict = RowVerdict(rule["verdict"])
            found.append(RowFinding(0, verdict, rule["rule"], message, rule["field"], row[rule["field"]][:300]))
    return found


def _facts(row: Row, spec: ListedSpec, earlier: tuple[int, ListedSpec] | None) -> dict[str, Any]:
    parts = _CODE.fullmatch(row["code"])
    department = parts["department"] if parts else ""
    return {
        **row,
        "type_label": MATTER_TYPES.get(row["type"]),
        "basic_code": spec.catalogue_code,
        "code_form": "full" if parts else "unreadable",
        "code_region": parts["region"] if parts else "",
        "code_department": department,
        "code_department_state": _department_state(department),
        "authority_state": _credit_state(row["authority"]),
        "organisation": spec.organisation_code,
        "organisation_state": "missing"
        if not row["department_code"]
        else "valid"
        if spec.organisation_code
        else "unreadable",
        "repeats": earlier[0] if earlier else None,
        "same": bool(earlier and earlier[1] == spec),
    }


def _credit_state(code: str) -> str:
    if not code:
        return "missing"
    try:
        validate_credit_code(code)
    except InvalidCode as error:
        return error.reason.rpartition(".")[2]
    return "valid"


def _organisation(code: str) -> str:
    """The GB 11714 code that `code` is, or that stands in it as a credit code; empty where there is none."""
    if _credit_state(code) == "valid":
        return code[8:17]
    try:
        return validate_organisation_code(code)
    except InvalidCode:
        return ""


def _department_state(code: str) -> str:
    if not code:
        return "unreadable"
    if len(set(code.replace("-", ""))) == 1:
        return "placeholder"
    if _credit_state(code) == "valid":
        return "valid"
    return "organisation" if _organisation(code.replace("-", "")) else "unreadable"


def _type_code(value: str, _row: Row) -> str:
    named = rules().data["types"].get(value)
    return named or (value.zfill(2) if value.isdigit() and len(value) < 3 else value)


def _region_code(value: str, _row: Row) -> str:
    return value.ljust(12, "0") if value.isdigit() and len(value) in {6, 9} else value


def _organisation_hyphen(value: str, _row: Row) -> str:
    plain = value.replace("-", "")
    return plain if value != plain and _organisation(plain) else value


def _authority_from_code(value: str, row: Row) -> str:
    if value:
        return value
    return next((each for each in _CREDIT.findall(row["code"]) if _credit_state(each) == "valid"), value)


def _half_width(value: str, _row: Row) -> str:
    return (
        re.sub(r"\s+", "", unicodedata.normalize("NFKC", value).translate(_DASHES))
        .replace("\u200b", "")
        .replace("\ufeff", "")
    )


_REPAIRS: Mapping[str, Callable[[str, Row], str]] = {
    "unescape": lambda value, _row: html.unescape(value),
    "squeeze": lambda value, _row: " ".join(value.replace("\u200b", "").replace("\ufeff", "").split()),
    "half_width": _half_width,
    "upper": lambda value, _row: value.upper(),
    "type_code": _type_code,
    "region_code": _region_code,
    "organisation_hyphen": _organisation_hyphen,
    "no_placeholder": lambda value, _row: "" if value in rules().data["placeholders"] else value,
    "authority_from_code": _authority_from_code,
}
