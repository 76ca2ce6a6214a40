"""The transactional outbox: events are rows of the transaction they tell of, and each handler gets its own delivery.

At least once, in order for one aggregate and handler; the work of a batch of deliveries and the marks "done" commit
together, so its database effects happen once. A handler that keeps failing is parked with its error; an administrator
retries it.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from pydantic import TypeAdapter

from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import Run, buffer, command, machinery, note
from yiwang.kernel.errors import Conflict
from yiwang.kernel.events import Event
from yiwang.kernel.faults import described
from yiwang.kernel.ids import new_id
from yiwang.kernel.jobs import call_soon, defer_now, job, periodic
from yiwang.kernel.models import OutboxDelivery, OutboxEvent
from yiwang.kernel.paging import Page, paginate
from yiwang.kernel.text import gettext_noop as _
from yiwang.kernel.writes import Writes

E = TypeVar("E", bound=Event)
RELAY = "kernel.relay"
_PAUSES = (1, 5, 20, 60, 300, 900, 3600)  # seconds before try 2, 3, …; after the last the delivery is parked
_BATCH = 100
_BATCH_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a handler may want to know: the event's id for its idempotency, and when it happened."""

    event_id: UUID
    at: datetime
    attempt: int


@dataclass(frozen=True, slots=True)
class _Subscription:
    name: str
    type: type[Event]
    handle: Callable[..., None]


_by_type: dict[str, list[_Subscription]] = {}
_by_name: dict[str, _Subscription] = {}


def type_name(event_type: type[Event]) -> str:
    """`serve.cases.CaseAccepted`: the publisher's context and the class."""
    context = event_type.__module__.removeprefix("yiwang.").partition(".contracts")[0]
    return f"{context}.{event_type.__name__}"


