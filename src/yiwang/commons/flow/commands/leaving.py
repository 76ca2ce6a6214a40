"""What somebody held who has left an office goes back to all who may work on it."""

from datetime import datetime
from uuid import UUID

from yiwang.commons.flow.commands.holding import hold, remember, subject_of
from yiwang.commons.flow.contracts import WORK, HistoryKind, NotYourTask, TaskStatus
from yiwang.commons.flow.models import Task
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import ACCOUNT
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note


@command("flow.return_tasks")
def return_tasks(*, account_id: UUID, everything: bool = False, by: Actor, at: datetime) -> int:
    """Give back what an account holds and may not work on any more, or `everything` of an account that is closed.

    What another office of theirs reaches stays with them. How many went back; a second call finds none. For the program
    alone: raises NotYourTask.
    """
    if not by.is_system:
        raise NotYourTask
    rows = Task.objects.filter(assignee_id=account_id, status=TaskStatus.CLAIMED.value)
    if not everything:
        rows = rows.filter(for_applicant=False)
    held = list(rows.select_for_update().order_by("pk"))  # in one order, as batches do
    given = held if everything else _out_of_reach(held, account_id, by)
    hold(given, None, at)
    remember(given, HistoryKind.RELEASED, by, at, left=str(account_id))
    for task in given:
        note(subject_of(task), task=str(task.pk), left=str(account_id))
    note(SubjectRef(ACCOUNT, account_id), returned=len(given))
    return len(given)


def _out_of_reach(held: list[Task], account_id: UUID, by: Actor) -> list[Task]:
    """One query for each place that tasks lie in, not for each task."""
    able: dict[tuple[UUID | None, str, int, str], bool] = {}
    for task in held:
        place = (task.organisation_id, task.scope_key, task.grade, task.role)
        if place not in able:
            able[place] = task.organisation_id is not None and identity.may_reach(
                account_id=account_id,
                action=WORK,
                organisation_id=task.organisation_id,
                scope_key=task.scope_key,
                grade=task.grade,
                role=task.role or None,
                viewer=by,
            )
    return [task for task in held if not able[task.organisation_id, task.scope_key, task.grade, task.role]]
