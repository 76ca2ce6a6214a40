"""A city to measure in: a data folder of its own with the embedded PostgreSQL, migrated, the pack loaded, at rest.

Whoever has a prepared folder to spare may give it (`--city`): it is used up.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from yiwang.kernel.db import Server

PREPARED = "yiwang"
_TRIES = 30


class City:
    """Starts on entering, is removed with all its data on leaving. Its prepared database is only ever copied."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="yiwang-bench-"))
        self.server = Server(self.folder)

    def __enter__(self) -> Self:
        try:
            self.server.start()
            self.server.ensure_database(PREPARED)
            self.run(PREPARED, ["prepare"])
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def copy(self, name: str) -> str:
        """A database of that name with what the prepared one holds."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(PREPARED))
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)
        return name

    def drop(self, name: str) -> None:
        """Remove such a copy. One that stays since autovacuum is at work in it, which we may not end, goes with the server."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            for _ in range(_TRIES):
                with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement)
                    return
                time.sleep(1)

    def run(self, database: str, arguments: list[str]) -> str:
        """Run `bench.inside` on a database; the last line that it prints."""
        return run_inside(arguments, {"DATABASE_URL": self.server.url(database), "YIWANG_DATA_DIR": str(self.folder)})

    def _remove(self) -> None:
        self.server.destroy()
        shutil.rmtree(self.folder, ignore_errors=True)


def run_inside(arguments: list[str], environment: Mapping[str, str]) -> str:
    """The last line of output of `python -m bench.inside ARGUMENTS`; what it says meanwhile goes to stderr."""
    command = [sys.executable, "-m", "bench.inside", *arguments]
    done = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip().rpartition("\n")[2]
