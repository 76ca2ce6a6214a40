"""A family's whole bundle, from sending the application to the last result, through the commands and without HTTP.

Nothing else does the same, so there is no peer; the limit is what the case sends to the database, on the bare driver
(see `bench.replay`).
"""

from collections.abc import Callable
from random import Random
from statistics import median
from uuid import UUID

from bench.family import Desk, Family, settle
from bench.measuring import Figures, interleaved, rounded
from bench.postgres import Backends
from bench.replay import Replay
from bench.threads import rate
from yiwang.kernel import outbox

_A_MINUTE = 60


def run(*, quick: bool) -> Figures:
    """Bundles a minute with 1 and 4 threads; milliseconds, statements and commits of one."""
    many, rounds = (2, 1) if quick else (8, 3)
    random = Random(11)
    desk = Desk()
    done: list[int] = []
    prepared: list[tuple[Family, UUID]] = []

    def prepare(number: int) -> None:
        for _ in range(number):
            family = settle(random)
            prepared.append((family, family.ready()))

    def one(_number: int = 0) -> None:
        family, draft_id = prepared.pop()
        done.append(desk.work_off(family.send(draft_id), family.home))
        while outbox.relay():
            continue

    prepare(2)
    one()
    limit = Replay(one)
    prepare(rounds + 1)
    done.clear()
    times = interleaved({"ours": one, "limit": limit}, rounds=rounds, warmup=1, beside=Backends())
    figures: Figures = {"one-case": {name: each.ms() for name, each in times.items()}}
    figures["one-case"]["sends"] = {
        "statements": limit.statements,
        "commits": limit.commits,
        "tasks": round(sum(done) / len(done), 1),
    }
    for threads in (1, 4):
        figures[f"{threads}-threads"] = _rates(
            {"ours": one, "limit": lambda _number: limit()}, prepare, many, rounds, threads
        )
    ours, limits = ({t: figures[f"{t}-threads"][w]["median_per_minute"] for t in (1, 4)} for w in ("ours", "limit"))
    return {
        "figures": figures,
        "ratios": {
            "to_limit": {f"{threads}-threads": rounded(limits[threads] / ours[threads]) for threads in (1, 4)},
            "four_threads_to_one": rounded(ours[4] / ours[1]),
        },
    }


def _rates(
    ways: dict[str, Callable[[int], None]], prepare: Callable[[int], None], many: int, rounds: int, threads: int
) -> Figures:
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        prepare(many)
        for name, call in ways.items():
            found[name].append(rate(call, times=many, threads=threads) * _A_MINUTE)
    return {
        name: {"best_per_minute": rounded(max(each)), "median_per_minute": rounded(median(each))}
        for name, each in found.items()
    }
