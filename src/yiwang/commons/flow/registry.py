"""Ports that others fill at start-up: named operations, how a subject's tasks are placed and opened, FEEL, decisions.

An operation is LOCAL (runs inside the step's transaction: our own database, no network) or REMOTE (a job after commit, with
an idempotency key that stays the same over all tries). A name that is not registered refuses publication.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from yiwang.commons.flow.engine import BusinessError, Evaluator
from yiwang.kernel.actor import Actor, SubjectRef

__all__ = [
    "LATER",
    "BusinessError",
    "Decided",
    "Decider",
    "Invocation",
    "Later",
    "Mode",
    "Opener",
    "Operation",
    "Outline",
    "TaskPlace",
    "TaskQuestion",
    "Unsent",
    "decider",
    "evaluator",
    "opener",
    "operation",
    "operation_named",
    "operations",
    "outlines_of",
    "place_task",
    "provide_decider",
    "provide_evaluator",
    "register_opener",
    "register_task_place",
    "register_unsent",
    "run_named",
    "subjects_numbered",
    "unsent",
]  # fmt: skip


class Mode(StrEnum):
    LOCAL = "local"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of an operation. `inputs` are the model's mapped inputs, `idempotency_key` is the same at each try."""

    operation: str
    instance_id: UUID
    subject: SubjectRef
    element_id: str
    inputs: Mapping[str, Any]
    headers: Mapping[str, str]
    properties: Mapping[str, Any]
    idempotency_key: str
    by: Actor
    at: datetime


class Later:
    """What a remote operation returns when its result will come by `commands.complete_remote`."""


LATER = Later()
Run = Callable[[Invocation], Mapping[str, Any] | Later | None]


@dataclass(frozen=True, slots=True)
class Operation:
    name: str
    mode: Mode
    run: Run
    timeout: timedelta


_operations: dict[str, Operation] = {}


def operation(
    name: str, *, mode: Mode = Mode.LOCAL, timeout: timedelta = timedelta(minutes=30)
) -> Callable[[Run], Run]:
    """Register `run(invocation) -> outputs` as the named operation that a service task's type asks for.

    Outputs become process variables (or feed the task's output mappings); keep them small. `BusinessError(code)` takes the
    error boundary event; any other exception of a LOCAL operation rolls the step back, of a REMOTE one is tried again.
    """

    def decorate(run: Run) -> Run:
        _operations[name] = Operation(name, mode, run, timeout)
        return run

    return decorate


def operation_named(name: str) -> Operation | None:
    return _operations.get(name)


def run_named(invocation: Invocation) -> Mapping[str, Any] | Later | None:
    """Run the operation that the invocation names. Raises LookupError where nobody registered it."""
    found = _operations.get(invocation.operation)
    if found is None:
        raise LookupError(f"operation {invocation.operation} is not registered")
    return found.run(invocation)


def operations() -> tuple[str, ...]:
    return tuple(sorted(_operations))


@dataclass(frozen=True, slots=True)
class TaskQuestion:
    """What is asked about a new task: whose is it, when is it due?"""

    subject: SubjectRef
    instance_id: UUID
    process_key: str
    element_id: str
    name: str
    headers: Mapping[str, str]
    properties: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class TaskPlace:
    """The answer. What the model says (candidate groups, dueDate, the properties `scope` and `grade`) goes before it."""

    organisation_id: UUID | None = None
    scope_key: str = ""
    grade: int = 1
    title: str = ""
    due_at: datetime | None = None


Place = Callable[[TaskQuestion], TaskPlace]
_places: dict[str, Place] = {}


def register_task_place(subject_kind: str, place: Place) -> None:
    """The owner of a subject kind says where its tasks belong. Called inside the step's transaction, once a task."""
    _places[subject_kind] = place


def place_task(question: TaskQuestion) -> TaskPlace:
    place = _places.get(question.subject.kind)
    return place(question) if place else TaskPlace()


