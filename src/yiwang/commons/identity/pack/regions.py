"""`regions/*.csv`: divisions with their code system and years. Other files name a region by its `key`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from yiwang.commons.identity import commands, rules
from yiwang.commons.identity.contracts import CodeSystem, RegionLevel, RegionRow
from yiwang.kernel.actor import Actor
from yiwang.kernel.packs import PackReader, Tally, pack_part
from yiwang.kernel.packs.reader import Row

COLUMNS: Final = (
    "key", "code", "code_system", "kind", "name", "name_en", "parent", "functional_area", "since", "until",
)  # fmt: skip
_SYSTEMS: Final = {
    "GB/T 2260": CodeSystem.GB2260,
    "GB/T 10114": CodeSystem.GBT10114,
    "NBS": CodeSystem.NBS_STATISTICAL,
    "": CodeSystem.FUNCTIONAL_AREA,
}
_LENGTHS: Final = {CodeSystem.GB2260: 6, CodeSystem.GBT10114: 9, CodeSystem.NBS_STATISTICAL: 12}
_LEVELS: Final = {
    "province": RegionLevel.PROVINCE,
    "city": RegionLevel.CITY,
    "district": RegionLevel.DISTRICT,
    "functional_area": RegionLevel.DISTRICT,
    "street": RegionLevel.STREET,
    "town": RegionLevel.STREET,
    "community": RegionLevel.COMMUNITY,
}


@dataclass(frozen=True, slots=True)
class Place:
    """One row with where it stands."""

    file: str
    row: Row

    @property
    def system(self) -> CodeSystem:
        return _SYSTEMS[self.row["code_system"]]

    @property
    def code(self) -> str:
        """The code, or the key where there is none."""
        return self.row["code"] or self.row["key"]

    @property
    def ended(self) -> bool:
        return bool(self.row["until"])


def places(reader: PackReader) -> dict[str, Place]:
    """All regions of the pack by key; rows with faults are reported and left out."""
    found: dict[str, Place] = {}
    for file in reader.files("regions/*.csv"):
        for row in reader.csv(file, columns=COLUMNS):
            place = Place(file, row)
            if not _sound(reader, place):
                continue
            if row["key"] in found:
                reader.report.add(file, row.line, f"key {row['key']} 重复", "每个地区用一个 key")
            found[row["key"]] = place
    return found


def _sound(reader: PackReader, place: Place) -> bool:
    row, faults = place.row, []
    if not row["key"] or not row["name"]:
        faults.append(("缺少 key 或 name", "补上"))
    if row["code_system"] not in _SYSTEMS:
        faults.append((f"不认识的代码体系 {row['code_system']}", f"可用：{'、'.join(filter(None, _SYSTEMS))}，或留空"))
    elif row["code"] and not _fits(place.system, row["code"]):
        faults.append((f"代码 {row['code']} 不符合 {row['code_system'] or '功能区'}", "检查位数和代码体系"))
    if row["kind"] not in _LEVELS:
        faults.append((f"不认识的类别 {row['kind']}", f"可用：{'、'.join(_LEVELS)}"))
    if not all(not row[name] or (row[name].isdigit() and len(row[name]) == 4) for name in ("since", "until")):
        faults.append(("since、until 应为四位年份", "例如 1983"))
    elif row["since"] and row["until"] and row["since"] > row["until"]:
        faults.append(("since 晚于 until", "检查年份"))
    for message, mend in faults:
        reader.report.add(place.file, row.line, message, mend)
    return not faults


def _fits(system: CodeSystem, code: str) -> bool:
    length = _LENGTHS.get(system)
    return length is not None and len(code) == length and code.isdigit()


@pack_part("regions", order=10)
class RegionsPart:
    """Checks and loads the regions."""

    def check(self, reader: PackReader) -> None:
        """Codes, kinds, years, parents; no two regions in force with one code; no cycle."""
        found = places(reader)
        in_force: dict[tuple[CodeSystem, str], str] = {}
        for key, place in found.items():
            for column in ("parent", "functional_area"):
                name = place.row[column]
                if name and (name not in found or found[name].ended):
                    reader.report.add(
                        place.file, place.row.line, f"{column} {name} 不存在或已撤销", "改为现行地区的 key"
                    )
            if not place.ended:
                other = in_force.setdefault((place.system, place.code), key)
                if other != key:
                    reader.report.add(place.file, place.row.line, f"代码 {place.code} 与 {other} 重复", "补上 until")
        try:
            rules.ancestry({key: [name for name in _above(place) if name in found] for key, place in found.items()})
        except rules.CycleFound as cycle:
            place = found[str(cycle.key)]
            reader.report.add(place.file, place.row.line, f"{cycle.key} 的上级关系成环", "改正 parent")

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        """One command for all rows."""
        found = places(reader)
        rows = [_row(place, found) for place in found.values()]
        done = commands.define_regions(rows=rows, by=by, at=at)
        return Tally(done.created, done.changed, done.unchanged)


def _above(place: Place) -> list[str]:
    return [name for name in (place.row["parent"], place.row["functional_area"]) if name]


def _row(place: Place, found: Mapping[str, Place]) -> RegionRow:
    row = place.row
    return RegionRow(
        code=place.code,
        code_system=place.system,
        level=_LEVELS[row["kind"]],
        name=row["name"],
        name_en=row["name_en"],
        parent=_key(found, row["parent"]),
        functional_area=_key(found, row["functional_area"]),
        valid_from=date(int(row["since"]), 1, 1) if row["since"] else None,
        valid_to=date(int(row["until"]), 12, 31) if row["until"] else None,
    )


def _key(found: Mapping[str, Place], name: str) -> tuple[CodeSystem, str] | None:
    return (found[name].system, found[name].code) if name else None
