"""State tables and small decisions of flow: pure, total, property-tested."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from yiwang.commons.flow.contracts import CallStatus, InstanceStatus, TaskStatus, Urgency
from yiwang.kernel.clock import CHINA

INSTANCE_MOVES: Mapping[InstanceStatus, frozenset[InstanceStatus]] = {
    InstanceStatus.RUNNING: frozenset({InstanceStatus.HALTED, InstanceStatus.COMPLETED, InstanceStatus.CANCELLED}),
    InstanceStatus.HALTED: frozenset({InstanceStatus.RUNNING, InstanceStatus.CANCELLED}),
    InstanceStatus.COMPLETED: frozenset(),
    InstanceStatus.CANCELLED: frozenset(),
}
TASK_MOVES: Mapping[TaskStatus, frozenset[TaskStatus]] = {
    TaskStatus.OPEN: frozenset({TaskStatus.CLAIMED, TaskStatus.DONE, TaskStatus.CANCELLED}),
    TaskStatus.CLAIMED: frozenset({TaskStatus.OPEN, TaskStatus.CLAIMED, TaskStatus.DONE, TaskStatus.CANCELLED}),
    TaskStatus.DONE: frozenset(),
    TaskStatus.CANCELLED: frozenset(),
}
CALL_MOVES: Mapping[CallStatus, frozenset[CallStatus]] = {
    CallStatus.PENDING: frozenset({CallStatus.DONE, CallStatus.FAILED, CallStatus.CANCELLED}),
    CallStatus.FAILED: frozenset({CallStatus.PENDING, CallStatus.DONE, CallStatus.CANCELLED}),
    CallStatus.DONE: frozenset(),
    CallStatus.CANCELLED: frozenset(),
}
APPLICANT = "applicant"
_NUMBER = re.compile(r"[0-9A-Z〔〕-]*[0-9][0-9A-Z〔〕号-]*")
END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom a task is, as its candidate groups say: an organisation, a role in it, or the applicant."""

    organisation_id: UUID | None = None
    role: str = ""
    for_applicant: bool = False


class BadGroup(ValueError):
    """A candidate group that is neither `org:<uuid>`, `role:<key>`, a role key nor `applicant`."""


def audience(groups: Sequence[str]) -> Audience:
    """Reads candidate groups: `org:<uuid>`, `role:<key>` (or the bare key), `applicant`. Raises BadGroup."""
    organisation_id: UUID | None = None
    role = ""
    for group in groups:
        kind, found, value = group.partition(":")
        if group == APPLICANT:
            return Audience(for_applicant=True)
        if kind == "org" and found:
            try:
                organisation_id = UUID(value)
            except ValueError as error:
                raise BadGroup(group) from error
        elif not found or kind == "role":
            role = value if found else group
        else:
            raise BadGroup(group)
    return Audience(organisation_id, role)


def due_moment(text: str) -> datetime | None:
    """An ISO date (its last second in China), date-time, or nothing. Raises ValueError for other texts."""
    if not text:
        return None
    if len(text) == len("2026-03-01"):
        return end_of(date.fromisoformat(text))
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def end_of(day: date) -> datetime:
    return datetime.combine(day, END_OF_DAY, CHINA)


def parted(title: str) -> tuple[str, str]:
    """The words of a task's title, and the number that they end with, if they do."""
    before, _blank, last = title.rpartition(" ")
    return (before, last) if before and _NUMBER.fullmatch(last) else (title, "")


def urgency(due_at: datetime | None, now: datetime) -> Urgency:
    """By the calendar day in China; WEEK reaches to the coming Sunday."""
    if due_at is None:
        return Urgency.NONE
    if due_at < now:
        return Urgency.OVERDUE
    today = now.astimezone(CHINA).date()
    day = due_at.astimezone(CHINA).date()
    if day == today:
        return Urgency.TODAY
    sunday = today + timedelta(days=6 - today.weekday())
    return Urgency.WEEK if day <= sunday else Urgency.LATER


def retry_pause(attempt: int) -> timedelta:
    """The pause before try `attempt` + 1 of a remote operation: 10 s, doubling, at most an hour."""
    return timedelta(seconds=min(10 * 2 ** max(attempt - 1, 0), 3600))
