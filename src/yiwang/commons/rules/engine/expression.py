"""A text made ready once and evaluated many times: the plain door to FEEL."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from yiwang.kernel import clock

from . import (  # noqa: F401 - each registers its part of the language
    compile_access,
    compile_control,
    compile_operators,
    compile_values,
    functions_conversion,
    functions_lists,
    functions_logic,
    functions_numbers,
    functions_ranges,
    functions_temporal,
    functions_text,
)
from .budget import DEFAULT_BUDGET, Budget, BudgetExceeded, Run
from .compile_tests import INPUT, compile_cell
from .compiler import Code, Environment, Frame, Unit, compile_node
from .diagnostics import Diagnostic, FeelSyntaxError
from .feeltypes import FeelType
from .functions import BUILTINS
from .names import Scope
from .parser import parse, parse_unary_tests
from .unknown import Unknown, missing_in
from .values import NotAFact, NumberError, Value, of_fact

Names = Mapping[str, FeelType | None] | Iterable[str]
BUILTIN_SCOPE = Scope(BUILTINS)


class Absent(Enum):
    """What an absent fact counts as: UNKNOWN (three-valued, reported) or NULL (the bare standard)."""

    UNKNOWN = "unknown"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Result:
    """`value` holds only where `known`; else the outcome depends on `missing_facts`, in the order they are needed."""

    value: Value
    missing_facts: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    steps: int = 0

    @property
    def known(self) -> bool:
        return not self.missing_facts


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression or cell. `names` are the facts it reads; `remarks` what was noticed when compiling."""

    text: str
    names: tuple[str, ...]
    remarks: tuple[Diagnostic, ...]
    _unit: Unit
    _code: Code
    _input: int | None = None

    def evaluate(
        self,
        facts: Mapping[str, object],
        *,
        input: object = None,  # noqa: A002 - the standard's word
        absent: Absent = Absent.UNKNOWN,
        budget: Budget = DEFAULT_BUDGET,
        now: datetime | None = None,
    ) -> Result:
        """Never raises for what FEEL calls an error: that is null and a diagnostic.

        `facts` may hold Python's own numbers, dates, mappings and sequences; `input` is the value that a cell tests.
        """
        run = start(budget, now)
        frame = self._unit.frame(run, fact_reader(facts, absent))
        slot = self._input
        if slot is None:
            return finished(run, guarded(run, self._code, frame))

        def tested(f: Frame) -> Value:
            f[slot] = of_fact(input, INPUT, keep_missing=absent is Absent.UNKNOWN)
            return self._code(f)

        return finished(run, guarded(run, tested, frame))


def start(budget: Budget, now: datetime | None) -> Run:
    return Run(budget, clock.now if now is None else lambda: now)


def finished(run: Run, value: Value) -> Result:
    missing = missing_in(value)
    return Result(None if missing else value, missing, tuple(run.diagnostics), run.steps)


def guarded(run: Run, code: Code, frame: Frame) -> Value:
    """Run compiled code; what breaks the budget ends it with null and a diagnostic."""
    try:
        value = code(frame)
        run.weigh(value)
    except BudgetExceeded as exceeded:
        return run.fail(exceeded.code, limit=exceeded.limit)
    except RecursionError:
        return run.fail("rules.too_deep")
    except NumberError:
        return run.fail("rules.out_of_range")
    except NotAFact as error:
        return run.fail("rules.not_a_fact", name=error.path, kind=error.kind)
    return value


def fact_reader(facts: Mapping[str, object], absent: Absent) -> Callable[[str], Value]:
    """Reads facts by name, each converted once."""
    read: dict[str, Any] = {}
    keep = absent is Absent.UNKNOWN

    def resolve(name: str) -> Value:
        if name not in read:
            if name in facts:
                read[name] = of_fact(facts[name], name, keep_missing=keep)
            else:
                read[name] = Unknown((name,), fact=True) if keep else None
        return read[name]

    return resolve


def compile_expression(
    text: str,
    names: Names | None = None,
    types: Mapping[str, FeelType] | None = None,
    functions: Iterable[str] = (),
) -> Expression:
    """Make an expression ready. `names` are the facts that exist, with types where known; None lets any name be a fact.

    `types` are the declared types, `functions` names of functions that the facts will hold. Raises `FeelSyntaxError` with line and column. A name that is not among `names` is
    remarked and null, as the standard has it.
    """
    declared = None if names is None else typed(names)
    tree_ = parse(text, BUILTIN_SCOPE.child(functions).child(declared or {}), types or ())
    return _made(text, declared, types, lambda env: compile_node(tree_, env))


def compile_unary_tests(
    text: str,
    names: Names | None = None,
    types: Mapping[str, FeelType] | None = None,
    input_type: FeelType | None = None,
) -> Expression:
    """Make a decision table cell ready (`< 5`, `"a", "b"`, `not(1)`, `-`); `evaluate(..., input=)` tests a value."""
    declared = None if names is None else typed(names)
    tree_ = parse_unary_tests(text, BUILTIN_SCOPE.child(declared or {}), types or (), input_type)
    unit = Unit(declared, types or {})
    slot = unit.slot()
    code = compiled(lambda: compile_cell(tree_, slot, Environment(unit)))
    return Expression(text, tuple(unit.outer), tuple(unit.remarks), unit, code or (lambda _: True), slot)


def typed(names: Names) -> Mapping[str, FeelType | None]:
    return names if isinstance(names, Mapping) else dict.fromkeys(names)


def _made(
    text: str,
    declared: Mapping[str, FeelType | None] | None,
    types: Mapping[str, FeelType] | None,
    compile_: Callable[[Environment], Code],
) -> Expression:
    unit = Unit(declared, types or {})
    code = compiled(lambda: compile_(Environment(unit)))
    assert code is not None
    return Expression(text, tuple(unit.outer), tuple(unit.remarks), unit, code)


def compiled(compile_: Callable[[], Code | None]) -> Code | None:
    try:
        return compile_()
    except RecursionError:
        raise FeelSyntaxError("rules.too_deep") from None
