"""Functions that call themselves, directly or through others: whether they can be seen to end.

Functions are business knowledge models, decision services (with the decisions inside them) and those that are handed to
themselves as an argument. A call is seen to end if it stands behind a condition and hands on at least one parameter made smaller (`n - 1`,
`n / 2`, `sublist(l, 2)`, `remove(l, 1)`, `substring(s, 2)`) or, towards a limit, greater (`n + 1`). A step that leads away from where its conditions stop it (`n + 1` until
`n = 0`) is not seen to end. A cycle of calls of which none stands behind a condition surely never does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yiwang.commons.rules.engine import tree

_SHORTER = frozenset({"sublist", "remove", "substring", "substring after", "substring before"})


_Guards = tuple[tuple[tree.Node, bool], ...]
_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Function:
    """A named function: its parameters and the trees of its body, each with the line where its text begins.

    `inner` are bodies that are evaluated only where another asks for them.
    """

    name: str
    parameters: tuple[str, ...]
    bodies: tuple[tuple[int, tree.Node], ...]
    inner: tuple[tuple[int, tree.Node], ...] = ()


@dataclass(frozen=True, slots=True)
class Recursion:
    """A call by which a function may never end; `certain` where nothing can stop it."""

    function: str
    certain: bool
    line: int
    at: tree.Node


@dataclass(frozen=True, slots=True)
class _Call:
    caller: str
    callee: str
    node: tree.Call | tree.NamedCall
    guarded: bool
    line: int
    guards: _Guards


def endless(functions: Mapping[str, Function]) -> Iterator[Recursion]:
    """The calls on cycles of the call graph that can't be seen to end."""
    calls = [call for function in functions.values() for call in _calls(function, functions)]
    reach = _reach(functions, calls)
    surely = _reach(functions, [call for call in calls if not call.guarded])
    for call in calls:
        if call.caller not in reach[call.callee]:
            continue
        caller, callee = functions[call.caller], functions[call.callee]
        arguments = _arguments(call.node, callee.parameters)
        same = call.caller == call.callee and all(a == tree.Name(p) for p, a in arguments.items()) and bool(arguments)
        certain = not call.guarded and call.caller in surely[call.callee]
        if certain or same:
            yield Recursion(call.caller, True, call.line, call.node)
        elif not any(_ends(argument, caller.parameters, call.guards) for argument in arguments.values()):
            yield Recursion(call.caller, False, call.line, call.node)


def _reach(functions: Mapping[str, Function], calls: Sequence[_Call]) -> dict[str, set[str]]:
    """Which functions each one may end up calling, itself where it is on a cycle."""
    reach: dict[str, set[str]] = {name: set() for name in functions}
    for name, found in reach.items():
        waiting = [name]
        while waiting:
            here = waiting.pop()
            for call in calls:
                if call.caller == here and call.callee not in found:
                    found.add(call.callee)
                    waiting.append(call.callee)
    return {name: found | {name} for name, found in reach.items()}


def _calls(function: Function, functions: Mapping[str, Function]) -> Iterator[_Call]:
    bodies = [(line, body, False) for line, body in function.bodies]
    for line, root, asked in [*bodies, *((line, body, True) for line, body in function.inner)]:
        for node, guarded, guards in _visited(root, guarded=asked):
            if isinstance(node, tree.Call | tree.NamedCall) and isinstance(node.function, tree.Name):
                name = node.function.name
                if name in functions and name not in function.parameters:
                    yield _Call(function.name, name, node, guarded, line, guards)


def handed_on(name: str, trees: Iterable[tuple[int, tree.Node]], parameters: Sequence[str] = ()) -> Iterator[Recursion]:
    """Calls of a parameter that is given itself (`f(f, n)`) by which nothing grows less: whether they end can't be seen.

    `trees` are an element's texts with their lines; `parameters` those of the element itself, where it is a function.
    """
    for line, root in trees:
        yield from _handed_on(name, line, root, parameters)
        for node in tree.walk(root):
            if isinstance(node, tree.FunctionDefinition):
                inner = tuple(parameter.name for parameter in node.parameters)
                yield from _handed_on(name, line, node.body, inner)


def _handed_on(name: str, line: int, body: tree.Node | None, parameters: Sequence[str]) -> Iterator[Recursion]:
    for node in tree.walk(body) if body is not None and parameters else ():
        if not isinstance(node, tree.Call) or not isinstance(node.function, tree.Name):
            continue
        itself = node.function.name in parameters and node.function in node.arguments
        if itself and not any(_changes(argument, parameters) for argument in node.arguments):
            yield Recursion(name, False, line, node)


