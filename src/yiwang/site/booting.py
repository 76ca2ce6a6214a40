"""Brings the program up in this process: the database first, then Django; and prepares a data folder for use."""

import hashlib
import logging
import os
from contextlib import suppress
from functools import cache
from pathlib import Path

from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.db import database_url
from yiwang.kernel.settings import settings
from yiwang.site import preparation

log = logging.getLogger(__name__)
_SOURCE = Path(__file__).resolve().parents[1]


@cache
def boot() -> None:
    """Start or join the database and set Django up. Once a process; children inherit the address."""
    _settle_database()
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.site.settings")
    django.setup()


def _settle_database() -> None:
    url = database_url(settings().data_dir, settings().database_url)
    if settings().database_url is None:
        os.environ["DATABASE_URL"] = url
        settings.cache_clear()


def prepare(*, load: bool = True) -> dict[str, str]:
    """Migrate, collect static files and load the pack, each only when something changed. Returns what was done."""
    boot()
    here = settings()
    done = {"catalogues": _compile_catalogues()}
    found = preparation.outline(here.pack)  # before the rest: what changes meanwhile is prepared the next time
    done |= {"migrations": _migrate(), "keys": _establish_keys(), "static": _collect_static()}
    if load:
        done["pack"] = _load_pack()
        preparation.remember(here.data_dir, outline=found, database=_database_identity())
    return done


def _compile_catalogues() -> str:
    from yiwang.web.catalogues import compile_all

    return "compiled" if compile_all() else "unchanged"


def _migrate() -> str:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return "unchanged"
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    return "migrated"


def _establish_keys() -> str:
    """Before anything is stored encrypted. A master key that is missing ends the start here, not at the first page."""
    from yiwang.commons.crypto import commands, queries

    by = Actor.system("establish the key pool")
    if queries.established(viewer=by):
        queries.check_master_key()
        return "unchanged"
    commands.establish(by=by, at=clock.now())
    queries.look_again()
    return "established"


def refuse_unsound_algorithms() -> None:
    """For whatever serves: raises SelfTestFailed."""
    from yiwang.commons.crypto import queries

    queries.check_algorithms()


def refuse_missing_master_key() -> None:
    """For a worker that prepares nothing: raises MasterKeyMissing, KeyDamaged; nothing where there are no tables yet."""
    from django.db import ProgrammingError

    from yiwang.commons.crypto import queries

    with suppress(ProgrammingError):
        queries.check_master_key()


def _collect_static() -> str:
    from django.core.management import call_command

    print_ = _fingerprint(
        _SOURCE, [path for folder in _SOURCE.rglob("static") for path in folder.rglob("*") if path.is_file()]
    )
    if _remembered("static") == print_ and (settings().data_dir / "static" / "staticfiles.json").exists():
        return "unchanged"
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    _remember("static", print_)
    return "collected"


def _load_pack() -> str:
    from yiwang.kernel.packs.loading import load_pack

    root = settings().pack
    print_ = _fingerprint(root, [path for path in root.rglob("*") if path.is_file()]) + _database_identity()
    if _remembered("pack") == print_:
        return "unchanged"
    done = load_pack(root=root, by=Actor.system("load pack"), at=clock.now())
    for told in (told for tally in done.values() for told in tally.notes):
        log.warning("%s", told)
    _remember("pack", print_)
    return "loaded"


def _database_identity() -> str:
    """Another one after a restore or a move to another server."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT oid::text || current_database() FROM pg_database WHERE datname = current_database()")
        return str(cursor.fetchone()[0])


def _fingerprint(root: Path, paths: list[Path]) -> str:
    """The same wherever the folder lies."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _remembered(name: str) -> str:
    return preparation.remembered(settings().data_dir).get(name, "")


def _remember(name: str, value: str) -> None:
    preparation.remember(settings().data_dir, **{name: value})
