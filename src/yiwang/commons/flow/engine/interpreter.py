"""The filling of the token library's script engine hole: every expression goes to the injected FEEL evaluator.

The library's own engine runs Python's eval and exec on whatever stands in a model. All of its entry points are replaced here,
and its environment by one that refuses.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NoReturn

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.task import Task

from yiwang.kernel.ids import new_id

from . import scopes
from .definition import Mapped, Node, NodeKind, expression_in
from .errors import EvaluationHalt, ExpressionFault
from .ports import Evaluator
from .timers import TimerFault, due_after
from .values import ItemKind, PathEvent, PathKind, Thrown, WorkItem

_KINDS = {
    NodeKind.USER: ItemKind.USER,
    NodeKind.SERVICE: ItemKind.OPERATION,
    NodeKind.DECISION: ItemKind.DECISION,
    NodeKind.CALL: ItemKind.CALL,
}
_KEPT = (str, bool, int, float, Decimal, date, time, datetime, timedelta, type(None))
ITEM = "item"
MAX_LABEL = 120
for _name in ("spiff", "spiff.task", "spiff.workflow", "spiff.data"):
    # At its usual level the library writes each token's data, which may be personal, into the log.
    logging.getLogger(_name).setLevel(logging.WARNING)


class _Refusal:
    """Stands where the library keeps its Python environment."""

    def __getattr__(self, name: str) -> NoReturn:
        raise EvaluationHalt("", f"{name}: no Python is evaluated in a process")


class Interpreter(PythonScriptEngine):
    """Holds what one step needs: the evaluator, the instance's variables, the moment."""

    def __init__(self, evaluator: Evaluator, variables: Mapping[str, Any], at: datetime) -> None:
        super().__init__(_Refusal())
        self.evaluator = evaluator
        self.variables: dict[str, Any] = dict(variables)
        self.at = at
        self.failed_with = ""
        self.entry = ""
        self.path: list[PathEvent] = []
        self.thrown: list[tuple[Task, Thrown]] = []

    def passed(self, node: Node, item_id: str = "") -> None:
        """Keeps that a token left the node."""
        self.path.append(PathEvent(PathKind.COMPLETED, node.id, node.name, node.kind.value, item_id))

    def throw(self, task: Task, thrown: Thrown) -> None:
        self.thrown.append((task, thrown))

    def validate(self, expression: str) -> None:
        self.evaluator.check(expression)

    def evaluate(self, task: Task, expression: str, external_context: Any = None) -> Any:
        del external_context
        return self.value(task, task.task_spec.name, expression)

    def execute(self, task: Task, script: str, external_context: Any = None) -> NoReturn:
        del script, external_context
        raise EvaluationHalt(task.task_spec.name, "no script is executed in a process")

    def call_service(self, task: Task, **kwargs: Any) -> NoReturn:
        del kwargs
        raise EvaluationHalt(task.task_spec.name, "no service is called from inside the token engine")

    def value(self, task: Task, element_id: str, expression: str, nearer: Mapping[str, Any] | None = None) -> Any:
        """`nearer` names stand before all others. Raises `EvaluationHalt` for a FEEL error and for a value that can't be kept."""
        try:
            value = self.evaluator.evaluate(expression, {**scopes.visible(task, self.variables), **(nearer or {})})
        except ExpressionFault as fault:
            position = {"line": fault.line, "column": fault.column} if fault.line else {}
            diagnostics = {**position, **fault.details}
            raise EvaluationHalt(element_id, fault.message, expression=expression, diagnostics=diagnostics) from fault
        _check_kept(value, element_id, expression)
        return value

    def condition(self, task: Task, element_id: str, text: str) -> bool:
        """True or false; null and anything else halts the instance, it never silently takes another branch."""
        expression = expression_in(text)
        expression = text.strip() if expression is None else expression
        value = self.value(task, element_id, expression)
        if not isinstance(value, bool):
            found = "空值（null）" if value is None else str(value)
            raise EvaluationHalt(element_id, f"条件的结果是{found}，既不是真也不是假。", expression=expression)
        return value

    def holds(self, task: Task, element_id: str, text: str) -> bool:
        """Whether a condition that is waited for holds; where a variable is absent or the value is null it doesn't yet."""
        expression = expression_in(text) or text.strip()
        try:
            value = self.evaluator.evaluate(expression, scopes.visible(task, self.variables))
        except ExpressionFault as fault:
            if fault.details.get("missing"):
                return False
            raise EvaluationHalt(element_id, fault.message, expression=expression) from fault
        if value is None:
            return False
        if not isinstance(value, bool):
            raise EvaluationHalt(element_id, f"条件的结果是{value}，既不是真也不是假。", expression=expression)
        return value

    def label(self, task: Task, element_id: str, text: str) -> str:
        """A name or a correlation key: a text or a number. Raises `EvaluationHalt` for null and anything else."""
        value = self.text(task, element_id, text)
        if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal) or value == "":
            found = "空值" if value in (None, "") else str(value)
            raise EvaluationHalt(element_id, f"名称或相关键是{found}，应为文字或数字。", expression=text)
        if len(str(value)) > MAX_LABEL:
            raise EvaluationHalt(element_id, f"名称或相关键超过{MAX_LABEL}字。", expression=text)
        return str(value)

    def expiry(self, task: Task, element_id: str, text: str) -> datetime | None:
        """When a thrown message that nobody waits for yet is given up; None where it says nothing."""
        if not text:
            return None
        try:
            return due_after(self.text(task, element_id, text), self.at)
        except (TimerFault, OverflowError) as fault:
            raise EvaluationHalt(element_id, str(fault), expression=text) from fault

    def text(self, task: Task, element_id: str, text: str, nearer: Mapping[str, Any] | None = None) -> Any:
        """The value behind a leading '=', else the literal text."""
        expression = expression_in(text)
        return text if expression is None else self.value(task, element_id, expression, nearer)

    def inputs(self, task: Task, node: Node) -> dict[str, Any]:
        return self._mapped(task, node, node.work.inputs if node.work else (), {})

    def outputs(self, task: Task, node: Node) -> dict[str, Any]:
        """A target with a dot joins the variable that is there."""
        return self._mapped(task, node, node.work.outputs if node.work else (), scopes.visible(task, self.variables))

    def write(self, task: Task, name: str, value: Any) -> None:
        scopes.write(task, self.variables, name, value)

    def loop_items(self, task: Task, element_id: str, text: str) -> list[Any]:
        expression = expression_in(text) or text.strip()
        value = self.value(task, element_id, expression)
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise EvaluationHalt(element_id, "多实例的集合不是列表。", expression=expression)
        if any(item is None for item in value):
            raise EvaluationHalt(element_id, "多实例的集合里有空值（null）。", expression=expression)
        return list(value)

    def item(self, task: Task, node: Node, corrected: Mapping[str, Any]) -> WorkItem:
        """What the host is asked for, all its expressions evaluated in the token's scope and its inputs, then `corrected`."""
        assert node.work is not None
        work = node.work
        inputs = self.inputs(task, node)
        scopes.open_scope(task, inputs, keeps_all=False)
        passed = inputs
        if node.kind is NodeKind.DECISION or (node.kind is NodeKind.CALL and work.passes_all_in):
            passed = {**scopes.visible(task, self.variables), **inputs}
        item = WorkItem(
            item_id=str(new_id()),
            kind=_KINDS[node.kind],
            element_id=node.id,
            name=node.name,
            documentation=node.documentation,
            target=self._needed(task, node, work.target),
            result_variable=work.result_variable,
            assignee=_line(corrected.get("assignee", self.text(task, node.id, work.assignee))),
            candidate_groups=_groups(corrected.get("candidateGroups", self.text(task, node.id, work.candidate_groups))),
            form_key=_line(self.text(task, node.id, work.form_key)),
            due=_line(corrected.get("dueDate", self.text(task, node.id, work.due))),
            retries=work.retries,
            headers=work.headers,
            properties={name: self.text(task, node.id, text) for name, text in work.properties.items()},
            inputs=passed,
            loop_index=task.internal_data.get("key_or_index"),
        )
        task.internal_data[ITEM] = item
        return item

    def _mapped(self, task: Task, node: Node, mappings: tuple[Mapped, ...], known: Mapping[str, Any]) -> dict[str, Any]:
        """In the order of the model, each seeing those before it; `a.b` is the entry b of a, as in Camunda 8."""
        found: dict[str, Any] = {}
        for mapped in mappings:
            value = self.text(task, node.id, mapped.source, found)
            name, *path = mapped.target.split(".")
            found[name] = _placed(found.get(name, known.get(name)), path, value)
        return found

    def _needed(self, task: Task, node: Node, text: str) -> str:
        value = self.text(task, node.id, text)
        if text and not (isinstance(value, str) and value):
            raise EvaluationHalt(node.id, "没有算出要执行的操作、决策或流程。", expression=text)
        return str(value)


def _line(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _groups(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(each) for each in value if each is not None)
    return tuple(part.strip() for part in str(value or "").split(",") if part.strip())


def _placed(before: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    entries = dict(before) if isinstance(before, Mapping) else {}
    entries[path[0]] = _placed(entries.get(path[0]), path[1:], value)
    return entries


def _check_kept(value: Any, element_id: str, expression: str) -> None:
    if isinstance(value, _KEPT):
        return
    if isinstance(value, Mapping):
        for each in value.values():
            _check_kept(each, element_id, expression)
    elif isinstance(value, list | tuple):
        for each in value:
            _check_kept(each, element_id, expression)
    else:
        raise EvaluationHalt(element_id, f"结果的类型不能保存：{type(value).__name__}。", expression=expression)
