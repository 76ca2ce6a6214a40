"""Which absent facts can still change a decision: exactly, by trying the few values that stand for all.

What the three-valued evaluation leaves open is narrowed: a fact is asked only if two ways of completing the facts that
differ in it alone come out differently. Ways after which the same question remains (`regions`) are followed once, so that a
table of many facts takes as many evaluations as it has different remainders and not as many as there are completions.
Beyond `limit` evaluations or `seconds`, or for facts that are used in other ways than compared with constants, the
evaluation's own answer stands, which may ask too much and never too little.
"""

import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from yiwang.commons.rules.engine.analysis.samples import Samples, samples_of
from yiwang.commons.rules.engine.dmn_model import Model
from yiwang.commons.rules.engine.outcome import Outcome
from yiwang.commons.rules.engine.values import Value

from .diagrams import Diagrams
from .regions import read_otherwise, region_of

LIMIT = 20_000
SECONDS = 1.0
MAX_OUTCOMES = 50


@dataclass(frozen=True, slots=True)
class Missing:
    """`facts` may still change the outcome, the cheapest first; `exact` where each of them surely can.

    `outcomes` are the values still possible (empty where not all are known, or more than 50); where `settled`, `value` is
    the outcome whatever the absent facts are.
    """

    facts: tuple[str, ...]
    exact: bool
    outcomes: tuple[Value, ...]
    value: Value = None

    @property
    def settled(self) -> bool:
        return not self.facts


class _TooMany(Exception):
    """More completions than the limit."""


_Prepared = tuple[dict[str, Samples], frozenset[str]]
_CACHE: WeakKeyDictionary[Model, dict[str, _Prepared]] = WeakKeyDictionary()


def missing_facts(
    read: Model,
    decision: str,
    facts: Mapping[str, object],
    *,
    costs: Mapping[str, float] | None = None,
    now: datetime | None = None,
    limit: int = LIMIT,
    seconds: float = SECONDS,
) -> Missing:
    """What to ask next for a decision. `costs` says what a fact costs to learn (1 unless told); null is no answer here.

    Raises `DmnError` where the model has no such decision.
    """
    outcome = read.decide(decision, facts, now=now)
    if outcome.known:
        return Missing((), True, (outcome.value,), outcome.value)
    price = costs or {}
    search = _Search(read, decision, facts, now, limit, seconds)
    try:
        found = search.narrowed(outcome)
    except (_TooMany, RecursionError):
        found = Missing(outcome.missing_facts, False, ())
    order = {name: place for place, name in enumerate(outcome.missing_facts)}
    ranked = sorted(found.facts, key=lambda name: (price.get(name, 1.0), order.get(name, len(order)), name))
    return Missing(tuple(ranked), found.exact, found.outcomes, found.value)


class _Search:
    """Completes the facts in every way that matters."""

    def __init__(
        self,
        read: Model,
        decision: str,
        facts: Mapping[str, object],
        now: datetime | None,
        limit: int,
        seconds: float,
    ) -> None:
        self.read = read
        self.decision = decision
        self.facts = facts
        self.now = now
        self.left = limit
        self.samples, self.otherwise = _prepared(read, decision)
        self.end = time.monotonic() + seconds
        self.variables: list[str] = []
        self.values: list[list[Value]] = []
        self.outcomes: dict[Hashable, Value] = {}
        self.regions: dict[Hashable, int] = {}

    def narrowed(self, outcome: Outcome) -> Missing:
        """Raises `_TooMany` beyond the limit."""
        usable = {name: s.values for name, s in self.samples.items() if s.exact and not _told(self.facts, name)}
        entries = {name.partition(".")[0] for name in usable if "." in name}
        self.variables = [name for name in usable if name not in entries or name in outcome.missing_facts]
        self.values = [usable[name] for name in self.variables]
        self.diagrams = Diagrams([len(values) for values in self.values])
        root = self._explored(outcome, {})
        leaves = self.diagrams.leaves(root)
        open_leaves = [leaf for leaf in leaves if isinstance(leaf, _Open)]
        asked = [self.variables[variable] for variable in sorted(self.diagrams.support(root))]
        for leaf in open_leaves:
            asked += [name for name in leaf.missing if name not in asked]
        known = tuple(self.outcomes[leaf] for leaf in leaves if not isinstance(leaf, _Open))
        shown = () if open_leaves or len(known) > MAX_OUTCOMES else known
        return Missing(tuple(asked), not open_leaves, shown, known[0] if not asked else None)

    def _explored(self, outcome: Outcome, told: dict[str, Value]) -> int:
        if outcome.known:
            key = _frozen(outcome.value)
            self.outcomes.setdefault(key, outcome.value)
            return self.diagrams.leaf(key)
        place = next(
            (i for i, name in enumerate(self.variables) if name in outcome.missing_facts and name not in told), None
        )
        if place is None:
            return self.diagrams.leaf(_Open(outcome.missing_facts, _frozen(told)))
        region = region_of(outcome, told, self.otherwise)
        if region is not None and region in self.regions:
            return self.regions[region]
        found = self._tried(place, told)
        if region is not None:
            self.regions[region] = found
        return found

    def _tried(self, place: int, told: dict[str, Value]) -> int:
        name = self.variables[place]
        children: list[int] = []
        for value in self.values[place]:
            self.left -= 1
            if self.left < 0 or (self.left % 32 == 0 and time.monotonic() > self.end):
                raise _TooMany
            more = {**told, name: value}
            children.append(
                self._explored(self.read.decide(self.decision, _with(self.facts, more), now=self.now), more)
            )
        return self.diagrams.case(place, children)


@dataclass(frozen=True, slots=True)
class _Open:
    """A completion that stays open, on facts whose values can't be tried; each remainder is a case of its own."""

    missing: tuple[str, ...]
    told: Hashable


def _prepared(read: Model, decision: str) -> _Prepared:
    cached = _CACHE.setdefault(read, {})
    if decision not in cached:
        name = read.name_of(decision)
        own = next(k for k, n in read.graph.nodes.items() if n.element.name == name and k[0] == read.namespace)
        cached[decision] = samples_of(read.graph, own), read_otherwise(read.graph, own)
    return cached[decision]


def _told(facts: Mapping[str, object], name: str) -> bool:
    base, _, entry = name.partition(".")
    if base not in facts:
        return False
    given = facts[base]
    return not entry or not isinstance(given, Mapping) or entry in given


def _with(facts: Mapping[str, object], more: Mapping[str, Value]) -> dict[str, object]:
    """The facts with further ones, entries of contexts put into them."""
    told = dict(facts)
    for name, value in more.items():
        base, _, entry = name.partition(".")
        if entry:
            given = told.get(base)
            told[base] = {**(given if isinstance(given, Mapping) else {}), entry: value}
        else:
            told[base] = value
    return told


def _frozen(value: Value) -> Hashable:
    """Equal for equal values."""
    if isinstance(value, dict):
        return ("context", frozenset((key, _frozen(entry)) for key, entry in value.items()))
    if isinstance(value, list | tuple):
        return ("list", tuple(map(_frozen, value)))
    return (type(value).__name__, value)
