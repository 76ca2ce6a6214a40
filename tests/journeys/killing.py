"""Kills parts of a running installation with SIGKILL at random moments."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random

import psycopg

from tests.journeys.service import PARTS, Service

WEIGHTS = {
    "web worker": 6, "web manager": 4, "job worker": 5, "postmaster": 5, "backend": 6, "database supervisor": 3, "serve": 1,
}  # fmt: skip

AIMED = 6.0


class Killer:
    """Chooses what and when. What it did stands in `log`, to be read when something is found; while `paused` is set it waits.

    `aim` tells whether the work is going on that the kills are meant to hit: it waits for that for a while, and counts `hits`.
    """

    def __init__(self, service: Service, random: Random, aim: Callable[[], object] | None = None) -> None:
        self.service = service
        self.random = random
        self.aim = aim
        self.hits = 0
        self.killed: Counter[str] = Counter()
        self.log: list[str] = []
        self.restarts: list[float] = []
        self.began = time.monotonic()
        self.paused = threading.Event()

    def kill(self, times: int, *, between: tuple[float, float]) -> None:
        """Kill `times` times, every part at least once where there are enough."""
        for part in self.plan(times):
            time.sleep(self.random.uniform(*between))
            while self.paused.is_set():
                time.sleep(0.1)
            self.hits += self._aimed()
            self.kill_part(part)

    def _aimed(self) -> bool:
        """Whether the work that is to be hit goes on now; a moment of its course is left to chance."""
        deadline = time.monotonic() + AIMED
        while self.aim and time.monotonic() < deadline:
            with suppress(OSError, psycopg.Error):
                if self.aim():
                    time.sleep(self.random.uniform(0, 0.2))
                    return True
            time.sleep(0.05)
        return False

    def plan(self, times: int) -> list[str]:
        """Which parts, in which order."""
        wanted = list(PARTS[:times])
        wanted += self.random.choices(PARTS, [WEIGHTS[part] for part in PARTS], k=times - len(wanted))
        self.random.shuffle(wanted)
        return wanted

    def kill_part(self, part: str) -> None:
        """One process of that part, now."""
        deadline = time.monotonic() + 60
        while not (pids := self.service.pids(part)):
            assert time.monotonic() < deadline, f"there is no {part}: {self.service.tail()}"
            time.sleep(0.1)
        pid = self.random.choice(pids)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.killed[part] += 1
        self.note(f"killed {part} {pid}")
        if part == "serve":
            assert self.service.process is not None
            self.service.process.wait()
            time.sleep(self.random.choice((0.0, 0.0, self.random.uniform(0, 3))))
            self.restarts.append(self.service.start())
            self.note(f"serve answers again after {self.restarts[-1]:.1f} s")

    def note(self, what: str) -> None:
        """A line of the log, with when it was."""
        self.log.append(f"{time.monotonic() - self.began:7.1f} {what}")
