"""What people do with tasks: take, give back, hand over, complete."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from yiwang.commons.flow import policies
from yiwang.commons.flow.commands import pending as to
from yiwang.commons.flow.commands.holding import hold, remember, subject_of
from yiwang.commons.flow.commands.locking import locked_task
from yiwang.commons.flow.commands.stepping import Stepper
from yiwang.commons.flow.contracts import HistoryKind, TaskCompleted, TaskStatus, UnknownTask
from yiwang.commons.flow.models import Task
from yiwang.commons.identity import queries as identity
from yiwang.kernel import evidence, outbox
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command, note
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
    if not (task.status == TaskStatus.CLAIMED.value and task.assignee_id == policies.holder_id(by)):
        policies.check_claim(by, task)
        hold([task], policies.holder_id(by), at)
        remember([task], HistoryKind.CLAIMED, by, at)
    note(subject_of(task), task=str(task.pk))


@command("flow.release")
def release(*, task_id: UUID, by: Actor, at: datetime) -> None:
    """Give a task back to all. Raises NotYourTask, TaskClosed, UnknownTask."""
    task = _task(task_id)
    policies.check_release(by, task)
    hold([task], None, at)
    remember([task], HistoryKind.RELEASED, by, at)
    note(subject_of(task), task=str(task.pk))


@command("flow.reassign")
def reassign(*, task_id: UUID, account_id: UUID, by: Actor, at: datetime) -> None:
    """Hand a task to an official of its organisation. Raises NotYourTask, TaskClosed, UnknownTask."""
    task = _task(task_id)
    policies.check_assign(by, task)
    if task.organisation_id is None or not _works_there(account_id, task.organisation_id, by):
        raise UnknownTask
    hold([task], account_id, at)
    remember([task], HistoryKind.REASSIGNED, by, at, to=str(account_id))
    note(subject_of(task), task=str(task.pk), to=str(account_id))


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
    subject = subject_of(task)
    facts: dict[str, evidence.Fact] = {"task": str(task.pk), "element": task.element_id, "instance": str(instance.pk)}
    evidence.record("process.task_completed", subject, facts)
    outbox.publish(TaskCompleted(subject, instance.pk, task.pk, task.element_id))
    remember([task], HistoryKind.COMPLETED, by, at)
    Stepper(by=by, at=at).run(instance, to.to_complete(task.item_id, outputs or {}))
    note(subject, task=str(task.pk), element=task.element_id)


def _works_there(account_id: UUID, organisation_id: UUID, viewer: Actor) -> bool:
    found = identity.officials(viewer=viewer, organisation_id=organisation_id, size=500)
    return any(card.id == account_id for card in found.items)
