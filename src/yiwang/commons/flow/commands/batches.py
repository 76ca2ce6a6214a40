"""Several tasks at once: take, give back, hand over. Each task has its own result; one that fails keeps none of the others."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from yiwang.commons.flow import policies
from yiwang.commons.flow.commands.holding import hold, remember, subject_of
from yiwang.commons.flow.contracts import (
    ASSIGN,
    WORK,
    BatchOutcome,
    BatchResult,
    HistoryKind,
    NoReason,
    TaskStatus,
)
from yiwang.commons.flow.models import HistoryEntry, Task
from yiwang.commons.identity import queries as identity
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.ids import new_id
from yiwang.kernel.text import gettext_noop as _

Judge = Callable[[Task], BatchOutcome]
UNDONE_WITHIN = timedelta(minutes=10)


@command("flow.claim_many")
def claim_many(*, task_ids: Sequence[UUID], by: Actor, at: datetime) -> tuple[BatchResult, ...]:
    """Take those of these tasks that are open and in reach; what came of each. Claiming one's own again is no error."""
    tasks, reach = _locked(task_ids), _reach(task_ids, by)
    holder = policies.holder_id(by)

    def judge(task: Task) -> BatchOutcome:
        if task.pk not in reach or holder is None:
            return BatchOutcome.UNKNOWN
        if task.status not in policies.WAITING:
            return BatchOutcome.CLOSED
        free = task.status == TaskStatus.OPEN.value or task.assignee_id == holder
        return BatchOutcome.DONE if free else BatchOutcome.TAKEN

    results = _results(task_ids, tasks, judge)
    taken = [task for task in _done(tasks, results) if task.status == TaskStatus.OPEN.value]
    hold(taken, holder, at)
    remember(taken, HistoryKind.CLAIMED, by, at)
    _note(taken, task_ids, "claimed")
    return results


@command("flow.release_many")
def release_many(*, task_ids: Sequence[UUID], by: Actor, at: datetime) -> tuple[BatchResult, ...]:
    """Give those of these tasks back that the actor holds; what came of each."""
    tasks, reach = _locked(task_ids), _reach(task_ids, by)

    def judge(task: Task) -> BatchOutcome:
        if task.pk not in reach:
            return BatchOutcome.UNKNOWN
        if task.status not in policies.WAITING:
            return BatchOutcome.CLOSED
        return BatchOutcome.DONE if policies.can_release(by, task) else BatchOutcome.REFUSED

    results = _results(task_ids, tasks, judge)
    given = _done(tasks, results)
    hold(given, None, at)
    remember(given, HistoryKind.RELEASED, by, at)
    _note(given, task_ids, "released")
    return results


@command("flow.hand_over")
def hand_over(
    *, task_ids: Sequence[UUID], account_id: UUID, reason: str, by: Actor, at: datetime
) -> tuple[BatchResult, ...]:
    """Give tasks that one holds, or may assign, to an official who may work on them; what came of each. Raises NoReason."""
    if not reason.strip():
        raise NoReason(fields={"reason": _("请写明转办的原因")})
    tasks, assignable, reach = _locked(task_ids), _reach(task_ids, by, ASSIGN), _reach(task_ids, by)
    holder = policies.holder_id(by)
    able: dict[tuple[UUID | None, str, int, str], bool] = {}

    def judge(task: Task) -> BatchOutcome:
        if task.pk not in reach and task.pk not in assignable:
            return BatchOutcome.UNKNOWN
        if task.status not in policies.WAITING:
            return BatchOutcome.CLOSED
        if task.assignee_id != holder and task.pk not in assignable:
            return BatchOutcome.TAKEN if task.assignee_id else BatchOutcome.REFUSED
        place = (task.organisation_id, task.scope_key, task.grade, task.role)
        if place not in able:
            able[place] = _can_work(account_id, place, by)
        return BatchOutcome.DONE if able[place] else BatchOutcome.OUT_OF_REACH

    results = _results(task_ids, tasks, judge)
    given = _done(tasks, results)
    told = {"to": str(account_id), "reason": reason.strip()[:200]}
    for task in given:
        remember([task], HistoryKind.REASSIGNED, by, at, **told, before=str(task.assignee_id or ""))
    hold(given, account_id, at)
    _note(given, task_ids, "handed_over", to=str(account_id))
    return results


