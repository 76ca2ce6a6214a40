"""The web server: the program is imported once, its processes are forked from there.

Each process that imports the program by itself needs seconds of processor time and its own copy in memory.
Forked ones share both, and one that died is replaced at once.
"""

import errno
import gc
import socket
import time

from yiwang.kernel.errors import Unavailable
from yiwang.kernel.text import gettext_noop as _
from yiwang.site import booting

_PATIENCE = 10.0  # seconds: a server that was just ended may still hold its port


class PortTaken(Unavailable):
    """Somebody else answers on the port."""

    code = "site.port_taken"
    message = _("端口 {port} 已被别的程序使用。")
    next_step = _("停止那个程序，或用 --port 指定别的端口。")


def serve_pages(*, host: str, port: int, workers: int) -> None:
    """Answer requests until stopped (SIGTERM, SIGINT)."""
    booting.boot()
    booting.refuse_unsound_algorithms()
    _import_everything()
    _claim(host, port)
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


def _claim(host: str, port: int) -> None:
    """Make sure that the port is free. Raises PortTaken.

    Granian listens with SO_REUSEPORT: two installations on one port would both start, and share the requests at random.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    until = time.monotonic() + _PATIENCE
    while True:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    return  # a forbidden or foreign address: the server says so itself
                if time.monotonic() > until:
                    raise PortTaken(port=port) from error
            else:
                return
        time.sleep(0.1)


def _import_everything() -> None:
    """What each request would import first. No connection is kept: two processes on one would mix their answers."""
    from django.db import connections
    from django.urls import get_resolver

    from yiwang.site import wsgi

    assert wsgi.application
    assert get_resolver().url_patterns
    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's backend has it, the base class has not
    gc.collect()
    gc.freeze()  # the collector would otherwise touch, and so copy, every shared page
