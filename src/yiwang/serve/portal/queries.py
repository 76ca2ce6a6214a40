"""Reads of the portal: what a bundle's decision says of a situation, and applications that are not sent yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from yiwang.commons.forms import queries as forms
from yiwang.commons.forms.contracts import FormNotFound, Words
from yiwang.commons.forms.engine import answered, computed, evaluate
from yiwang.commons.rules import queries as rules
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.serve.matters.contracts import Bundle, SituationQuestion, TailoredGuide
from yiwang.serve.portal.contracts import Eligibility, Scope


@dataclass(frozen=True, slots=True)
class Unsent:
    """A draft in a list. `key`: the bundle's; `title` as the form had it when the draft began."""

    draft_id: UUID
    key: str
    title: Words
    updated_at: datetime


def eligibility(*, bundle: Bundle, facts: Mapping[str, Any], viewer: Actor) -> Eligibility | None:
    """What the bundle's decision says; None where it has none, or the facts do not tell yet. One query."""
    if not bundle.spec.eligibility:
        return None
    value = rules.decide(key=bundle.spec.eligibility, facts=facts, viewer=viewer).value
    if not isinstance(value, Mapping) or value.get("scope") not in set(Scope):
        return None
    return Eligibility(Scope(value["scope"]), str(value.get("advice") or ""))


def worked_out(*, bundle: Bundle, answers: Mapping[str, Any], viewer: Actor) -> Mapping[str, Any]:
    """`answers` and what the bundle's form computes from them today. One query; without a form the answers alone."""
    try:
        definition = forms.definition(key=bundle.spec.form, viewer=viewer)
    except FormNotFound:
        return answers
    state = evaluate(definition, answered({}, answers), today=clock.today())
    return {**answers, **{name: answer.value for name, answer in computed(definition, state).items()}}


def open_questions(
    *, bundle: Bundle, guide: TailoredGuide, answers: Mapping[str, Any], viewer: Actor
) -> tuple[SituationQuestion, ...]:
    """What the guide still asks, then what the form would ask of the situation anyway: each is asked once, one a page.

    One query. A bundle without a form asks only what the guide asks.
    """
    try:
        definition = forms.definition(key=bundle.spec.form, viewer=viewer)
    except FormNotFound:
        return guide.questions_left
    state = evaluate(definition, answered({}, answers), today=clock.today())
    wanted = state.required - answers.keys() - {question.fact for question in guide.questions_left}
    return (*guide.questions_left, *(question for question in bundle.spec.questions if question.fact in wanted))


def unsent(*, viewer: Actor, key: str = "", most: int = 50) -> tuple[Unsent, ...]:
    """The viewer's drafts, the last touched first; of one bundle, or of all. One query, and one a form."""
    if viewer.account_id is None or viewer.is_official:
        return ()
    return tuple(
        Unsent(
            draft_id=draft.id,
            key=draft.key,
            title=forms.definition(key=draft.key, version=draft.version, viewer=viewer).title,
            updated_at=draft.updated_at,
        )
        for draft in forms.drafts(viewer=viewer, key=key)[:most]
    )
