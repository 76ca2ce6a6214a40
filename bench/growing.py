"""How a step and the inbox cost as instances pile up, and what the outbox delivers in batches and one by one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bench.filling import Pattern, fill
from bench.measuring import Figures, Times, growth, interleaved, ratio
from bench.postgres import Backends
from yiwang.commons.flow import commands, queries
from yiwang.commons.flow.models import ProcessInstance
from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock, outbox
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.events import Event
from yiwang.kernel.ids import new_id

_EVENTS = 100
_ORGANISATIONS = 200
Open = Callable[[Actor], list[UUID]]


def by_instances(sizes: tuple[int, ...], official: Actor, opened: Open, rounds: int) -> tuple[Figures, Figures]:
    """Milliseconds of `complete_task`, of the inbox's first page and of its summary with so many instances in the tables."""
    running, ended = _patterns(official, opened)
    offices = [card.id for card in identity.organisations(viewer=official, size=_ORGANISATIONS).items]
    figures: Figures = {}
    filled = ProcessInstance.objects.count()
    for size in sizes:
        fill(running, ended, max(size - filled, 0), offices)
        filled = max(size, filled)
        figures[str(size)] = _measured(official, opened, rounds)
    names = ("step", "inbox", "summary")
    work = {name: {int(size): _work(each[name]) for size, each in figures.items()} for name in names}
    return figures, {name: growth(work[name]) for name in names}


def _patterns(official: Actor, opened: Open) -> tuple[Pattern, Pattern]:
    waiting, over = opened(official), opened(official)
    instances = [queries.task(task_id=tasks[0], viewer=official).row.instance_id for tasks in (waiting, over)]
    subject = queries.task(task_id=over[0], viewer=official).row.subject
    while rows := queries.open_tasks(subject=subject, viewer=official):
        commands.complete_task(task_id=rows[0].id, outputs={"amount": 12}, by=official, at=clock.now())
    return Pattern(instances[0]), Pattern(instances[1])


def _measured(official: Actor, opened: Open, rounds: int) -> Figures:
    tasks = [task for _ in range(rounds * 3 + 6) for task in opened(official)]

    def step() -> None:
        commands.complete_task(task_id=tasks.pop(), outputs={"amount": 12}, by=official, at=clock.now())

    ways: dict[str, Callable[[], object]] = {
        "step": step,
        "inbox": lambda: queries.inbox(viewer=official),
        "summary": lambda: queries.inbox_summary(viewer=official),
    }
    times = interleaved(ways, rounds=rounds, repeat=3, warmup=2, beside=Backends())
    return {name: times[name].ms() for name in ways}


def _work(figures: Figures) -> float:
    """Processor time on both sides: what grows with size, without the waiting of a busy machine."""
    return max(figures["cpu_ms"] + figures["db_cpu_ms"], 0.01)


@dataclass(frozen=True, slots=True)
class Struck(Event):
    """An event of the benchmark alone."""

    bell: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("bench", self.bell)


@command("bench.strike")
def _strike(*, bells: list[UUID], by: Actor, at: datetime) -> None:
    for bell in bells:
        outbox.publish(Struck(bell))
    note(SubjectRef("bench", bells[0]), bells=len(bells))


@command("bench.hear")
def _hear(*, bell: UUID, by: Actor, at: datetime) -> None:
    note(SubjectRef("bench", bell))


def relay(rounds: int) -> tuple[Figures, Figures]:
    """Events delivered a second to a handler that runs one command: in batches, and each in a transaction of its own."""
    by = Actor.system("bench")

    @outbox.subscribe(Struck, name="bench.on_struck")
    def on_struck(event: Struck, *, delivery: outbox.Delivery) -> None:
        _hear(bell=event.bell, by=by, at=delivery.at)

    while outbox.relay():
        continue

    def strike() -> None:
        _strike(bells=[new_id() for _ in range(_EVENTS)], by=by, at=clock.now())

    def in_batches() -> None:
        strike()
        assert outbox.relay() == _EVENTS

    def one_by_one() -> None:
        strike()
        assert sum(outbox.relay(limit=1) for _ in range(_EVENTS)) == _EVENTS

    times = interleaved({"batches": in_batches, "one-by-one": one_by_one}, rounds=rounds)
    each = {
        name: Times([t / _EVENTS for t in found.wall], [t / _EVENTS for t in found.cpu])
        for name, found in times.items()
    }
    return {name: found.rate() for name, found in each.items()}, ratio(each["one-by-one"], each["batches"])
