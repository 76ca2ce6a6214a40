"""The officials' inbox: one page in one query whatever its length, counts in one more."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from yiwang.commons.flow import policies, registry, rules
from yiwang.commons.flow.contracts import (
    InboxCounts,
    InboxView,
    OwnedElsewhere,
    TaskRow,
    TaskStatus,
    TaskView,
    UnknownTask,
)
from yiwang.commons.flow.models import Task
from yiwang.commons.flow.queries.rows import RELATED, task_row
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page, paginate

_HEAVY = ("inputs", "headers", "properties", "documentation")


def _waiting(viewer: Actor) -> "QuerySet[Task]":
    rows: QuerySet[Task] = Task.objects.filter(policies.in_reach(viewer), status__in=policies.WAITING)
    return rows


def _view(viewer: Actor, view: InboxView, now: datetime) -> Q:
    today = rules.end_of(now.astimezone(clock.CHINA).date())
    mine = Q(assignee_id=viewer.account_id) if viewer.account_id else Q(pk__in=[])
    return {
        InboxView.ALL: Q(),
        InboxView.MINE: mine,
        InboxView.UNCLAIMED: Q(status=TaskStatus.OPEN.value),
        InboxView.TODAY: Q(due_order__gte=now, due_order__lte=today),
        InboxView.OVERDUE: Q(due_order__lt=now),
    }[view]


def inbox(
    *,
    viewer: Actor,
    view: InboxView = InboxView.ALL,
    search: str = "",
    net: str = "",
    cursor: str | None = None,
    size: int = 20,
) -> Page[TaskRow]:
    """Tasks in the viewer's reach that are not done, the most urgent first, as `TaskRow`s. One query.

    `search` looks in title, stage and organisation. Residents see the tasks that wait for them.
    """
    now = clock.now()
    rows = _waiting(viewer).filter(_view(viewer, view, now)).select_related(*RELATED).defer(*_HEAVY)
    if net:
        rows = rows.filter(net=net)
    for word in search.split()[:5]:
        rows = rows.filter(Q(title__icontains=word) | Q(name__icontains=word) | Q(organisation__name__icontains=word))
    return paginate(rows, order=("due_order", "id"), cursor=cursor, size=size).map(
        lambda row: task_row(task=row, now=now, viewer=viewer)
    )


def counts(*, viewer: Actor) -> InboxCounts:
    """How many tasks each view has. One query."""
    now = clock.now()
    wanted = {
        view.value: Count("pk", filter=_view(viewer, view, now)) for view in InboxView if view is not InboxView.ALL
    }
    rows: Iterable[Mapping[str, Any]] = (
        _waiting(viewer).values("net").annotate(all=Count("pk"), **wanted).order_by("net")
    )
    total = dict.fromkeys((view.value for view in InboxView), 0)
    nets: dict[str, int] = {}
    for row in rows:
        for key in total:
            total[key] += row[key]
        if row["net"]:
            nets[row["net"]] = row["all"]
    return InboxCounts(**total, nets=nets)


def check_plain(*, task_id: UUID, viewer: Actor) -> None:
    """Raises OwnedElsewhere where the subject's owner completes its tasks by a command of its own, else UnknownTask."""
    if registry.opener(task(task_id=task_id, viewer=viewer).row.subject.kind) is not None:
        raise OwnedElsewhere


def task(*, task_id: UUID, viewer: Actor) -> TaskView:
    """One task in the viewer's reach, done ones included. Raises UnknownTask, also for those who may not know."""
    rows = Task.objects.select_related(*RELATED, "instance__definition").defer("instance__definition__bpmn")
    found = rows.filter(policies.in_reach(viewer), pk=task_id).first()
    if found is None:
        raise UnknownTask
    definition = found.instance.definition
    waiting = found.status in policies.WAITING
    own = viewer.is_system or (viewer.account_id is not None and found.assignee_id == viewer.account_id)
    return TaskView(
        row=task_row(task=found, now=clock.now(), viewer=viewer),
        element_id=found.element_id,
        documentation=found.documentation,
        form_key=found.form_key,
        process_key=definition.key,
        process_version=definition.version,
        inputs=found.inputs,
        headers=found.headers,
        properties=found.properties,
        can_claim=found.status == TaskStatus.OPEN.value and viewer.is_known,
        can_release=found.status == TaskStatus.CLAIMED.value and own,
        can_complete=waiting and (own or found.assignee_id is None),
    )
