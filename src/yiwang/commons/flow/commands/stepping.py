"""One step and all that follows from it in the same transaction: called processes begin, callers go on, tasks appear.

The root's row is locked by the caller for the whole of it. An error of FEEL rolls the step back to what was before and leaves
a halt with the command to try again.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError

from yiwang.commons.flow import engine, registry, rules
from yiwang.commons.flow.commands import pending as to
from yiwang.commons.flow.commands.locking import with_definition
from yiwang.commons.flow.commands.pending import Pending
from yiwang.commons.flow.commands.pinning import model_of
from yiwang.commons.flow.commands.placing import invocation_values, new_call, new_child, new_task, subject_of
from yiwang.commons.flow.commands.subscribing import (
    BEGUN,
    give_back,
    keep_subscriptions,
    next_in_line,
    send,
    take_waiting,
)
from yiwang.commons.flow.contracts import (
    CallStatus,
    HistoryKind,
    InstanceEnded,
    InstanceHalted,
    InstanceStatus,
    TaskCreated,
    TaskStatus,
)
from yiwang.commons.flow.models import Halt, HistoryEntry, OperationCall, ProcessInstance, Subscription, Task, Timer
from yiwang.kernel import evidence, outbox
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import keep, revocable
from yiwang.kernel.errors import DomainError
from yiwang.kernel.jobs import defer
from yiwang.kernel.writes import Writes

RUN_OPERATION = "flow.run_operation"
_MAY_COME_TOO_LATE = {"arrive", "escalate"}
_PATH = {
    engine.PathKind.ENTERED: HistoryKind.ENTERED,
    engine.PathKind.COMPLETED: HistoryKind.PASSED,
    engine.PathKind.CANCELLED: HistoryKind.TAKEN_AWAY,
}


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The rows of a step's new items, before anything is written."""

    tasks: list[Task]
    calls: list[OperationCall]
    children: list[tuple[engine.WorkItem, ProcessInstance]]


_FORGET_TIMERS = "DELETE FROM commons_flow_timer WHERE instance_id = %s AND NOT timer_id = ANY(%s)"
_SAME_TIMER = "ON CONFLICT (instance_id, timer_id) DO UPDATE SET due_at = EXCLUDED.due_at"


def _keep_timers(instance: ProcessInstance, timers: tuple[engine.DueTimer, ...], writes: Writes) -> None:
    writes.part(_FORGET_TIMERS, instance.pk, [timer.timer_id for timer in timers])
    rows = (
        Timer(
            instance_id=instance.pk,
            timer_id=timer.timer_id,
            element_id=timer.element_id,
            name=timer.name[:120],
            due_at=timer.due_at,
        )
        for timer in timers
    )
    writes.insert(rows, conflict=_SAME_TIMER)