@dataclass(frozen=True, slots=True)
class Outline:
    """A subject in a line of the applicant's list: `done` of `of` parts (0: no parts), and a sentence."""

    words: str
    done: int = 0
    of: int = 0


Outlines = Callable[[Sequence[UUID], Actor], Mapping[UUID, Outline]]


@dataclass(frozen=True, slots=True)
class Opener:
    """How a subject kind opens: `task_url(subject, task_id)` for who works on it, `process_url(subject)` for the applicant.

    `outlines(ids, viewer)` tells in one query how far the applicant's subjects are; `numbered(number, viewer)` finds the ids
    that a number means, a member's as well as the whole's.
    """

    task_url: Callable[[SubjectRef, UUID], str]
    process_url: Callable[[SubjectRef], str] | None = None
    label: str = ""
    outlines: Outlines | None = None
    numbered: Callable[[str, Actor], Iterable[UUID]] | None = None


_openers: dict[str, Opener] = {}


def register_opener(
    subject_kind: str,
    *,
    task_url: Callable[[SubjectRef, UUID], str],
    process_url: Callable[[SubjectRef], str] | None = None,
    label: str = "",
    outlines: Outlines | None = None,
    numbered: Callable[[str, Actor], Iterable[UUID]] | None = None,
) -> None:
    _openers[subject_kind] = Opener(task_url, process_url, label, outlines, numbered)


def subjects_numbered(number: str, viewer: Actor) -> tuple[UUID, ...]:
    """The subjects of any kind that bear this number. One query a kind that has numbers."""
    return tuple(found for each in _openers.values() if each.numbered for found in each.numbered(number, viewer))


def outlines_of(subjects: Iterable[SubjectRef], viewer: Actor) -> dict[UUID, Outline]:
    """How far these subjects are, for those whose owner tells it. One query a kind."""
    by_kind: dict[str, list[UUID]] = {}
    for subject in subjects:
        by_kind.setdefault(subject.kind, []).append(subject.id)
    told: dict[UUID, Outline] = {}
    for kind, ids in by_kind.items():
        found = opener(kind)
        if found is not None and found.outlines is not None:
            told |= found.outlines(ids, viewer)
    return told


def opener(subject_kind: str) -> Opener | None:
    return _openers.get(subject_kind)


@dataclass(frozen=True, slots=True)
class Unsent:
    """Something the viewer has begun and not sent yet; `words` say since when."""

    title: str
    href: str
    words: str = ""


Unsents = Callable[[Actor], Sequence[Unsent]]
_unsent: list[Unsents] = []


def register_unsent(provider: Unsents) -> None:
    """Let 「我的」 show what somebody has begun elsewhere and not sent: applications, declarations, requests."""
    _unsent.append(provider)


def unsent(viewer: Actor) -> tuple[Unsent, ...]:
    """What the viewer has begun and not sent, of all nets."""
    return tuple(each for provider in _unsent for each in provider(viewer))


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision's value, and what the history keeps of how it came about (version, matched rules)."""

    value: Any
    record: Mapping[str, Any] = field(default_factory=dict)


class Decider(Protocol):
    def latest(self, key: str) -> int | None:
        """The version in force now, which a starting instance pins; None where the decision is not published."""

    def decide(self, key: str, version: int | None, facts: Mapping[str, Any], *, by: Actor, at: datetime) -> Decided:
        """Raises `engine.ExpressionFault` where the decision can't be made from these facts."""


@dataclass
class _Provided:
    evaluator: Evaluator | None = None
    decider: Decider | None = None


_provided = _Provided()


def provide_evaluator(found: Evaluator) -> None:
    _provided.evaluator = found


def provide_decider(found: Decider) -> None:
    _provided.decider = found


def evaluator() -> Evaluator:
    """Raises RuntimeError before start-up has provided one."""
    if _provided.evaluator is None:
        raise RuntimeError("no FEEL evaluator was provided")
    return _provided.evaluator


def decider() -> Decider | None:
    return _provided.decider
