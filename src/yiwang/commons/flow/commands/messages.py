"""Messages and signals: from another context, from outside or from another process to whatever waits for them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from yiwang.commons.flow import engine, registry
from yiwang.commons.flow.commands import pending as to
from yiwang.commons.flow.commands.locking import locked
from yiwang.commons.flow.commands.pinning import model_of
from yiwang.commons.flow.commands.running import start
from yiwang.commons.flow.commands.stepping import Stepper
from yiwang.commons.flow.commands.subscribing import BEGUN, DELIVER, TIME_TO_LIVE, mark, meet
from yiwang.commons.flow.contracts import InstanceStatus, NotYourTask
from yiwang.commons.flow.models import ProcessInstance, ProcessMessage, Subscription
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.ids import new_id
from yiwang.kernel.jobs import defer
from yiwang.kernel.writes import insert, update

SIGNAL = "flow.deliver_signal"
_ALL = "*"
_KEPT_FOR_ITS_ID = timedelta(days=7)
_GOING = (InstanceStatus.RUNNING.value, InstanceStatus.HALTED.value)


@command("flow.correlate")
def correlate(
    *,
    name: str,
    key: str,
    payload: Mapping[str, Any] | None = None,
    message_id: str = "",
    time_to_live: timedelta = TIME_TO_LIVE,
    subject: SubjectRef | None = None,
    title: str = "",
    by: Actor,
    at: datetime,
) -> tuple[UUID, ...]:
    """Give a message to what waits for its name and key; the ids of the instances that it reached or began.

    Of each process one instance takes it. It begins processes that start with the message (about `subject`, else about
    themselves), one at a time for a key that is not empty. What isn't taken waits for `time_to_live`. A `message_id` that
    came before (within a week) changes nothing and gives the same ids. The caller has checked that `by` may do this.
    """
    row = ProcessMessage(
        kind="message",
        name=name,
        key=key,
        message_id=message_id,
        payload=dict(payload or {}),
        subject_kind=subject.kind if subject else "",
        subject_id=subject.id if subject else None,
        title=title[:200],
        at=at,
        expires_at=at + time_to_live,
    )
    if insert(row, conflict="ON CONFLICT DO NOTHING"):
        _deliver(row, by, at)
    else:
        row = ProcessMessage.objects.get(kind="message", name=name, key=key, message_id=message_id)
    note(_subject(row), name=name, reached=row.reached)
    return tuple(UUID(each) for each in row.reached)


@command("flow.broadcast_signal")
def broadcast_signal(
    *, name: str, payload: Mapping[str, Any] | None = None, by: Actor, at: datetime
) -> tuple[UUID, ...]:
    """Let every instance hear the signal that waits for it, each in a transaction of its own soon after; begin the processes
    that start with it. The ids of all of them. The caller has checked that `by` may do this.
    """
    row = ProcessMessage(kind="signal", name=name, payload=dict(payload or {}), at=at, expires_at=at)
    row.save(force_insert=True)
    note(_subject(row), name=name, reached=len(_spread(row, by, at)))
    return tuple(UUID(each) for each in row.reached)


@command("flow.deliver_message")
def deliver_message(*, message: UUID, by: Actor, at: datetime) -> int:
    """Hand on a message or signal that a process threw, or that is waiting for a receiver; how many it reached in all.

    Only the program calls this. Raises NotYourTask.
    """
    _check(by)
    row = ProcessMessage.objects.filter(pk=message).first()
    if row is None:
        note(SubjectRef("process_message", message), reached=0)
        return 0
    if row.kind == "signal":
        _spread(row, by, at)
    else:
        _deliver(row, by, at)
    reached = len(row.reached)
    note(_subject(row), name=row.name, reached=reached)
    return reached


@command("flow.deliver_signal")
def deliver_signal(*, message: UUID, subscription: UUID, by: Actor, at: datetime) -> bool:
    """Let one waiting instance hear a signal; false where it no longer waits. Only the program calls this. Raises NotYourTask."""
    _check(by)
    row = ProcessMessage.objects.get(pk=message)
    wanted = Subscription.objects.filter(pk=subscription).values_list("instance_id", flat=True).first()
    heard = wanted is not None and _hear(wanted, subscription, row, by, at)
    note(_subject(row), name=row.name, heard=heard)
    return heard


@command("flow.begin_due")
def begin_due(*, subscription: UUID, by: Actor, at: datetime) -> bool:
    """Begin a process whose start event's time has come; false where it hasn't. Only the program calls this. Raises NotYourTask."""
    _check(by)
    row = (
        Subscription.objects.select_for_update(of=("self",))
        .select_related("definition")
        .filter(pk=subscription)
        .first()
    )
    due = row is not None and row.definition is not None and row.due_at is not None and row.due_at <= at
    if row is not None and due:
        _reschedule(row, at)
        _begin(row, None, by, at)
    note(SubjectRef("subscription", subscription), begun=due)
    return due


@command("flow.forget_messages")
def forget_messages(*, by: Actor, at: datetime) -> int:
    """Delete messages whose time to live is over for a week; how many. Only the program calls this. Raises NotYourTask."""
    _check(by)
    gone, _by_model = ProcessMessage.objects.filter(expires_at__lt=at - _KEPT_FOR_ITS_ID).delete()
    note(SubjectRef("process_message", UUID(int=0)), forgotten=gone)
    return int(gone)


def _check(by: Actor) -> None:
    if not by.is_system:
        raise NotYourTask


def _subject(row: ProcessMessage) -> SubjectRef:
    return SubjectRef("process_message", row.pk)


def _deliver(row: ProcessMessage, by: Actor, at: datetime) -> None:
    """To one instance of each process that hasn't taken it. Processes are locked before the message is."""
    receivers = _one_a_process(row)
    instances = {instance_id: locked(instance_id) for instance_id, _subscription in receivers}
    row.refresh_from_db(from_queryset=ProcessMessage.objects.select_for_update())
    for place, (instance_id, subscription) in enumerate(receivers):
        instance = instances[instance_id]
        if place:  # the one before may belong to the same tree, and have moved this one
            instance.refresh_from_db(fields=["status", "state", "variables", "ended_at"])
        waits = Subscription.objects.filter(pk=subscription).values_list("subscription_id", flat=True).first()
        if waits is not None and instance.definition.key not in row.taken_by:
            mark(row, instance)
            Stepper(by=by, at=at).run(instance, to.to_arrive(waits, row.payload, str(row.pk)))
    for begins in _beginnings(row):
        if begins.definition is not None and begins.definition.key not in row.taken_by and _may_begin(begins, row):
            row.taken_by = [*row.taken_by, begins.definition.key]
            update(row, "taken_by")
            row.reached = [*row.reached, str(_begin(begins, row, by, at))]
            update(row, "reached")
    if row.expires_at > at:
        meet([(row.name, row.key)])
        if _one_a_process(row):
            defer(DELIVER, message=str(row.pk))


