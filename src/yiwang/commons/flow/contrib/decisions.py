"""Fills the decider port with the published decisions of commons.rules."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from yiwang.commons.flow.engine import ExpressionFault
from yiwang.commons.flow.registry import Decided
from yiwang.commons.rules import queries
from yiwang.commons.rules.contracts import DecisionNotFound
from yiwang.kernel.actor import Actor

_PIN = Actor.system("flow decisions")


class PublishedDecisions:
    """Implements `registry.Decider`."""

    def latest(self, key: str) -> int | None:
        return queries.latest_version(key=key, viewer=_PIN)

    def decide(self, key: str, version: int | None, facts: Mapping[str, Any], *, by: Actor, at: datetime) -> Decided:
        """Raises ExpressionFault for an unpublished decision, absent facts, and a null that an error brought about."""
        known = {name: told(value) for name, value in facts.items()}
        try:
            outcome = queries.decide(key=key, version=version, facts=known, at=at, viewer=by)
        except DecisionNotFound as error:
            raise ExpressionFault(error.sentence()) from error
        record = {"version": outcome.decision.version, "matched_rules": list(outcome.matched_rules)}
        if not outcome.known:
            missing = list(outcome.missing_facts)
            raise ExpressionFault(f"决策“{key}”缺少：{'、'.join(missing)}。", details={**record, "missing": missing})
        if outcome.value is None and outcome.remarks:
            remarks = [remark.text for remark in outcome.remarks[:10]]
            raise ExpressionFault(remarks[0], details={**record, "remarks": remarks})
        return Decided(outcome.value, record)


def told(value: Any) -> Any:
    """A fact as the tagged JSON that rules reads without loss."""
    if isinstance(value, Decimal):
        return {"@number": str(value)}
    if isinstance(value, date | time):
        return {"@": value.isoformat()}
    if isinstance(value, timedelta):
        return {"@": f"PT{value.total_seconds():f}S"}
    if isinstance(value, Mapping):
        return {str(key): told(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [told(each) for each in value]
    return value
