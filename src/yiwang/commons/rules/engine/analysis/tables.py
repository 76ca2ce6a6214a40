"""Gaps, overlaps, rules that never count, and what each hit policy asks of a table (DMN 1.5, 8.2.10)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from yiwang.commons.rules.engine.diagnostics import FeelSyntaxError
from yiwang.commons.rules.engine.feeltypes import FeelType
from yiwang.commons.rules.engine.names import Scope
from yiwang.commons.rules.engine.operators import equal
from yiwang.commons.rules.engine.parser import parse
from yiwang.commons.rules.engine.tables import HitPolicy
from yiwang.commons.rules.engine.values import Value

from .boxes import Box, Deadline, Points, TimeUp, gaps, meet, runs, touching, uncovered
from .boxwords import ENGLISH, box_text, facts_in
from .constants import Inexact, value_of
from .domains import OPEN, Part
from .findings import OPAQUE, OPAQUE_IN_ENGLISH, TOO_LONG, TOO_LONG_IN_ENGLISH, Finding, Severity
from .grid import ANYTHING, Grid
from .places import Spot, TablePlaces
from .witnesses import Witnesses

MOST = 20
SHARE = 0.1
"""Of the time that is left, what one rule may take: one that is hard must not keep the others from being looked at."""
_ONE = frozenset({HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST, HitPolicy.PRIORITY})
_RANKED = frozenset({HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER})


@dataclass(frozen=True, slots=True)
class TableCheck:
    """One table with what its findings need; `independent`: its columns can take any combination of values."""

    grid: Grid
    places: TablePlaces
    where: str
    scope: Scope
    types: Sequence[str]
    independent: bool
    deadline: Deadline
    seconds: float
    witnesses: Witnesses | None = None
    constants: dict[tuple[str, ...], list[Value] | None] = field(default_factory=dict)

    def findings(self) -> Iterator[Finding]:
        table = self.grid.table
        if not table.rules:
            yield self._finding("no_rules", Severity.WARNING, self.places.spot)
            return
        yield from self._unused_columns()
        never = set(self._never_rules())
        for index in never:
            yield self._never(index)
        yield from self._in_time(self._policy(never))
        if table.hit_policy in _ONE and not any(o.default.strip() for o in table.outputs):
            yield from self._in_time(self._some(self._gaps(), "gap"))
            yield from self._null_gap()
        if self.grid.opaque:
            numbers = ", ".join(map(str, self.grid.opaque[:MOST]))
            yield self._undecided(_both(OPAQUE, OPAQUE_IN_ENGLISH, rules=numbers), self.grid.opaque[:MOST])

    def _in_time(self, findings: Iterator[Finding]) -> Iterator[Finding]:
        """What is found until the time is up, and that it was."""
        try:
            yield from findings
        except TimeUp:
            yield self._undecided(_both(TOO_LONG, TOO_LONG_IN_ENGLISH, seconds=f"{self.seconds:g}"), ())

    def _policy(self, never: set[int]) -> Iterator[Finding]:
        table = self.grid.table
        match table.hit_policy:
            case HitPolicy.UNIQUE:
                yield from self._some(self._overlaps(), "overlap")
            case HitPolicy.ANY:
                yield from self._some(self._conflicts(), "conflict")
            case HitPolicy.FIRST:
                yield from self._hidden("masked", never, range)
        if table.hit_policy in _RANKED and not any(output.values.strip() for output in table.outputs):
            names = "、".join(output.name or self.where for output in table.outputs)
            yield self._finding("no_priority", Severity.WARNING, self.places.outputs[0], output=names)
        if table.hit_policy is HitPolicy.PRIORITY:
            ranks = self._ranks()
            if ranks is not None:
                better = {i: [k for k, rank in enumerate(ranks) if rank < ranks[i]] for i in range(len(ranks))}
                yield from self._hidden("outranked", never, lambda index: better[index])

    def _finding(
        self,
        code: str,
        severity: Severity,
        spot: Spot,
        rules: Sequence[int] = (),
        box: Box | None = None,
        inputs: Sequence[str] = (),
        **params: object,
    ) -> Finding:
        if rules:
            params["rules"], params["rules_en"] = (sign.join(map(str, rules)) for sign in ("、", ", "))
        if box is not None:
            params["box"], params["box_en"] = box_text(self.grid, box), box_text(self.grid, box, ENGLISH)
            inputs = [c.label for c, p in zip(self.grid.columns, box, strict=True) if c.domain.allowed & ~p]
        example = {} if box is None else facts_in(self.grid, box)
        return Finding(
            f"analysis.{code}",
            severity,
            params,
            spot.line,
            1,
            self.where,
            spot.element,
            tuple(rules),
            tuple(inputs),
            example,
        )

    def _some(self, findings: Iterator[Finding], kind: str) -> Iterator[Finding]:
        """At most MOST of a kind, and how many more."""
        count = 0
        for count, finding in enumerate(findings, 1):
            if count <= MOST:
                yield finding
        if count > MOST:
            yield self._finding("more", Severity.NOTE, self.places.spot, count=count - MOST, kind=kind)

    def _undecided(self, reasons: tuple[str, str], rules: Sequence[int]) -> Finding:
        spot = self.places.rules[rules[0] - 1] if rules else self.places.spot
        return self._finding("undecided", Severity.NOTE, spot, (), reason=reasons[0], reason_en=reasons[1])

    def _unused_columns(self) -> Iterator[Finding]:
        rules = self.grid.table.rules
        for index, column in enumerate(self.grid.columns):
            if all(rule.inputs[index].strip() in ANYTHING for rule in rules):
                spot = self.places.inputs[index]
                yield self._finding("unused_column", Severity.WARNING, spot, inputs=(column.label,), input=column.label)

    def _never_rules(self) -> Iterator[int]:
        possible = self._possible()
        for index in range(len(self.grid.table.rules)):
            if meet(self.grid.over(index), possible) is None:
                yield index

    def _possible(self) -> Box:
        """All allowed values and null."""
        return tuple(column.domain.allowed | column.domain.null for column in self.grid.columns)

    def _never(self, index: int) -> Finding:
        pairs = zip(self.grid.columns, self._possible(), strict=True)
        place, column = next((i, c) for i, (c, possible) in enumerate(pairs) if not c.over[index] & possible)
        spot = self.places.entries[index][place]
        return self._finding("never", Severity.WARNING, spot, (index + 1,), inputs=(column.label,), input=column.label)

    def _occurs(self, box: Box) -> tuple[bool | None, Mapping[str, Value]]:
        """Whether a case can occur where columns are not independent, with facts where some were found."""
        if self.independent or self.witnesses is None:
            return (True if self.independent else None), {}
        return self.witnesses.find(self.grid, box)

    def _gaps(self) -> Iterator[Finding]:
        boxes = [self.grid.over(index) for index in range(len(self.grid.table.rules))]
        for box in gaps(boxes, self.grid.told, self.deadline, 2 * MOST):
            occurs, facts = self._occurs(box)
            if occurs is False:
                continue
            if any(self._fraction(column, box) for column in range(len(box))):
                code, severity = "gap_fraction", Severity.NOTE
            elif occurs:
                code, severity = "gap", Severity.WARNING
            else:
                code, severity = "gap_possible", Severity.NOTE
            yield self._shown(self._finding(code, severity, self.places.spot, box=box), facts)

    def _shown(self, finding: Finding, facts: Mapping[str, Value]) -> Finding:
        """With facts for which the case was seen, rather than values of columns."""
        return replace(finding, example=facts) if facts else finding

    def _fraction(self, index: int, box: Box) -> bool:
        """Whether the box lies between neighbouring whole numbers of a column that only names whole ones."""
        column = self.grid.columns[index]
        parts = [part for i, part in enumerate(column.domain.parts) if box[index] >> i & 1]
        return column.whole and all(_between_neighbours(part) for part in parts)

    def _null_gap(self) -> Iterator[Finding]:
        blind = [c.label for c in self.grid.columns if not any(over & c.domain.null for over in c.over)]
        if blind:
            yield self._finding("null_gap", Severity.NOTE, self.places.spot, inputs=blind, input="”“".join(blind))

    def _pairs(self) -> Iterator[tuple[int, int, Box]]:
        """Pairs of rules that share something told, and what."""
        told = self.grid.told
        near: list[int] | None = None
        for index, column in enumerate(self.grid.columns):
            self.deadline.check()
            touched = touching([mask & told[index] for mask in column.under])
            near = touched if near is None else [a & b for a, b in zip(near, touched, strict=True)]
        for first, others in enumerate(near or ()):
            for run in runs(others >> (first + 1)):
                for second in range(first + 1 + run[0], first + 1 + run[1]):
                    self.deadline.check()
                    shared = meet(self.grid.under(first), self.grid.under(second))
                    box = meet(shared, told) if shared is not None else None
                    if box is not None:
                        yield first, second, box

    def _overlaps(self) -> Iterator[Finding]:
        for first, second, box in self._pairs():
            occurs, facts = self._occurs(box)
            if occurs is False:
                continue
            code, severity = ("overlap", Severity.ERROR) if occurs else ("overlap_possible", Severity.WARNING)
            finding = self._finding(code, severity, self.places.rules[second], (first + 1, second + 1), box)
            yield self._shown(finding, facts)

    def _conflicts(self) -> Iterator[Finding]:
        outputs = [self._outputs(index) for index in range(len(self.grid.table.rules))]
        texts = [tuple(text.strip() for text in rule.outputs) for rule in self.grid.table.rules]
        for first, second, box in self._pairs():
            a, b = outputs[first], outputs[second]
            if texts[first] == texts[second] or (a is not None and b is not None and equal(a, b) is True):
                continue
            occurs, facts = self._occurs(box)
            if occurs is False:
                continue
            sure = occurs and a is not None and b is not None
            code, severity = ("conflict", Severity.ERROR) if sure else ("conflict_possible", Severity.WARNING)
            finding = self._finding(code, severity, self.places.rules[second], (first + 1, second + 1), box)
            yield self._shown(finding, facts)

    def _outputs(self, index: int) -> list[Value] | None:
        """The outputs of a rule where all are constants."""
        texts = self.grid.table.rules[index].outputs
        if texts not in self.constants:
            self.constants[texts] = constant_outputs(texts, self.scope, self.types)
        return self.constants[texts]

    def _hidden(self, code: str, never: set[int], before: Callable[[int], Sequence[int]]) -> Iterator[Finding]:
        """Rules whose whole box is covered by the rules that go before them."""
        sizes = [len(column.domain.parts) for column in self.grid.columns]
        points = Points([self.grid.under(index) for index in range(len(self.grid.table.rules))], sizes)
        possible = self._possible()
        doubtful = False
        for index in range(len(self.grid.table.rules)):
            box = meet(self.grid.over(index), possible)
            if index in never or box is None:
                continue
            earlier = before(index)
            if points.free(box, sum(1 << other for other in earlier)):
                continue
            boxes = [self.grid.under(other) for other in earlier]
            try:
                covered = bool(boxes) and uncovered(boxes, box, self.deadline.part(SHARE)) is None
            except TimeUp:
                doubtful = True
                continue
            if covered:
                yield self._finding(code, Severity.WARNING, self.places.rules[index], (index + 1,))
        if doubtful:
            raise TimeUp

    def _ranks(self) -> list[tuple[int, ...]] | None:
        """Each rule's rank by the order of the output values; None where an output is computed."""
        orders = [constant_list(output.values, self.scope, self.types) for output in self.grid.table.outputs]
        ranks: list[tuple[int, ...]] = []
        for index in range(len(self.grid.table.rules)):
            outputs = self._outputs(index)
            if outputs is None or any(order is None for order in orders):
                return None
            ranks.append(
                tuple(
                    next((i for i, known in enumerate(order or ()) if equal(known, value) is True), len(order or ()))
                    for value, order in zip(outputs, orders, strict=True)
                )
            )
        return ranks


def _between_neighbours(part: Part) -> bool:
    low, high = part.low, part.high
    return part.shape == OPEN and isinstance(low, Decimal) and isinstance(high, Decimal) and high - low == 1


def constant_outputs(texts: Sequence[str], scope: Scope, types: Sequence[str]) -> list[Value] | None:
    """The values of output entries where all are constants."""
    values: list[Value] = []
    for text in texts:
        if not text.strip():
            values.append(None)
            continue
        try:
            values.append(value_of(parse(text, scope, types)))
        except (Inexact, FeelSyntaxError, RecursionError):
            return None
    return values


def constant_list(text: str, scope: Scope, types: Sequence[str]) -> list[Value] | None:
    """The values that a column lists, in order; None where it lists none or a test that is no value."""
    if not text.strip():
        return None
    try:
        found = value_of(parse(f"[{text}]", scope, types))
    except (Inexact, FeelSyntaxError, RecursionError):
        return None
    return found if isinstance(found, list) else None


__all__ = ["FeelType", "TableCheck", "constant_list", "constant_outputs"]


def _both(chinese: str, english: str, **told: str) -> tuple[str, str]:
    return chinese.format(**told), english.format(**told)
