"""What reading a foreign list would do to the catalogue."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import new

from yiwang.kernel.actor import Actor
from yiwang.serve.matters import models, rules
from yiwang.serve.matters.contracts import ImportReport, ListedSpec, ListUnreadable, MatterState, ReadList

_REASONS = {
    "large": "文件超过 50 MB",
    "empty": "文件是空的",
    "encoding": "不是 UTF-8、GB 18030 或 UTF-16 编码",
    "columns": "表头里缺少事项名称、实施编码、事项类型或实施主体",
}
_SIZE = 500


@dataclass(frozen=True, slots=True)
class Fresh:
    """An entry that makes a new version, with its digest and the version that it replaces (0: none)."""

    spec: ListedSpec
    digest: bytes
    version: int


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The file read, the entries that are new or changed, the count of those that stay."""

    file: str
    digest: bytes
    read: ReadList
    fresh: tuple[Fresh, ...]

    def report(self, *, dry_run: bool) -> ImportReport:
        """The counts: rows is the sum of the others."""
        taken = sum(row.spec is not None for row in self.read.rows)
        changed = sum(each.version > 0 for each in self.fresh)
        return ImportReport(
            file=self.file,
            encoding=self.read.encoding,
            rows=len(self.read.rows),
            imported=len(self.fresh) - changed,
            unchanged=taken - len(self.fresh),
            changed=changed,
            rejected=len(self.read.rows) - taken,
            findings=self.read.findings,
            dry_run=dry_run,
        )


def plan_import(*, file: str, data: bytes, viewer: Actor) -> ImportPlan:
    """Read `data` and compare it with the catalogue; writes nothing. Raises ListUnreadable. One query for 500 rows.

    An entry that a matter in force describes in full counts as unchanged, as does one that was cancelled and is listed
    as before.
    """
    del viewer
    try:
        read = rules.read_list(data)
    except rules.Unreadable as fault:
        raise ListUnreadable(reason=_REASONS[fault.reason]) from None
    specs = [row.spec for row in read.rows if row.spec is not None]
    known = _known([spec.code for spec in specs])
    described = _described([spec.code for spec in specs])
    fresh = []
    for spec in specs:
        digest = rules.digest_of(rules.listed_definition(spec))
        version, present = known.get(spec.code, (0, b""))
        if present != digest and spec.code not in described:
            fresh.append(Fresh(spec, digest, version))
    return ImportPlan(file, new("sm3", data).digest(), read, tuple(fresh))


def _known(codes: list[str]) -> Mapping[str, tuple[int, bytes]]:
    """The latest version of each code and its digest."""
    found: dict[str, tuple[int, bytes]] = {}
    for at in range(0, len(codes), _SIZE):
        rows = models.Matter.objects.filter(code__in=codes[at : at + _SIZE]).order_by("version")
        found.update(
            (code, (version, bytes(digest))) for code, version, digest in rows.values_list("code", "version", "digest")
        )
    return found


def _described(codes: list[str]) -> set[str]:
    """Codes that a matter in force gives as its implementation code."""
    found: Counter[str] = Counter()
    for at in range(0, len(codes), _SIZE):
        rows = models.Matter.objects.filter(
            implementation_code__in=codes[at : at + _SIZE], state=MatterState.PUBLISHED.value
        )
        found.update(rows.values_list("implementation_code", flat=True))
    return set(found)
