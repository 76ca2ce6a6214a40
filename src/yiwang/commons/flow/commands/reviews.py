"""Real names that wait for an official, as tasks of a process that the city publishes under `REVIEW_PROCESS`."""

from datetime import datetime
from typing import Final
from uuid import UUID

from yiwang.commons.flow import policies
from yiwang.commons.flow.commands.locking import locked
from yiwang.commons.flow.commands.pinning import in_force
from yiwang.commons.flow.commands.running import cancel, start
from yiwang.commons.flow.commands.tasks import complete_task
from yiwang.commons.flow.contracts import WORK, InstanceStatus
from yiwang.commons.flow.models import ProcessInstance, Task
from yiwang.commons.identity.contracts.real_names import REAL_NAME_CHECK
from yiwang.commons.identity.queries import assurance
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.clock import CHINA
from yiwang.kernel.command import command, note

REVIEW_PROCESS: Final = "real_name_review"
_PROGRAM: Final = Actor.system("flow reviews")
_GOING: Final = (InstanceStatus.RUNNING.value, InstanceStatus.HALTED.value)


@command("flow.open_review")
def open_review(*, check_id: UUID, by: Actor, at: datetime) -> UUID | None:
    """Begin the process of a check that waits; its instance, the same for a second call.

    None, and the check stays on identity's own page alone, where the city has published no such process or no office has
    anybody who could see the task. The title names the kind and the day, nobody and no number.
    """
    subject = SubjectRef(REAL_NAME_CHECK, check_id)
    going = _going(check_id)
    found = going[0] if going else _begun(subject, at)
    note(subject, instance=str(found or ""), created=bool(found and not going))
    del by
    return found


def _begun(subject: SubjectRef, at: datetime) -> UUID | None:
    if in_force(REVIEW_PROCESS, None) is None:
        return None
    office = assurance.reviewing_office(check_id=subject.id, action=WORK, viewer=_PROGRAM)
    if office is None:
        return None
    title = f"实名核对 {at.astimezone(CHINA).date().isoformat()}"
    return start(
        key=REVIEW_PROCESS,
        subject=subject,
        title=title,
        organisation_id=office,
        scope_key=f"process:{REVIEW_PROCESS}",
        by=_PROGRAM,
        at=at,
    )


@command("flow.close_review")
def close_review(*, check_id: UUID, by: Actor, at: datetime) -> None:
    """End the process of a check that waits no more: done by whoever decided where the task is theirs, else cancelled."""
    done = cancelled = 0
    for instance_id in _going(check_id):
        if _completed(instance_id, by, at):
            done += 1
            continue
        cancel(instance_id=instance_id, reason="review_ended", by=_PROGRAM, at=at)
        cancelled += 1
    note(SubjectRef(REAL_NAME_CHECK, check_id), done=done, cancelled=cancelled)


def _completed(instance_id: UUID, by: Actor, at: datetime) -> bool:
    instance = locked(instance_id)
    if by.is_system or instance.status != InstanceStatus.RUNNING.value:
        return False
    waiting = Task.objects.filter(instance=instance, status__in=policies.WAITING, for_applicant=False)
    theirs = [task.pk for task in waiting.order_by("pk") if policies.can_complete(by, task)]
    for task_id in theirs:
        complete_task(task_id=task_id, by=by, at=at)
    return bool(theirs)


def _going(check_id: UUID) -> list[UUID]:
    rows = ProcessInstance.objects.filter(
        subject_kind=REAL_NAME_CHECK, subject_id=check_id, status__in=_GOING, parent__isnull=True
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))
