"""Deadlines that are others than was thought when the process reckoned with them (the legal calendar changed)."""

from collections.abc import Mapping
from datetime import datetime

from yiwang.commons.flow import engine, policies
from yiwang.commons.flow.commands import pending as to
from yiwang.commons.flow.commands.locking import locked
from yiwang.commons.flow.commands.stepping import Stepper
from yiwang.commons.flow.contracts import InstanceStatus, TaskStatus
from yiwang.commons.flow.models import ProcessInstance, Task
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note

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
