"""One step of one instance: restore, apply a command, let the tokens run, write the new state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task, TaskState

from .build import EACH, Built
from .codec import from_state, live_subprocesses, open_tasks, to_state
from .definition import EventKind, Node, NodeKind, TimerKind
from .errors import BusinessError, EvaluationHalt, UnknownItem
from .event_specs import KEY, NAME, SUBSCRIPTION
from .faults import catch_error, catch_escalation
from .firing import fire, is_event, repeats
from .interpreter import ITEM, Interpreter
from .ports import Evaluator, Performer
from .specs import COME, DUE, LEFT, TIMER_ID
from .timers import moment_in
from .values import (
    Arrival,
    Cancel,
    Command,
    Completion,
    Correction,
    DueTimer,
    Ended,
    Escalation,
    Failure,
    FinishedItem,
    ItemKind,
    PathEvent,
    PathKind,
    Rescheduling,
    Step,
    Subscription,
    Thrown,
    WorkItem,
)
from .waits import HELD, condition_waits, subscription_waits, timer_waits, waits

MAX_PASSES = 200
_PERFORMED = {ItemKind.OPERATION, ItemKind.DECISION}


class Run:
    """A restored instance. Lives for one step and is thrown away; an exception leaves nothing behind."""

    def __init__(self, built: Built, evaluator: Evaluator, perform: Performer, at: datetime) -> None:
        self._built = built
        self._perform = perform
        self._interpreter = Interpreter(evaluator, {}, at)
        self._workflow: BpmnWorkflow
        self._before: dict[str, WorkItem] = {}
        self._entered: dict[str, WorkItem] = {}
        self._completed: set[str] = set()
        self._path = self._interpreter.path
        self._listened: dict[str, Subscription] = {}
        self._thrown: list[Thrown] = []
        self._passes: Counter[tuple[int, str]] = Counter()
        self._cancelled = False

    def start(self, variables: Mapping[str, Any], entry: str) -> Step:
        interpreter = self._interpreter
        interpreter.variables, interpreter.entry = dict(variables), entry
        with _halting():
            self._workflow = BpmnWorkflow(self._built.root, self._built.subprocesses, script_engine=interpreter)
            node = self._built.by_id.get(entry)
            if node is not None and node.kind is NodeKind.EVENT_START and node.work is not None and node.work.outputs:
                interpreter.variables = interpreter.outputs(self._workflow.task_tree, node)
            self._drive()
        return self._step()

    def advance(self, state: bytes, command: Command) -> Step:
        self._workflow = from_state(state, self._built, self._interpreter)
        self._before = {item.item_id: item for item in self._open_items()}
        self._entered = dict(self._before)
        self._listened = {each.subscription_id: each for each in self._subscriptions()}
        with _halting():
            self._apply(command)
            self._drive()
        return self._step()

    def _apply(self, command: Command) -> None:
        match command:
            case Completion(item_id, outputs):
                self._complete(self._task(item_id), outputs)
            case Failure(item_id, error_code):
                self._fail(self._task(item_id), error_code)
            case Arrival(subscription_id, payload):
                self._arrive(subscription_id, payload)
            case Escalation(item_id, code):
                self._escalate(self._task(item_id), code)
            case Correction(variables):
                self._interpreter.variables.update(variables)
            case Rescheduling(moments):
                self._reschedule(moments)
            case Cancel():
                self._workflow.cancel()
                self._cancelled = True

    def _reschedule(self, moments: Mapping[str, datetime]) -> None:
        variables = self._interpreter.variables
        moved = {}
        for name, moment in moments.items():
            before = moment_in(variables.get(name))
            if before is not None and before != moment:
                moved[before] = moment
                variables[name] = moment.isoformat() if isinstance(variables[name], str) else moment
        for task in timer_waits(self._workflow):
            due, timer = task.internal_data.get(DUE), self._built.nodes[task.task_spec.name].timer
            if due in moved and timer is not None and timer.kind is TimerKind.DATE:
                task.internal_data[DUE] = moved[due]

    def _task(self, item_id: str) -> Task:
        for task in open_tasks(self._workflow):
            if task.internal_data[ITEM].item_id == item_id:
                return task
        raise UnknownItem(item_id)

    def _complete(self, task: Task, outputs: Mapping[str, Any]) -> None:
        item: WorkItem = task.internal_data[ITEM]
        task.task_spec.take_outputs(task, outputs)
        self._completed.add(item.item_id)
        self._run_task(task)

    def _fail(self, task: Task, error_code: str) -> None:
        if not catch_error(task, error_code):
            raise EvaluationHalt(task.task_spec.node.id, f"错误 {error_code} 没有边界事件处理。")

    def _arrive(self, subscription_id: str, payload: Mapping[str, Any]) -> None:
        for task in subscription_waits(self._workflow):
            if task.internal_data[SUBSCRIPTION] == subscription_id:
                fire(task, payload)
                return
        raise UnknownItem(subscription_id)

    def _escalate(self, task: Task, code: str) -> None:
        if not catch_escalation(task, code):
            self._thrown.append(Thrown("escalation", code, task.task_spec.node.id))

    def _hand_on(self) -> None:
        """What the last token threw, while all that waits for it still waits."""
        thrown, self._interpreter.thrown = self._interpreter.thrown, []
        for origin, each in thrown:
            if each.kind == "escalation":
                if not catch_escalation(origin, each.name):
                    self._thrown.append(each)
                continue
            self._thrown.append(each)
            if each.kind == "signal":
                for task in subscription_waits(self._workflow):
                    if task.state == TaskState.WAITING and self._hears(task, each):
                        fire(task, each.payload)

    @staticmethod
    def _hears(task: Task, thrown: Thrown) -> bool:
        node: Node = task.task_spec.node
        return is_event(node, EventKind.SIGNAL) and bool(task.internal_data[NAME] == thrown.name)

    def _watch(self) -> None:
        """Lets conditional events happen whose condition has come to hold."""
        for task in condition_waits(self._workflow) if self._built.has_conditions else ():
            if task.state != TaskState.WAITING:
                continue
            node: Node = task.task_spec.node
            assert node.event is not None
            held = task.internal_data.get(HELD, False)
            task.internal_data[HELD] = self._interpreter.holds(task, node.id, node.event.condition)
            if task.internal_data[HELD] and not held:
                fire(task)

    def _drive(self) -> None:
        """Moves tokens until each waits for the host or for an event."""
        while not (self._cancelled or self._interpreter.failed_with):
            moved = self._fire_the_earliest()
            self._watch()
            for task in self._ready():
                if task.state == TaskState.READY and not task.task_spec.manual:
                    self._run_task(task)
                    moved = True
            if not moved and not self._perform_next():
                return

    def _ready(self) -> list[Task]:
        inner = [subprocess for _owner, subprocess in live_subprocesses(self._workflow)]
        return [
            task
            for each in (*reversed(inner), self._workflow)
            for task in each.tasks.values()
            if task.state == TaskState.READY
        ]

    def _perform_next(self) -> bool:
        """Hands each newly reached operation or decision to the host once; true when one was finished at once."""
        for task in open_tasks(self._workflow):
            item: WorkItem = task.internal_data[ITEM]
            if item.item_id in self._entered:
                continue
            self._enter(item)
            if item.kind not in _PERFORMED:
                continue
            try:
                outputs = self._perform(item)
            except BusinessError as error:
                self._fail(task, error.error_code)
                return True
            if outputs is not None:
                self._complete(task, outputs)
                return True
        return False

    def _enter(self, item: WorkItem) -> None:
        self._entered[item.item_id] = item
        node = self._built.by_id[item.element_id]
        self._path.append(PathEvent(PathKind.ENTERED, item.element_id, item.name, node.kind.value, item.item_id))

    def _run_task(self, task: Task) -> None:
        place = (id(task.workflow), task.task_spec.name)
        self._passes[place] += 1
        if self._passes[place] > MAX_PASSES and not task.task_spec.name.endswith(EACH):
            raise EvaluationHalt(task.task_spec.name, "流程在没有任何等待的环节中反复循环。")
        item: WorkItem | None = task.internal_data.get(ITEM)
        task.run()
        node = self._node(task)
        if node is not None and task.state == TaskState.COMPLETED:
            self._interpreter.passed(node, item.item_id if item else "")
        if self._interpreter.thrown:
            self._hand_on()
        self._watch()

    def _node(self, task: Task) -> Node | None:
        own: Node | None = getattr(task.task_spec, "node", None)
        return own or self._built.nodes.get(task.task_spec.name)

    def _fire_the_earliest(self) -> bool:
        """One due timer at a time, as it would have been had nobody slept: what it takes away can't fire any more."""
        waiting = timer_waits(self._workflow)
        for task in waiting:
            task.task_spec.event_definition.arm(task)
        due = [task for task in waiting if task.internal_data[DUE] <= self._interpreter.at and _has_rounds(task)]
        if not due:
            return False
        first = min(due, key=lambda task: task.internal_data[DUE])
        first.internal_data[COME] = True
        first.task_spec._update(first)  # noqa: SLF001 - what the library's own refresh_timers does
        return True

    def _subscriptions(self) -> Iterator[Subscription]:
        for task in subscription_waits(self._workflow):
            node: Node = task.task_spec.node
            assert node.event is not None
            data = task.internal_data
            yield Subscription(data[SUBSCRIPTION], node.event.kind.value, data[NAME], data[KEY], node.id, repeats(node))

    def _open_items(self) -> Iterator[WorkItem]:
        return (task.internal_data[ITEM] for task in open_tasks(self._workflow))

    def _step(self) -> Step:
        ended = self._ended()
        listening = {} if ended else {each.subscription_id: each for each in self._subscriptions()}
        items = () if ended else tuple(self._open_items())
        still_open = {item.item_id for item in items}
        finished = [item for item in self._entered.values() if item.item_id not in still_open]
        for item in finished:
            if item.item_id not in self._completed:
                node = self._built.by_id[item.element_id]
                self._path.append(
                    PathEvent(PathKind.CANCELLED, item.element_id, item.name, node.kind.value, item.item_id)
                )
        return Step(
            state=to_state(self._workflow, self._interpreter),
            variables=dict(self._interpreter.variables),
            new_items=tuple(item for item in items if item.item_id not in self._before),
            finished_items=tuple(
                FinishedItem(item.item_id, item.element_id, item.item_id in self._completed) for item in finished
            ),
            open_items=items,
            timers=() if ended else tuple(self._due_timers()),
            path=tuple(self._path),
            ended=ended,
            error_code=self._interpreter.failed_with,
            subscriptions=tuple(listening.values()),
            new_subscriptions=tuple(each for key, each in listening.items() if key not in self._listened),
            gone_subscriptions=tuple(key for key in self._listened if key not in listening),
            thrown=tuple(self._thrown),
        )

    def _ended(self) -> Ended | None:
        if self._cancelled:
            return Ended.CANCELLED
        if self._interpreter.failed_with:
            return Ended.FAILED
        if not self._workflow.completed:
            if not any(True for _item in self._open_items()) and not waits(self._workflow):
                raise EvaluationHalt(self._built.root.name, "流程没有结束，也没有可以继续的环节。")
            return None
        return Ended.COMPLETED

    def _due_timers(self) -> Iterator[DueTimer]:
        for task in timer_waits(self._workflow):
            node = self._built.nodes[task.task_spec.name]
            due = task.internal_data.get(DUE)
            if due is not None and _has_rounds(task):
                yield DueTimer(task.internal_data[TIMER_ID], node.id, node.name, due)


def _has_rounds(timer: Task) -> bool:
    return bool(timer.internal_data.get(LEFT) != 0)


class _halting:  # noqa: N801 - reads as a word in a with statement
    """Turns the library's own complaints into a halt with the element they are about."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, SpiffWorkflowException) and not isinstance(error, EvaluationHalt):
            spec = getattr(error, "task_spec", None)
            element = str(getattr(spec, "name", "")).removesuffix(EACH)
            raise EvaluationHalt(element, _in_chinese(str(error))) from error
        if isinstance(error, RecursionError):
            raise EvaluationHalt("", "流程的分支同时循环的次数太多。") from error


def _in_chinese(message: str) -> str:
    return "条件都不成立，也没有默认流向。" if "No conditions satisfied" in message else message
