"""What the applicant's own licences say: proposed for the form's questions, each saying from which licence it comes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from yiwang.commons.forms import queries as forms
from yiwang.commons.forms.contracts import Answer, Source
from yiwang.commons.forms.engine import wrong_types
from yiwang.commons.licences import queries as licences
from yiwang.commons.licences.contracts import HeldLicence, Holder
from yiwang.kernel.actor import Actor
from yiwang.serve.cases.contracts import Applicant
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import Bundle, SatisfierKind


def known_by_licences(
    *, bundle: Bundle, situation: Mapping[str, Any], draft_id: UUID, applicant: Applicant, viewer: Actor
) -> dict[str, Answer]:
    """Answers from the applicant's licences in force that stand for materials of this situation, to what is still open.

    Only licences in law (grades A and B), and only where there is one of its type: of two nobody knows which is meant.
    It is shown to the applicant alone; that an authority retrieves it needs their consent. One query where none is held.
    """
    guide = matters.guide(bundle=bundle, facts=situation, viewer=viewer, with_handlers=False)
    types = {
        way.source
        for material in guide.materials
        if material.by is SatisfierKind.LICENCE
        for way in material.satisfiers
        if way.kind is SatisfierKind.LICENCE
    }
    held = _single(types, applicant) if types else ()
    if not held:
        return {}
    draft = forms.draft(draft_id=draft_id, viewer=viewer)
    definition = forms.definition(key=draft.key, version=draft.version, viewer=viewer)
    found: dict[str, Answer] = {}
    for each in held:
        page = licences.licence(licence_id=each.id, viewer=Actor.system("portal.known_by_licences"))
        said = {
            field.fact: field.value
            for field in page.fields
            if field.value and field.fact in definition.questions and field.fact not in draft.answers
        }
        unfit = {fault.fact for fault in wrong_types(definition, said)}
        found |= {fact: Answer(value, Source.LICENCE, each.title) for fact, value in said.items() if fact not in unfit}
    return found


def _single(types: set[str], applicant: Applicant) -> tuple[HeldLicence, ...]:
    held = licences.held(holder=Holder.of(applicant.subject), viewer=Actor.system("portal.known_by_licences"))
    fitting = [each for each in held if each.type_key in types and each.counts]
    return tuple(each for each in fitting if sum(other.type_key == each.type_key for other in fitting) == 1)