def _spread(row: ProcessMessage, by: Actor, at: datetime) -> list[str]:
    row.refresh_from_db(from_queryset=ProcessMessage.objects.select_for_update())
    if row.taken_by:
        return list(row.reached)
    waiting = Subscription.objects.filter(kind="signal", name=row.name, instance__isnull=False)
    found = [
        (pk, instance_id)
        for pk, instance_id in waiting.values_list("pk", "instance_id")
        if instance_id != row.source_id
    ]
    for pk, _instance_id in found:
        defer(SIGNAL, message=str(row.pk), subscription=str(pk))
    begun = [_begin(begins, row, by, at) for begins in _beginnings(row)]
    row.taken_by = [_ALL]
    row.reached = list(dict.fromkeys(str(each) for each in (*(instance_id for _pk, instance_id in found), *begun)))
    update(row, "taken_by", "reached")
    return list(row.reached)


def _hear(instance_id: UUID, subscription: UUID, row: ProcessMessage, by: Actor, at: datetime) -> bool:
    instance = locked(instance_id)
    row.refresh_from_db(from_queryset=ProcessMessage.objects.select_for_update())
    waits = Subscription.objects.filter(pk=subscription).values_list("subscription_id", flat=True).first()
    if waits is None or str(subscription) in row.reached:
        return False
    row.reached = [*row.reached, str(subscription)]
    update(row, "reached")
    Stepper(by=by, at=at).run(instance, to.to_arrive(waits, row.payload, str(row.pk)))
    return True


def _one_a_process(row: ProcessMessage) -> list[tuple[UUID, UUID]]:
    """(instance, subscription) of the first that waits in each process, in the order in which processes are locked."""
    wanted = Subscription.objects.filter(kind="message", name=row.name, key=row.key, instance__status__in=_GOING)
    chosen: dict[str, tuple[UUID, UUID, UUID]] = {}
    rows = wanted.order_by("pk").values_list("instance__definition__key", "instance__root_id", "instance_id", "pk")
    for process, root_id, instance_id, pk in rows:
        if process not in row.taken_by:
            chosen.setdefault(process, (root_id or instance_id, instance_id, pk))
    return [(instance_id, pk) for _root, instance_id, pk in sorted(chosen.values())]


def _beginnings(row: ProcessMessage) -> list[Subscription]:
    wanted = Subscription.objects.filter(kind=row.kind, name=row.name, definition__isnull=False)
    return list(wanted.select_related("definition").order_by("pk"))


def _may_begin(begins: Subscription, row: ProcessMessage) -> bool:
    """Whether no instance that a message with this key began is still running."""
    if not row.key:
        return True
    assert begins.definition is not None
    process = begins.definition.key
    meet([(f"begin {process}", row.key)])
    return not Subscription.objects.filter(kind=BEGUN, name=process, key=row.key).exists()


def _begin(begins: Subscription, row: ProcessMessage | None, by: Actor, at: datetime) -> UUID:
    """A new instance; one that a process's message begins is placed where the sender is."""
    definition = begins.definition
    assert definition is not None
    source = row.source if row is not None else None
    subject = SubjectRef("process", new_id())
    if row is not None and row.subject_id is not None:
        subject = SubjectRef(row.subject_kind, row.subject_id)
    keyed = row is not None and row.kind == "message" and row.key
    return start(
        key=definition.key,
        definition_id=definition.pk,
        subject=subject,
        title=(row.title if row is not None else "") or definition.title,
        variables=row.payload if row is not None else {},
        entry=begins.subscription_id,
        begun_by=row.key if row is not None and keyed else "",
        **_place_of(source),
        by=by,
        at=at,
    )


def _place_of(source: ProcessInstance | None) -> dict[str, Any]:
    if source is None:
        return {}
    return {
        "net": source.net,
        "organisation_id": source.organisation_id,
        "scope_key": source.scope_key,
        "grade": source.grade,
        "applicant_person_id": source.applicant_person_id,
        "applicant_entity_id": source.applicant_entity_id,
    }


def _reschedule(row: Subscription, at: datetime) -> None:
    assert row.definition is not None
    assert row.due_at is not None
    begins = next(each for each in model_of(row.definition).beginnings if each.element_id == row.subscription_id)
    before = engine.Round(row.due_at, row.left)
    following = engine.next_round(begins, before, registry.evaluator(), at)
    if following is None:
        Subscription.objects.filter(pk=row.pk).delete()
    else:
        row.due_at, row.left = following.due_at, following.left
        update(row, "due_at", "left")
