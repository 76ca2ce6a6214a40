"""What a decision table makes of the rules that matched (DMN 1.5, 8.2.10), and of those that perhaps match."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cmp_to_key

from .budget import Run
from .diagnostics import Place
from .operators import equal, order
from .tables import Aggregation, DecisionTable, HitPolicy
from .unknown import OPEN, Unknown, merged, unknown
from .values import DECIMAL128, Value

Priority = Callable[[Value], tuple[int, ...] | None]


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched, or perhaps matches (`missing` then says on what that depends)."""

    number: int
    output: Value
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """How one table decides; `default` gives the value where no rule matches."""

    table: DecisionTable
    priority: Priority
    at: Place

    def settle(self, hits: Sequence[Hit], default: Value, run: Run) -> Value:
        """The table's value from its hits in the order of the rules."""
        maybe = [hit for hit in hits if hit.missing]
        if maybe:
            return self._open(hits, maybe, default)
        if not hits:
            return default
        if self.table.hit_policy in _LISTS:
            return self._many(hits, run)
        return self._one(hits, run)

    def _open(self, hits: Sequence[Hit], maybe: Sequence[Hit], default: Value) -> Value:
        """Known only where every way in which the open rules may turn out gives the same value."""
        sure = [hit for hit in hits if not hit.missing]
        missing = Unknown(tuple(dict.fromkeys(name for hit in maybe for name in hit.missing)))
        policy = self.table.hit_policy
        if policy in _LISTS or (policy is HitPolicy.UNIQUE and (sure or len(maybe) > 1)):
            return missing
        candidates = [hit.output for hit in hits] if sure else [*(hit.output for hit in hits), default]
        if policy is HitPolicy.PRIORITY and sure:
            candidates = [h.output for h in maybe if not self._yields(h.output, sure)] + [self._best(sure)]
        first = candidates[-1]
        same = type(first) not in OPEN and all(equal(c, first) is True for c in candidates)
        return first if same else unknown(missing, *candidates)

    def _yields(self, output: Value, sure: Sequence[Hit]) -> bool:
        """Whether an output surely stands behind the best of those that are sure."""
        mine, best = self.priority(output), self.priority(self._best(sure))
        return mine is not None and best is not None and best <= mine

    def _best(self, hits: Sequence[Hit]) -> Value:
        return self._sorted(hits)[0]

    def _sorted(self, hits: Sequence[Hit]) -> list[Value]:
        ranked = [(self.priority(hit.output), hit.output) for hit in hits]
        last = (len(self.table.rules) + 1,)
        return [output for _, output in sorted(ranked, key=lambda pair: pair[0] or last)]

    def _one(self, hits: Sequence[Hit], run: Run) -> Value:
        policy = self.table.hit_policy
        if policy is HitPolicy.FIRST or len(hits) == 1:
            return hits[0].output
        numbers = ", ".join(str(hit.number) for hit in hits)
        if policy is HitPolicy.UNIQUE:
            return run.fail("rules.several_rules", self.at, rules=numbers)
        if policy is HitPolicy.ANY:
            if all(equal(hit.output, hits[0].output) is True for hit in hits):
                return hits[0].output
            return run.fail("rules.outputs_differ", self.at, rules=numbers)
        return self._best(hits)

    def _many(self, hits: Sequence[Hit], run: Run) -> Value:
        outputs = [hit.output for hit in hits]
        if self.table.hit_policy is HitPolicy.OUTPUT_ORDER:
            outputs = self._sorted(hits)
        if not OPEN.isdisjoint(map(type, outputs)):
            return Unknown(merged(outputs))
        if self.table.hit_policy is HitPolicy.COLLECT:
            return self._collected(outputs, run)
        return outputs

    def _collected(self, outputs: list[Value], run: Run) -> Value:
        match self.table.aggregation:
            case Aggregation.LIST:
                return outputs
            case Aggregation.COUNT:
                return Decimal(len(outputs))
            case Aggregation.SUM if all(isinstance(value, Decimal) for value in outputs):
                total = Decimal(0)
                for value in outputs:
                    total = DECIMAL128.add(total, value)
                return total
            case Aggregation.MIN | Aggregation.MAX if all(order(v, outputs[0]) is not None for v in outputs):
                ranked = sorted(outputs, key=cmp_to_key(lambda a, b: order(a, b) or 0))
                return ranked[0 if self.table.aggregation is Aggregation.MIN else -1]
        return run.fail("rules.aggregation", self.at)


_LISTS = frozenset({HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER})
