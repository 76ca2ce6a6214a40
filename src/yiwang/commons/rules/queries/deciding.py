"""Deciding by published decisions, and reading their texts. Decisions are public: whoever is decided upon may see the rule."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from yiwang.commons.rules import engine, registry
from yiwang.commons.rules.contracts import (
    DecisionNotFound,
    DecisionRef,
    DecisionView,
    Example,
    Explained,
    Outcome,
    Reason,
    Remark,
    RuleVerdict,
)
from yiwang.commons.rules.models import DecisionTerm, DecisionVersion
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor


def decide(
    *,
    key: str,
    version: int | None = None,
    facts: Mapping[str, Any],
    at: datetime | None = None,
    on: date | None = None,
    viewer: Actor,
) -> Outcome:
    """The outcome of a decision on `facts`, by the version in force on `on` (today) unless one is named. One query.

    `facts` by the names of the model's input data: JSON values (dates as ISO text where the input is typed so) or
    Python's own. An absent fact is unknown, not null. `at` is what `now()` means. Raises DecisionNotFound.
    """
    del viewer
    ref, sha256 = _found(key, version, on)
    model = _model(sha256)
    outcome = model.decide(key, _told(model, facts), now=at)
    return _outcome(ref, model, outcome)


def explained(
    *,
    key: str,
    version: int | None = None,
    facts: Mapping[str, Any],
    language: str = "zh",
    public: Collection[str] | None = None,
    at: datetime | None = None,
    on: date | None = None,
    viewer: Actor,
) -> Explained:
    """Like `decide`, with the reasons in words ("zh", "en") and only those missing facts that surely matter.

    Where `public` is given, with a decision proof in which those facts stand as they are and others as salted hashes.
    Raises DecisionNotFound.
    """
    from yiwang.commons.rules.engine import explaining  # not needed to start the program

    view = decision(key=key, version=version, on=on, viewer=viewer)
    model = _model(view.sha256)
    told = _told(model, facts)
    known = registry.words_for(list(model.inputs))
    vocabulary = {name: explaining.Words(each.label, each.unit, each.values) for name, each in known.items()}
    found = explaining.explain(model, key, told, vocabulary=vocabulary, now=at)
    outcome = _outcome(view.ref, model, found.outcome)
    if not outcome.known:
        missing = explaining.missing_facts(model, key, told, now=at)
        outcome = replace(outcome, missing_facts=missing.facts, value=engine.to_json(missing.value))
    reasons = tuple(Reason(s.text, s.sign, s.clause, s.depth) for s in found.sentences(language))
    proof = b""
    if public is not None:
        source = explaining.Source(view.xml.encode(), tuple(text.encode() for text in view.imports))
        proof = explaining.prove(source, key, told, public=public, now=at).to_json()
    return Explained(outcome, reasons, proof)


def _told(model: engine.Model, facts: Mapping[str, Any]) -> dict[str, Any]:
    types = model.inputs
    return {name: engine.from_json(value, types.get(name)) for name, value in facts.items()}


def _outcome(ref: DecisionRef, model: engine.Model, outcome: engine.Outcome) -> Outcome:
    return Outcome(
        decision=ref,
        value=engine.to_json(outcome.value),
        missing_facts=outcome.missing_facts,
        matched_rules=outcome.matched_rules,
        rules=_verdicts(outcome, model.name_of(ref.key)),
        remarks=tuple(Remark(d.code, d.message, d.params, d.where) for d in outcome.diagnostics),
        steps=outcome.steps,
    )


def decision(*, key: str, version: int | None = None, on: date | None = None, viewer: Actor) -> DecisionView:
    """A published decision with its DMN text: the version in force on `on` (today) unless one is named.

    Raises DecisionNotFound.
    """
    del viewer
    term = _terms(key, version, on).select_related("version").first()
    if term is None:
        raise DecisionNotFound(key=key)
    row = term.version
    ref = DecisionRef(row.key, row.version)
    examples = tuple(Example.read(each) for each in row.examples)
    return DecisionView(
        ref, row.pk, row.title, row.xml, tuple(row.imports), row.sha256, row.published_at, examples, term.valid_from, term.valid_to
    )  # fmt: skip


def latest_version(*, key: str, viewer: Actor) -> int | None:
    """The number of the version in force today, None where there is none: what a process pins when it starts."""
    del viewer
    found: int | None = _terms(key, None, None).values_list("version__version", flat=True).first()
    return found


def decisions_in_force(*, viewer: Actor, size: int = 500) -> tuple[tuple[str, str], ...]:
    """(key, title) of the decisions in force today, by key; rules are public. One query."""
    del viewer
    today = clock.today()
    rows = DecisionTerm.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today), valid_from__lte=today)
    return tuple(rows.order_by("key").values_list("key", "version__title")[:size])


def facts_needed(*, key: str, version: int | None = None, viewer: Actor) -> tuple[str, ...]:
    """Names of the input data on which the decision may depend. Raises DecisionNotFound."""
    del viewer
    return _model(_found(key, version, None)[1]).facts_for(key)


def _terms(key: str, version: int | None, on: date | None) -> "QuerySet[DecisionTerm]":
    """The term of the version that is named, else of the one that holds on the day."""
    rows: QuerySet[DecisionTerm] = DecisionTerm.objects.filter(key=key)
    if version is not None:
        return rows.filter(version__version=version)
    day = on or clock.today()
    return rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)


def _found(key: str, version: int | None, on: date | None) -> tuple[DecisionRef, str]:
    found = _terms(key, version, on).values_list("version__version", "version__sha256").first()
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
