"""Makes a decision table ready: its cells to closures, its evaluation to a loop over rules that stops early."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import tree
from .compile_tests import compile_cell
from .compiler import RUN, UNSET, Code, Environment, Frame, compile_node
from .diagnostics import NOWHERE, Fault
from .feeltypes import FeelType, coerce
from .names import Scope
from .operators import equal
from .parser import parse, parse_unary_tests
from .tables import DecisionTable, HitPolicy, Input, Output, RuleTrace, TableTrace
from .tables_policies import Hit, Policy
from .unknown import OPEN, PartialContext, Unknown, missing_in
from .values import Value

Guard = Callable[[str, int, Callable[[], Code]], Code]
"""Compiles one cell; given the cell's name and line, it decides what becomes of a syntax error."""


Verdict = tuple[bool | None, int | None]
Record = tuple[str, DecisionTable, Sequence[Verdict], Sequence[Value]]
"""Where a table was evaluated, the table, for each rule that was looked at what became of it, and the columns' values."""


def no_guard(where: str, line: int, compile_: Callable[[], Code]) -> Code:
    return compile_()


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    cells: tuple[tuple[int, Code], ...]
    output: Code


class TableCompiler:
    """One table in one scope and environment."""

    def __init__(self, table: DecisionTable, scope: Scope, env: Environment, guard: Guard = no_guard) -> None:
        self.table = table
        self.scope = scope
        self.env = env
        self.guard = guard
        self.types = env.unit.types
        self.output_types = [None if o.type is None else env.unit.type(o.type, NOWHERE) for o in table.outputs]

    def _expression(self, text: str, where: str, line: int) -> Code:
        return self.guard(where, line, lambda: compile_node(parse(text, self.scope, self.types), self.env))

    def _cell(self, text: str, slot: int, declared: FeelType | None, where: str, line: int) -> Code | None:
        if text.strip() in {"", "-"}:
            return None

        def compile_() -> Code:
            tests = parse_unary_tests(text, self.scope, self.types, declared)
            return compile_cell(tests, slot, self.env) or (lambda _: True)

        return self.guard(where, line, compile_)

    def compile(self) -> Code:
        table = self.table
        slots = [self.env.unit.slot() for _ in table.inputs]
        inputs = [self._input(column, slot) for column, slot in zip(table.inputs, slots, strict=True)]
        rows = [self._row(number, slots) for number in range(1, len(table.rules) + 1)]
        default = self._default()
        policy = Policy(table, self._priority(), NOWHERE)
        stops = table.hit_policy is HitPolicy.FIRST

        def decide(f: Frame) -> Value:
            run = f[RUN]
            run.charge(len(rows))
            for slot in slots:
                f[slot] = UNSET
            hits: list[Hit] = []
            verdicts: list[Verdict] = []
            for row in rows:
                verdict, failed, missing = _look(row, slots, inputs, f)
                verdicts.append((verdict, failed))
                if verdict is False:
                    continue
                hits.append(Hit(row.number, row.output(f), missing))
                if stops and verdict:
                    break
            run.tables.append((run.where, table, verdicts, tuple(f[slot] for slot in slots)))
            return policy.settle(hits, default(f) if all(hit.missing for hit in hits) else None, run)

        return decide

    def _input(self, column: Input, slot: int) -> Code:
        name = column.label or column.expression
        value = self._expression(column.expression, name, column.line)
        allowed = self._cell(column.values, slot, column.type, name, column.line)
        if allowed is None:
            return value

        def checked(f: Frame) -> Value:
            given = f[slot] = value(f)
            if given is not None and type(given) not in OPEN and allowed(f) is not True:
                return f[RUN].fail("rules.input_value", input=name)
            return given

        return checked

    def _row(self, number: int, slots: Sequence[int]) -> _Row:
        rule, table = self.table.rules[number - 1], self.table
        cells: list[tuple[int, Code]] = []
        for index, (text, slot) in enumerate(zip(rule.inputs, slots, strict=True)):
            where = f"#{number} {table.inputs[index].label or table.inputs[index].expression}"
            code = self._cell(text, slot, table.inputs[index].type, where, rule.line)
            if code is not None:
                cells.append((index, code))
        outputs = [
            self._output(column, text, declared, f"#{number} {column.name}", rule.line)
            for column, text, declared in zip(table.outputs, rule.outputs, self.output_types, strict=True)
        ]
        return _Row(number, tuple(cells), self._combined(outputs))

    def _combined(self, outputs: list[Code]) -> Code:
        if len(outputs) == 1:
            return outputs[0]
        names = [column.name for column in self.table.outputs]

        def build(f: Frame) -> Value:
            values = {name: output(f) for name, output in zip(names, outputs, strict=True)}
            return values if OPEN.isdisjoint(map(type, values.values())) else PartialContext(values)

        return build

    def _output(self, column: Output, text: str, declared: FeelType | None, where: str, line: int) -> Code:
        if not text.strip():
            return lambda _: None
        value = self._expression(text, where, line)
        slot = self.env.unit.slot()
        allowed = self._cell(column.values, slot, column.type, where, line)
        if declared is None and allowed is None:
            return value

        def checked(f: Frame) -> Value:
            given = value(f)
            f[RUN].weigh(given)
            try:
                given = given if declared is None else coerce(given, declared)
            except Fault as fault:
                return f[RUN].fail(fault.code, **fault.params)
            f[slot] = given
            if allowed is not None and given is not None and type(given) not in OPEN and allowed(f) is not True:
                return f[RUN].fail("rules.output_value", output=column.name)
            return given

        return checked

    def _default(self) -> Code:
        columns = zip(self.table.outputs, self.output_types, strict=True)
        if not any(column.default.strip() for column in self.table.outputs):
            return lambda _: None
        return self._combined([self._output(c, c.default, t, c.name, c.line) for c, t in columns])

    def _priority(self) -> Callable[[Value], tuple[int, ...] | None]:
        """Ranks an output by the order of its columns' values."""
        ranks = [_constants(column, self.scope) for column in self.table.outputs]
        names = [column.name for column in self.table.outputs]

        def rank(output: Value) -> tuple[int, ...] | None:
            parts = [output] if len(names) == 1 else [output.get(name) for name in names]
            found: list[int] = []
            for part, known in zip(parts, ranks, strict=True):
                if type(part) in OPEN:
                    return None
                place = next((i for i, value in enumerate(known) if equal(part, value) is True), len(known))
                found.append(place)
            return tuple(found)

        return rank


