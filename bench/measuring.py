"""Times things side by side: interleaved rounds after a warm-up, wall and processor time, minimum and median. Pure."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import log
from pathlib import Path
from statistics import median
from typing import Any

Figures = dict[str, Any]
_QUIET = 0.25  # of a core busy with something else


@dataclass
class Times:
    """Seconds of one call, round by round."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)

    def ms(self) -> Figures:
        """Milliseconds of one call; `cpu_ms` is this process's, `db_cpu_ms` the database's."""
        figures = {
            "min_ms": _ms(min(self.wall)),
            "median_ms": _ms(median(self.wall)),
            "max_ms": _ms(max(self.wall)),
            "cpu_ms": _ms(median(self.cpu)),
        }
        return {**figures, "db_cpu_ms": _ms(median(self.beside))} if self.beside else figures

    def rate(self) -> Figures:
        """Calls a second: the best round and the median round, and by processor time alone."""
        return {
            "best_per_s": rounded(1 / min(self.wall)),
            "median_per_s": rounded(1 / median(self.wall)),
            "cpu_per_s": rounded(1 / max(median(self.cpu), 1e-12)),
        }


def interleaved(
    cases: Mapping[str, Callable[[], Any]],
    *,
    rounds: int,
    repeat: int | Mapping[str, int] = 1,
    warmup: int = 1,
    beside: Callable[[], float] | None = None,
) -> dict[str, Times]:
    """Run every case once a round, `repeat` calls in a row, so that a change of the machine's speed meets all alike.

    `beside` tells the processor seconds that another process (the database) has used so far.
    """
    often = repeat if isinstance(repeat, Mapping) else dict.fromkeys(cases, repeat)
    for call in cases.values():
        for _ in range(warmup):
            call()
    times = {name: Times() for name in cases}
    for _ in range(rounds):
        for name, call in cases.items():
            before = beside() if beside else 0.0
            wall, cpu = timed(call, often[name])
            if beside:
                times[name].beside.append((beside() - before) / often[name])
            times[name].wall.append(wall)
            times[name].cpu.append(cpu)
    return times


def timed(call: Callable[[], Any], repeat: int = 1) -> tuple[float, float]:
    """(wall, processor) seconds of one call, over `repeat` in a row. Processor time is this process's, all threads."""
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(repeat):
        call()
    return (time.perf_counter() - wall) / repeat, (time.process_time() - cpu) / repeat


def ratio(ours: Times, other: Times) -> Figures:
    """How many times as long ours takes, by pairs of the same round: median of wall and of processor time."""
    return {
        "wall": rounded(median(a / b for a, b in zip(ours.wall, other.wall, strict=True))),
        "cpu": rounded(median(a / max(b, 1e-9) for a, b in zip(ours.cpu, other.cpu, strict=True))),
    }


def rounded(value: float) -> float:
    """Three significant digits: more would be noise."""
    return float(f"{value:.3g}") if abs(value) < 1000 else int(float(f"{value:.3g}"))


def growth(sizes: Mapping[int, float]) -> float:
    """The exponent of growth between the smallest and the largest size: 0 constant, 1 linear, 2 quadratic."""
    small, large = min(sizes), max(sizes)
    return round(log(sizes[large] / sizes[small]) / log(large / small), 2)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)


def machine() -> Figures:
    """How many cores, and how busy they are with whatever else runs, asked over half a second."""
    cores = os.cpu_count() or 1
    before, began = _busy(), time.perf_counter()
    time.sleep(0.5)
    busy = (_busy() - before) / (time.perf_counter() - began)
    return {
        "cores": cores,
        "load": [round(each, 1) for each in os.getloadavg()],
        "busy_cores": round(busy, 2),
        "quiet": busy < _QUIET,
    }


def _busy() -> float:
    """Seconds of processor time that all processes of the machine have used; 0 where Linux's /proc is missing."""
    try:
        with Path("/proc/stat").open(encoding="ascii") as stat:
            user, nice, system, _idle, _wait, irq, soft, stolen = map(int, stat.readline().split()[1:9])
    except OSError:
        return 0.0
    return (user + nice + system + irq + soft + stolen) / os.sysconf("SC_CLK_TCK")
