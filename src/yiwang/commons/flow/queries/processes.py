"""Instances: the applicant's own, their histories, and what waits for the worker."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from yiwang.commons.flow import policies, registry
from yiwang.commons.flow.contracts import (
    CallStatus,
    HistoryKind,
    HistoryRow,
    InstanceStatus,
    ProcessRow,
    TaskRow,
    UnknownInstance,
    UnknownProcess,
)
from yiwang.commons.flow.models import (
    HistoryEntry,
    OperationCall,
    ProcessDefinition,
    ProcessInstance,
    Subscription,
    Task,
    Timer,
)
from yiwang.commons.flow.queries.rows import RELATED, task_row
from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.paging import Page, paginate

_OVER = (InstanceStatus.COMPLETED.value, InstanceStatus.CANCELLED.value)


def mine(
    *, viewer: Actor, ended: bool | None = None, search: str = "", cursor: str | None = None, size: int = 20
) -> Page[ProcessRow]:
    """The processes of the resident or enterprise that the viewer is or acts for, newest first; called ones are inside.

    Two queries. `ended` keeps those that are over, or those that are not. `search` looks for each word in the title of the
    whole and of its parts, or for a number, at one more query for each kind of subject that has numbers.
    """
    rows = ProcessInstance.objects.filter(policies.of_applicant(viewer), parent__isnull=True)
    if search.strip():
        rows = rows.filter(_found(search, viewer))
    if ended is not None:
        rows = rows.filter(status__in=_OVER) if ended else rows.exclude(status__in=_OVER)
    page = paginate(rows.defer("state", "variables", "pins"), order=("-started_at", "-id"), cursor=cursor, size=size)
    ids = [row.pk for row in page.items]
    waiting = Task.objects.filter(
        Q(instance_id__in=ids) | Q(instance__root_id__in=ids), status__in=policies.WAITING
    ).values_list("pk", "instance_id", "instance__root_id", "name", "for_applicant")
    found = list(waiting.order_by("created_at", "id")) if ids else []
    return page.map(lambda row: _process(row, [task for task in found if row.pk in task[1:3]]))


def _found(search: str, viewer: Actor) -> Q:
    said = Q()
    for word in search.split()[:5]:
        parts = ProcessInstance.objects.filter(policies.of_applicant(viewer), title__icontains=word, root__isnull=False)
        said &= Q(title__icontains=word) | Q(pk__in=parts.values("root_id"))
    numbered = registry.subjects_numbered(search.strip(), viewer) if len(search.split()) == 1 else ()
    if numbered:
        parts = ProcessInstance.objects.filter(subject_id__in=numbered, root__isnull=False)
        said |= Q(subject_id__in=numbered) | Q(pk__in=parts.values("root_id"))
    return said


def _process(row: ProcessInstance, tasks: list[tuple[UUID, UUID, UUID | None, str, bool]]) -> ProcessRow:
    return ProcessRow(
        id=row.pk,
        subject=SubjectRef(row.subject_kind, row.subject_id),
        title=row.title,
        net=row.net,
        status=InstanceStatus(row.status),
        started_at=row.started_at,
        ended_at=row.ended_at,
        stages=tuple(dict.fromkeys(name for _pk, _instance, _root, name, _own in tasks)),
        waiting=tuple(pk for pk, _instance, _root, _name, own in tasks if own),
    )


def open_tasks(*, subject: SubjectRef, viewer: Actor) -> tuple[TaskRow, ...]:
    """What is being worked on for a subject, in the viewer's reach. One query."""
    rows = Task.objects.filter(
        policies.in_reach(viewer), subject_kind=subject.kind, subject_id=subject.id, status__in=policies.WAITING
    )
    now = clock.now()
    return tuple(
        task_row(task=row, now=now, viewer=viewer) for row in rows.select_related(*RELATED).order_by("due_order", "id")
    )