class Stepper:
    """Works off a queue of (instance, command). Made anew for each flow command."""

    def __init__(self, *, by: Actor, at: datetime) -> None:
        self.by, self.at = by, at
        self._queue: deque[tuple[ProcessInstance, Pending]] = deque()

    def run(self, instance: ProcessInstance, pending: Pending) -> None:
        """Applies the command and everything that follows; halts are recorded, never raised.

        `instance` is as it stands in the database: read after the lock, and written by none but this stepper since.
        """
        self._one(instance, pending)
        self.settle()

    def settle(self) -> None:
        """Works off what is queued. What was queued may have been cancelled or halted meanwhile."""
        while self._queue:
            instance, pending = self._queue.popleft()
            instance.refresh_from_db(fields=["status", "state", "variables"])
            self._one(instance, pending)

    def remember(
        self, instance: ProcessInstance, kind: HistoryKind, element_id: str = "", name: str = "", **details: Any
    ) -> None:
        """A line of the history, written at the end of the command."""
        row = HistoryEntry(
            instance_id=instance.pk,
            subject_kind=instance.subject_kind,
            subject_id=instance.subject_id,
            at=self.at,
            kind=kind.value,
            element_id=element_id,
            name=name,
            account_id=self.by.account_id,
            details=details,
        )
        keep(row)

    def _one(self, instance: ProcessInstance, pending: Pending) -> None:
        if not rules.INSTANCE_MOVES[InstanceStatus(instance.status)]:
            give_back(instance, [pending], self.at)
            return
        if instance.status == InstanceStatus.HALTED.value:
            self._wait_behind_the_halt(instance, pending)
            return
        queued = len(self._queue)
        try:
            with revocable(lazily=True) as before_writing:
                step = self._step(instance, pending, before_writing)
                self._project(instance, step, self._prepared(instance, step))
        except (engine.EvaluationHalt, engine.UnknownItem) as halt:
            if isinstance(halt, engine.UnknownItem) and pending["kind"] in _MAY_COME_TOO_LATE:
                give_back(instance, [pending], self.at)
                return
            while len(self._queue) > queued:
                self._queue.pop()
            self._halt(instance, halt, pending)

    def _wait_behind_the_halt(self, instance: ProcessInstance, pending: Pending) -> None:
        halt = Halt.objects.get(instance=instance, resolved_at__isnull=True)
        halt.pending = [*halt.pending, pending]
        halt.save(update_fields=["pending"])

    def _step(self, instance: ProcessInstance, pending: Pending, before_writing: Callable[[], None]) -> engine.Step:
        model = model_of(instance.definition)

        def perform(item: engine.WorkItem) -> Mapping[str, Any] | None:
            return self._perform(instance, item, before_writing)

        feel = registry.evaluator()
        if pending["kind"] == "start":
            entry = pending.get("entry", "")
            return engine.start(model, pending["variables"], evaluator=feel, at=self.at, perform=perform, entry=entry)
        assert instance.state is not None
        command = to.engine_command(pending)
        return engine.advance(model, bytes(instance.state), command, evaluator=feel, at=self.at, perform=perform)

    def _perform(
        self, instance: ProcessInstance, item: engine.WorkItem, before_writing: Callable[[], None]
    ) -> Mapping[str, Any] | None:
        if item.kind is engine.ItemKind.DECISION:
            return self._decide(instance, item)
        found = registry.operation_named(item.target)
        if found is None:
            raise engine.EvaluationHalt(item.element_id, f"操作“{item.target}”没有登记。")
        if found.mode is registry.Mode.REMOTE:
            return None
        invocation = registry.Invocation(
            operation=item.target,
            instance_id=instance.pk,
            subject=subject_of(instance),
            idempotency_key=f"{instance.pk}:{item.item_id}",
            by=self.by,
            at=self.at,
            **invocation_values(item),
        )
        before_writing()
        try:
            outputs = found.run(invocation)
        except DomainError as error:
            if self.by.is_known:
                raise
            raise engine.EvaluationHalt(item.element_id, error.sentence(), diagnostics={"code": error.code}) from error
        except (engine.EngineError, DatabaseError):
            raise
        except Exception as error:
            if self.by.is_known:
                raise
            reason = f"操作“{item.target}”出错。"
            raise engine.EvaluationHalt(item.element_id, reason, diagnostics={"error": repr(error)[:500]}) from error
        if outputs is registry.LATER:
            raise engine.EvaluationHalt(item.element_id, f"本地操作“{item.target}”没有给出结果。")
        self.remember(instance, HistoryKind.OPERATED, item.element_id, item.name, operation=item.target)
        return dict(outputs) if isinstance(outputs, Mapping) else {}

    def _decide(self, instance: ProcessInstance, item: engine.WorkItem) -> Mapping[str, Any]:
        decider = registry.decider()
        if decider is None:
            raise engine.EvaluationHalt(item.element_id, "没有可用的决策服务。")
        version = instance.pins.get(f"decision:{item.target}")
        try:
            decided = decider.decide(item.target, version, item.inputs, by=self.by, at=self.at)
        except engine.ExpressionFault as fault:
            raise engine.EvaluationHalt(item.element_id, fault.message, diagnostics=fault.details) from fault
        self.remember(instance, HistoryKind.DECIDED, item.element_id, item.name, decision=item.target, **decided.record)
        return {item.result_variable: decided.value} if item.result_variable else {}

    def _prepared(self, instance: ProcessInstance, step: engine.Step) -> "_Prepared":
        """Everything that can halt the step comes before its first row."""
        if step.error_code and instance.parent_id is None:
            raise engine.EvaluationHalt("", f"错误 {step.error_code} 没有边界事件处理。")
        kinds = engine.ItemKind
        return _Prepared(
            tasks=[new_task(instance, item, self.at) for item in step.new_items if item.kind is kinds.USER],
            calls=[new_call(instance, item, self.at) for item in step.new_items if item.kind is kinds.OPERATION],
            children=[(item, new_child(instance, item, self.at)) for item in step.new_items if item.kind is kinds.CALL],
        )

    def _project(self, instance: ProcessInstance, step: engine.Step, prepared: "_Prepared") -> None:
        instance.state, instance.variables = step.state, dict(step.variables)
        instance.status = (InstanceStatus.COMPLETED if step.ended else InstanceStatus.RUNNING).value
        instance.ended_at = self.at if step.ended else None
        writes = Writes()
        writes.update(instance, "state", "variables", "status", "ended_at")
        writes.insert(prepared.tasks)
        writes.insert(prepared.calls)
        writes.insert(child for _item, child in prepared.children)
        _keep_timers(instance, step.timers, writes)
        keep_subscriptions(instance, step, writes)
        writes.send()
        self._take_away(instance, [item.item_id for item in step.finished_items if not item.completed])
        self._announce(instance, prepared)
        for event in step.path:
            if event.name or event.item_id:
                self.remember(instance, _PATH[event.kind], event.element_id, event.name, type=event.element_type)
        self._hand_on(instance, step)
        if step.ended:
            self._ended(instance, step.error_code)

    def _hand_on(self, instance: ProcessInstance, step: engine.Step) -> None:
        """What the step threw to others, and the messages that came before what it waits for now."""
        for thrown in step.thrown:
            if thrown.kind != "escalation":
                send(instance, thrown, self.at)
            elif instance.parent_id is not None:
                self._tell_parent(instance, to.to_escalate(instance.parent_item, thrown.name))
        for subscription_id, message in take_waiting(instance, step, self.at):
            self._queue.append((instance, to.to_arrive(subscription_id, message.payload, str(message.pk))))

    def _take_away(self, instance: ProcessInstance, item_ids: list[str]) -> None:
        if not item_ids:
            return
        gone = {"instance": instance, "item_id__in": item_ids}
        waiting = [TaskStatus.OPEN.value, TaskStatus.CLAIMED.value]
        Task.objects.filter(**gone, status__in=waiting).update(status=TaskStatus.CANCELLED.value, ended_at=self.at)
        calls = OperationCall.objects.filter(**gone, status__in=[CallStatus.PENDING.value, CallStatus.FAILED.value])
        calls.update(status=CallStatus.CANCELLED.value, ended_at=self.at)
        for child in ProcessInstance.objects.filter(parent=instance, parent_item__in=item_ids).defer("state"):
            self.cancel(with_definition(child))

    def _announce(self, instance: ProcessInstance, prepared: "_Prepared") -> None:
        for task in prepared.tasks:
            event = TaskCreated(subject_of(instance), instance.pk, task.pk, task.element_id, task.for_applicant)
            outbox.publish(event)
        for call in prepared.calls:
            defer(RUN_OPERATION, call_id=str(call.pk))
        for item, child in prepared.children:
            self.remember(
                instance, HistoryKind.CALLED, item.element_id, item.name, process=item.target, child=str(child.pk)
            )
            self.started(child)
            self._queue.append((child, to.to_start(item.inputs)))

    def started(self, instance: ProcessInstance) -> None:
        definition = instance.definition
        facts: dict[str, evidence.Fact] = {
            "process": definition.key,
            "version": definition.version,
            "sha256": definition.sha256,
            "instance": str(instance.pk),
        }
        evidence.record("process.started", subject_of(instance), facts)
        self.remember(instance, HistoryKind.STARTED, "", definition.title, version=definition.version)

    def _ended(self, instance: ProcessInstance, error_code: str) -> None:
        self._announce_end(instance, HistoryKind.ENDED)
        if BEGUN in instance.pins:
            next_in_line(instance, self.at)
        if instance.parent_id is not None:
            item = instance.parent_item
            result = to.to_fail(item, error_code) if error_code else to.to_complete(item, instance.variables)
            self._tell_parent(instance, result)

    def _tell_parent(self, instance: ProcessInstance, pending: Pending) -> None:
        parent = ProcessInstance.objects.defer("state", "variables").get(pk=instance.parent_id)
        self._queue.append((with_definition(parent), pending))

    def _announce_end(self, instance: ProcessInstance, kind: HistoryKind) -> None:
        status = InstanceStatus(instance.status)
        facts: dict[str, evidence.Fact] = {
            "process": instance.definition.key,
            "instance": str(instance.pk),
            "status": status.value,
        }
        evidence.record("process.ended", subject_of(instance), facts)
        self.remember(instance, kind, "", instance.definition.title)
        outbox.publish(InstanceEnded(subject_of(instance), instance.pk, instance.definition.key, status))

    def cancel(self, instance: ProcessInstance, *, tell_parent: bool = False) -> None:
        """Takes the instance and everything below it away."""
        if not rules.INSTANCE_MOVES[InstanceStatus(instance.status)]:
            return
        open_items = {"instance": instance}
        waiting = [TaskStatus.OPEN.value, TaskStatus.CLAIMED.value]
        Task.objects.filter(**open_items, status__in=waiting).update(
            status=TaskStatus.CANCELLED.value, ended_at=self.at
        )
        calls = OperationCall.objects.filter(
            **open_items, status__in=[CallStatus.PENDING.value, CallStatus.FAILED.value]
        )
        calls.update(status=CallStatus.CANCELLED.value, ended_at=self.at)
        Timer.objects.filter(**open_items).delete()
        Subscription.objects.filter(**open_items).delete()
        halts = Halt.objects.filter(**open_items, resolved_at__isnull=True)
        for behind in halts.values_list("pending", flat=True):
            give_back(instance, behind, self.at)
        halts.update(resolved_at=self.at, resolved_by_id=self.by.account_id)
        instance.status, instance.ended_at = InstanceStatus.CANCELLED.value, self.at
        instance.save(update_fields=["status", "ended_at"])
        self._announce_end(instance, HistoryKind.CANCELLED)
        if BEGUN in instance.pins:
            next_in_line(instance, self.at)
        for child in ProcessInstance.objects.filter(parent=instance).defer("state"):
            self.cancel(with_definition(child))
        if tell_parent and instance.parent_id is not None:
            self._tell_parent(instance, to.to_fail(instance.parent_item, "CANCELLED"))

    def stop(self, instance: ProcessInstance, why: engine.EvaluationHalt, pending: Pending) -> None:
        """Halts a running instance from outside a step; one that is halted already gets the command in addition."""
        if instance.status == InstanceStatus.HALTED.value:
            self._wait_behind_the_halt(instance, pending)
        else:
            self._halt(instance, why, pending)

    def _halt(
        self, instance: ProcessInstance, why: engine.EvaluationHalt | engine.UnknownItem, pending: Pending
    ) -> None:
        """Stops the instance where it was and says why."""
        if isinstance(why, engine.UnknownItem):
            why = engine.EvaluationHalt("", "要继续的环节已经不在流程里。", diagnostics={"item": why.item_id})
        fresh = ProcessInstance.objects.filter(pk=instance.pk)
        fresh.update(status=InstanceStatus.HALTED.value)
        instance.refresh_from_db(fields=["status", "state", "variables", "ended_at"])
        Halt.objects.create(
            instance=instance,
            element_id=why.element_id[:120],
            reason=why.reason,
            expression=why.expression,
            diagnostics=why.diagnostics,
            pending=[pending],
            at=self.at,
        )
        self.remember(instance, HistoryKind.HALTED, why.element_id[:120], "", reason=why.reason)
        outbox.publish(InstanceHalted(subject_of(instance), instance.pk, why.element_id))
