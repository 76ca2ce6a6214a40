"""A bundle's decision on who may use it, as a three-valued judgement: whether these facts are refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from yiwang.commons.rules.engine import Model, from_json, load_dmn, missing_facts
from yiwang.serve.matters.rules.conditions import Judgement

REFUSED = "none"
"""The `scope` with which the decision refuses the whole bundle."""
EVALUATIONS = 400
"""How far it is looked which absent facts still matter: some tens of milliseconds, and the same facts every time."""
UNHURRIED = 30.0

Ruling = Callable[[Mapping[str, Any]], Judgement]


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision table of a bundle. Its facts may be computed by formulas of the vocabulary before it is asked."""

    model: Model
    key: str

    def __call__(self, facts: Mapping[str, Any]) -> Judgement:
        """True: refused, False: not; open while an untold fact may still change the outcome, which also says what of the
        bundle can be had. What fits no rule is not refused.
        """
        types = self.model.inputs
        told = {name: from_json(value, types.get(name)) for name, value in facts.items()}
        found = missing_facts(self.model, self.key, told, limit=EVALUATIONS, seconds=UNHURRIED)
        if found.settled:
            return Judgement(_refuses(found.value))
        return Judgement(None, frozenset(name.partition(".")[0] for name in found.facts))


def _refuses(value: object) -> bool:
    return isinstance(value, Mapping) and value.get("scope") == REFUSED


def decision(dmn: bytes, key: str, imports: tuple[bytes, ...] = ()) -> Decision:
    """Raises RulesError where the file is no DMN or has no such decision."""
    return Decision(load_dmn(dmn, imports), key)


def never_refuses(_facts: Mapping[str, Any]) -> Judgement:
    """A bundle without a decision is for everybody."""
    return Judgement(value=False)
