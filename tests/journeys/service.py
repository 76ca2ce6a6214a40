"""`yiwang serve` as a process of its own, whose parts can be found and killed."""

import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from tests.settled import environment
from yiwang.kernel.db import Server
from yiwang.kernel.settings import PROJECT_ROOT

PARTS = ("web worker", "web manager", "job worker", "postmaster", "backend", "database supervisor", "serve")


class Service:
    """One installation on its own data folder and port."""

    external = None

    def __init__(self, data_dir: Path, port: int) -> None:
        self.data_dir = data_dir
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.server = Server(data_dir)
        self.log = data_dir.parent / "serve.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, patience: float = 420.0, *, days_ahead: int = 0) -> float:
        """Start and wait for the first page; live `days_ahead` later. Returns the seconds it took."""
        began = time.monotonic()
        surroundings = {**self.environment(), "YIWANG_DEMO_DAYS_AHEAD": str(days_ahead)}
        said = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "yiwang.site", "serve"],
                cwd=PROJECT_ROOT, env=surroundings, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        while (
            f"一网 {self.url}".encode() not in self.log.read_bytes()[said:]
        ):  # an old part may still answer on the port
            assert self.process.poll() is None, f"serve ended by itself: {self.tail()}"
            assert time.monotonic() - began < patience, f"serve does not come up: {self.tail()}"
            time.sleep(0.1)
        assert self.answers(), f"serve says that it is up, and is not: {self.tail()}"
        return time.monotonic() - began

    def environment(self) -> dict[str, str]:
        """What a command of the program needs around it to work on this installation."""
        return {**environment(self.data_dir), "YIWANG_PORT": str(self.port), "PYTHONUNBUFFERED": "1"}

    def answers(self) -> bool:
        """Whether a page can be had now."""
        with suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=10) as answer:
            return answer.status == 200
        return False

    def stop(self) -> int:
        """End it as an operator does; its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(90)

    def pids(self, part: str) -> list[int]:
        """The processes of a part that live now."""
        with suppress(psutil.Error, OSError):
            return [process.pid for process in self._of(part)]
        return []

    def _of(self, part: str) -> Iterator[psutil.Process]:
        assert self.process is not None
        status = self.server.status()
        if part == "serve":
            yield psutil.Process(self.process.pid)
        elif part in {"postmaster", "database supervisor"}:
            pid = status.postmaster_pid if part == "postmaster" else status.supervisor_pid
            if pid:
                yield psutil.Process(pid)
        elif part == "backend":
            for child in psutil.Process(status.postmaster_pid).children():
                if "yiwang yiwang" in " ".join(child.cmdline()):
                    yield child
        else:
            for child in psutil.Process(self.process.pid).children():
                line = " ".join(child.cmdline())
                web = "yiwang.site web" in line
                if web and part == "web manager":
                    yield child
                elif web and part == "web worker":
                    yield from (each for each in child.children() if "resource_tracker" not in " ".join(each.cmdline()))
                elif "yiwang.site worker" in line and part == "job worker":
                    yield child

    def left(self) -> list[str]:
        """Processes that still run for this data folder or port, the database's aside."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                line = process.cmdline()
                if (
                    ("web" in line and str(self.port) in line)
                    or str(self.data_dir / "ready") in line
                    or process.environ().get("YIWANG_DATA_DIR") == str(self.data_dir)
                ):
                    found.append(f"{process.pid} {' '.join(line)[:160]}")
        return found

    def tail(self, lines: int = 15) -> str:
        """The ends of the logs."""
        told = []
        for path in (self.log, *sorted((self.data_dir / "logs").glob("*.log"))):
            if path.exists():
                told += [f"== {path.name}", *path.read_text("utf-8", "replace").splitlines()[-lines:]]
        return "\n".join(told)