def _visited(node: object, *, guarded: bool, guards: _Guards = ()) -> Iterator[tuple[tree.Node, bool, _Guards]]:
    """Every node, whether something may keep it from being evaluated, and the conditions of `if` that lead to it."""
    if isinstance(node, tuple):
        for part in node:
            yield from _visited(part, guarded=guarded, guards=guards)
        return
    if not isinstance(node, tree.Node):
        return
    yield node, guarded, guards
    match node:
        case tree.If(condition, then, otherwise):
            yield from _visited(condition, guarded=guarded, guards=guards)
            yield from _visited(then, guarded=True, guards=(*guards, (condition, True)))
            yield from _visited(otherwise, guarded=True, guards=(*guards, (condition, False)))
        case tree.Conjunction(parts) | tree.Disjunction(parts):
            yield from _visited(parts[0], guarded=guarded, guards=guards)
            yield from _visited(parts[1:], guarded=True, guards=guards)
        case tree.For(iterators, body) | tree.Quantified(_, iterators, body):
            yield from _visited(iterators, guarded=guarded, guards=guards)
            yield from _visited(body, guarded=True, guards=guards)
        case tree.Filter(base, predicate):
            yield from _visited(base, guarded=guarded, guards=guards)
            yield from _visited(predicate, guarded=True, guards=guards)
        case tree.FunctionDefinition(_, body):
            yield from _visited(body, guarded=True, guards=guards)
        case _:
            for name in type(node).fields:
                yield from _visited(getattr(node, name), guarded=guarded, guards=guards)


def _arguments(node: tree.Call | tree.NamedCall, parameters: Sequence[str]) -> dict[str, tree.Expression]:
    if isinstance(node, tree.NamedCall):
        return dict(node.arguments)
    return dict(zip(parameters, node.arguments, strict=False))


def _ends(node: tree.Expression, parameters: Sequence[str], guards: _Guards) -> bool:
    """Whether the argument moves one of the parameters, and not away from all that stops it."""
    if not _changes(node, parameters):
        return False
    match node:
        case tree.Arithmetic("-" | "+", tree.Name(name), _) | tree.Arithmetic("+", _, tree.Name(name)):
            stops = [stop for condition, holds in guards for stop in _stops(condition, name, holds=holds)]
            return not stops or not all(_is_away(stop, grows=node.operator == "+") for stop in stops)
    return True


def _stops(condition: tree.Node, name: str, *, holds: bool) -> Iterator[tuple[str, tree.Expression]]:
    """(operator, limit) of each comparison of the parameter by which the call is not reached; `holds` where the call is."""
    for node in tree.walk(condition):
        if not isinstance(node, tree.Comparison):
            continue
        operator, limit = node.operator, node.right
        if node.right == tree.Name(name):
            operator, limit = _MIRRORED.get(node.operator, node.operator), node.left
        elif node.left != tree.Name(name):
            continue
        yield (_OPPOSITE.get(operator, operator) if holds else operator), limit


def _is_away(stop: tuple[str, tree.Expression], *, grows: bool) -> bool:
    """Where a number is counted upwards it is taken not to begin below zero."""
    operator, limit = stop
    if operator == "=":
        return grows and isinstance(limit, tree.NumberLiteral) and limit.value <= 0
    return operator in (("<", "<=") if grows else (">", ">="))


def _changes(node: tree.Expression, parameters: Sequence[str]) -> bool:
    """Whether the argument is one of the caller's parameters, surely moved in one direction."""
    match node:
        case tree.Arithmetic("-" | "+" | "/", tree.Name(name), tree.NumberLiteral(step)) if name in parameters:
            return step > (1 if node.operator == "/" else 0)
        case tree.Arithmetic("+", tree.NumberLiteral(step), tree.Name(name)) if name in parameters:
            return step > 0
        case tree.Call(tree.Name("floor" | "ceiling" | "round down"), (inner, *_)):
            return _changes(inner, parameters)
        case tree.Call(tree.Name(function), (tree.Name(name), *rest)) if function in _SHORTER and name in parameters:
            return function != "sublist" or not rest or rest[0] != tree.NumberLiteral(Decimal(1))
    return False
