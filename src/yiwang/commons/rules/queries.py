"""Deciding by published decisions, and reading them. Decisions are public: whoever is decided upon may see the rule."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from yiwang.commons.rules import engine
from yiwang.commons.rules.contracts import (
    DecisionNotFound,
    DecisionRef,
    DecisionView,
    Outcome,
    Remark,
    RuleVerdict,
)
from yiwang.commons.rules.models import DecisionVersion
from yiwang.kernel.actor import Actor


def decide(
    *, key: str, version: int | None = None, facts: Mapping[str, Any], at: datetime | None = None, viewer: Actor
) -> Outcome:
    """The outcome of a decision on `facts`, by its latest version unless one is named. One query.

    `facts` by the names of the model's input data: JSON values (dates as ISO text where the input is typed so) or
    Python's own. An absent fact is unknown, not null. `at` is what `now()` means. Raises DecisionNotFound.
    """
    del viewer
    ref, sha256 = _found(key, version)
    model = _model(sha256)
    types = model.inputs
    told = {name: engine.from_json(value, types.get(name)) for name, value in facts.items()}
    outcome = model.decide(key, told, now=at)
    return Outcome(
        decision=ref,
        value=engine.to_json(outcome.value),
        missing_facts=outcome.missing_facts,
        matched_rules=outcome.matched_rules,
        rules=_verdicts(outcome, model.name_of(key)),
        remarks=tuple(Remark(d.code, d.message, d.params, d.where) for d in outcome.diagnostics),
        steps=outcome.steps,
    )


def decision(*, key: str, version: int | None = None, viewer: Actor) -> DecisionView:
    """A published decision with its DMN text. Raises DecisionNotFound."""
    del viewer
    rows = DecisionVersion.objects.filter(key=key)
    row = (rows.filter(version=version) if version is not None else rows.order_by("-version")).first()
    if row is None:
        raise DecisionNotFound(key=key)
    return DecisionView(
        DecisionRef(row.key, row.version), row.pk, row.title, row.xml, tuple(row.imports), row.sha256, row.published_at
    )


def latest_version(*, key: str, viewer: Actor) -> int | None:
    """The version in force, None where nothing is published under the key."""
    del viewer
    row = DecisionVersion.objects.filter(key=key).order_by("-version").only("version").first()
    return None if row is None else row.version


def facts_needed(*, key: str, version: int | None = None, viewer: Actor) -> tuple[str, ...]:
    """Names of the input data on which the decision may depend. Raises DecisionNotFound."""
    del viewer
    return _model(_found(key, version)[1]).facts_for(key)


def _found(key: str, version: int | None) -> tuple[DecisionRef, str]:
    rows = DecisionVersion.objects.filter(key=key)
    rows = rows.filter(version=version) if version is not None else rows.order_by("-version")
    found = rows.values_list("version", "sha256").first()
    if found is None:
        raise DecisionNotFound(key=key)
    return DecisionRef(key, found[0]), found[1]


@lru_cache(maxsize=500)
def _model(sha256: str) -> engine.Model:
    """The compiled model of a content, once a process."""
    row = DecisionVersion.objects.filter(sha256=sha256).only("xml", "imports").first()
    assert row is not None
    return engine.load_dmn(row.xml.encode(), [text.encode() for text in row.imports])


def _verdicts(outcome: engine.Outcome, name: str) -> tuple[RuleVerdict, ...]:
    trace = next((t for t in reversed(outcome.tables) if t.where == name), None)
    if trace is None:
        return ()
    return tuple(
        RuleVerdict(
            rule.number,
            rule.id,
            rule.matched,
            "" if rule.failed_input is None else trace.inputs[rule.failed_input],
            rule.annotation,
        )
        for rule in trace.rules
    )
