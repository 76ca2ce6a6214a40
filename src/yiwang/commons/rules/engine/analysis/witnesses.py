"""Whether a case can occur where columns compute or share facts: by deciding for the samples of the facts behind them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice, product
from math import prod

from yiwang.commons.rules.engine.budget import Budget
from yiwang.commons.rules.engine.compiler import UNSET
from yiwang.commons.rules.engine.dmn_graph import Node
from yiwang.commons.rules.engine.dmn_model import Model
from yiwang.commons.rules.engine.unknown import OPEN
from yiwang.commons.rules.engine.values import Value

from .boxes import Box, Deadline, TimeUp
from .domains import Domain
from .grid import Grid
from .samples import samples_of

MOST = 2_000
_BUDGET = Budget(steps=20_000)


@dataclass(slots=True)
class Witnesses:
    """Facts tried for one decision that is a table; `complete` where they stand for all facts there can be."""

    model: Model
    node: Node
    deadline: Deadline
    complete: bool = False
    _seen: list[tuple[dict[str, Value], tuple[Value, ...]]] | None = field(default=None, init=False)

    def find(self, grid: Grid, box: Box) -> tuple[bool | None, Mapping[str, Value]]:
        """Whether the case occurs, with facts; None where that stays open."""
        for facts, values in self._tried():
            if all(_in(c.domain, parts, v) for c, parts, v in zip(grid.columns, box, values, strict=True)):
                return True, facts
        return (False if self.complete else None), {}

    def _tried(self) -> list[tuple[dict[str, Value], tuple[Value, ...]]]:
        if self._seen is None:
            self._seen = []
            try:
                self._try()
            except TimeUp:
                self.complete = False
        return self._seen

    def _try(self) -> None:
        assert self._seen is not None
        samples = samples_of(self.model.graph, self.node.key)
        bases = {name.partition(".")[0] for name in samples if "." in name}
        names = [name for name in samples if name not in bases and samples[name].values]
        values = [samples[name].values for name in names]
        every = prod(map(len, values)) <= MOST
        exact = all(found.exact for name, found in samples.items() if name not in bases)
        for chosen in islice(product(*values), MOST):
            self.deadline.check()
            facts = _nested(dict(zip(names, chosen, strict=True)))
            outcome = self.model.decide(self.node.element.id or self.node.element.name, facts, budget=_BUDGET)
            record = next((r for r in reversed(outcome.records) if r.ready.table.name == self.node.element.name), None)
            if record is not None:
                self._seen.append((facts, tuple(record.values)))
        self.complete = every and exact and bool(names)


def _nested(facts: Mapping[str, Value]) -> dict[str, Value]:
    """Entries told as `fact.entry` put into their contexts."""
    told: dict[str, Value] = {}
    for name, value in facts.items():
        base, _, entry = name.partition(".")
        if entry:
            told.setdefault(base, {})[entry] = value
        else:
            told[base] = value
    return told


def _in(domain: Domain, parts: int, value: Value) -> bool:
    """Whether a column's value lies in these parts; one that was not read lies anywhere."""
    if value is UNSET:
        return True
    if type(value) in OPEN:
        return False
    place = domain.place(value)
    return place is not None and bool(parts >> place & 1)
