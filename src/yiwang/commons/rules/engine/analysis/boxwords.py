"""A box of parts in a reader's words, and as facts that lie in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from yiwang.commons.rules.engine import tree
from yiwang.commons.rules.engine.functions_conversion import as_text
from yiwang.commons.rules.engine.values import Value

from .boxes import Box, runs
from .domains import NULL, OPEN, OTHER, POINT, Domain, Part
from .grid import Column, Grid


@dataclass(frozen=True, slots=True)
class Said:
    """How a language says what a box holds."""

    anything: str
    other: str
    null: str
    every: str
    within: str
    also: str
    either: str


CHINESE = Said("任何情况", "为其他取值", "为空", "为任何值", "在 ", "，", "、")
ENGLISH = Said("any case", "any other value", "no value", "any value", "in ", ", ", " or ")


def box_text(grid: Grid, box: Box, said: Said = CHINESE) -> str:
    """What holds in the box, column by column; columns that are free are left out."""
    told = [
        f"{column.label} {parts_text(column.domain, parts, said)}"
        for column, parts in zip(grid.columns, box, strict=True)
        if column.domain.allowed & ~parts
    ]
    return said.also.join(told) or said.anything


def parts_text(domain: Domain, mask: int, said: Said = CHINESE) -> str:
    return said.either.join(_pieces(domain, mask, said))


def _pieces(domain: Domain, mask: int, said: Said) -> Iterator[str]:
    for first, behind in runs(mask):
        stretch: list[Part] = []
        for part in domain.parts[first:behind]:
            if _line(part) and stretch and type(stretch[-1].sample) is type(part.sample):
                stretch.append(part)
                continue
            if stretch:
                yield _stretch(stretch, said)
            stretch = [part] if _line(part) else []
            if not stretch:
                yield _single(part, said)
        if stretch:
            yield _stretch(stretch, said)


def _line(part: Part) -> bool:
    return part.shape in {POINT, OPEN} and not isinstance(part.sample, str | bool)


def _single(part: Part, said: Said) -> str:
    return {OTHER: said.other, NULL: said.null}.get(part.shape) or f"= {as_text(part.sample)}"


def _stretch(parts: list[Part], said: Said) -> str:
    first, last = parts[0], parts[-1]
    low = first.sample if first.shape == POINT else first.low
    high = last.sample if last.shape == POINT else last.high
    low_in, high_in = first.shape == POINT, last.shape == POINT
    if low is None and high is None:
        return said.every
    if low is None:
        return f"{'<=' if high_in else '<'} {as_text(high)}"
    if high is None:
        return f"{'>=' if low_in else '>'} {as_text(low)}"
    if len(parts) == 1 and low_in:
        return f"= {as_text(low)}"
    return f"{said.within}{'[' if low_in else '('}{as_text(low)}..{as_text(high)}{']' if high_in else ')'}"


def sample_of(domain: Domain, mask: int) -> Value:
    """A plain value of these parts: whole and positive where there is one."""
    samples = [part.sample for i, part in enumerate(domain.parts) if mask >> i & 1]
    plain = (v for v in samples if not isinstance(v, Decimal) or (v == v.to_integral_value() and v >= 0))
    return next(plain, samples[0] if samples else None)


def facts_in(grid: Grid, box: Box) -> dict[str, Value]:
    """Facts that lie in the box: names (entries of contexts inside) as the columns read them, labels where they compute."""
    facts: dict[str, Value] = {}
    for column, parts in zip(grid.columns, box, strict=True):
        _put(facts, column, sample_of(column.domain, parts))
    return facts


def _put(facts: dict[str, Value], column: Column, value: Value) -> None:
    match column.expression:
        case tree.Name(name):
            facts[name] = value
        case tree.Path(tree.Name(name), member) if isinstance(facts.setdefault(name, {}), dict):
            facts[name][member] = value
        case _:
            facts[column.label] = value
