"""What crosses the border of the token engine: frozen values, no library object, no ORM row.

The host keeps `Model.spec_blob` once a version and `Step.state` once an instance; everything else here lives for one step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class ItemKind(StrEnum):
    """Who moves a waiting token on: a person, a named operation, a decision, a called process."""

    USER = "user"
    OPERATION = "operation"
    DECISION = "decision"
    CALL = "call"


class Ended(StrEnum):
    """FAILED: an error end event that nothing inside the process caught; `Step.error_code` says which."""

    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class PathKind(StrEnum):
    ENTERED = "entered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Severity(StrEnum):
    """An error refuses the model; a warning tells what the reader changed or left out."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a model file: where, what is wrong, how to mend it. `line` is 0 where the file can't be read."""

    file: str
    element_id: str
    line: int
    message: str
    mend: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" + (f" [{self.element_id}]" if self.element_id else "")
        return f"{where} {self.message} {self.mend}".rstrip()


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A token that waits for the host. `target` is the operation, decision or process that is asked for (empty for USER)."""

    item_id: str
    kind: ItemKind
    element_id: str
    name: str
    documentation: str = ""
    target: str = ""
    result_variable: str = ""
    assignee: str = ""
    candidate_groups: tuple[str, ...] = ()
    form_key: str = ""
    due: str = ""
    retries: int = 3
    headers: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    loop_index: int | None = None


@dataclass(frozen=True, slots=True)
class FinishedItem:
    """`completed` is false where the token was taken away: a boundary event, a terminate end, a cancelled instance."""

    item_id: str
    element_id: str
    completed: bool


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A waiting timer. The host calls `advance(…, TimerDue())` when `due_at` has come; one call fires all that are due."""

    timer_id: str
    element_id: str
    name: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Subscription:
    """A token that waits for a message or a signal. The host answers with `Arrival(subscription_id, payload)`.

    One that `repeats` goes on waiting after it.
    """

    subscription_id: str
    kind: str
    name: str
    key: str
    element_id: str
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Thrown:
    """What a token threw and the host hands on: a message to whoever waits for it, a signal to the other instances, an
    escalation that nothing in the instance caught to the caller.
    """

    kind: str
    name: str
    element_id: str
    key: str = ""
    message_id: str = ""
    expires_at: datetime | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beginning:
    """A start event that the host watches: its message or signal, or the timer by whose text it begins."""

    element_id: str
    kind: str
    name: str = ""
    timer_kind: str = ""
    timer: str = ""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who a user task is for, as its model says; each empty where nothing is said, or FEEL."""

    element_id: str
    line: int
    assignee: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """A node and the operation, decision or process that it names."""

    element_id: str
    line: int
    target: str


@dataclass(frozen=True, slots=True)
class PathEvent:
    kind: PathKind
    element_id: str
    name: str
    element_type: str
    item_id: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    item_id: str
    outputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """A business error of an operation or a called process: an error boundary event catches it, else the step halts."""

    item_id: str
    error_code: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """The message or signal that a subscription waits for has come."""

    subscription_id: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Escalation:
    """A called process escalated; where no event catches it, `Step.thrown` carries it on."""

    item_id: str
    code: str


@dataclass(frozen=True, slots=True)
class TimerDue:
    """Fires every timer whose time has come at the `at` of the step."""


@dataclass(frozen=True, slots=True)
class Correction:
    """Variables mended by an administrator before a halted step is tried again."""

    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rescheduling:
    """Moments that are others than was thought: variables that hold them are set, timers that wait for the old wait for the new."""

    variables: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Cancel:
    """Takes all tokens away."""


Command = Completion | Failure | Arrival | Escalation | TimerDue | Correction | Rescheduling | Cancel


@dataclass(frozen=True, slots=True)
class Step:
    """The instance after one step. `timers`, `open_items` and `subscriptions` are complete lists, `new_items`, `finished_items`,
    `new_subscriptions` and `gone_subscriptions` (ids) what changed.
    """

    state: bytes
    variables: Mapping[str, Any]
    new_items: tuple[WorkItem, ...]
    finished_items: tuple[FinishedItem, ...]
    open_items: tuple[WorkItem, ...]
    timers: tuple[DueTimer, ...]
    path: tuple[PathEvent, ...]
    ended: Ended | None
    error_code: str = ""
    subscriptions: tuple[Subscription, ...] = ()
    new_subscriptions: tuple[Subscription, ...] = ()
    gone_subscriptions: tuple[str, ...] = ()
    thrown: tuple[Thrown, ...] = ()
