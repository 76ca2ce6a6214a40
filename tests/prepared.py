"""Databases that take long to make and are only copied: migrated, and with the demonstration pack.

Each is made by whichever process comes first, and again when the program, the pack or the day is another one. The key
of what was made stands in the database's comment; its server's advisory lock lets one process at a time look and make.
"""

import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from yiwang.kernel import clock
from yiwang.kernel.settings import settings
from yiwang.site import preparation

PACK = Path(__file__).resolve().parents[1] / "packs" / "changzhou"


def suffix() -> str:
    """What tells the databases of several runs on one server apart: YIWANG_TEST_SUFFIX."""
    given = os.environ.get("YIWANG_TEST_SUFFIX")
    return f"_{given}" if given else ""


def migrated() -> str:
    """The name of a database with all tables, to be copied from."""
    return _kept(f"yiwang_migrated{suffix()}", "template0", _migrate)


def with_pack(name: str) -> None:
    """Make a database of that name with the pack, anew."""
    template = migrated()
    prepared = _kept(f"yiwang_with_pack{suffix()}", template, _load)
    with _alone() as server:
        _make(server, name, prepared)


def drop(name: str) -> None:
    """Remove such a database."""
    with _alone() as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Django's connection leads to another database of the server meanwhile; that of new threads too."""
    from django.db import connection

    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _kept(name: str, template: str, fill: Callable[[], None]) -> str:
    """The database of that name if it was made of what lies here now, else a fresh one, filled."""
    wanted = key()
    with _alone() as server:
        found = server.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if not found or found[0] != wanted:
            _make(server, name, template)
            with connected_to(name):
                fill()
            server.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), wanted))
    return name


def _make(server: "psycopg.Connection[Any]", name: str, template: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    copied = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    server.execute(copied.format(sql.Identifier(name), sql.Identifier(template)))


@contextmanager
def _alone() -> Iterator["psycopg.Connection[Any]"]:
    """A connection to the server's own database, while no other process of these tests looks or makes."""
    from django.db import connection

    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    taken = {key: value for key, value in parameters.items() if key in {"host", "port", "user", "password", "dbname"}}
    with psycopg.connect(**taken, autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [zlib.crc32(f"yiwang tests{suffix()}".encode())])
        yield server


def key() -> str:
    """Another one for any change of the program, the pack, the day, or the folder with the key of sealed fields."""
    folder = settings().data_dir
    folder.mkdir(parents=True, exist_ok=True)
    return f"{preparation.outline(PACK)} {clock.today()} {folder.stat().st_ino}"


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def _load() -> None:
    from yiwang.kernel.actor import Actor
    from yiwang.kernel.packs.loading import load_pack

    load_pack(root=PACK, by=Actor.system("tests"), at=clock.now())