def _constants(column: Output, scope: Scope) -> list[Value]:
    """The column's output values that are literals, in order of priority."""
    if not column.values.strip():
        return []
    found: list[Value] = []
    for test in parse_unary_tests(column.values, scope).tests:
        expression = test.expression if isinstance(test, tree.ExpressionTest) else None
        if isinstance(expression, tree.Negation) and isinstance(expression.value, tree.NumberLiteral):
            found.append(-expression.value.value)
        elif isinstance(expression, tree.NumberLiteral | tree.StringLiteral | tree.BooleanLiteral):
            found.append(expression.value)
    return found


def _look(
    row: _Row, slots: Sequence[int], inputs: Sequence[Code], f: Frame
) -> tuple[bool | None, int | None, tuple[str, ...]]:
    """Whether the row matches (None: it depends), which input failed or is open first, and the absent facts."""
    missing: dict[str, None] = {}
    first_open: int | None = None
    for index, test in row.cells:
        slot = slots[index]
        if f[slot] is UNSET:
            f[slot] = inputs[index](f)
        value = test(f)
        if value is True:
            continue
        if type(value) not in OPEN:
            return False, index, ()
        first_open = index if first_open is None else first_open
        missing.update(dict.fromkeys(missing_in(value)))
    return (None, first_open, tuple(missing)) if missing else (True, None, ())


def traced(where: str, table: DecisionTable, verdicts: Sequence[Verdict], values: Sequence[Value]) -> TableTrace:
    rules = tuple(
        RuleTrace(number, rule.id, matched, failed, rule.annotation)
        for number, (rule, (matched, failed)) in enumerate(zip(table.rules, verdicts, strict=False), 1)
    )
    seen = tuple(Unknown(()) if value is UNSET else value for value in values)
    return TableTrace(where, table.hit_policy, tuple(i.label or i.expression for i in table.inputs), rules, seen)
