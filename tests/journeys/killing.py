"""Kills parts of a running installation with SIGKILL at random moments."""

import os
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from random import Random

from tests.journeys.service import PARTS, Service

WEIGHTS = {
    "web worker": 6, "web manager": 4, "job worker": 5, "postmaster": 5, "backend": 6, "database supervisor": 3, "serve": 1,
}  # fmt: skip


class Killer:
    """Chooses what and when. What it did stands in `log`, to be read when something is found; while `paused` is set it waits."""

    def __init__(self, service: Service, random: Random) -> None:
        self.service = service
        self.random = random
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
            self.kill_part(part)

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
