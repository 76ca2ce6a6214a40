"""The registry of built-in functions, and how any function is called: arguments bound, converted, checked.

A parameter is written `name: type`; `name?` may be left out or null, `type?` takes null, `*name` takes the rest.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from .budget import Run
from .diagnostics import NOWHERE, Fault, Place
from .feeltypes import ANY, BUILT_IN, FeelType, coerce
from .unknown import OPEN, unknown
from .values import Function, NumberError, Parameter, Value, kind

Implementation = Callable[..., Value]


@dataclass(frozen=True, slots=True, eq=False)
class Overload:
    """One parameter list of a built-in function; `implementation` takes the run, then the arguments in this order."""

    parameters: tuple[Parameter, ...]
    implementation: Implementation
    result: FeelType = ANY

    @property
    def variadic(self) -> bool:
        return bool(self.parameters) and self.parameters[-1].variadic

    @property
    def required(self) -> int:
        return sum(not p.optional for p in self.parameters)

    def takes(self, count: int) -> bool:
        return self.required <= count and (self.variadic or count <= len(self.parameters))

    def takes_names(self, names: Sequence[str]) -> bool:
        given = set(names)
        known = {p.name for p in self.parameters}
        return given <= known and all(p.optional or p.name in given for p in self.parameters)


BUILTINS: dict[str, Function] = {}
_PARAMETER = re.compile(r"(\*?)([^:?]+)(\??)(?:: ?([^?]+)(\??))?")


def _parameter(spec: str) -> Parameter:
    match = _PARAMETER.fullmatch(spec.strip())
    assert match is not None, spec
    star, name, optional, declared, nullable = match.groups()
    found: FeelType | None = BUILT_IN[declared or "Any"]
    accepts_null = bool(optional or nullable or found is ANY)
    return Parameter(name, found, optional=bool(optional), variadic=bool(star), nullable=accepts_null)


def builtin(
    name: str, signature: str, result: str = "Any", *, among: dict[str, Function] = BUILTINS
) -> Callable[[Implementation], Implementation]:
    """Register an implementation under a name and one parameter list; further ones are further overloads.

    `among`: the standard's functions, or those that a host gives to its own expressions.
    """
    parameters = tuple(_parameter(part) for part in signature.split(",")) if signature else ()

    def register(implementation: Implementation) -> Implementation:
        overload = Overload(parameters, implementation, BUILT_IN[result])
        known = among.get(name)
        if known is None:
            among[name] = Function(name, parameters, implementation, overloads=(overload,))
        else:
            among[name] = replace(known, overloads=(*known.overloads, overload))
        return implementation

    return register


def _fit(value: Value, parameter: Parameter, name: str) -> Value:
    """The argument as the parameter's type."""
    try:
        value = coerce(value, parameter.type or ANY)
        if value is not None or parameter.nullable:
            return value
    except Fault:
        pass
    raise Fault("rules.argument_type", name=name, parameter=parameter.name, value=kind(value))


def call_overloads(run: Run, name: str, overloads: Sequence[Overload], values: Sequence[Value], at: Place) -> Value:
    """Call the first of the overloads whose parameter types take the values."""
    if not OPEN.isdisjoint(map(type, values)):
        return unknown(*values)
    run.weigh(*values)
    try:
        for overload in overloads[:-1]:
            try:
                arguments = _fitted(overload, values, name)
            except Fault:
                continue
            return overload.implementation(run, *arguments)
        return overloads[-1].implementation(run, *_fitted(overloads[-1], values, name))
    except Fault as fault:
        params = {"name": name, **fault.params} if fault.code == "rules.argument_value" else fault.params
        return run.fail(fault.code, at, **params)
    except NumberError:
        return run.fail("rules.out_of_range", at)


def _fitted(overload: Overload, values: Sequence[Value], name: str) -> list[Value]:
    parameters = overload.parameters
    if not overload.variadic:
        return [_fit(v, p, name) for v, p in zip(values, parameters, strict=False)]
    fixed = len(parameters) - 1
    rest = [_fit(v, parameters[-1], name) for v in values[fixed:]]
    return [*map(_fit, values[:fixed], parameters, [name] * fixed), rest]


def call(run: Run, function: Value, arguments: Sequence[Value], at: Place = NOWHERE) -> Value:
    """Call a function value with positional arguments; null where it is none or they don't fit."""
    if not isinstance(function, Function):
        if type(function) in OPEN:
            return unknown(function)
        return run.fail("rules.not_a_function", at, name=kind(function))
    if function.overloads:
        overloads = [o for o in function.overloads if o.takes(len(arguments))]
        if not overloads:
            return run.fail("rules.arguments", at, name=function.name)
        return call_overloads(run, function.name, overloads, arguments, at)
    if len(arguments) != len(function.parameters):
        return run.fail("rules.arguments", at, name=function.name)
    return _enter(run, function, arguments, at)


def call_named(run: Run, function: Value, arguments: Mapping[str, Value], at: Place = NOWHERE) -> Value:
    """Call a function value with named arguments; those that are left out are null (10.3.2.13.5)."""
    if not isinstance(function, Function):
        return call(run, function, (), at)
    if function.overloads:
        overload = next((o for o in function.overloads if o.takes_names(tuple(arguments))), None)
        if overload is None:
            return run.fail("rules.arguments", at, name=function.name)
        return call_overloads(run, function.name, [overload], _in_order(overload, arguments), at)
    names = [p.name for p in function.parameters]
    if not set(arguments) <= set(names):
        return run.fail("rules.arguments", at, name=function.name)
    return _enter(run, function, [arguments.get(name) for name in names], at)


def _in_order(overload: Overload, arguments: Mapping[str, Value]) -> list[Value]:
    """Arguments in the order of the parameters; a list under the name of a variadic parameter is that list."""
    values = [arguments.get(p.name) for p in overload.parameters]
    if overload.variadic and isinstance(values[-1], list):
        return [*values[:-1], values[-1]]
    return values


def _enter(run: Run, function: Function, arguments: Sequence[Value], at: Place) -> Value:
    """Run the body of a defined function under the recursion limit, parameters and result converted."""
    run.enter()
    try:
        pairs = zip(function.parameters, arguments, strict=True)
        if any(p.type is not None for p in function.parameters):
            run.weigh(*arguments)
        values = [v if p.type is None else coerce(v, p.type) for p, v in pairs]
        result = function.call(run, values)
        if function.result is None:
            return result
        run.weigh(result)
        return coerce(result, function.result)
    except Fault as fault:
        return run.fail(fault.code, at, **fault.params)
    finally:
        run.leave()
