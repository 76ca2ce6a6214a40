"""Remote operations: their result comes back to the item that waits, their failure becomes a halt with a retry."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from yiwang.commons.flow import engine, registry, rules
from yiwang.commons.flow.commands import pending as to
from yiwang.commons.flow.commands.locking import locked
from yiwang.commons.flow.commands.placing import subject_of
from yiwang.commons.flow.commands.stepping import RUN_OPERATION, Stepper
from yiwang.commons.flow.contracts import CallStatus, NotYourTask, UnknownTask
from yiwang.commons.flow.models import OperationCall, ProcessInstance
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command, note
from yiwang.kernel.jobs import defer


def _call(call_id: UUID, by: Actor) -> tuple[ProcessInstance, OperationCall]:
    """The call with its instance's tree locked. Only the program reports results."""
    if not by.is_system:
        raise NotYourTask
    instance_id = OperationCall.objects.filter(pk=call_id).values_list("instance_id", flat=True).first()
    if instance_id is None:
        raise UnknownTask
    instance = locked(instance_id)
    return instance, OperationCall.objects.select_for_update().get(pk=call_id)


@command("flow.complete_remote")
def complete_remote(*, call_id: UUID, outputs: Mapping[str, Any], by: Actor, at: datetime) -> bool:
    """The result of a remote operation. A repeat, or a result after the item was taken away, changes nothing: false."""
    instance, call = _call(call_id, by)
    open_still = bool(rules.CALL_MOVES[CallStatus(call.status)])
    if open_still:
        call.status, call.ended_at, call.error = CallStatus.DONE.value, at, ""
        call.save(update_fields=["status", "ended_at", "error"])
        Stepper(by=by, at=at).run(instance, to.to_complete(call.item_id, outputs))
    note(subject_of(instance), call=str(call.pk), operation=call.operation, changed=open_still)
    return open_still


@command("flow.fail_remote")
def fail_remote(*, call_id: UUID, error: str, error_code: str | None = None, by: Actor, at: datetime) -> CallStatus:
    """A try failed. With `error_code` it is a business error for the model's boundary event; else it is tried again with
    growing pauses, and after the last try the instance halts. The call's status after it.
    """
    instance, call = _call(call_id, by)
    if call.status != CallStatus.PENDING.value:
        note(subject_of(instance), call=str(call.pk), status=call.status)
        return CallStatus(call.status)
    call.attempts += 1
    call.error = error[-2000:]
    if error_code is not None:
        call.status, call.ended_at = CallStatus.DONE.value, at
        call.save(update_fields=["attempts", "error", "status", "ended_at"])
        Stepper(by=by, at=at).run(instance, to.to_fail(call.item_id, error_code))
    elif call.attempts < call.max_attempts:
        call.save(update_fields=["attempts", "error"])
        defer(RUN_OPERATION, run_at=at + rules.retry_pause(call.attempts), call_id=str(call.pk))
    else:
        _give_up(instance, call, f"操作“{call.operation}”试了{call.attempts}次都没有成功。", by, at)
    note(subject_of(instance), call=str(call.pk), operation=call.operation, status=call.status)
    return CallStatus(call.status)


@command("flow.give_up_remote")
def give_up_remote(*, call_id: UUID, by: Actor, at: datetime) -> bool:
    """The time-out of a remote operation: the instance halts. False where the result came first."""
    instance, call = _call(call_id, by)
    late = call.status == CallStatus.PENDING.value and call.due_at <= at
    if late:
        _give_up(instance, call, f"操作“{call.operation}”超过时限没有结果。", by, at)
    note(subject_of(instance), call=str(call.pk), operation=call.operation, changed=late)
    return late


def _give_up(instance: ProcessInstance, call: OperationCall, reason: str, by: Actor, at: datetime) -> None:
    call.status = CallStatus.FAILED.value
    call.save(update_fields=["attempts", "error", "status"])
    halt = engine.EvaluationHalt(call.element_id, reason, diagnostics={"error": call.error})
    stepper = Stepper(by=by, at=at)
    stepper.stop(instance, halt, to.to_call_again(call.item_id))
    stepper.settle()


def call_again(instance: ProcessInstance, item_id: str, at: datetime) -> None:
    """Queue a failed call anew, with its old idempotency key, new tries and a new time-out."""
    call = OperationCall.objects.select_for_update().filter(instance=instance, item_id=item_id).first()
    if call is None or call.status != CallStatus.FAILED.value:
        return
    found = registry.operation_named(call.operation)
    call.status, call.attempts = CallStatus.PENDING.value, 0
    call.due_at = at + (found.timeout if found else rules.retry_pause(20))
    call.save(update_fields=["status", "attempts", "due_at"])
    defer(RUN_OPERATION, call_id=str(call.pk))
