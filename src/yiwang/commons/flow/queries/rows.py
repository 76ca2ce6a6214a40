"""From rows to the values that cross the border."""

from datetime import datetime

from yiwang.commons.flow import policies, rules
from yiwang.commons.flow.contracts import TaskRow, TaskStatus
from yiwang.commons.flow.models import Task
from yiwang.kernel.actor import Actor, SubjectRef

RELATED = ("organisation", "assignee__person")


def task_row(*, task: Task, now: datetime, viewer: Actor, applicant: str = "") -> TaskRow:
    """Needs `RELATED` selected."""
    organisation = task.organisation
    assignee = task.assignee
    return TaskRow(
        id=task.pk,
        instance_id=task.instance_id,
        subject=SubjectRef(task.subject_kind, task.subject_id),
        title=task.title,
        name=task.name,
        status=TaskStatus(task.status),
        net=task.net,
        organisation=(organisation.short_name or organisation.name) if organisation else "",
        assignee_id=task.assignee_id,
        assignee_name=(assignee.person.name if assignee.person else assignee.username) if assignee else "",
        due_at=task.due_at,
        urgency=rules.urgency(task.due_at, now),
        created_at=task.created_at,
        for_applicant=task.for_applicant,
        is_mine=task.assignee_id is not None and task.assignee_id == policies.holder_id(viewer),
        applicant=applicant,
    )
