"""The officials' inbox: one page in one query whatever its length, counts and choices in one more."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Min, Q, QuerySet, Value, When

from yiwang.commons.flow import policies, registry, rules
from yiwang.commons.flow.contracts import (
    ASSIGN,
    WORK,
    Facet,
    Holder,
    InboxFilter,
    InboxSort,
    InboxSummary,
    InboxView,
    OwnedElsewhere,
    TaskRow,
    TaskStatus,
    TaskView,
    TooMuchToExport,
    UnknownTask,
    Urgency,
)
from yiwang.commons.flow.models import Task
from yiwang.commons.flow.queries.rows import RELATED, task_row
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import AccountCard, Office
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page, paginate

EXPORTED_AT_MOST = 50_000
_APPLICANT = ("instance__applicant_person", "instance__applicant_entity")
_LIGHT = (
    "title", "name", "net", "status", "subject_kind", "subject_id", "due_at", "due_order", "created_at", "for_applicant",
    "scope_key", "instance__applicant_person__name", "instance__applicant_entity__name",
    "organisation__name", "organisation__short_name", "assignee__username", "assignee__person__name",
)  # fmt: skip
_ORDERS: Mapping[InboxSort, tuple[str, ...]] = {
    InboxSort.DUE: ("due_order", "id"),
    InboxSort.LATEST_DUE: ("-due_order", "-id"),
    InboxSort.ARRIVED: ("created_at", "id"),
    InboxSort.LAST_ARRIVED: ("-created_at", "-id"),
    InboxSort.STAGE: ("name", "due_order", "id"),
    InboxSort.TITLE: ("title", "id"),
}
_NOTHING = InboxFilter()


def waiting(*, viewer: Actor) -> "QuerySet[Task]":
    """What is not done in the viewer's reach."""
    rows: QuerySet[Task] = Task.objects.filter(policies.in_reach(viewer), status__in=policies.WAITING)
    return rows


def conditions(*, wanted: InboxFilter, viewer: Actor, now: datetime) -> Q:
    """What a filter asks, as a condition on tasks."""
    asked = _view(viewer, wanted.view, now)
    if wanted.net:
        asked &= Q(net=wanted.net)
    if wanted.matter:
        asked &= Q(scope_key=wanted.matter)
    if wanted.stage:
        asked &= Q(name=wanted.stage)
    if wanted.organisation:
        asked &= Q(organisation_id=wanted.organisation)
    if wanted.due:
        asked &= _due(wanted.due, now)
    if wanted.holder:
        asked &= _held(wanted.holder, viewer)
    for word in wanted.search.split()[:5]:
        asked &= (
            Q(title__icontains=word)
            | Q(name__icontains=word)
            | Q(organisation__name__icontains=word)
            | Q(instance__applicant_person__name__icontains=word)
            | Q(instance__applicant_entity__name__icontains=word)
        )
    return asked


def _view(viewer: Actor, view: InboxView, now: datetime) -> Q:
    return {
        InboxView.ALL: Q(),
        InboxView.MINE: _held(Holder.ME, viewer),
        InboxView.UNCLAIMED: _held(Holder.NOBODY, viewer),
        InboxView.TODAY: _due(Urgency.TODAY, now),
        InboxView.OVERDUE: _due(Urgency.OVERDUE, now),
    }[view]


def _held(holder: Holder, viewer: Actor) -> Q:
    if holder is Holder.NOBODY:
        return Q(status=TaskStatus.OPEN.value)
    held_by = policies.holder_id(viewer)
    mine = Q(assignee_id=held_by) if held_by else Q(pk__in=[])
    return mine if holder is Holder.ME else Q(status=TaskStatus.CLAIMED.value) & ~mine


def _due(due: Urgency, now: datetime) -> Q:
    """By the calendar day in China, as `rules.urgency`."""
    day = now.astimezone(clock.CHINA).date()
    today, sunday = rules.end_of(day), rules.end_of(day + timedelta(days=6 - day.weekday()))
    return {
        Urgency.OVERDUE: Q(due_order__lt=now),
        Urgency.TODAY: Q(due_order__gte=now, due_order__lte=today),
        Urgency.WEEK: Q(due_order__gt=today, due_order__lte=sunday),
        Urgency.LATER: Q(due_order__gt=sunday, due_at__isnull=False),
        Urgency.NONE: Q(due_at__isnull=True),
    }[due]


def inbox(*, viewer: Actor, wanted: InboxFilter = _NOTHING, cursor: str | None = None, size: int = 20) -> Page[TaskRow]:
    """Tasks in the viewer's reach that are not done, as `TaskRow`s with the applicant's name. One query.

    Residents see the tasks that wait for them.
    """
    now = clock.now()
    rows = (
        waiting(viewer=viewer)
        .filter(conditions(wanted=wanted, viewer=viewer, now=now))
        .select_related(*RELATED, *_APPLICANT)
        .only(*_LIGHT)
    )
    page = paginate(rows, order=_ORDERS[wanted.sort], cursor=cursor, size=size)
    return page.map(lambda row: task_row(task=row, now=now, viewer=viewer, applicant=_applicant(row)))


def tasks_by_id(*, task_ids: Sequence[UUID], viewer: Actor) -> tuple[TaskRow, ...]:
    """Those of these tasks that are not done and in reach, to work on or to assign; the most urgent first. One query."""
    now = clock.now()
    reach = policies.in_reach(viewer) | policies.in_reach(viewer, ASSIGN)
    rows = Task.objects.filter(reach, pk__in=task_ids, status__in=policies.WAITING, for_applicant=False)
    found = rows.select_related(*RELATED, *_APPLICANT).only(*_LIGHT).order_by("due_order", "id")
    return tuple(task_row(task=row, now=now, viewer=viewer, applicant=_applicant(row)) for row in found)


