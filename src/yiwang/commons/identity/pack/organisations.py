"""`organisations.yaml`: the two trees, who covers which region, and the roles."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from yiwang.commons.identity import commands, rules
from yiwang.commons.identity.contracts import OrganisationKind, OrganisationRow
from yiwang.commons.identity.pack.regions import Place, places
from yiwang.kernel.actor import Actor
from yiwang.kernel.codes import InvalidCode, validate_credit_code
from yiwang.kernel.packs import Document, PackReader, Tally, pack_part
from yiwang.kernel.packs.reader import load_schema

FILE: Final = "organisations.yaml"
_SCHEMA: Final = Path(__file__).parent / "schemas" / "organisations.json"
_KINDS: Final = {
    "government": OrganisationKind.GOVERNMENT,
    "bureau": OrganisationKind.BUREAU,
    "institution": OrganisationKind.PUBLIC_INSTITUTION,
    "office": OrganisationKind.OFFICE,
}


def document(reader: PackReader) -> Document | None:
    """The file, checked against its schema; None when the pack has none or it has faults."""
    if not reader.exists(FILE):
        return None
    return reader.yaml(FILE, schema=load_schema(_SCHEMA))


@pack_part("organisations", order=20)
class OrganisationsPart:
    """Checks and loads organisations and roles."""

    def check(self, reader: PackReader) -> None:
        """Parents, regions, lines and credit codes; no code twice; no cycle in either tree."""
        file = document(reader)
        if file is None:
            return
        entries: list[dict[str, Any]] = file.data["organisations"]
        by_code: dict[str, int] = {}
        known_regions = places(reader)
        for index, entry in enumerate(entries):
            if entry["code"] in by_code:
                _fault(reader, file, index, "code", f"机构代码 {entry['code']} 重复", "每个机构用一个代码")
            by_code.setdefault(entry["code"], index)
        for index, entry in enumerate(entries):
            for column in ("territorial_parent", "line_parent"):
                parent = entry.get(column)
                if parent is not None and parent not in by_code:
                    _fault(reader, file, index, column, f"没有机构 {parent}", "改为本文件中的机构代码")
            self._check_place(reader, file, index, entry, known_regions)
            self._check_codes(reader, file, index, entry)
        for column in ("territorial_parent", "line_parent"):
            _check_tree(reader, file, entries, by_code, column)

    def _check_place(
        self, reader: PackReader, file: Document, index: int, entry: Mapping[str, Any], known: Mapping[str, Place]
    ) -> None:
        for key in entry.get("covers", []):
            if key not in known or known[key].ended:
                _fault(reader, file, index, "covers", f"没有现行地区 {key}", "改为 regions 中的 key")
        if entry["line"] not in file.data["lines"]:
            _fault(reader, file, index, "line", f"没有条线 {entry['line']}", "在 lines 中补上，或改正")

    def _check_codes(self, reader: PackReader, file: Document, index: int, entry: Mapping[str, Any]) -> None:
        code = entry.get("credit_code")
        if code is not None and entry["kind"] == "office":
            _fault(reader, file, index, "credit_code", "内设机构没有统一社会信用代码", "删去 credit_code")
        elif code is not None:
            try:
                validate_credit_code(code)
            except InvalidCode as error:
                _fault(reader, file, index, "credit_code", str(error), "改正代码")
        if entry["kind"] == "office" and entry.get("territorial_parent") is None:
            _fault(reader, file, index, "kind", "内设机构须有上级机构", "补上 territorial_parent")

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        """Roles one by one, organisations by one command."""
        file = document(reader)
        if file is None:
            return Tally()
        for key, role in file.data.get("roles", {}).items():
            label = role["label"]
            commands.define_role(key=key, title=label["zh"], title_en=label.get("en", ""), by=by, at=at)
        found = places(reader)
        codes = {key: place.code for key, place in found.items()}
        entries: list[dict[str, Any]] = file.data["organisations"]
        homes = _homes(entries)
        sample = bool(file.data.get("sample", False))
        rows = [
            _row(entry, position, codes, codes[homes[entry["code"]]], sample=sample)
            for position, entry in enumerate(entries)
        ]
        done = commands.define_organisations(rows=rows, by=by, at=at)
        return Tally(done.created, done.changed, done.unchanged)


def _fault(reader: PackReader, file: Document, index: int, column: str, message: str, mend: str) -> None:
    reader.report.add(file.file, file.line("organisations", index, column), message, mend)


def _check_tree(
    reader: PackReader, file: Document, entries: list[dict[str, Any]], by_code: Mapping[str, int], column: str
) -> None:
    parents = {entry["code"]: [p for p in (entry.get(column),) if p in by_code] for entry in entries}
    try:
        rules.ancestry(parents)
    except rules.CycleFound as cycle:
        index = by_code[str(cycle.key)]
        _fault(reader, file, index, column, f"{cycle.key} 的 {column} 成环", "改正上级机构")
        return
    if column == "territorial_parent" and entries:
        homes = _homes(entries)
        for index, entry in enumerate(entries):
            if entry["code"] not in homes:
                _fault(reader, file, index, "code", f"{entry['code']} 没有所在地区", "补上 covers，或上级机构的 covers")


def _homes(entries: list[dict[str, Any]]) -> dict[str, str]:
    """Where each organisation is: what it covers first, else where the organisation above it is."""
    by_code = {entry["code"]: entry for entry in entries}
    homes: dict[str, str] = {}
    for entry in entries:
        above: dict[str, Any] | None = entry
        while above is not None and not above.get("covers"):
            above = by_code.get(above.get("territorial_parent") or "")
        if above is not None:
            homes[entry["code"]] = above["covers"][0]
    return homes


def _row(
    entry: Mapping[str, Any], position: int, codes: Mapping[str, str], home: str, *, sample: bool
) -> OrganisationRow:
    kind = _KINDS[entry["kind"]]
    if kind is OrganisationKind.GOVERNMENT and entry.get("level") == "district":
        kind = OrganisationKind.DISTRICT_GOVERNMENT
    return OrganisationRow(
        code=entry["code"],
        name=entry["name"]["zh"],
        name_en=entry["name"].get("en", ""),
        short_name=entry.get("short_name", {}).get("zh", ""),
        kind=kind,
        region=home,
        covers=tuple(codes[key] for key in entry.get("covers", [])),
        credit_code=entry.get("credit_code"),
        territorial_parent=entry.get("territorial_parent"),
        line_parent=entry.get("line_parent"),
        line=entry["line"],
        duties=tuple(entry.get("duties", [])),
        address=entry.get("address", ""),
        phone=entry.get("phone", ""),
        position=position,
        sample=sample,
    )
