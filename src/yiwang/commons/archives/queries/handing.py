"""What goes along with packages that are handed over: the handover list (移交清单) as a table and as canonical data."""

import csv
import hashlib
import io
import json
from typing import Final

from yiwang.commons.archives import policies
from yiwang.commons.archives.contracts import ListKind, ListView, State
from yiwang.commons.archives.models import ArchiveList
from yiwang.commons.archives.queries.lists import archive_list
from yiwang.kernel.actor import Actor

HANDED_OVER: Final = frozenset({State.TRANSFERRED})
_HEAD: Final = ("序号", "档号", "题名", "年度", "保管期限", "信息包", "字节数", "SM3")


def list_numbered(*, number: str, viewer: Actor) -> ListView | None:
    """The list of that number with its lines. Raises MayNotView."""
    policies.check_view(viewer)
    found = ArchiveList.objects.filter(number=number).values_list("pk", flat=True).first()
    return archive_list(list_id=found, viewer=viewer) if found else None


def handover(*, found: ListView, viewer: Actor) -> dict[str, bytes]:
    """The files of a handover list by name: CSV for people (with a byte order mark), JSON for programs, and their digests.

    Only what passed the check at transfer stands in it. Raises ValueError for another kind of list.
    """
    policies.check_view(viewer)
    if found.kind is not ListKind.TRANSFER:
        raise ValueError(found.number)
    rows = [
        (
            n,
            e.archive_number,
            e.title,
            e.year,
            e.retention,
            f"{e.archive_number.replace('·', '.')}.zip",
            e.size,
            e.digest,
        )
        for n, e in enumerate((e for e in found.entries if e.state in HANDED_OVER), 1)
    ]
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerows([_HEAD, *([_harmless(cell) for cell in row] for row in rows)])
    told = {
        "format": "yiwang.handover/1",
        "number": found.number,
        "target": found.target,
        "count": len(rows),
        "bytes": sum(row[6] for row in rows),
        "packages": [
            dict(zip(("no", "archive", "title", "year", "retention", "file", "bytes", "sm3"), r, strict=True))
            for r in rows
        ],
    }
    files = {
        f"{found.number}.csv": b"\xef\xbb\xbf" + table.getvalue().encode(),
        f"{found.number}.json": json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n",
    }
    sums = "".join(f"{hashlib.new('sm3', data).hexdigest()}  {name}\n" for name, data in files.items())
    return {**files, f"{found.number}.sm3": sums.encode()}


def _harmless(cell: object) -> object:
    """No cell that a spreadsheet would reckon as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@" else cell
