"""What a person or legal entity answered before: proposed again where it still holds, saying from which application it comes."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from yiwang.commons.forms import queries as forms
from yiwang.commons.forms.contracts import Answer, Answers, FormNotFound, Source
from yiwang.commons.forms.engine import Definition, Holds, wrong_types
from yiwang.commons.identity.contracts import PERSON
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.serve.cases import queries as cases
from yiwang.serve.cases.queries import EarlierCase
from yiwang.serve.matters.contracts import Bundle
from yiwang.serve.portal.queries.applications import served_person

_ONE_OCCASION: Final = timedelta(days=180)
"""Applications within half a year may be of one occasion; two births are further apart, twins apply for the same thing."""
_MOST: Final = 20


def known_before(*, bundle: Bundle, draft_id: UUID, viewer: Actor) -> dict[str, Answer]:
    """Answers of the applicant's earlier cases to what the draft still leaves open, each saying from which case.

    Lasting facts (the parents, the address) come along always. What belongs to one occasion comes along to another offer
    within half a year, and what belongs to one child or vehicle only where an application in vain is tried again. What
    the account proposed then it proposes anew, as it may have changed. Four queries at most.
    """
    before = _cases(viewer)
    if not before:
        return {}
    draft = forms.draft(draft_id=draft_id, viewer=viewer)
    definition = forms.definition(key=draft.key, version=draft.version, viewer=viewer)
    return _proposed(definition, bundle.key, draft.answers, before)


def said_before(*, bundle: Bundle, viewer: Actor) -> Mapping[str, Answer]:
    """Answers of earlier cases that still hold, to the guide's questions. Three queries at most, none for who is not known."""
    before = _cases(viewer) if bundle.spec.form else ()
    if not before:
        return {}
    try:
        definition = forms.definition(key=bundle.spec.form, viewer=viewer)
    except FormNotFound:
        return {}
    asked = {question.fact for question in bundle.spec.questions}
    found = _proposed(definition, bundle.key, {}, before)
    return {fact: answer for fact, answer in found.items() if fact in asked}


def _cases(viewer: Actor) -> tuple[EarlierCase, ...]:
    """Those of the legal entity that one acts for or serves, else the person's. One query at most."""
    behalf = viewer.on_behalf
    if behalf is not None and behalf.kind != PERSON:
        return cases.earlier(entity_id=behalf.id, viewer=viewer, most=_MOST)
    person_id = served_person(viewer)
    return cases.earlier(person_id=person_id, viewer=viewer, most=_MOST) if person_id else ()


def _proposed(definition: Definition, key: str, answers: Answers, before: Iterable[EarlierCase]) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for case in before:
        good = _good(case, key)
        open_: dict[str, Any] = {
            answer.fact: answer.value
            for answer in case.answers
            if answer.fact in definition.questions
            and answer.fact not in answers
            and answer.fact not in found
            and answer.source != Source.PREFILLED
            and definition.questions[answer.fact].fact.holds in good
        }
        unfit = {fault.fact for fault in wrong_types(definition, open_)}
        day = case.submitted_at.astimezone(clock.CHINA).date().isoformat()
        found |= {
            fact: Answer(value, Source.EARLIER, f"{case.title}（{day}）")
            for fact, value in open_.items()
            if fact not in unfit
        }
    return found


def _good(case: EarlierCase, key: str) -> frozenset[Holds]:
    """Which answers of a case still hold for an application for `key`."""
    if case.key == key:
        return frozenset(Holds) if case.in_vain else frozenset({Holds.LASTING})
    if clock.now() - case.submitted_at <= _ONE_OCCASION:
        return frozenset({Holds.LASTING, Holds.OCCASION})
    return frozenset({Holds.LASTING})
