"""Who holds a task, and the line of its history that says so."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from yiwang.commons.flow import policies
from yiwang.commons.flow.contracts import HistoryKind, TaskStatus
from yiwang.commons.flow.models import HistoryEntry, Task
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import keep

_HELD = ("assignee", "status", "claimed_at")


def subject_of(task: Task) -> SubjectRef:
    return SubjectRef(task.subject_kind, task.subject_id)


def hold(tasks: Iterable[Task], account_id: UUID | None, at: datetime) -> None:
    """Give locked tasks to an account, or back to all. One statement."""
    held = list(tasks)
    for task in held:
        task.assignee_id = account_id
        task.status = (TaskStatus.CLAIMED if account_id else TaskStatus.OPEN).value
        task.claimed_at = at if account_id else None
    Task.objects.bulk_update(held, _HELD)


def remember(tasks: Sequence[Task], kind: HistoryKind, by: Actor, at: datetime, **details: Any) -> None:
    """One line for each task; a deputy's line names the absent official too. Written with the command's audit."""
    absent = policies.stands_in(by)
    told = {**details, **({"for": str(absent)} if absent else {})}
    for task in tasks:
        row = HistoryEntry(
            instance_id=task.instance_id,
            subject_kind=task.subject_kind,
            subject_id=task.subject_id,
            at=at,
            kind=kind.value,
            element_id=task.element_id,
            name=task.name,
            account_id=by.account_id,
            details={"task": str(task.pk), **told},
        )
        keep(row)
