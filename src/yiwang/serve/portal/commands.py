"""Sending an application: the draft ends and the case begins, in one transaction and once."""

from datetime import datetime
from uuid import UUID

from yiwang.commons.files import queries as files
from yiwang.commons.forms import commands as forms
from yiwang.commons.forms import queries as form_queries
from yiwang.commons.forms.contracts import Submission
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.serve.cases import commands as cases
from yiwang.serve.cases.contracts import Answer, Applicant, MaterialInput
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import Bundle


@command("portal.send_application")
def send_application(
    *,
    draft_id: UUID,
    bundle_key: str,
    expected_revision: int,
    idempotency_key: str | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """File the bundle with the draft's answers and uploads; the id of the parent case.

    A repeat with the same `idempotency_key` (double click, second tab, retry) returns the first case. Raises what
    forms.submit_draft and cases.submit_bundle raise; then nothing is lost, the draft stays.
    """
    del idempotency_key
    bundle = matters.bundle(key=bundle_key, viewer=by)
    sent = forms.submit_draft(draft_id=draft_id, expected_revision=expected_revision, by=by, at=at)
    asked = {question.fact for question in bundle.spec.questions}
    case_id = cases.submit_bundle(
        bundle_id=bundle.id,
        applicant=applicant_of(by),
        situation={fact: value for fact, value in sent.values.items() if fact in asked},
        answers=_answers(sent, by),
        materials=_materials(sent, bundle, by),
        member_facts=_member_facts(sent, bundle),
        by=by,
        at=at,
    )
    note(SubjectRef("case", case_id), draft=str(draft_id))
    return case_id


def applicant_of(by: Actor) -> Applicant:
    """Whom the actor files for: the one acted for, else the person of the account."""
    if by.on_behalf is not None and by.on_behalf.kind != "person":
        return Applicant(entity_id=by.on_behalf.id)
    return Applicant(person_id=by.on_behalf.id if by.on_behalf else by.person_id)


def _answers(sent: Submission, by: Actor) -> list[Answer]:
    definition = form_queries.definition(key=sent.key, version=sent.version, viewer=by)
    told = form_queries.in_words(definition=definition, answers=sent.provenance, viewer=by)
    return [
        Answer(
            fact=name,
            value=answer.value,
            label=told.get(name, (name, ""))[0],
            shown=told.get(name, ("", str(answer.value)))[1],
            source=answer.source.value,
            source_label=answer.text,
        )
        for name, answer in sent.provenance.items()
    ]


def _materials(sent: Submission, bundle: Bundle, by: Actor) -> list[MaterialInput]:
    wanted = [file_id for ids in sent.files.values() for file_id in ids]
    known = files.described(file_ids=wanted, viewer=by)
    names = {
        requirement.material: requirement.name for member in bundle.members for requirement in member.matter.spec.inputs
    }
    return [
        MaterialInput(material, names.get(material, material), file_id=file_id)
        for material, ids in sent.files.items()
        for file_id in ids
        if file_id in known
    ]


def _member_facts(sent: Submission, bundle: Bundle) -> dict[str, tuple[str, ...]]:
    return {
        member.matter.code: sent.forms[member.matter.spec.form]
        for member in bundle.members
        if member.matter.spec.form in sent.forms
    }