def candidates(*, task_ids: Sequence[UUID], viewer: Actor) -> tuple[AccountCard, ...]:
    """Officials who may work on every one of these tasks, by name. One query, and one for each place they belong to."""
    places = (
        Task.objects.filter(pk__in=task_ids).values_list("organisation_id", "scope_key", "grade", "role").distinct()
    )
    able: dict[UUID, AccountCard] | None = None
    for organisation_id, scope_key, grade, role in places.order_by():
        cards = identity.holders(
            viewer=viewer,
            action=WORK,
            organisation_id=organisation_id,
            scope_key=scope_key,
            grade=grade,
            role=role or None,
        )
        able = {card.id: card for card in cards if able is None or card.id in able}
    return tuple((able or {}).values())


def inbox_export(*, viewer: Actor, wanted: InboxFilter) -> Iterator[tuple[TaskRow, ...]]:
    """Everything that is found, in batches of 500. Raises TooMuchToExport, at once and not while it is read."""
    found = waiting(viewer=viewer).filter(conditions(wanted=wanted, viewer=viewer, now=clock.now()))
    if found.order_by().values("pk")[EXPORTED_AT_MOST : EXPORTED_AT_MOST + 1].exists():
        raise TooMuchToExport(limit=EXPORTED_AT_MOST)
    return _batches(viewer, wanted)


def _batches(viewer: Actor, wanted: InboxFilter) -> Iterator[tuple[TaskRow, ...]]:
    cursor: str | None = None
    while True:
        page = inbox(viewer=viewer, wanted=wanted, cursor=cursor, size=500)
        if page.items:
            yield page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def _applicant(row: Task) -> str:
    instance = row.instance
    found = instance.applicant_entity or instance.applicant_person
    return found.name if found else ""


def inbox_summary(*, viewer: Actor) -> InboxSummary:
    """How many tasks each view has, and the choices of the filters with their numbers. One query."""
    now = clock.now()
    counted = {
        view.value: Count("pk", filter=_view(viewer, view, now)) for view in InboxView if view is not InboxView.ALL
    }
    by = ("net", "name", "scope_key", "organisation_id", "organisation__name", "organisation__short_name")
    rows: Iterable[Mapping[str, Any]] = (
        waiting(viewer=viewer).values(*by).annotate(all=Count("pk"), titled=Min("title"), **counted).order_by()
    )
    views: Counter[InboxView] = Counter()
    nets: Counter[str] = Counter()
    stages: Counter[str] = Counter()
    matters: Counter[str] = Counter()
    offices: Counter[str] = Counter()
    labels: dict[str, str] = {}
    for row in rows:
        for view in InboxView:
            views[view] += row[view.value]
        nets[row["net"]] += row["all"]
        stages[row["name"]] += row["all"]
        matters[row["scope_key"]] += row["all"]
        labels.setdefault(row["scope_key"], rules.parted(row["titled"])[0])
        if row["organisation_id"]:
            office = str(row["organisation_id"])
            offices[office] += row["all"]
            labels[office] = row["organisation__short_name"] or row["organisation__name"]
    del nets[""]
    return InboxSummary(
        views={view: views[view] for view in InboxView},
        nets=dict(nets),
        matters=_facets(matters, labels),
        stages=_facets(stages, {}),
        organisations=_facets(offices, labels),
    )


def waiting_by_office(*, offices: Sequence[Office], viewer: Actor) -> tuple[int, dict[UUID, int]]:
    """How many tasks wait in all of one's offices together, and in each by appointment. One query; none for one office."""
    if len(offices) < 2:
        return 0, {}
    reach = {
        f"n{place}": policies.in_reach(replace(viewer, organisation_id=office.organisation.id, role=office.role))
        for place, office in enumerate(offices)
    }
    rows = Task.objects.filter(reduce(or_, reach.values()), status__in=policies.WAITING)
    counts = rows.aggregate(all=Count("pk"), **{name: Count("pk", filter=within) for name, within in reach.items()})
    return counts["all"], {office.appointment_id: counts[f"n{place}"] for place, office in enumerate(offices)}


def everywhere(
    *, offices: Sequence[Office], viewer: Actor, cursor: str | None = None, size: int = 20
) -> Page[tuple[TaskRow, Office]]:
    """What waits in all of one's offices in one list, the most urgent first, each with the first office that reaches it.

    One query.
    """
    now = clock.now()
    reach = [
        policies.in_reach(replace(viewer, organisation_id=each.organisation.id, role=each.role)) for each in offices
    ]
    places = [When(within, then=Value(place)) for place, within in enumerate(reach)]
    rows = (
        Task.objects.filter(reduce(or_, reach), status__in=policies.WAITING)
        .annotate(place=Case(*places, default=Value(0), output_field=IntegerField()))
        .select_related(*RELATED, *_APPLICANT)
        .only(*_LIGHT)
    )
    page = paginate(rows, order=_ORDERS[InboxSort.DUE], cursor=cursor, size=size)
    return page.map(
        lambda row: (task_row(task=row, now=now, viewer=viewer, applicant=_applicant(row)), offices[row.place])
    )


def _facets(counted: Mapping[str, int], labels: Mapping[str, str]) -> tuple[Facet, ...]:
    """In the order of their labels."""
    found = (Facet(value, labels.get(value, value), count) for value, count in counted.items())
    return tuple(sorted(found, key=lambda facet: facet.label))


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
    held_by = policies.holder_id(viewer)
    own = viewer.is_system or (held_by is not None and found.assignee_id == held_by)
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
        can_complete=found.status in policies.WAITING and (own or found.assignee_id is None),
    )
