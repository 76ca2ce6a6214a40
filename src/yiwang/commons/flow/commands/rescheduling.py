"""Deadlines that are others than was thought when the process reckoned with them (the legal calendar changed)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from yiwang.commons.flow import engine, policies
from yiwang.commons.flow.commands import pending as to
from yiwang.commons.flow.commands.locking import locked
from yiwang.commons.flow.commands.placing import WORKING_DAYS, working_days_after
from yiwang.commons.flow.commands.stepping import Stepper
from yiwang.commons.flow.contracts import InstanceStatus, NotYourTask, TaskStatus
from yiwang.commons.flow.models import ProcessInstance, Task
from yiwang.commons.flow.rules import end_of
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.clock import CHINA
from yiwang.kernel.command import command, note
from yiwang.kernel.writes import update

_GOING = (InstanceStatus.RUNNING.value, InstanceStatus.HALTED.value)
_WAITING = (TaskStatus.OPEN.value, TaskStatus.CLAIMED.value)


@command("flow.reschedule")
def reschedule(*, subject: SubjectRef, variables: Mapping[str, datetime], by: Actor, at: datetime) -> int:
    """Set variables of a subject's processes that hold a moment to another one; how many processes changed.

    Open tasks that were due at the old moment, and timers that waited for it, follow. A variable that a process does
    not have, or that is right already, changes nothing. Open to other contexts for subjects of theirs with `by` =
    system; else needs ADMINISTER.
    """
    rows = ProcessInstance.objects.filter(subject_kind=subject.kind, subject_id=subject.id, status__in=_GOING)
    changed = 0
    for instance_id in rows.order_by("pk").values_list("pk", flat=True):
        instance = locked(instance_id)
        policies.check_administer(by, instance)
        changed += _reschedule(instance, variables, by, at)
    note(subject, processes=changed, variables=sorted(variables))
    return changed


def _reschedule(instance: ProcessInstance, variables: Mapping[str, datetime], by: Actor, at: datetime) -> bool:
    moved = {
        before: moment
        for name, moment in variables.items()
        if (before := engine.moment_in(instance.variables.get(name))) is not None and before != moment
    }
    if not moved or instance.status not in _GOING:
        return False
    for before, moment in moved.items():
        due = Task.objects.filter(instance=instance, status__in=_WAITING, due_at=before)
        due.update(due_at=moment, due_order=moment)
    Stepper(by=by, at=at).run(instance, to.to_reschedule(variables))
    return True


@command("flow.reckon_tasks")
def reckon_tasks(*, year: int, by: Actor, at: datetime) -> int:
    """Reckon the deadlines of open tasks that are so many working days after arrival anew, after a year's holidays were
    announced; how many moved. Only the program calls this. Raises NotYourTask.
    """
    if not by.is_system:
        raise NotYourTask
    begin = datetime(year, 1, 1, tzinfo=CHINA)
    stated = Q(headers__has_key=WORKING_DAYS) | Q(properties__has_key=WORKING_DAYS)
    rows = Task.objects.select_for_update().filter(stated, status__in=_WAITING, due_at__gte=begin)
    moved = 0
    for task in rows.filter(created_at__lt=begin.replace(year=year + 1)).order_by("pk"):
        number = task.properties.get(WORKING_DAYS) or task.headers.get(WORKING_DAYS)
        due = working_days_after(task.created_at, number)
        if task.due_at is not None and end_of(task.due_at.astimezone(CHINA).date()) == task.due_at != due:
            task.due_at = task.due_order = due
            update(task, "due_at", "due_order")
            moved += 1
    note(SubjectRef("calendar", UUID(int=year)), year=year, moved=moved)
    return moved
