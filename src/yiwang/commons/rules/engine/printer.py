"""Tree back to FEEL text, with brackets only where they are needed; parsing the text gives the same tree."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from . import tree
from .feeltypes import type_name
from .functions_conversion import key_text, plain_number, quoted
from .names import KEYWORDS, WORD
from .parser import ADD, AND, COMPARE, INSTANCE, MULTIPLY, NEGATE, OR, POSTFIX, POWER

ATOM = POSTFIX + 1
MAX_ZEROS = 40
_ARITHMETIC = {"+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY, "**": POWER}


def unparse(node: tree.Expression) -> str:
    """The text of an expression."""
    return _print(node)[0]


def unparse_tests(node: tree.UnaryTests) -> str:
    """The text of a decision table cell."""
    if not node.tests:
        return "-"
    tests = ", ".join(map(_test, node.tests))
    return f"not({tests})" if node.negated else tests


def _name(name: str) -> str:
    """A name as it is where words make it up, else between backticks."""
    plain = all(WORD.fullmatch(word) for word in name.split(" ")) and not KEYWORDS & set(name.split(" "))
    return name if plain or "`" in name else f"`{name}`"


def _print(node: tree.Expression) -> tuple[str, int]:
    """Text and binding strength."""
    return _PRINTERS[type(node)](node)


def _at(node: tree.Expression, level: int) -> str:
    """The text, in brackets where it binds weaker than `level`."""
    text, strength = _print(node)
    return text if strength >= level else f"({text})"


def _infix(mark: str, level: int, left: tree.Expression, right: tree.Expression) -> tuple[str, int]:
    return f"{_at(left, level)} {mark} {_at(right, level + 1)}", level


def _joined(mark: str, level: int, parts: tuple[tree.Expression, ...], kind: type) -> tuple[str, int]:
    first, *rest = parts
    head = f"({_print(first)[0]})" if isinstance(first, kind) else _at(first, level)
    return f" {mark} ".join([head, *(_at(part, level + 1) for part in rest)]), level


def _test(test: tree.Test) -> str:
    if isinstance(test, tree.ComparisonTest):
        return f"{test.operator} {_at(test.end, ADD)}"
    return _print(test.expression)[0]


def _in(node: tree.In) -> tuple[str, int]:
    return f"{_at(node.value, COMPARE)} in ({', '.join(map(_test, node.tests))})", COMPARE


def _range(node: tree.RangeLiteral) -> tuple[str, int]:
    opener, closer = "[" if node.start_included else "(", "]" if node.end_included else ")"
    return f"{opener}{_print(node.start)[0]}..{_at(node.end, ADD)}{closer}", ATOM


def _iterators(iterators: tuple[tree.Iterator, ...]) -> str:
    parts = []
    for iterator in iterators:
        end = "" if iterator.end is None else f"..{_print(iterator.end)[0]}"
        parts.append(f"{_name(iterator.name)} in {_print(iterator.source)[0]}{end}")
    return ", ".join(parts)


def _function(node: tree.FunctionDefinition) -> tuple[str, int]:
    parameters = (_name(p.name) if p.type is None else f"{_name(p.name)}: {type_name(p.type)}" for p in node.parameters)
    external = "external " if node.external else ""
    return f"function({', '.join(parameters)}) {external}{_print(node.body)[0]}", 0


def _quantified(node: tree.Quantified) -> tuple[str, int]:
    word = "every" if node.every else "some"
    return f"{word} {_iterators(node.iterators)} satisfies {_print(node.condition)[0]}", 0


def _context(node: tree.ContextLiteral) -> tuple[str, int]:
    entries = (f"{key_text(name)}: {_print(value)[0]}" for name, value in node.entries)
    return f"{{{', '.join(entries)}}}", ATOM


def _named_call(node: tree.NamedCall) -> tuple[str, int]:
    arguments = (f"{_name(name)}: {_print(value)[0]}" for name, value in node.arguments)
    return f"{_at(node.function, POSTFIX)}({', '.join(arguments)})", POSTFIX


def _list(parts: tuple[tree.Expression, ...]) -> str:
    return ", ".join(_print(part)[0] for part in parts)


def _number(value: Decimal) -> str:
    """Written out, but for numbers that would fill lines with zeros."""
    return plain_number(value) if -MAX_ZEROS < value.adjusted() < MAX_ZEROS else str(value)


_PRINTERS: Mapping[type, Callable[[Any], tuple[str, int]]] = {
    tree.NumberLiteral: lambda n: (_number(n.value), ATOM),
    tree.StringLiteral: lambda n: (quoted(n.value), ATOM),
    tree.BooleanLiteral: lambda n: ("true" if n.value else "false", ATOM),
    tree.NullLiteral: lambda _: ("null", ATOM),
    tree.AtLiteral: lambda n: (f"@{quoted(n.text)}", ATOM),
    tree.Name: lambda n: (_name(n.name), ATOM),
    tree.Path: lambda n: (f"{_at(n.base, POSTFIX)}.{_name(n.member)}", POSTFIX),
    tree.Filter: lambda n: (f"{_at(n.base, POSTFIX)}[{_print(n.predicate)[0]}]", POSTFIX),
    tree.Call: lambda n: (f"{_at(n.function, POSTFIX)}({_list(n.arguments)})", POSTFIX),
    tree.NamedCall: _named_call,
    tree.Negation: lambda n: (f"-{_at(n.value, NEGATE)}", NEGATE),
    tree.Arithmetic: lambda n: _infix(n.operator, _ARITHMETIC[n.operator], n.left, n.right),
    tree.Comparison: lambda n: _infix(n.operator, COMPARE, n.left, n.right),
    tree.Conjunction: lambda n: _joined("and", AND, n.parts, tree.Conjunction),
    tree.Disjunction: lambda n: _joined("or", OR, n.parts, tree.Disjunction),
    tree.Between: lambda n: (f"{_at(n.value, COMPARE)} between {_at(n.low, ADD)} and {_at(n.high, ADD)}", COMPARE),
    tree.In: _in,
    tree.InstanceOf: lambda n: (f"{_at(n.value, INSTANCE)} instance of {type_name(n.type)}", INSTANCE),
    tree.If: lambda n: (
        f"if {_print(n.condition)[0]} then {_print(n.then)[0]} else {_print(n.otherwise)[0]}",
        0,
    ),
    tree.For: lambda n: (f"for {_iterators(n.iterators)} return {_print(n.body)[0]}", 0),
    tree.Quantified: _quantified,
    tree.FunctionDefinition: _function,
    tree.ContextLiteral: _context,
    tree.ListLiteral: lambda n: (f"[{_list(n.items)}]", ATOM),
    tree.RangeLiteral: _range,
    tree.HalfRange: lambda n: (f"({n.operator} {_at(n.end, ADD)})", ATOM),
}
