"""Reads of the portal: what can be applied for, what a decision says of a situation, what is not sent yet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from yiwang.commons.forms import queries as forms
from yiwang.commons.forms.contracts import FormNotFound, Words
from yiwang.commons.forms.engine import answered, computed, evaluate
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import PERSON, OrganisationView
from yiwang.commons.rules import queries as rules
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import (
    Bundle,
    BundleNotFound,
    Matter,
    MatterNotFound,
    SituationQuestion,
    TailoredGuide,
)
from yiwang.serve.portal.contracts import Eligibility, Scope

SERVICE_HALL: Final = "service_hall"
"""The duty of organisations where one can go with anything (政务服务中心)."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """A draft in a list. `key`: the bundle's; `title` as the form had it when the draft began."""

    draft_id: UUID
    key: str
    title: Words
    updated_at: datetime
    expires_at: datetime


def offer(*, key: str, viewer: Actor) -> Bundle:
    """What the form `key` applies for: a bundle in force, else a single matter in force as a bundle of one.

    Raises BundleNotFound. At most three queries.
    """
    try:
        return matters.bundle(key=key, viewer=viewer)
    except BundleNotFound:
        try:
            return single(matter=matters.matter(code=key, viewer=viewer), viewer=viewer)
        except MatterNotFound:
            raise BundleNotFound(key=key) from None


def single(*, matter: Matter, viewer: Actor) -> Bundle:
    """A matter by itself, with what the pages of a bundle show: words, audience, whom to ask."""
    alone, spec = matters.as_bundle(matter=matter, viewer=viewer), matter.spec
    told = replace(
        alone.spec,
        form=spec.form,
        short_name=spec.short_name,
        audience=spec.audience,
        themes=spec.themes,
        summary=spec.summary,
        channels=spec.channels,
        consult=spec.consult,
        complain=spec.complain,
        formulas=spec.formulas,
        translations=spec.translations,
        sample=spec.sample,
        sample_note=spec.sample_note,
    )
    return replace(alone, spec=told, form_version=matter.form_version, published_at=matter.published_at)


def is_single(bundle: Bundle, /) -> bool:
    """Whether it is a matter by itself."""
    return len(bundle.members) == 1 and bundle.members[0].matter.id == bundle.id


def can_apply(bundle: Bundle, /) -> bool:
    """Whether one can apply here: there is a form, and a process that handles it."""
    return bool(bundle.spec.form and bundle.form_version is not None and bundle.spec.process)


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


def served_person(viewer: Actor, /) -> UUID | None:
    """The natural person whom an application is for: oneself, or the one acted for or served; None for an entity."""
    if viewer.on_behalf is not None:
        return viewer.on_behalf.id if viewer.on_behalf.kind == PERSON else None
    return None if viewer.is_official else viewer.person_id


def counters_near(*, viewer: Actor, most: int = 3) -> tuple[OrganisationView, ...]:
    """The service halls, those of the viewer's own district first, then the city's. Two queries, one more for a person."""
    halls = identity.organisations(viewer=viewer, duty=SERVICE_HALL).items
    person_id = served_person(viewer)
    region = identity.person(person_id=person_id, viewer=viewer).region if person_id else None
    home = region.code if region else ""

    def far(hall: OrganisationView) -> tuple[bool, int]:
        return not home.startswith(hall.region.code[:6]) if home else False, len(hall.region.code.rstrip("0"))

    return tuple(sorted(halls, key=far)[:most])


def unsent(*, viewer: Actor, key: str = "", most: int = 50) -> tuple[Unsent, ...]:
    """The viewer's drafts, the last touched first; of one bundle, or of all. One query, and one a form."""
    if viewer.account_id is None or (viewer.is_official and viewer.on_behalf is None):
        return ()
    return tuple(
        Unsent(
            draft_id=draft.id,
            key=draft.key,
            title=forms.definition(key=draft.key, version=draft.version, viewer=viewer).title,
            updated_at=draft.updated_at,
            expires_at=draft.expires_at,
        )
        for draft in forms.drafts(viewer=viewer, key=key)[:most]
    )
