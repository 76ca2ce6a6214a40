"""Makes a decision table ready: its clauses to closures, its columns to masks (see `tables_masks`)."""

from collections.abc import Callable, Sequence

from . import tree
from .compile_tests import compile_cell
from .compiler import RUN, Code, Environment, Frame, compile_node
from .diagnostics import NOWHERE, Fault
from .feeltypes import FeelType, coerce
from .names import Scope
from .operators import equal
from .parser import parse, parse_unary_tests
from .tables import DecisionTable, Input, Output
from .tables_masks import Bounds, Column, bounds_of
from .tables_policies import Policy
from .tables_ready import ReadyTable, Row
from .unknown import OPEN, PartialContext
from .values import Value

Guard = Callable[[str, int, Callable[[], Code]], Code]
"""Compiles one cell; given the cell's name and line, it decides what becomes of a syntax error."""


def no_guard(where: str, line: int, compile_: Callable[[], Code]) -> Code:
    return compile_()


class TableCompiler:
    """One table in one scope and environment. Equal texts of a column share their closures."""

    def __init__(self, table: DecisionTable, scope: Scope, env: Environment, guard: Guard = no_guard) -> None:
        self.table = table
        self.scope = scope
        self.env = env
        self.guard = guard
        self.types = env.unit.types
        self.output_types = [None if o.type is None else env.unit.type(o.type, NOWHERE) for o in table.outputs]
        self._cells: dict[tuple[int, str], tuple[Code, Bounds | None]] = {}
        self._outputs: dict[tuple[int, str], Code] = {}
        self._expressions: dict[str, Code] = {}

    def _expression(self, text: str, where: str, line: int) -> Code:
        def compile_() -> Code:
            made = self._expressions.get(text)
            if made is None:
                made = self._expressions[text] = compile_node(parse(text, self.scope, self.types), self.env)
            return made

        return self.guard(where, line, compile_)

    def _cell(self, text: str, slot: int, declared: FeelType | None, where: str, line: int) -> Code | None:
        if text.strip() in {"", "-"}:
            return None

        def compile_() -> Code:
            made = self._cells.get((slot, text))
            if made is None:
                tests = parse_unary_tests(text, self.scope, self.types, declared)
                made = compile_cell(tests, slot, self.env) or (lambda _: True), bounds_of(tests, self.env)
                self._cells[slot, text] = made
            return made[0]

        return self.guard(where, line, compile_)

    def compile(self) -> Code:
        return self.ready().decide

    def ready(self) -> ReadyTable:
        table, unit = self.table, self.env.unit
        slots = [unit.slot() for _ in table.inputs]
        columns = [self._column(column, slot) for column, slot in zip(table.inputs, slots, strict=True)]
        rows = [self._row(number, columns) for number in range(1, len(table.rules) + 1)]
        policy = Policy(table, self._priority(), NOWHERE)
        return ReadyTable(table, tuple(columns), tuple(rows), self._default(), policy, unit)

    def _column(self, column: Input, slot: int) -> Column:
        unit = self.env.unit
        known = set(unit.outer)
        read = self._input(column, slot)
        name = column.expression.strip()
        added = [outer for outer in unit.outer if outer not in known]
        is_fact = self.env.parent is None and name in unit.outer and column.values.strip() in {"", "-"}
        return Column(slot, read, unit, name if is_fact and added in ([], [name]) else None)

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

    def _row(self, number: int, columns: Sequence[Column]) -> Row:
        rule, table = self.table.rules[number - 1], self.table
        cells: list[tuple[int, Code]] = []
        for index, (text, column) in enumerate(zip(rule.inputs, columns, strict=True)):
            where = f"#{number} {table.inputs[index].label or table.inputs[index].expression}"
            code = self._cell(text, column.slot, table.inputs[index].type, where, rule.line)
            if code is not None:
                cells.append((index, code))
                known = self._cells.get((column.slot, text))
                column.add(number, text, code, known[1] if known is not None and known[0] is code else None)
        outputs = [self._entry(index, text, number, rule.line) for index, text in enumerate(rule.outputs)]
        return Row(number, tuple(cells), self._combined(outputs))

    def _entry(self, index: int, text: str, number: int, line: int) -> Code:
        """An output entry; what can't be compiled is told of every rule where it stands."""
        made = self._outputs.get((index, text))
        if made is None:
            column = self.table.outputs[index]
            made = self._output(column, text, self.output_types[index], f"#{number} {column.name}", line)
            if text in self._expressions:
                self._outputs[index, text] = made
        return made

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