def status(*, instance_id: UUID, viewer: Actor) -> InstanceStatus:
    """Of an instance that the viewer may know of. Raises UnknownInstance."""
    found = (
        ProcessInstance.objects.filter(policies.known(viewer), pk=instance_id).values_list("status", flat=True).first()
    )
    if found is None:
        raise UnknownInstance
    return InstanceStatus(found)


def applicant_of(*, instance_id: UUID, viewer: Actor) -> tuple[UUID | None, UUID | None]:
    """(person, legal entity) for whom an instance runs, for the program only. Raises UnknownInstance."""
    rows = ProcessInstance.objects.filter(pk=instance_id if viewer.is_system else None)
    found = rows.values_list("applicant_person_id", "applicant_entity_id").first()
    if found is None:
        raise UnknownInstance
    person_id, entity_id = found
    return person_id, entity_id


def history(*, subject: SubjectRef, viewer: Actor) -> tuple[HistoryRow, ...]:
    """Everything that happened in the processes about a subject, oldest first. Names of officials are shown to all.

    Empty for those who may not know. Two queries and one for names.
    """
    instances = ProcessInstance.objects.filter(policies.known(viewer), subject_kind=subject.kind, subject_id=subject.id)
    rows = list(HistoryEntry.objects.filter(instance__in=instances.values("pk")).order_by("at", "id"))
    accounts = {row.account_id for row in rows if row.account_id} | {
        UUID(row.details["for"]) for row in rows if "for" in row.details
    }
    names = identity.account_names(account_ids=accounts, viewer=viewer) if accounts else {}
    return tuple(
        HistoryRow(
            at=row.at,
            kind=HistoryKind(row.kind),
            instance_id=row.instance_id,
            element_id=row.element_id,
            name=row.name,
            actor=_actor(row, names),
            details=row.details,
        )
        for row in rows
    )


def _actor(row: HistoryEntry, names: Mapping[UUID, str]) -> str:
    """Who did it; a deputy's line names both."""
    said = names.get(row.account_id, "") if row.account_id else ""
    absent = names.get(UUID(row.details["for"])) if "for" in row.details else None
    return _("%(deputy)s（代%(absent)s）") % {"deputy": said, "absent": absent} if absent else said


def process_versions(*, key: str, viewer: Actor) -> tuple[tuple[int, UUID], ...]:
    """(version, definition id) of a process, newest first; definitions are public."""
    del viewer
    return tuple(ProcessDefinition.objects.filter(key=key).order_by("-version").values_list("version", "pk"))


def definition_bpmn(*, key: str, version: int | None = None, viewer: Actor) -> bytes:
    """The BPMN file as published. Raises UnknownProcess."""
    del viewer
    rows = ProcessDefinition.objects.filter(key=key)
    if version is not None:
        rows = rows.filter(version=version)
    found = rows.order_by("-version").values_list("bpmn", flat=True).first()
    if found is None:
        raise UnknownProcess(key=key)
    return bytes(found)


def due_instances(*, viewer: Actor, limit: int = 200) -> tuple[UUID, ...]:
    """Running instances with a timer that is due, for the worker."""
    del viewer
    rows = Timer.objects.filter(due_at__lte=clock.now(), instance__status=InstanceStatus.RUNNING.value)
    found = rows.order_by("due_at").values_list("instance_id", flat=True)[:limit]
    return tuple(dict.fromkeys(found))


def due_beginnings(*, viewer: Actor, limit: int = 200) -> tuple[UUID, ...]:
    """Start events whose time has come, for the worker."""
    del viewer
    rows = Subscription.objects.filter(kind="timer", due_at__lte=clock.now())
    return tuple(rows.order_by("due_at").values_list("pk", flat=True)[:limit])


def due_calls(*, viewer: Actor, limit: int = 200) -> tuple[UUID, ...]:
    """Remote operations past their time-out, for the worker."""
    del viewer
    rows = OperationCall.objects.filter(due_at__lte=clock.now(), status=CallStatus.PENDING.value)
    return tuple(rows.order_by("due_at").values_list("pk", flat=True)[:limit])
