"""Between a step and the table of what waits: rows come and go with the engine's state, early messages find their receiver.

Whoever opens a subscription and whoever keeps a message take the same lock on name and key before they look for each other,
so that neither misses the other; each holds the lock of its process first.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from yiwang.commons.flow import engine, registry
from yiwang.commons.flow.commands.pending import Pending
from yiwang.commons.flow.models import ProcessDefinition, ProcessInstance, ProcessMessage, Subscription
from yiwang.kernel.jobs import defer
from yiwang.kernel.writes import Writes, insert, update

DELIVER = "flow.deliver_message"
BEGUN = "begun"
TIME_TO_LIVE = timedelta(hours=1)
_FORGET = "DELETE FROM commons_flow_subscription WHERE instance_id = %s AND subscription_id = ANY(%s)"
_FORGET_ALL = "DELETE FROM commons_flow_subscription WHERE instance_id = %s"
_MEET = """
SELECT pg_advisory_xact_lock(place)
FROM (SELECT DISTINCT hashtextextended(each, 17) AS place FROM unnest(%s::text[]) AS each ORDER BY 1) AS places
"""


def keep_subscriptions(instance: ProcessInstance, step: engine.Step, writes: Writes) -> None:
    """What the instance waits for after the step; costs nothing where that didn't change."""
    if step.ended and (step.gone_subscriptions or BEGUN in instance.pins):
        writes.part(_FORGET_ALL, instance.pk)
    elif step.gone_subscriptions:
        writes.part(_FORGET, instance.pk, list(step.gone_subscriptions))
    writes.insert(
        Subscription(
            instance_id=instance.pk,
            subscription_id=each.subscription_id,
            element_id=each.element_id,
            kind=each.kind,
            name=each.name,
            key=each.key,
        )
        for each in step.new_subscriptions
    )


def take_waiting(instance: ProcessInstance, step: engine.Step, at: datetime) -> list[tuple[str, ProcessMessage]]:
    """The messages that came before their receiver: (engine's subscription id, message), each taken now."""
    new = [each for each in step.new_subscriptions if each.kind == "message"]
    if not new:
        return []
    meet((each.name, each.key) for each in new)
    wanted = Q()
    for each in new:
        wanted |= Q(name=each.name, key=each.key)
    process = instance.definition.key
    rows = ProcessMessage.objects.select_for_update().filter(wanted, kind="message", expires_at__gt=at)
    waiting = [row for row in rows.order_by("pk") if process not in row.taken_by]
    found = []
    for each in new:
        fitting = [row for row in waiting if (row.name, row.key) == (each.name, each.key)]
        for row in fitting if each.repeats else fitting[:1]:
            waiting.remove(row)
            mark(row, instance)
            found.append((each.subscription_id, row))
    return found


def mark(row: ProcessMessage, instance: ProcessInstance) -> None:
    """The process of this instance has taken the message."""
    row.taken_by = [*row.taken_by, instance.definition.key]
    row.reached = [*row.reached, str(instance.pk)]
    update(row, "taken_by", "reached")


def give_back(instance: ProcessInstance, pending: Iterable[Pending], at: datetime) -> None:
    """Messages among `pending` that came to tokens that had gone: each waits on for others, until its time is over."""
    ids = [each["message"] for each in pending if each["kind"] == "arrive"]
    if not ids:
        return
    key, reached = instance.definition.key, str(instance.pk)
    for row in ProcessMessage.objects.select_for_update().filter(pk__in=ids, kind="message").order_by("pk"):
        row.taken_by = [each for each in row.taken_by if each != key]
        row.reached = [each for each in row.reached if each != reached]
        update(row, "taken_by", "reached")
        if row.expires_at > at:
            defer(DELIVER, message=str(row.pk))


def meet(places: Iterable[tuple[str, str]]) -> None:
    """Waits for whoever keeps a message, or opens a subscription, with one of these names and keys."""
    with connection.cursor() as cursor:
        cursor.execute(_MEET, [[f"{name}\x1f{key}" for name, key in places]])


def send(instance: ProcessInstance, thrown: engine.Thrown, at: datetime) -> None:
    """A message or signal that a step threw: kept with it, handed on by a job after the commit."""
    row = ProcessMessage(
        kind=thrown.kind,
        name=thrown.name,
        key=thrown.key,
        message_id=thrown.message_id,
        payload=dict(thrown.payload),
        subject_kind=instance.subject_kind,
        subject_id=instance.subject_id,
        title=instance.title,
        source_id=instance.pk,
        at=at,
        expires_at=thrown.expires_at or (at + TIME_TO_LIVE if thrown.kind == "message" else at),
    )
    if insert(row, conflict="ON CONFLICT DO NOTHING"):
        defer(DELIVER, message=str(row.pk))


def next_in_line(instance: ProcessInstance, at: datetime) -> None:
    """An instance that a message began has ended: the next message for its key may begin one."""
    names = Subscription.objects.filter(kind="message", definition__key=instance.definition.key).values("name")
    waiting = ProcessMessage.objects.filter(kind="message", name__in=names, key=instance.pins[BEGUN], expires_at__gt=at)
    for row in waiting.order_by("pk"):
        if instance.definition.key not in row.taken_by:
            defer(DELIVER, message=str(row.pk))


def keep_beginnings(definition: ProcessDefinition, model: engine.Model, at: datetime) -> None:
    """The start events of the newest version take the place of those before. Raises ExpressionFault, ValueError for a timer."""
    Subscription.objects.filter(definition__key=definition.key).delete()
    rows = []
    for each in model.beginnings:
        timed = engine.first_round(each, registry.evaluator(), at) if each.kind == "timer" else None
        rows.append(
            Subscription(
                definition=definition,
                subscription_id=each.element_id,
                element_id=each.element_id,
                kind=each.kind,
                name=each.name,
                due_at=timed.due_at if timed else None,
                left=timed.left if timed else None,
            )
        )
    Subscription.objects.bulk_create(rows)