@command("flow.take_back")
def take_back(*, task_ids: Sequence[UUID], by: Actor, at: datetime) -> tuple[BatchResult, ...]:
    """Undo handing over: what the actor gave away within the last minutes, and nobody has touched since, goes back to whoever
    held it before; what came of each.
    """
    tasks = _locked(task_ids)
    last = _last_moves(tasks)

    def judge(task: Task) -> BatchOutcome:
        move = last.get(str(task.pk))
        if move is None or move.account_id != by.account_id or move.kind != HistoryKind.REASSIGNED.value:
            return BatchOutcome.UNKNOWN
        if task.status not in policies.WAITING:
            return BatchOutcome.CLOSED
        fresh = at - move.at <= UNDONE_WITHIN and "before" in move.details
        return BatchOutcome.DONE if fresh and move.details["to"] == str(task.assignee_id) else BatchOutcome.TAKEN

    results = _results(task_ids, tasks, judge)
    taken = _done(tasks, results)
    for before in {last[str(task.pk)].details["before"] for task in taken}:
        theirs = [task for task in taken if last[str(task.pk)].details["before"] == before]
        kind = HistoryKind.REASSIGNED if before else HistoryKind.RELEASED
        remember(theirs, kind, by, at, undone=True, **({"to": before} if before else {}))
        hold(theirs, UUID(before) if before else None, at)
    _note(taken, task_ids, "taken_back")
    return results


def _last_moves(tasks: Mapping[UUID, Task]) -> dict[str, HistoryEntry]:
    """The last line about who holds each of these tasks, by the task's id. One query."""
    kinds = (HistoryKind.CLAIMED, HistoryKind.RELEASED, HistoryKind.REASSIGNED, HistoryKind.COMPLETED)
    lines = HistoryEntry.objects.filter(
        instance_id__in={task.instance_id for task in tasks.values()},
        kind__in=[kind.value for kind in kinds],
        details__task__in=[str(pk) for pk in tasks],
    )
    return {line.details["task"]: line for line in lines.order_by("at", "pk")}


def _can_work(account_id: UUID, place: tuple[UUID | None, str, int, str], by: Actor) -> bool:
    organisation_id, scope_key, grade, role = place
    if organisation_id is None:
        return False
    return identity.may_reach(
        account_id=account_id,
        action=WORK,
        organisation_id=organisation_id,
        scope_key=scope_key,
        grade=grade,
        role=role or None,
        viewer=by,
    )


def _locked(task_ids: Sequence[UUID]) -> dict[UUID, Task]:
    """In one order, so that two batches never wait for each other in a circle."""
    return {task.pk: task for task in Task.objects.select_for_update().filter(pk__in=task_ids).order_by("pk")}


def _reach(task_ids: Sequence[UUID], by: Actor, action: str = WORK) -> set[UUID]:
    return set(Task.objects.filter(policies.in_reach(by, action), pk__in=task_ids).values_list("pk", flat=True))


def _results(task_ids: Sequence[UUID], tasks: dict[UUID, Task], judge: Judge) -> tuple[BatchResult, ...]:
    results = []
    for task_id in dict.fromkeys(task_ids):
        task = tasks.get(task_id)
        outcome = judge(task) if task else BatchOutcome.UNKNOWN
        if task is None or outcome is BatchOutcome.UNKNOWN:
            results.append(BatchResult(task_id, "", BatchOutcome.UNKNOWN))
        else:
            holder = task.assignee_id if outcome is BatchOutcome.TAKEN else None
            results.append(BatchResult(task_id, task.title, outcome, holder))
    return tuple(results)


def _done(tasks: dict[UUID, Task], results: Sequence[BatchResult]) -> list[Task]:
    return [tasks[each.task_id] for each in results if each.outcome is BatchOutcome.DONE]


def _note(changed: Sequence[Task], task_ids: Sequence[UUID], word: str, **details: str) -> None:
    for task in changed:
        note(subject_of(task), task=str(task.pk), **details)
    if not changed:
        note(SubjectRef("task", task_ids[0] if task_ids else new_id()), **{word: 0})
