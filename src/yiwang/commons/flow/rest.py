"""REST: the tasks in one's reach, what can be done with them, and one's own processes."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from yiwang.commons.flow import commands, queries
from yiwang.commons.flow.contracts import Holder, InboxFilter, InboxSort, InboxView, ProcessRow, TaskRow, Urgency
from yiwang.commons.identity.queries import actor_of
from yiwang.kernel import clock

router = Router(tags=["flow"])
MAX_OUTPUTS = 50


class TaskOut(Schema):
    """A task in a list."""

    id: UUID
    instance_id: UUID
    subject_kind: str
    subject_id: UUID
    title: str
    stage: str
    status: str
    net: str
    organisation: str
    assignee: str
    applicant: str
    due_at: datetime | None
    created_at: datetime


class TaskPage(Schema):
    """One page; `next` is the cursor of the following one."""

    items: list[TaskOut]
    next: str | None


class TaskDetail(TaskOut):
    """A task with what may be done."""

    documentation: str
    form_key: str
    process: str
    version: int
    can_claim: bool
    can_release: bool
    can_complete: bool


class CompletionIn(Schema):
    """What the task yields; small values that the model's output mappings read."""

    outputs: dict[str, Any] = Field(default_factory=dict, max_length=MAX_OUTPUTS)
    idempotency_key: str | None = Field(default=None, max_length=120)


class ProcessOut(Schema):
    """One of the applicant's processes."""

    id: UUID
    subject_kind: str
    subject_id: UUID
    title: str
    status: str
    stages: list[str]
    started_at: datetime
    ended_at: datetime | None


class ProcessPage(Schema):
    """One page; `next` is the cursor of the following one."""

    items: list[ProcessOut]
    next: str | None


@router.get("/tasks", response=TaskPage, summary="待办")
def tasks(
    request: HttpRequest,
    view: InboxView = InboxView.ALL,
    search: Annotated[str, Query(max_length=80)] = "",
    net: Annotated[str, Query(max_length=24)] = "",
    matter: Annotated[str, Query(max_length=120)] = "",
    stage: Annotated[str, Query(max_length=120)] = "",
    organisation: UUID | None = None,
    due: Urgency | None = None,
    holder: Holder | None = None,
    sort: InboxSort = InboxSort.DUE,
    cursor: str | None = None,
    size: Annotated[int, Query(ge=1, le=100)] = 20,
) -> TaskPage:
    """Tasks in reach that are not done, the most urgent first unless another order is asked for."""
    wanted = InboxFilter(view, search, net, matter, stage, organisation, due, holder, sort)
    page = queries.inbox(viewer=actor_of(request), wanted=wanted, cursor=cursor, size=size)
    return TaskPage(items=[TaskOut(**_task(row)) for row in page.items], next=page.next_cursor)


@router.get("/tasks/{uuid:task_id}", response=TaskDetail, summary="一件待办")
def task(request: HttpRequest, task_id: UUID) -> TaskDetail:
    found = queries.task(task_id=task_id, viewer=actor_of(request))
    return TaskDetail(
        **_task(found.row),
        documentation=found.documentation,
        form_key=found.form_key,
        process=found.process_key,
        version=found.process_version,
        can_claim=found.can_claim,
        can_release=found.can_release,
        can_complete=found.can_complete,
    )


@router.post("/tasks/{uuid:task_id}/claim", response={204: None}, summary="认领")
def claim(request: HttpRequest, task_id: UUID) -> Status[None]:
    commands.claim(task_id=task_id, by=actor_of(request), at=clock.now())
    return Status(204, None)


@router.post("/tasks/{uuid:task_id}/release", response={204: None}, summary="退回待认领")
def release(request: HttpRequest, task_id: UUID) -> Status[None]:
    commands.release(task_id=task_id, by=actor_of(request), at=clock.now())
    return Status(204, None)


@router.post("/tasks/{uuid:task_id}/complete", response={204: None}, summary="办结")
def complete(request: HttpRequest, task_id: UUID, done: CompletionIn) -> Status[None]:
    """Only for tasks that no page of their own completes: there the owner's command does more than this."""
    viewer = actor_of(request)
    queries.check_plain(task_id=task_id, viewer=viewer)
    commands.complete_task(
        task_id=task_id,
        outputs=done.outputs,
        idempotency_key=done.idempotency_key,
        by=viewer,
        at=clock.now(),
    )
    return Status(204, None)


@router.get("/processes/mine", response=ProcessPage, summary="我的办件")
def mine(
    request: HttpRequest,
    ended: bool | None = None,
    search: Annotated[str, Query(max_length=80)] = "",
    cursor: str | None = None,
) -> ProcessPage:
    """What the resident, or the enterprise acted for, has under way and has finished."""
    page = queries.mine(viewer=actor_of(request), ended=ended, search=search, cursor=cursor)
    return ProcessPage(items=[_process(row) for row in page.items], next=page.next_cursor)


def _task(row: TaskRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "instance_id": row.instance_id,
        "subject_kind": row.subject.kind,
        "subject_id": row.subject.id,
        "title": row.title,
        "stage": row.name,
        "status": row.status,
        "net": row.net,
        "organisation": row.organisation,
        "assignee": row.assignee_name,
        "applicant": row.applicant,
        "due_at": row.due_at,
        "created_at": row.created_at,
    }


def _process(row: ProcessRow) -> ProcessOut:
    return ProcessOut(
        id=row.id,
        subject_kind=row.subject.kind,
        subject_id=row.subject.id,
        title=row.title,
        status=row.status,
        stages=list(row.stages),
        started_at=row.started_at,
        ended_at=row.ended_at,
    )
