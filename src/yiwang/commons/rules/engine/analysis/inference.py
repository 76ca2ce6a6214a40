"""The type of every expression as far as it can be told, and what can only be an error: reported when it is certain.

A type that is not known is `ANY`, with which nothing is wrong. Source: DMN 1.5, 10.3.2.9 and tables 44-55.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import product

from yiwang.commons.rules.engine import tree
from yiwang.commons.rules.engine.budget import DEFAULT_BUDGET
from yiwang.commons.rules.engine.compile_values import literal
from yiwang.commons.rules.engine.diagnostics import Place
from yiwang.commons.rules.engine.expression import start
from yiwang.commons.rules.engine.feeltypes import (
    ANY,
    BOOLEAN,
    BUILT_IN,
    DATE,
    DATE_TIME,
    NULL,
    NUMBER,
    RANGE,
    STRING,
    ContextOf,
    FeelType,
    FunctionOf,
    ListOf,
    Named,
    RangeOf,
    Simple,
    item_of,
    members,
    plain,
    subtype,
    type_name,
)
from yiwang.commons.rules.engine.functions import BUILTINS
from yiwang.commons.rules.engine.operators import arithmetic
from yiwang.commons.rules.engine.temporal import Date, DateTime, DaysDuration, MonthsDuration, Time
from yiwang.commons.rules.engine.values import KIND, Parameter, Value, kind

Report = Callable[[str, Place, dict[str, object]], None]
"""Takes a code of the analysis, the place in the text, and the parameters of the message."""

_SAMPLES: Mapping[type, Value] = {
    Decimal: Decimal(1),
    str: "",
    Date: Date(2026, 1, 1),
    Time: Time(0),
    DateTime: DateTime(Date(2026, 1, 1), 0),
    DaysDuration: DaysDuration(1),
    MonthsDuration: MonthsDuration(1),
}
_COMPARABLE = frozenset(
    {"number", "string", "date", "time", "date and time", "days and time duration", "years and months duration"}
)
_SIGNED = frozenset({"number", "days and time duration", "years and months duration"})


@lru_cache(maxsize=1)
def _results() -> Mapping[tuple[str, str, str], FeelType]:
    """What each arithmetic operation yields, by trying it once."""
    run = start(DEFAULT_BUDGET, None)
    results: dict[tuple[str, str, str], FeelType] = {}
    for (first, left), (second, right) in product(_SAMPLES.items(), repeat=2):
        for operator in ("+", "-", "*", "/", "**"):
            value = arithmetic(operator, left, right, run)
            if value is not None:
                results[operator, KIND[first], KIND[second]] = BUILT_IN.get(kind(value), ANY)
    return results


def known(declared: FeelType | None) -> str:
    """The name of a simple type, empty where a value of several kinds may stand."""
    base = plain(declared) if declared is not None else ANY
    match base:
        case Simple(name) if name not in {"Any", "Null"}:
            return name
        case ListOf():
            return "list"
        case ContextOf():
            return "context"
        case RangeOf():
            return "range"
        case FunctionOf():
            return "function"
    return ""


def fits(given: FeelType, wanted: FeelType | None) -> bool:
    """Whether a value of one type may stand where the other is wanted, implicit conversions included."""
    given = plain(given)
    wanted = plain(wanted) if wanted is not None else ANY
    if not known(given) or not known(wanted) or subtype(given, wanted):
        return True
    if isinstance(wanted, ListOf):
        return fits(item_of(given) or ANY, wanted.item)
    if isinstance(given, ListOf):
        return fits(given.item, wanted)
    if given is DATE and wanted is DATE_TIME:
        return True
    loose = (ContextOf, RangeOf, FunctionOf)
    if isinstance(given, ContextOf) and isinstance(wanted, ContextOf):
        mine = dict(given.entries)
        return not mine or all(n in mine and fits(mine[n], t) for n, t in wanted.entries)
    return known(given) == known(wanted) and isinstance(given, loose)


def joined(first: FeelType, second: FeelType) -> FeelType:
    """A type that both have, ANY where that is not plain."""
    if first is NULL or first == second:
        return second
    if second is NULL:
        return first
    return plain(first) if plain(first) == plain(second) else ANY


class Inference:
    """Types of one text; `names` are the outer ones, `types` the declared types of the model."""

    def __init__(
        self, names: Mapping[str, FeelType | None], types: Mapping[str, FeelType], report: Report | None = None
    ) -> None:
        self.names: dict[str, FeelType] = {name: declared or ANY for name, declared in names.items()}
        self.types = types
        self._report = report

    def within(self, names: Mapping[str, FeelType]) -> "Inference":
        """The same with further names."""
        return Inference({**self.names, **names}, self.types, self._report)

    def wrong(self, code: str, at: Place, **params: object) -> FeelType:
        if self._report is not None:
            self._report(f"analysis.{code}", at, params)
        return NULL

    def resolved(self, declared: FeelType | None) -> FeelType:
        if isinstance(declared, Named):
            return self.types.get(declared.name) or BUILT_IN.get(declared.name, ANY)
        return declared or ANY

    def infer(self, node: tree.Expression) -> FeelType:  # noqa: C901, PLR0911, PLR0912 - each kind
        match node:
            case tree.NumberLiteral():
                return NUMBER
            case tree.StringLiteral():
                return STRING
            case tree.BooleanLiteral():
                return BOOLEAN
            case tree.NullLiteral():
                return NULL
            case tree.AtLiteral():
                return BUILT_IN.get(kind(literal(node)), ANY)
            case tree.Name(name):
                return self.names.get(name, ANY)
            case tree.Path():
                return self._path(node)
            case tree.Filter():
                return self._filter(node)
            case tree.Call() | tree.NamedCall():
                return self._call(node)
            case tree.Negation(value):
                return self._negation(node, self.infer(value))
            case tree.Arithmetic():
                return self._arithmetic(node)
            case tree.Comparison():
                return self._comparison(node)
            case tree.Conjunction(parts) | tree.Disjunction(parts):
                for part in parts:
                    self._condition(part)
                return BOOLEAN
            case tree.Between(value, low, high):
                subject = self.infer(value)
                self._ordered(subject, self.infer(low), node.at)
                self._ordered(subject, self.infer(high), node.at)
                return BOOLEAN
            case tree.In(value, tests):
                subject = self.infer(value)
                for test in tests:
                    self.test(test, subject)
                return BOOLEAN
            case tree.InstanceOf(value):
                self.infer(value)
                return BOOLEAN
            case tree.If(condition, then, otherwise):
                self._condition(condition)
                return joined(self.infer(then), self.infer(otherwise))
            case tree.For(iterators, body):
                return ListOf(self._inside(iterators, {"partial": BUILT_IN["list"]}).infer(body))
            case tree.Quantified(_, iterators, condition):
                self._inside(iterators)._condition(condition)  # noqa: SLF001 - the same class
                return BOOLEAN
            case tree.FunctionDefinition(parameters, body):
                declared = {p.name: self.resolved(p.type) for p in parameters}
                return FunctionOf(tuple(declared.values()), self.within(declared).infer(body))
            case tree.ContextLiteral(entries):
                return self._context(entries)
            case tree.ListLiteral(items):
                return self._list(items)
            case tree.RangeLiteral(start, end):
                first, second = self.infer(start), self.infer(end)
                self._ordered(first, second, node.at)
                return RangeOf(first if known(first) else second)
            case tree.HalfRange(_, end):
                return RangeOf(self.infer(end))
        return ANY

    def test(self, test: tree.Test, subject: FeelType) -> None:
        """One test of a cell or of `in`, against the type of what it tests."""
        if isinstance(test, tree.ComparisonTest):
            end = self.infer(test.end)
            if test.operator in {"=", "!="}:
                self._equal(subject, end, test.at)
            else:
                self._ordered(subject, end, test.at)
            return
        inner = self.within({"?": subject})
        found = inner.infer(test.expression)
        if tree.mentions(test.expression, "?") or known(found) == "boolean":
            return
        base = plain(found)
        target = base.item if isinstance(base, RangeOf | ListOf) and known(subject) != known(found) else found
        self._equal(subject, item_of(target) if isinstance(plain(target), RangeOf) else target, test.at)

    def _path(self, node: tree.Path) -> FeelType:
        base = self.infer(node.base)
        inner = members(base)
        if inner is None:
            simple = known(base)
            if simple and simple not in {"list", "context", "function"}:
                return self.wrong("no_member", node.at, type=simple, name=node.member)
            return ANY
        found = inner.get(node.member)
        if found is None:
            return self.wrong("no_member", node.at, type=type_name(plain(base)), name=node.member)
        return ListOf(found) if known(base) == "list" else found

    def _filter(self, node: tree.Filter) -> FeelType:
        base = self.infer(node.base)
        item = item_of(base) if known(base) == "list" else base
        item = item or ANY
        inner = self.within({"item": item, **(members(item) or {})}) if members(item) else self._loose(item)
        predicate = inner.infer(node.predicate)
        if known(predicate) == "number":
            return item
        if known(predicate) not in {"", "boolean"}:
            self.wrong("not_boolean", node.predicate.at, value=known(predicate))
        return ListOf(item)

    def _loose(self, item: FeelType) -> "Inference":
        """Inside a filter over items that may have any entries: outer names may be hidden by them."""
        hidden = dict.fromkeys(self.names, ANY) if not known(item) or known(item) == "context" else {}
        return self.within({**hidden, "item": item})

    def _negation(self, node: tree.Negation, value: FeelType) -> FeelType:
        name = known(value)
        if name and name not in _SIGNED:
            return self.wrong("operand", node.at, operator="-", value=name)
        return value

    def _arithmetic(self, node: tree.Arithmetic) -> FeelType:
        left, right = self.infer(node.left), self.infer(node.right)
        first, second = known(left), known(right)
        if not first or not second:
            return ANY
        found = _results().get((node.operator, first, second))
        if found is None:
            if "list" in {first, second}:
                return ANY
            return self.wrong("operands", node.at, operator=node.operator, left=first, right=second)
        return found

    def _comparison(self, node: tree.Comparison) -> FeelType:
        left, right = self.infer(node.left), self.infer(node.right)
        if node.operator in {"=", "!="}:
            self._equal(left, right, node.at)
        else:
            self._ordered(left, right, node.at)
        return BOOLEAN

    def _equal(self, left: FeelType, right: FeelType | None, at: Place) -> None:
        first, second = known(left), known(right)
        if first and second and first != second and "list" not in {first, second}:
            self.wrong("compared", at, left=first, right=second)

    def _ordered(self, left: FeelType, right: FeelType, at: Place) -> None:
        first, second = known(left), known(right)
        if "list" in {first, second}:
            return
        unordered = next((name for name in (first, second) if name and name not in _COMPARABLE), "")
        if unordered or (first and second and first != second):
            self.wrong("compared", at, left=first or unordered, right=second or unordered)

    def _condition(self, node: tree.Expression) -> None:
        name = known(self.infer(node))
        if name and name not in {"boolean", "list"}:
            self.wrong("not_boolean", node.at, value=name)

    def _inside(self, iterators: Sequence[tree.Iterator], also: Mapping[str, FeelType] | None = None) -> "Inference":
        inner = self.within(also or {})
        for iterator in iterators:
            source = inner.infer(iterator.source)
            if iterator.end is not None:
                inner.infer(iterator.end)
            inner = inner.within({iterator.name: item_of(source) or ANY})
        return inner

    def _context(self, entries: Sequence[tuple[str, tree.Expression]]) -> FeelType:
        inner: Inference = self
        found: list[tuple[str, FeelType]] = []
        for name, value in entries:
            declared = inner.infer(value)
            found.append((name, declared))
            inner = inner.within({name: declared})
        return ContextOf(tuple(found))

    def _list(self, items: Sequence[tree.Expression]) -> FeelType:
        found: FeelType = NULL
        for item in items:
            found = joined(found, self.infer(item))
        return ListOf(ANY if found is NULL else found)

    def _call(self, node: tree.Call | tree.NamedCall) -> FeelType:
        arguments: Sequence[tuple[str, tree.Expression]]
        arguments = [("", argument) for argument in node.arguments] if isinstance(node, tree.Call) else node.arguments
        given = [(name, self.infer(argument)) for name, argument in arguments]
        function = node.function
        if isinstance(function, tree.Name) and function.name in BUILTINS and function.name not in self.names:
            return self._builtin(function.name, given, node.at)
        declared = plain(self.infer(function))
        if isinstance(declared, FunctionOf):
            return self._defined(declared, given, node)
        if known(declared):
            return self.wrong("not_a_function", node.at, value=known(declared))
        return ANY

    def _defined(
        self, declared: FunctionOf, given: Sequence[tuple[str, FeelType]], node: tree.Call | tree.NamedCall
    ) -> FeelType:
        name = node.function.name if isinstance(node.function, tree.Name) else ""
        if isinstance(node, tree.NamedCall):
            return declared.result
        if len(given) != len(declared.parameters):
            return self.wrong("arguments", node.at, name=name)
        for place, ((_, found), wanted) in enumerate(zip(given, declared.parameters, strict=True), 1):
            if not fits(found, wanted):
                return self.wrong("argument", node.at, name=name, parameter=place, value=known(found))
        return declared.result

    def _builtin(self, name: str, given: Sequence[tuple[str, FeelType]], at: Place) -> FeelType:
        overloads = BUILTINS[name].overloads
        names = [argument for argument, _ in given if argument]
        able = [o for o in overloads if (o.takes_names(names) if names else o.takes(len(given)))]
        if not able:
            return self.wrong("arguments", at, name=name)
        misfit: Parameter | None = None
        found: FeelType = ANY
        for overload in able:
            misfit, found = _misfit(overload.parameters, given, variadic=overload.variadic)
            if misfit is None:
                break
        if misfit is not None:
            return self.wrong("argument", at, name=name, parameter=misfit.name, value=known(found))
        results = [overload.result for overload in able]
        return results[0] if all(result == results[0] for result in results) else ANY


def _misfit(
    parameters: Sequence[Parameter], given: Sequence[tuple[str, FeelType]], *, variadic: bool
) -> tuple[Parameter | None, FeelType]:
    """The first parameter that can't take what it is given."""
    by_name = {p.name: p for p in parameters}
    for place, (name, found) in enumerate(given):
        parameter = by_name[name] if name else parameters[min(place, len(parameters) - 1)]
        rest = variadic and parameter.variadic
        if known(found) == "list" and rest:
            continue
        if not fits(found, parameter.type) and not (found is NULL and parameter.nullable):
            return parameter, found
    return None, ANY


__all__ = ["RANGE", "Inference", "Report", "fits", "joined", "known"]
