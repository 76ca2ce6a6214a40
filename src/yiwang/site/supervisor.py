"""Runs the parts of a one-machine installation and keeps them running: database, web, worker.

Loads no Django itself, so that it stays small; a part that ends is started again, with growing pauses.
"""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from yiwang.kernel.db import Server
from yiwang.kernel.errors import Unavailable
from yiwang.kernel.settings import settings
from yiwang.kernel.text import gettext_noop as _
from yiwang.site import preparation

_PR_SET_PDEATHSIG = 1
_SOON = 30.0  # seconds: a part that ends sooner after its start is not well


class NotStarted(Unavailable):
    """A part did not come up."""

    code = "site.not_started"
    message = _("{part}没有启动成功。日志：{log}")
    next_step = _("查看日志末尾的原因，运行 yiwang doctor 检查。")


class Part:
    """One child process that is started again when it ends by itself."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.began = 0.0
        self.restarts = 0

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509  one call of prctl
            )

    def pause(self) -> float:
        """Seconds to wait before the next start: more each time it ends soon after a start."""
        self.restarts = self.restarts + 1 if time.monotonic() - self.began < _SOON else 1
        return min(10.0, 0.2 * self.restarts**2)

    @property
    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def stop(self, patience: float = 25.0) -> None:
        if self.process is None or self.ended:
            return
        self.process.terminate()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.clear_away()

    def clear_away(self) -> None:
        """Children that outlived their parent (a web process whose manager was killed) end too."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self.process is not None:
                os.killpg(self.process.pid, signal.SIGKILL)


def _end_with_parent() -> None:
    """Ask Linux to end this child when the supervisor is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Installation:
    """Database, web and worker of one data folder. `start` returns when a page can be had."""

    def __init__(self, data_dir: Path, *, host: str, port: int, workers: int, external: str | None = None) -> None:
        self.data_dir = data_dir
        self.host, self.port, self.workers = host, port, workers
        self.external = external
        self.server = None if external else Server(data_dir)
        self._stopping = threading.Event()
        self._deadline = 0.0
        self.parts: list[Part] = []

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self, patience: float = 900.0) -> None:
        """A first start migrates and loads the pack: minutes where little power is left. A part that fails ends at once."""
        self._deadline = time.monotonic() + patience
        (self.data_dir / "ready").unlink(missing_ok=True)
        if not self._started_as_prepared():
            self._prepare_and_start()

    def is_prepared(self) -> bool:
        """Whether program and pack are as they were at the last preparation. A database elsewhere may have been changed."""
        known = preparation.remembered(self.data_dir).get("outline", "")
        return self.server is not None and known == preparation.outline(settings().pack)

    def _started_as_prepared(self) -> bool:
        """Where nothing changed since the last time: the web server first and at once, the database meanwhile."""
        if self.server is None or not self.is_prepared():
            return False
        web = self._part("web", "--port", str(self.port))
        web.start()
        self.parts = [web]
        self.server.start()
        if web.environment != self.environment():  # the database of a copied folder had to move: another address
            web.stop()
            web = self._part("web", "--port", str(self.port))
            web.start()
            self.parts = [web]
        if preparation.remembered(self.data_dir).get("database") != self.server.database_identity():
            web.stop()
            return False
        self._await(lambda: _answers(f"{self.url}/healthz"), web)
        worker = self._part("worker")
        worker.start()
        self.parts = [worker, web]
        return True

    def _prepare_and_start(self) -> None:
        """The worker prepares, the web server starts meanwhile and once more if anything was to be done."""
        if self.server:
            self.server.start()
            self.server.ensure_database()
        ready = self.data_dir / "ready"
        worker, web = self._part("worker", "--prepare", str(ready)), self._part("web", "--port", str(self.port))
        known = bool(preparation.remembered(self.data_dir))
        worker.start()
        self.parts = [worker]
        if known:
            web.start()
        self._await(ready.exists, worker)
        worker.command = self._part("worker").command  # started again it prepares nothing under the web server's feet
        if not known:
            web.start()
        elif ready.read_text() == "changed":
            web.stop()
            web.start()
        self.parts.append(web)
        self._await(lambda: _answers(f"{self.url}/healthz"), web)

    def _part(self, name: str, *options: str) -> Part:
        command = [sys.executable, "-m", "yiwang.site", name, *options]
        return Part(name, command, self.environment(), self.data_dir / "logs" / f"{name}.log")

    def watch(self) -> None:
        """Keep the parts running until `stop`."""
        while not self._stopping.wait(0.5):
            for part in self.parts:
                if part.ended and not self._stopping.is_set():
                    part.clear_away()
                    if self._stopping.wait(part.pause()):
                        return
                    part.start()

    def keep(self, part: Part) -> None:
        """Start one more part and keep it running. Linux ends it with the thread that calls this: see `rest`."""
        if not self._stopping.is_set():
            part.start()
            self.parts.append(part)

    def rest(self) -> None:
        """Wait for `stop`."""
        self._stopping.wait()

    def stop(self) -> None:
        self._stopping.set()
        for part in reversed(self.parts):
            part.stop()
        if self.server:
            self.server.stop()

    def environment(self) -> dict[str, str]:
        """What a command of the program needs around it to work on this installation."""
        environment = dict(os.environ)
        if self.server:
            environment["DATABASE_URL"] = self.server.url()
        elif self.external:
            environment["DATABASE_URL"] = self.external
        environment["YIWANG_DATA_DIR"] = str(self.data_dir)
        environment["YIWANG_HOST"], environment["YIWANG_WORKERS"] = self.host, str(self.workers)
        environment.setdefault("PYTHONDONTWRITEBYTECODE", "")
        environment.setdefault("MALLOC_ARENA_MAX", "2")  # glibc else keeps an arena of freed memory for each thread
        return environment

    def _await(self, condition: Callable[[], bool], part: Part) -> None:
        while not condition():
            if part.ended or time.monotonic() > self._deadline:
                self.stop()
                tail = part.log.read_text("utf-8", "replace").splitlines()[-12:]
                raise NotStarted(part=part.name, log="\n".join([str(part.log), *tail]))
            time.sleep(0.02)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    """A TCP port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
