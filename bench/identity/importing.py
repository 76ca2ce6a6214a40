"""Accounts taken in from a file: 100,000 lines with some to be rejected, beside a bare COPY of the same lines.

Judged, encrypted, looked up in the register and committed batch by batch, as the command line does it; no password is hashed.
"""

import csv
import io
import time
from datetime import date, timedelta
from typing import Final

from django.db import connection, transaction

from bench.measuring import Figures, rounded
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.commands import imports
from yiwang.commons.identity.queries import imports as reading
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
_BORN: Final = date(1900, 1, 1)
_PLACES: Final = ("320402", "320404", "320411", "320412", "320413", "320481")


def measure(*, quick: bool) -> tuple[Figures, Figures]:
    """Lines a second and seconds for the whole file; how many times a bare COPY's time it takes."""
    many = 2_000 if quick else WHOLE
    root = identity.organisation_by_code(code="320400-government", viewer=BY).id
    content = _file(many)
    began = time.perf_counter()
    run = imports.begin_import(
        organisation_id=root, content=content, file_name="bench.csv", later=False, by=BY, at=clock.now()
    )
    while imports.import_batch(import_id=run, by=BY, at=clock.now()):
        pass
    seconds = time.perf_counter() - began
    found = reading.import_row(import_id=run, viewer=BY)
    wrong = len(range(0, many, EACH_REJECTED))
    if (found.created, found.rejected) != (many - wrong, wrong):
        raise RuntimeError(f"{found.created} taken and {found.rejected} rejected of {many}")
    bare = _bare(content)
    figures = {
        "import": {
            "lines": many, "seconds": round(seconds, 2), "per_s": rounded(many / seconds),
            "wanted_per_s": rounded(WHOLE / SECONDS), "rejected": found.rejected,
        },
        "bare-copy": {"per_s": rounded(many / bare)},
    }  # fmt: skip
    return figures, {"import_to_bare_copy": rounded(seconds / bare)}


def _file(many: int) -> bytes:
    """Lines of people who do not exist, each with a number of its own; every EACH_REJECTED-th has a wrong one."""
    places = [each.code for each in identity.organisations(viewer=BY, size=200).items]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("username", "name", "id_number", "mobile", "organisation", "role"))
    for line in range(many):
        code, serial = _PLACES[line % len(_PLACES)], line // len(_PLACES)
        born = _BORN + timedelta(days=serial)
        number = synthetic_id_number(division_code=code, birth_date=born, sex=Sex.FEMALE, serial=3)
        wrong = line % EACH_REJECTED == 0
        role = ("acceptor", "reviewer")[line % 2]
        said = number[:-1] if wrong else number
        writer.writerow((f"bench-{line}", f"样例{line}", said, f"139{line:08d}", places[line % len(places)], role))
    return out.getvalue().encode()


def _bare(content: bytes) -> float:
    """Seconds in which PostgreSQL takes the same bytes into a table without keys."""
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bench_lines (a text, b text, c text, d text, e text, f text) ON COMMIT DROP")
        with cursor.copy("COPY bench_lines FROM STDIN (FORMAT csv, HEADER)") as copy:
            copy.write(content)
    return time.perf_counter() - began
