"""Who of those that have left still holds tasks."""

from collections.abc import Collection
from uuid import UUID

from yiwang.commons.flow.contracts import NotYourTask, TaskStatus
from yiwang.commons.flow.models import Task
from yiwang.kernel.actor import Actor


def holding(*, account_ids: Collection[UUID], viewer: Actor) -> tuple[UUID, ...]:
    """Those of the accounts that hold tasks of officials. One query. Only for the program: raises NotYourTask."""
    if not viewer.is_system:
        raise NotYourTask
    rows = Task.objects.filter(assignee_id__in=account_ids, status=TaskStatus.CLAIMED.value, for_applicant=False)
    return tuple(rows.order_by("assignee_id").values_list("assignee_id", flat=True).distinct())
