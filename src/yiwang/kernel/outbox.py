"""The transactional outbox: events are rows of the transaction they tell of, and each handler gets its own delivery.

At least once, in order for one aggregate and handler; the handler's work and the mark "done" commit together, so its
database effects happen once. A handler that keeps failing is parked with its error; an administrator retries it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from pydantic import TypeAdapter

from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import Run, buffer, command, machinery, note
from yiwang.kernel.errors import Conflict
from yiwang.kernel.events import Event
from yiwang.kernel.faults import described
from yiwang.kernel.jobs import defer_now, job, periodic
from yiwang.kernel.models import OutboxDelivery, OutboxEvent
from yiwang.kernel.paging import Page, paginate
from yiwang.kernel.text import gettext_noop as _

E = TypeVar("E", bound=Event)
RELAY = "kernel.relay"
_PAUSES = (1, 5, 20, 60, 300, 900, 3600)  # seconds before try 2, 3, …; after the last the delivery is parked
_BATCH = 50


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


def _write(run: Run, events: list[Event]) -> None:
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
    OutboxEvent.objects.bulk_create(rows)
    deliveries = [
        OutboxDelivery(
            event=row,
            handler=subscription.name,
            aggregate_kind=row.aggregate_kind,
            aggregate_id=row.aggregate_id,
            next_at=run.at,
        )
        for row in rows
        for subscription in _by_type.get(row.type, ())
    ]
    if deliveries:
        OutboxDelivery.objects.bulk_create(deliveries)
        defer_now(RELAY)


def relay(*, limit: int = 1000) -> int:
    """Deliver what is due; returns how many were delivered. Several relays may run at once."""
    delivered = 0
    while delivered < limit:
        due = _due(min(_BATCH, limit - delivered))
        progress = sum(_deliver(pk) for pk in due)
        delivered += progress
        if not progress:
            break
    return delivered


def _due(size: int) -> list[UUID]:
    earlier = OutboxDelivery.objects.filter(
        handler=OuterRef("handler"),
        aggregate_id=OuterRef("aggregate_id"),
        aggregate_kind=OuterRef("aggregate_kind"),
        event_id__lt=OuterRef("event_id"),
    ).exclude(state=OutboxDelivery.State.DONE)
    rows = OutboxDelivery.objects.filter(state=OutboxDelivery.State.PENDING, next_at__lte=clock.now())
    return list(rows.filter(~Exists(earlier)).order_by("event_id", "handler").values_list("pk", flat=True)[:size])


def _deliver(pk: UUID) -> bool:
    try:
        with transaction.atomic():
            row = (
                OutboxDelivery.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("event")
                .filter(pk=pk, state=OutboxDelivery.State.PENDING)
                .first()
            )
            if row is None:
                return False
            subscription = _by_name[row.handler]
            event = _adapter(subscription.type).validate_python(row.event.payload)
            subscription.handle(
                event, delivery=Delivery(event_id=row.event.event_id, at=row.event.at, attempt=row.attempts + 1)
            )
            with machinery("outbox"):
                row.state, row.done_at, row.attempts, row.error = (
                    OutboxDelivery.State.DONE,
                    clock.now(),
                    row.attempts + 1,
                    "",
                )
                row.save(update_fields=["state", "done_at", "attempts", "error"])
        return True
    except Exception as error:  # noqa: BLE001  whatever a handler raises is kept with its delivery and shown
        _put_back(pk, described(error))
        return False


def _put_back(pk: UUID, error: str) -> None:
    with machinery("outbox"):
        row = OutboxDelivery.objects.select_for_update().get(pk=pk)
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
    """Woken by each transaction that published something."""
    relay()


@periodic("kernel.relay_sweep", cron="* * * * *")
def relay_sweep() -> None:
    """Catches what a killed worker left behind."""
    relay()
