"""Licences taken in from a file: 100,000 lines with some to be rejected, beside a bare COPY of the same rows.

Judged, encrypted, looked up in the register and committed batch by batch, as the command line does it.
"""

import csv
import io
import time
from datetime import date
from typing import Any, Final

from django.db import connection, transaction

from bench.measuring import Figures
from yiwang.commons.identity import queries as identity
from yiwang.commons.licences import commands, queries
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.codes import Sex
from yiwang.kernel.codes.synthetic import synthetic_id_number

BY: Final = Actor.system("bench")
SECONDS: Final = 120.0
"""For 100,000 lines, as required."""
WHOLE: Final = 100_000
EACH_REJECTED: Final = 97
"""Every so many lines one is wrong."""
SPEC: Final[dict[str, Any]] = {
    "code": "113204000000000000901",
    "name": {"zh": "样例经营许可证", "en": "Sample permit"},
    "holder": "person",
    "sample": True,
    "fields": [
        {"fact": "shop_name", "label": {"zh": "名称"}, "required": True},
        {"fact": "shop_address", "label": {"zh": "经营场所"}},
        {"fact": "phone", "label": {"zh": "电话"}, "sensitivity": "sensitive", "pattern": "1[0-9]{10}"},
    ],
}
_HEAD: Final = (
    "number",
    "holder_name",
    "holder_code",
    "valid_from",
    "valid_until",
    "shop_name",
    "shop_address",
    "phone",
)


def run(*, quick: bool) -> Figures:
    """Seconds for the whole file, lines a second, and how many times the bare COPY's time it takes."""
    lines = 5_000 if quick else WHOLE
    commands.define_type(key="bench_permit", spec=SPEC, layout="", by=BY, at=clock.now())
    where = identity.organisations(viewer=BY, size=1).items[0].id
    content = _file(lines)
    began = time.perf_counter()
    run_id = commands.begin_import(
        type_key="bench_permit", organisation_id=where, content=content, file_name="bench.csv", later=False, by=BY,
        at=clock.now(),
    )  # fmt: skip
    while commands.import_batch(import_id=run_id, by=BY, at=clock.now()):
        pass
    seconds = time.perf_counter() - began
    found = queries.import_row(import_id=run_id, viewer=BY)
    wrong = len(range(0, lines, EACH_REJECTED))
    if (found.created, found.rejected) != (lines - wrong, wrong):
        raise RuntimeError(f"{found.created} taken and {found.rejected} rejected of {lines}")
    bare = _bare(content)
    figures = {
        "import": {
            "lines": lines,
            "seconds": round(seconds, 2),
            "per_s": round(lines / seconds),
            "rejected": found.rejected,
        }
    }
    over = ["import"] if seconds * WHOLE / lines > SECONDS else []
    return {
        "figures": figures,
        "ratios": {"import-to-bare-copy": {"wall": round(seconds / bare, 1)}},
        "over_requirement": over,
    }


def _file(lines: int) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    first = date(1940, 1, 1).toordinal()
    for number in range(lines):
        code = synthetic_id_number(  # of another city: the sample people of this one bear numbers, and other names
            division_code="320981", birth_date=date.fromordinal(first + number % 25_000), sex=Sex.FEMALE
        )
        good = number % EACH_REJECTED != 0
        writer.writerow(
            (f"BENCH{number:08}", "样例甲", code if good else "1", "2026-01-01", "2031-01-01", f"样例店{number}",
             f"样例路 {number} 号", "13800000000")
        )  # fmt: skip
    return out.getvalue().encode()


def _bare(content: bytes) -> float:
    """The same lines into a table without keys, in one COPY."""
    text = content.decode()
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_lines (line text) ON COMMIT DROP")
        with cursor.copy("COPY bench_lines FROM STDIN") as copy:
            for line in text.splitlines():
                copy.write_row((line,))
    return time.perf_counter() - began
