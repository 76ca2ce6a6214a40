"""What people do with tasks: take, give back, hand over, complete."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from yiwang.commons.flow import policies
from yiwang.commons.flow.commands import pending as to
from yiwang.commons.flow.commands.locking import locked_task
from yiwang.commons.flow.commands.stepping import Stepper
from yiwang.commons.flow.contracts import HistoryKind, TaskCompleted, TaskStatus, UnknownTask
from yiwang.commons.flow.models import HistoryEntry, Task
from yiwang.commons.identity import queries as identity
from yiwang.kernel import evidence, outbox
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, keep, note
from yiwang.kernel.ids import new_id
from yiwang.kernel.writes import update


def _task(task_id: UUID) -> Task:
    """The row, locked."""
    found: Task | None = Task.objects.select_for_update().filter(pk=task_id).first()
    if found is None:
        raise UnknownTask
    return found


@command("flow.claim")
def claim(*, task_id: UUID, by: Actor, at: datetime) -> None:
    """Take an open task. Of several who try at once one gets it, the others TaskTaken. Claiming one's own again is no error.

    Raises UnknownTask (also for those out of reach), TaskTaken, TaskClosed.
    """
    task = _task(task_id)
    if not (task.status == TaskStatus.CLAIMED.value and task.assignee_id == by.account_id):
        policies.check_claim(by, task)
        _hold(task, by.account_id, at)
        _remember(task, HistoryKind.CLAIMED, by, at)
    note(_subject(task), task=str(task.pk))


@command("flow.release")
def release(*, task_id: UUID, by: Actor, at: datetime) -> None:
    """Give a task back to all. Raises NotYourTask, TaskClosed, UnknownTask."""
    task = _task(task_id)
    policies.check_release(by, task)
    _hold(task, None, at)
    _remember(task, HistoryKind.RELEASED, by, at)
    note(_subject(task), task=str(task.pk))


@command("flow.claim_many")
def claim_many(*, task_ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Take as many of these tasks as are still open and in reach; how many were taken. Never raises for one of them."""
    rows = Task.objects.select_for_update().filter(pk__in=task_ids, status=TaskStatus.OPEN.value)
    taken = [task for task in rows.order_by("pk") if policies.can_claim(by, task)]
    for task in taken:
        _hold(task, by.account_id, at)
        _remember(task, HistoryKind.CLAIMED, by, at)
        note(_subject(task), task=str(task.pk))
    if not taken:
        note(SubjectRef("task", task_ids[0] if task_ids else new_id()), claimed=0)
    return len(taken)


@command("flow.release_many")
def release_many(*, task_ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Give those of these tasks back that the actor holds; how many."""
    rows = Task.objects.select_for_update().filter(pk__in=task_ids, status=TaskStatus.CLAIMED.value)
    held = [task for task in rows.order_by("pk") if policies.can_release(by, task)]
    for task in held:
        _hold(task, None, at)
        _remember(task, HistoryKind.RELEASED, by, at)
        note(_subject(task), task=str(task.pk))
    if not held:
        note(SubjectRef("task", task_ids[0] if task_ids else new_id()), released=0)
    return len(held)


@command("flow.reassign")
def reassign(*, task_id: UUID, account_id: UUID, by: Actor, at: datetime) -> None:
    """Hand a task to an official of its organisation. Raises NotYourTask, TaskClosed, UnknownTask."""
    task = _task(task_id)
    policies.check_assign(by, task)
    if task.organisation_id is None or not _works_there(account_id, task.organisation_id, by):
        raise UnknownTask
    _hold(task, account_id, at)
    _remember(task, HistoryKind.REASSIGNED, by, at, to=str(account_id))
    note(_subject(task), task=str(task.pk), to=str(account_id))


@command("flow.complete_task")
def complete_task(
    *,
    task_id: UUID,
    outputs: Mapping[str, Any] | None = None,
    idempotency_key: str | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Complete a task and let its process go on as far as it can, in one transaction.

    `outputs` feed the model's output mappings, or become variables where it has none: keep them small. A FEEL error after
    this task halts the instance; the task stays completed and the step is tried again by `retry_halted`. Raises TaskTaken,
    TaskClosed, NotYourTask, InstanceIsHalted, UnknownTask, and what a local operation refuses.
    """
    del idempotency_key
    task = locked_task(task_id)
    instance = task.instance
    policies.check_complete(by, task)
    policies.check_running(instance)
    task.status, task.ended_at, task.completed_by_id = TaskStatus.DONE.value, at, by.account_id
    update(task, "status", "ended_at", "completed_by_id")
    subject = _subject(task)
    facts: dict[str, evidence.Fact] = {"task": str(task.pk), "element": task.element_id, "instance": str(instance.pk)}
    evidence.record("process.task_completed", subject, facts)
    outbox.publish(TaskCompleted(subject, instance.pk, task.pk, task.element_id))
    _remember(task, HistoryKind.COMPLETED, by, at)
    Stepper(by=by, at=at).run(instance, to.to_complete(task.item_id, outputs or {}))
    note(subject, task=str(task.pk), element=task.element_id)


def _subject(task: Task) -> SubjectRef:
    return SubjectRef(task.subject_kind, task.subject_id)


def _works_there(account_id: UUID, organisation_id: UUID, viewer: Actor) -> bool:
    found = identity.officials(viewer=viewer, organisation_id=organisation_id, size=500)
    return any(card.id == account_id for card in found.items)


def _hold(task: Task, account_id: UUID | None, at: datetime) -> None:
    task.assignee_id = account_id
    task.status = (TaskStatus.CLAIMED if account_id else TaskStatus.OPEN).value
    task.claimed_at = at if account_id else None
    task.save(update_fields=["assignee", "status", "claimed_at"])


def _remember(task: Task, kind: HistoryKind, by: Actor, at: datetime, **details: Any) -> None:
    row = HistoryEntry(
        instance_id=task.instance_id,
        subject_kind=task.subject_kind,
        subject_id=task.subject_id,
        at=at,
        kind=kind.value,
        element_id=task.element_id,
        name=task.name,
        account_id=by.account_id,
        details={"task": str(task.pk), **details},
    )
    keep(row)
