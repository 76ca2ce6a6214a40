"""The web server: the program is imported once, its processes are forked from there.

Each process that imports the program by itself needs seconds of processor time and its own copy in memory.
Forked ones share both, and one that died is replaced at once.
"""

import gc

from yiwang.site import booting


def serve_pages(*, host: str, port: int, workers: int) -> None:
    """Answer requests until stopped (SIGTERM, SIGINT)."""
    booting.boot()
    _import_everything()
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "yiwang.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=8,
        log_level=LogLevels.warning,
    ).serve()


def _import_everything() -> None:
    """What each request would import first. No connection is kept: two processes on one would mix their answers."""
    from django.db import connections
    from django.urls import get_resolver

    from yiwang.site import wsgi

    assert wsgi.application
    _ = get_resolver().url_patterns
    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's backend has it, the base class has not
    gc.collect()
    gc.freeze()  # the collector would otherwise touch, and so copy, every shared page
