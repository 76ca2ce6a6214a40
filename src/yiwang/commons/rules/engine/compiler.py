"""Turns a tree into closures once, so that evaluating walks no tree.

A closure takes a frame, a list: slot 0 the `Run`, slot 1 the resolver of outer names, then one slot per name of the unit.
A function value copies the frame in which it was made; nothing in FEEL changes a value, so a copy is a closure.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, TypeVar

from . import tree
from .diagnostics import Diagnostic, Place
from .feeltypes import BUILT_IN, ContextOf, FeelType, FunctionOf, ListOf, Named, RangeOf
from .functions import BUILTINS
from .unknown import OPEN, FactContext, unknown
from .values import Value

Frame = list[Any]
Code = Callable[[Frame], Value]
Resolve = Callable[[str], Value]
RUN, RESOLVE, FIRST_SLOT = 0, 1, 2


class _Unset:
    __slots__ = ()


UNSET = _Unset()


@dataclass(slots=True)
class Unit:
    """What is compiled together: its slots, the outer names it reads, and what could not be resolved.

    `declared` are the outer names that exist; None means that any name may be a fact.
    """

    declared: Collection[str] | None = None
    types: Mapping[str, FeelType] = field(default_factory=dict)
    size: int = FIRST_SLOT
    outer: dict[str, int] = field(default_factory=dict)
    remarks: list[Diagnostic] = field(default_factory=list)

    def slot(self) -> int:
        self.size += 1
        return self.size - 1

    def frame(self, run: object, resolve: Resolve) -> Frame:
        frame: Frame = [UNSET] * self.size
        frame[RUN], frame[RESOLVE] = run, resolve
        return frame

    def remark(self, code: str, at: Place, **params: object) -> None:
        self.remarks.append(Diagnostic(code, params, at))

    def type(self, declared: FeelType, at: Place) -> FeelType:
        """The type with names of the model replaced by what they stand for."""
        match declared:
            case Named(name):
                found = self.types.get(name) or BUILT_IN.get(name)
                if found is None:
                    self.remark("rules.unknown_type", at, type=name)
                return found or declared
            case ListOf(item):
                return ListOf(self.type(item, at))
            case RangeOf(item):
                return RangeOf(self.type(item, at))
            case ContextOf(entries):
                return ContextOf(tuple((n, self.type(t, at)) for n, t in entries))
            case FunctionOf(parameters, result):
                return FunctionOf(tuple(self.type(p, at) for p in parameters), self.type(result, at))
        return declared


@dataclass(frozen=True, slots=True)
class Environment:
    """Which slot a name has here; `item` is the slot of a filter's item, whose entries are names too."""

    unit: Unit
    slots: Mapping[str, int] = field(default_factory=dict)
    item: int | None = None
    parent: "Environment | None" = None

    def child(self, slots: Mapping[str, int]) -> "Environment":
        return Environment(self.unit, slots, None, self)

    def inside_filter(self, item: int) -> "Environment":
        return Environment(self.unit, {"item": item}, item, self)

    def builtin(self, name: str) -> bool:
        """Whether the name means a built-in function here."""
        here: Environment | None = self
        while here is not None:
            if name in here.slots:
                return False
            here = here.parent
        return name in BUILTINS and (self.unit.declared is None or name not in self.unit.declared)


F = TypeVar("F", bound=Callable[[Any, Environment], Code])
_COMPILERS: dict[type, Callable[[Any, Environment], Code]] = {}


def compiles(kind: type) -> Callable[[F], F]:
    def register(compiler: F) -> F:
        _COMPILERS[kind] = compiler
        return compiler

    return register


def compile_node(node: tree.Expression, env: Environment) -> Code:
    return _COMPILERS[type(node)](node, env)


def outer_name(name: str, unit: Unit) -> Code:
    """Reads a name from outside the unit, asking the resolver once for each frame."""
    slot = unit.outer.get(name)
    if slot is None:
        slot = unit.outer[name] = unit.slot()

    def read(f: Frame) -> Value:
        value = f[slot]
        if value is UNSET:
            value = f[slot] = f[RESOLVE](name)
        return value

    return read


def _root_name(node: tree.Name, env: Environment) -> Code:
    name, unit = node.name, env.unit
    if unit.declared is not None and name in unit.declared:
        return outer_name(name, unit)
    if name in BUILTINS:
        function = BUILTINS[name]
        return lambda _: function
    if unit.declared is None:
        return outer_name(name, unit)
    at = node.at
    unit.remark("rules.unknown_name", at, name=name)
    return lambda f: f[RUN].fail("rules.unknown_name", at, name=name)


def _item_name(node: tree.Name, item: int, outside: Code | None) -> Code:
    """A name inside a filter: an entry of the item before what the name means outside."""
    name, at = node.name, node.at

    def read(f: Frame) -> Value:
        value = f[item]
        if isinstance(value, dict):
            if name in value:
                return value[name]
            if outside is None and type(value) is FactContext:
                return value[name]
        if type(value) in OPEN:
            return unknown(value)
        return f[RUN].fail("rules.no_such_entry", at, name=name) if outside is None else outside(f)

    return read


def _visible(name: str, env: Environment | None) -> bool:
    """Whether the name surely means something from here outwards."""
    while env is not None:
        if name in env.slots or (env.parent is None and (name in BUILTINS or name in (env.unit.declared or ()))):
            return True
        env = env.parent
    return False


@compiles(tree.Name)
def _name(node: tree.Name, env: Environment) -> Code:
    if node.name in env.slots:
        slot = itemgetter(env.slots[node.name])
        return slot if env.item is None else _item_name(node, env.item, slot)
    if env.parent is None:
        return _root_name(node, env)
    if env.item is None:
        return _name(node, env.parent)
    if _visible(node.name, env.parent):
        return _item_name(node, env.item, _name(node, env.parent))
    if env.unit.declared is not None:
        return _item_name(node, env.item, None)
    fact = _name(node, env.parent)
    entry = _item_name(node, env.item, None)
    item = env.item
    return lambda f: entry(f) if isinstance(f[item], dict) else fact(f)
