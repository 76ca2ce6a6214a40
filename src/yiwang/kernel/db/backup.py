"""Copies of a whole database in PostgreSQL's own archive format, and back, by the wheel's pg_dump and pg_restore.

Works on any PostgreSQL that a URL names. A dump is complete or absent, a restore happens wholly or not at all.
"""

import os
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from yiwang.kernel.clock import now
from yiwang.kernel.db.account import own_account
from yiwang.kernel.db.binaries import CHILD_ENVIRONMENT, find_binaries
from yiwang.kernel.db.errors import InUse, NotEmpty, ToolFailed
from yiwang.kernel.db.place import explained

Progress = Callable[[int, int, str], None]
"""Called with tables done, tables in all, and the name of the table that is being worked on."""

TABLES = """
    SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
"""
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
LIBPQ_NAMES = {"user": "PGUSER", "password": "PGPASSWORD", "host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE"}


def silent(_done: int, _total: int, _table: str) -> None:
    """The progress of whoever doesn't watch."""


def tool(name: str) -> str:
    """The path of one of PostgreSQL's client programs."""
    return find_binaries(own_account()).tool(name)


def tool_environment(url: str) -> dict[str, str]:
    """Environment that makes libpq programs connect to `url`: a password on the command line is seen by everybody."""
    environment = {**CHILD_ENVIRONMENT}
    for name, value in conninfo_to_dict(url).items():
        environment[LIBPQ_NAMES.get(name, f"PG{name.upper()}")] = str(value)
    return environment


def dump(url: str, file: Path, *, progress: Progress = silent) -> int:
    """Write the database at `url` into `file` (mode 0600, replaced only when complete). Returns its size in bytes."""
    with psycopg.connect(url) as connection:
        total = _count(connection, TABLES)
    with explained(file.parent):
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.absolute().parent)
        os.close(descriptor)
        fresh = Path(name)
        try:
            command = [tool("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", "--verbose"]
            _run([*command, f"--file={fresh}"], tool_environment(url), "dumping contents of table", total, progress)
            _flush_to_disk(fresh)
            fresh.replace(file)
        finally:
            fresh.unlink(missing_ok=True)
    return file.stat().st_size


def restore(url: str, file: Path, *, replace: bool = False, progress: Progress = silent) -> str | None:
    """Fill the empty database at `url` from `file`.

    With `replace`, one that holds tables gives up its name and is kept: its new name is returned. Raises NotEmpty,
    InUse (others are connected), ToolFailed; then nothing has changed.
    """
    total = _tables_in(file)
    name = str(conninfo_to_dict(url)["dbname"])
    with psycopg.connect(url) as connection:
        tables = _count(connection, TABLES)
    if not tables:
        _fill(url, file, total, progress)
        return None
    if not replace:
        raise NotEmpty(name=name, tables=tables)
    stamp = now().strftime("%Y%m%d%H%M%S")
    fresh, kept = f"{name}_new_{stamp}", f"{name}_before_{stamp}"
    with psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True) as connection:
        _refuse_when_used(connection, name)
        template = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
        connection.execute(sql.SQL(template).format(sql.Identifier(fresh)))
        try:
            _fill(make_conninfo(url, dbname=fresh), file, total, progress)
            _exchange(connection, name, fresh, kept)
        except BaseException:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(fresh)))
            raise
    return kept


def _fill(url: str, file: Path, total: int, progress: Progress) -> None:
    """Restore in one transaction. Triggers come after the rows, so guarded tables can be filled and are guarded again."""
    command = [tool("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    command += ["--verbose", f"--dbname={conninfo_to_dict(url)['dbname']}", str(file)]
    _run(command, tool_environment(url), "processing data for table", total, progress)


def _exchange(connection: "psycopg.Connection[tuple[object, ...]]", name: str, fresh: str, kept: str) -> None:
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    try:
        with connection.transaction():
            connection.execute(rename.format(sql.Identifier(name), sql.Identifier(kept)))
            connection.execute(rename.format(sql.Identifier(fresh), sql.Identifier(name)))
    except psycopg.errors.ObjectInUse as error:
        raise InUse(name=name, count=_count(connection, SESSIONS, name)) from error


def _refuse_when_used(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    sessions = _count(connection, SESSIONS, name)
    if sessions:
        raise InUse(name=name, count=sessions)


def _tables_in(file: Path) -> int:
    """How many tables' rows an archive holds. Raises ToolFailed when it is no archive or is damaged."""
    command = [tool("pg_restore"), "--list", str(file)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=CHILD_ENVIRONMENT)
    if done.returncode != 0:
        raise ToolFailed(tool="pg_restore", reason=done.stderr.strip(), log=file)
    return sum(" TABLE DATA " in line for line in done.stdout.splitlines())


def _run(command: list[str], environment: Mapping[str, str], sign: str, total: int, progress: Progress) -> None:
    """Run a program that names each table on its way; its last lines explain a failure."""
    last: deque[str] = deque(maxlen=12)
    done = 0
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        for line in process.stderr or ():
            last.append(line.rstrip())
            if sign in line:
                progress(done, total, line.rpartition(" ")[2].strip('\n"'))
                done += 1
    if process.returncode != 0:
        faults = [line for line in last if "error:" in line] or list(last)
        name = Path(command[0]).name
        raise ToolFailed(tool=name, reason=faults[0] if faults else "?", log="-", tail="\n".join(last))
    progress(total, total, "")


def _count(connection: "psycopg.Connection[tuple[object, ...]]", query: str, *values: str) -> int:
    row = connection.execute(query.encode(), values or None).fetchone()
    return int(str(row[0])) if row else 0


def _flush_to_disk(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
