"""`registers.yaml`: what the embedded register of a demonstration knows beyond `people.yaml`. Checked; nothing of it is loaded."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from yiwang.commons.identity.engine.realnames import is_name
from yiwang.commons.identity.pack.people import FILE as PEOPLE
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.codes import InvalidCode, clean_code, validate_credit_code, validate_id_number
from yiwang.kernel.packs import Document, PackReader, Tally, pack_part
from yiwang.kernel.packs.reader import load_schema

FILE: Final = "registers.yaml"
_SCHEMA: Final = Path(__file__).parent / "schemas" / "registers.json"
_YOUNGEST_PARENT: Final = 14
"""Years between parent and child below which somebody has mistyped."""


@pack_part("registers", order=31)
class RegistersPart:
    """Checks children, further people and legal entities of the embedded register against the pack's people."""

    def check(self, reader: PackReader) -> None:
        """Numbers and codes are valid and agree with sex and date of birth; nobody twice; parents and representatives exist."""
        if not reader.exists(FILE):
            return
        file = reader.yaml(FILE, schema=load_schema(_SCHEMA))
        if file is None:
            return
        known = reader.yaml(PEOPLE) if reader.exists(PEOPLE) else None
        _Check(reader, file, known.data if known and isinstance(known.data, dict) else {}).run()

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        """The register is read where it is asked (contrib.embedded)."""
        del reader, by, at
        return Tally()


class _Check:
    """One check: what stands in `people.yaml`, and what was met so far."""

    def __init__(self, reader: PackReader, file: Document, people: Mapping[str, Any]) -> None:
        self.reader, self.file = reader, file
        everybody = [each for group in ("residents", "officials") for each in _dicts(people.get(group))]
        self.born = {str(each.get("username")): str(each.get("birth_date", "")) for each in everybody}
        self.numbers = {_number(each.get("id_number")): f"{PEOPLE} 的 {each.get('username')}" for each in everybody}
        self.codes = {str(each.get("credit_code")): PEOPLE for each in _dicts(people.get("legal_entities"))}
        self.certificates: dict[str, str] = {}
        self.children: dict[tuple[str, str], str] = {}

    def run(self) -> None:
        for index, entry in enumerate(self.file.data.get("people", [])):
            self._person(("people", index), entry)
            if entry.get("username") in self.born:
                self._fault(("people", index, "username"), f"username {entry['username']} 重复", "每人一个")
            elif "username" in entry:
                self.born[entry["username"]] = entry["birth_date"]
        for index, entry in enumerate(self.file.data.get("children", [])):
            self._child(("children", index), entry)
        for index, entry in enumerate(self.file.data.get("legal_entities", [])):
            self._entity(("legal_entities", index), entry)

    def _fault(self, place: tuple[str | int, ...], message: str, mend: str) -> None:
        self.reader.report.add(self.file.file, self.file.line(*place), message, mend)

    def _person(self, place: tuple[str, int], entry: Mapping[str, Any]) -> None:
        if not is_name(entry["name"]):
            self._fault((*place, "name"), f"“{entry['name']}”不是姓名", "用两个以上的汉字，少数民族姓名中间加点")
        if "id_number" in entry:
            number = _number(entry["id_number"])
            self._once(self.numbers, number, (*place, "id_number"), f"身份证号码 {number}")
            self._agrees((*place, "id_number"), entry)

    def _agrees(self, place: tuple[str | int, ...], entry: Mapping[str, Any]) -> None:
        try:
            parsed = validate_id_number(_number(entry["id_number"]))
        except InvalidCode as error:
            self._fault(place, str(error), "用演示号码（顺序码 001 至 009）")
            return
        if parsed.birth_date.isoformat() != entry["birth_date"] or parsed.sex.value != entry["sex"]:
            self._fault(place, "身份证号码与出生日期或性别不一致", "改正其中之一")

    def _child(self, place: tuple[str, int], entry: Mapping[str, Any]) -> None:
        self._person(place, entry)
        born = date.fromisoformat(entry["birth_date"])
        if born > clock.today():
            self._fault((*place, "birth_date"), "出生日期在今天以后", "改为今天或者以前")
        if "birth_certificate" in entry:
            number = clean_code(entry["birth_certificate"])
            where = (*place, "birth_certificate")
            self._once(self.certificates, number, where, f"出生医学证明编号 {number}")
        same = (entry["name"], entry["birth_date"])
        if same in self.children and set(entry["parents"]) & set(self.children[same].split()):
            self._fault(place, f"{entry['name']} 写了两次", "同一个孩子只写一处")
        self.children[same] = " ".join(entry["parents"])
        for nth, parent in enumerate(entry["parents"]):
            at = (*place, "parents", nth)
            if parent not in self.born:
                self._fault(at, f"没有用户 {parent}", f"改为 {PEOPLE} 或者本文件 people 中的 username")
            elif not _old_enough(self.born[parent], born):
                self._fault(at, f"{parent} 的年龄不能是孩子的父母", "改正父母或者出生日期")

    def _entity(self, place: tuple[str, int], entry: Mapping[str, Any]) -> None:
        where = (*place, "credit_code")
        try:
            validate_credit_code(entry["credit_code"])
        except InvalidCode as error:
            self._fault(where, str(error), "改正代码")
        self._once(self.codes, entry["credit_code"], where, f"统一社会信用代码 {entry['credit_code']}")
        if entry["representative"] not in self.born:
            message = f"没有用户 {entry['representative']}"
            self._fault((*place, "representative"), message, f"改为 {PEOPLE} 或者本文件 people 中的 username")

    def _once(self, seen: dict[str, str], value: str, place: tuple[str | int, ...], what: str) -> None:
        if value in seen:
            self._fault(place, f"{what} 重复，已写在 {seen[value]}", "每个只写一处")
        seen.setdefault(value, f"{self.file.file} 第 {self.file.line(*place)} 行")


def _number(value: object) -> str:
    return clean_code(str(value))


def _old_enough(parent: str, child: date) -> bool:
    try:
        return child.year - date.fromisoformat(parent).year >= _YOUNGEST_PARENT
    except ValueError:
        return True  # another file's fault, told there


def _dicts(found: object) -> Iterator[Mapping[str, Any]]:
    return (each for each in (found if isinstance(found, list) else ()) if isinstance(each, dict))