def subscribe(event_type: type[E], *, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register `handler(event, *, delivery)` under a stable `name` (`cases.on_instance_ended`)."""

    def decorate(handler: Callable[..., None]) -> Callable[..., None]:
        subscription = _Subscription(name, event_type, handler)
        if name in _by_name and _by_name[name].handle.__qualname__ != handler.__qualname__:
            raise ValueError(f"two handlers are called {name}")
        if name not in _by_name:
            _by_type.setdefault(type_name(event_type), []).append(subscription)
        _by_name[name] = subscription
        return handler

    return decorate


def publish(event: Event) -> None:
    """Announce `event` when the running command commits."""
    buffer("outbox", _write).append(event)


_adapters: dict[str, TypeAdapter[Any]] = {}


def _adapter(event_type: type[Event]) -> TypeAdapter[Any]:
    name = type_name(event_type)
    if name not in _adapters:
        _adapters[name] = TypeAdapter(event_type)
    return _adapters[name]


_DELIVER = """
INSERT INTO "kernel_outboxdelivery"
  (id, event_id, handler, aggregate_kind, aggregate_id, state, attempts, next_at, error)
SELECT given.id, told.seq, given.handler, given.aggregate_kind, given.aggregate_id, 'pending', 0, %s, ''
FROM json_to_recordset(%s::json)
  AS given(id uuid, event uuid, handler text, aggregate_kind text, aggregate_id uuid)
JOIN {events} AS told ON told.event_id = given.event
"""


def _write(run: Run, events: list[Event], writes: Writes) -> None:
    rows = [
        OutboxEvent(
            type=type_name(type(event)),
            aggregate_kind=event.aggregate.kind,
            aggregate_id=event.aggregate.id,
            payload=_adapter(type(event)).dump_python(event, mode="json"),
            at=run.at,
            run=run.id,
        )
        for event in events
    ]
    told = writes.insert(rows, returning="seq, event_id")
    deliveries = [
        {
            "id": str(new_id()),
            "event": str(row.event_id),
            "handler": subscription.name,
            "aggregate_kind": row.aggregate_kind,
            "aggregate_id": str(row.aggregate_id),
        }
        for row in rows
        for subscription in _by_type.get(row.type, ())
    ]
    if deliveries:
        writes.part(_DELIVER.format(events=told), run.at, json.dumps(deliveries))
        call_soon(RELAY, writes)


def relay(*, limit: int = 1000) -> int:
    """Deliver what is due, batch by batch; returns how many were delivered. Several relays may run at once."""
    delivered = 0
    while delivered < limit:
        progress = _batch(min(_BATCH, limit - delivered))
        delivered += progress
        if not progress:
            break
    return delivered


def _batch(size: int) -> int:
    """One transaction: what it claims stays locked, so it ends after a moment though more be due."""
    ends = time.monotonic() + _BATCH_SECONDS
    done: list[UUID] = []
    standing: set[_Way] = set()
    with transaction.atomic():
        for row in _claimed(size):
            if _way(row) in standing:
                continue
            error = _handled(row)
            if error is None:
                done.append(row.pk)
            else:
                standing.add(_way(row))
                _put_back(row, error)
            if time.monotonic() > ends:
                break
        if done:
            _mark_done(done)
    return len(done)


_Way = tuple[str, str, UUID]


def _way(row: OutboxDelivery) -> _Way:
    """The handler and the aggregate within which order is kept."""
    return row.handler, row.aggregate_kind, row.aggregate_id


def _claimed(size: int) -> list[OutboxDelivery]:
    """What is due, in order, locked for this relay; nothing whose turn waits for one that failed or that another relay has."""
    now = clock.now()
    before = OutboxDelivery.objects.filter(
        handler=OuterRef("handler"),
        aggregate_id=OuterRef("aggregate_id"),
        aggregate_kind=OuterRef("aggregate_kind"),
        event_id__lt=OuterRef("event_id"),
    )
    waits = Q(state=OutboxDelivery.State.PARKED) | Q(state=OutboxDelivery.State.PENDING, next_at__gt=now)
    due = OutboxDelivery.objects.filter(
        ~Exists(before.filter(waits)), state=OutboxDelivery.State.PENDING, next_at__lte=now
    )
    rows: list[OutboxDelivery] = list(
        due.select_for_update(skip_locked=True, of=("self",))
        .select_related("event")
        .order_by("event_id", "handler")[:size]
    )
    if not rows:
        return []
    held = _held_elsewhere(rows)
    return [row for row in rows if row.event_id < held.get(_way(row), row.event_id + 1)]


def _held_elsewhere(rows: Sequence[OutboxDelivery]) -> dict[_Way, int]:
    """The first open event of each of these ways that is not among the rows. Asked after they were locked."""
    others = OutboxDelivery.objects.exclude(state=OutboxDelivery.State.DONE).exclude(pk__in=[row.pk for row in rows])
    found = others.filter(
        handler__in={row.handler for row in rows}, aggregate_id__in={row.aggregate_id for row in rows}
    ).values_list("handler", "aggregate_kind", "aggregate_id", "event_id")
    first: dict[_Way, int] = {}
    for handler, kind, aggregate, event in found.order_by("-event_id"):
        first[handler, kind, aggregate] = event
    return first


def _handled(row: OutboxDelivery) -> str | None:
    """Have the event handled; what went wrong, with nothing left of it."""
    try:
        with transaction.atomic():
            subscription = _by_name[row.handler]
            event = _adapter(subscription.type).validate_python(row.event.payload)
            delivery = Delivery(event_id=row.event.event_id, at=row.event.at, attempt=row.attempts + 1)
            subscription.handle(event, delivery=delivery)
    except Exception as error:  # whatever a handler raises is kept with its delivery and shown
        if connection.connection is None or connection.connection.closed:
            raise
        return described(error)
    return None


def _mark_done(ids: list[UUID]) -> None:
    with machinery("outbox"):
        OutboxDelivery.objects.filter(pk__in=ids).update(
            state=OutboxDelivery.State.DONE, done_at=clock.now(), attempts=F("attempts") + 1, error=""
        )


def _put_back(row: OutboxDelivery, error: str) -> None:
    with machinery("outbox"):
        row.attempts += 1
        row.error = error[:4000]
        if row.attempts > len(_PAUSES):
            row.state = OutboxDelivery.State.PARKED
        else:
            row.next_at = clock.now() + timedelta(seconds=_PAUSES[row.attempts - 1])
            defer_now(RELAY, run_at=row.next_at)
        row.save(update_fields=["attempts", "error", "state", "next_at"])


@dataclass(frozen=True, slots=True)
class StandingDelivery:
    """A delivery that failed: `parked` waits for an administrator, else it is tried again at `next_at`."""

    id: UUID
    event_type: str
    handler: str
    subject: SubjectRef
    attempts: int
    parked: bool
    error: str
    since: datetime
    next_at: datetime


class NothingToDeliver(Conflict):
    """The delivery was made meanwhile, or was never there."""

    code = "kernel.nothing_to_deliver"
    message = _("这些事件已经送达，不需要重试。")
    next_step = _("请刷新页面。")


def _standing() -> "QuerySet[OutboxDelivery]":
    failing = Q(state=OutboxDelivery.State.PARKED) | Q(state=OutboxDelivery.State.PENDING, attempts__gt=0)
    rows: QuerySet[OutboxDelivery] = OutboxDelivery.objects.filter(failing)
    return rows


def standing_count() -> int:
    """How many deliveries failed and are not done yet. One query."""
    return _standing().count()


def standing_deliveries(*, cursor: str | None = None, size: int = 20) -> Page[StandingDelivery]:
    """Deliveries that failed, the oldest event first. One query."""
    page = paginate(
        _standing().select_related("event").defer("event__payload"),
        order=("event_id", "handler"),
        cursor=cursor,
        size=size,
    )
    return page.map(_shown)


def _shown(row: OutboxDelivery) -> StandingDelivery:
    return StandingDelivery(
        id=row.pk,
        event_type=row.event.type,
        handler=row.handler,
        subject=SubjectRef(row.aggregate_kind, row.aggregate_id),
        attempts=row.attempts,
        parked=row.state == OutboxDelivery.State.PARKED,
        error=row.error,
        since=row.event.at,
        next_at=row.next_at,
    )


@command("kernel.retry_deliveries")
def retry_deliveries(*, delivery_ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Try failed deliveries again at once, with all their tries anew; how many. Raises NothingToDeliver where none is left."""
    rows = list(_standing().select_for_update().filter(pk__in=delivery_ids).order_by("pk"))
    if not rows:
        raise NothingToDeliver
    for row in rows:
        note(SubjectRef("delivery", row.pk), handler=row.handler, attempts=row.attempts)
        row.state, row.attempts, row.next_at = OutboxDelivery.State.PENDING, 0, at
    OutboxDelivery.objects.bulk_update(rows, ["state", "attempts", "next_at"])
    defer_now(RELAY)
    return len(rows)


@command("kernel.retry_delivery")
def retry_delivery(*, delivery_id: UUID, by: Actor, at: datetime) -> None:
    """The same for one delivery."""
    retry_deliveries(delivery_ids=[delivery_id], by=by, at=at)
    note(SubjectRef("delivery", delivery_id))


@job(RELAY)
def relay_job() -> None:
    """Woken by each transaction that published something; one that runs does the work of all that wait."""
    with connection.cursor() as cursor:
        cursor.execute(_CALLED_TOO, [RELAY])
    if relay(limit=_BEFORE_OTHERS) >= _BEFORE_OTHERS:
        defer_now(RELAY)


# What these jobs were deferred for was committed with them, so the relay that begins now sees it.
_CALLED_TOO = """
DELETE FROM procrastinate_jobs WHERE id IN (
  SELECT id FROM procrastinate_jobs
  WHERE task_name = %s AND status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
  FOR UPDATE SKIP LOCKED)
"""
_BEFORE_OTHERS = 1000


@periodic("kernel.relay_sweep", cron="* * * * *")
def relay_sweep() -> None:
    """Catches what a killed worker left behind."""
    relay()
