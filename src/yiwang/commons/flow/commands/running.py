"""Starting, cancelling, waking and retrying whole instances."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from yiwang.commons.flow import policies, rules
from yiwang.commons.flow.commands import pending as to
from yiwang.commons.flow.commands.locking import locked
from yiwang.commons.flow.commands.pinning import definition_with_id, in_force, pins_for
from yiwang.commons.flow.commands.placing import subject_of
from yiwang.commons.flow.commands.remote import call_again
from yiwang.commons.flow.commands.stepping import Stepper
from yiwang.commons.flow.commands.subscribing import BEGUN
from yiwang.commons.flow.contracts import (
    ANY_SCOPE,
    HistoryKind,
    InstanceIsOver,
    InstanceStatus,
    NothingToRetry,
    UnknownInstance,
    UnknownProcess,
)
from yiwang.commons.flow.models import Halt, ProcessInstance, Subscription, Timer
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.ids import new_id
from yiwang.kernel.writes import update


@command("flow.start")
def start(
    *,
    key: str,
    subject: SubjectRef,
    title: str,
    variables: Mapping[str, Any] | None = None,
    net: str = "",
    organisation_id: UUID | None = None,
    scope_key: str = ANY_SCOPE,
    grade: int = 1,
    applicant_person_id: UUID | None = None,
    applicant_entity_id: UUID | None = None,
    definition_id: UUID | None = None,
    version: int | None = None,
    entry: str = "",
    begun_by: str = "",
    idempotency_key: str | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """Start the process `key` about `subject`; the instance's id. All that runs by itself has run when it returns.

    `variables` are few and small (ids, answers that branches ask for), never a whole form. Versions of all called
    processes and decisions are pinned now; `version` or `definition_id` starts a pinned version instead of the latest. A FEEL error
    leaves the instance halted, not an exception. `entry` is the start event that begins it where a message, signal or timer
    does, `begun_by` the key of that message: `messages` gives them. The caller has checked that `by` may do this. Raises UnknownProcess.
    """
    del idempotency_key
    definition = definition_with_id(definition_id) if definition_id else in_force(key, version)
    if definition is None:
        raise UnknownProcess(key=key)
    instance = ProcessInstance(
        id=new_id(),
        definition=definition,
        subject_kind=subject.kind,
        subject_id=subject.id,
        title=title[:200],
        net=net,
        status=InstanceStatus.RUNNING.value,
        state=b"",
        pins=pins_for(definition) | ({BEGUN: begun_by} if begun_by else {}),
        organisation_id=organisation_id,
        scope_key=scope_key,
        grade=grade,
        applicant_person_id=applicant_person_id,
        applicant_entity_id=applicant_entity_id,
        started_at=at,
    )
    instance.save(force_insert=True)
    stepper = Stepper(by=by, at=at)
    stepper.started(instance)
    if begun_by:
        begun = {"kind": BEGUN, "name": definition.key, "key": begun_by, "subscription_id": BEGUN}
        Subscription(instance=instance, element_id=entry, **begun).save(force_insert=True)
    stepper.run(instance, to.to_start(variables or {}, entry))
    note(subject, instance=str(instance.pk), process=definition.key, version=definition.version)
    return instance.pk


@command("flow.cancel")
def cancel(*, instance_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Take an instance with all its tasks and called processes away; a caller gets the error CANCELLED at its call.

    `reason` is a label, no personal data. Open to other contexts for subjects of theirs with `by` = system; else needs
    ADMINISTER. Raises UnknownInstance, InstanceIsOver.
    """
    instance = locked(instance_id)
    policies.check_administer(by, instance)
    if not rules.INSTANCE_MOVES[InstanceStatus(instance.status)]:
        raise InstanceIsOver
    stepper = Stepper(by=by, at=at)
    stepper.cancel(instance, tell_parent=True)
    stepper.settle()
    note(subject_of(instance), instance=str(instance.pk), reason=reason)


@command("flow.fire_timers")
def fire_timers(*, instance_id: UUID, by: Actor, at: datetime) -> bool:
    """Fire what is due in one instance; false where nothing was (another worker came first)."""
    instance = locked(instance_id)
    due = Timer.objects.filter(instance=instance, due_at__lte=at).exists()
    due = due and instance.status == InstanceStatus.RUNNING.value
    if due:
        Stepper(by=by, at=at).run(instance, to.to_fire())
    note(subject_of(instance), instance=str(instance.pk), fired=due)
    return due


@command("flow.retry_halted")
def retry_halted(
    *, halt_id: UUID, variables: Mapping[str, Any] | None = None, by: Actor, at: datetime
) -> InstanceStatus:
    """Try a halted instance again, after the cause was mended; `variables` corrects some first. The status after it.

    A second failure makes a new halt. Raises NothingToRetry, UnknownInstance (also without ADMINISTER).
    """
    found = Halt.objects.filter(pk=halt_id).values_list("instance_id", flat=True).first()
    if found is None:
        raise UnknownInstance
    instance = locked(found)
    policies.check_administer(by, instance)
    halt = Halt.objects.select_for_update().get(pk=halt_id)
    if halt.resolved_at is not None or instance.status != InstanceStatus.HALTED.value:
        raise NothingToRetry
    halt.resolved_at, halt.resolved_by_id = at, by.account_id
    halt.save(update_fields=["resolved_at", "resolved_by"])
    instance.status = InstanceStatus.RUNNING.value
    update(instance, "status")
    stepper = Stepper(by=by, at=at)
    stepper.remember(instance, HistoryKind.RETRIED, halt.element_id)
    for pending in _corrected(halt.pending, variables or {}):
        if pending["kind"] == "call":
            call_again(instance, pending["item_id"], at)
        else:  # what the one before began may have come back to this instance already
            instance.refresh_from_db(fields=["status", "state", "variables", "ended_at"])
            stepper.run(instance, pending)
    stepper.settle()
    instance.refresh_from_db(fields=["status"])
    note(subject_of(instance), instance=str(instance.pk), element=halt.element_id, status=instance.status)
    return InstanceStatus(instance.status)


def _corrected(pending: list[to.Pending], variables: Mapping[str, Any]) -> list[to.Pending]:
    if not variables:
        return pending
    first = pending[0]
    if first["kind"] == "start":
        return [to.to_start({**first["variables"], **variables}), *pending[1:]]
    return [to.to_correct(variables), *pending]
