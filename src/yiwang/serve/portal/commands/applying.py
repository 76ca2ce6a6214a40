"""From the guide to a draft, and from a draft to a case: each in one transaction and once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from yiwang.commons.files import queries as files
from yiwang.commons.forms import commands as forms
from yiwang.commons.forms import queries as form_queries
from yiwang.commons.forms.contracts import Submission
from yiwang.commons.identity.contracts import ServedAgent
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.serve.cases import commands as cases
from yiwang.serve.cases import queries as cases_read
from yiwang.serve.cases.contracts import Answer, Applicant, MaterialBy, MaterialInput
from yiwang.serve.matters.contracts import Bundle, MatterSpec
from yiwang.serve.portal import queries
from yiwang.serve.portal.contracts import (
    AgentMissing,
    FormReplaced,
    NotEligible,
    NotOffered,
    OfficialsApplyAsResidents,
    SignatureMissing,
    WrongApplicant,
)
from yiwang.serve.portal.models import CounterFiling
from yiwang.serve.portal.queries.licensed import known_by_licences


@command("portal.begin_application")
def begin_application(
    *, bundle_key: str, situation: Mapping[str, Any], idempotency_key: str | None = None, by: Actor, at: datetime
) -> UUID:
    """Keep the guide's answers in a draft, in the one that is open for this offer if there is one; the draft's id.

    A new draft brings along what the person answered in earlier cases. Raises BundleNotFound, NotOffered, OfficialsApplyAsResidents, WrongApplicant, Unauthenticated.
    """
    del idempotency_key
    if by.is_official and by.on_behalf is None:
        raise OfficialsApplyAsResidents
    bundle = queries.offer(key=bundle_key, viewer=by)
    if not queries.can_apply(bundle):
        raise NotOffered(name=bundle.name)
    _check_audience(bundle, by)
    opened = next(iter(form_queries.drafts(viewer=by, key=bundle.spec.form)), None)
    if opened is None:
        draft_id = forms.start_draft(key=bundle.spec.form, values=situation, by=by, at=at)
        known = queries.known_before(bundle=bundle, draft_id=draft_id, viewer=by)
        known |= known_by_licences(
            bundle=bundle, situation=situation, draft_id=draft_id, applicant=applicant_of(by), viewer=by
        )
        if known:
            forms.fill_draft(draft_id=draft_id, answers=known, by=by, at=at)
    else:
        draft_id = opened.id
        asked = form_queries.definition(key=opened.key, version=opened.version, viewer=by).questions
        values = {fact: value for fact, value in situation.items() if fact in asked}
        forms.save_draft(draft_id=draft_id, values=values, expected_revision=opened.revision, by=by, at=at)
    note(SubjectRef("draft", draft_id), bundle=bundle.key, again=opened is not None)
    return draft_id


@command("portal.send_application")
def send_application(
    *,
    draft_id: UUID,
    expected_revision: int,
    signed: bool = False,
    papers: int = 0,
    workplace: str = "",
    agent: ServedAgent | None = None,
    idempotency_key: str | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """File the draft's bundle with its answers and uploads; the id of the parent case.

    At the counter the applicant has `signed` the printed form and hands in so many sheets of `papers`, the form included;
    the case then stands in the clerk's shift. A legal entity has its `agent` there. A repeat with the same `idempotency_key` (double click, second tab, retry) returns the first case. Raises NotEligible,
    SignatureMissing, AgentMissing, FormReplaced, WrongApplicant and what forms.submit_draft and cases.submit_bundle raise; then nothing is lost, the draft stays.
    """
    del idempotency_key
    if by.is_official and not (signed and papers > 0):
        raise SignatureMissing
    if by.is_official and agent is None and applicant_of(by).entity_id is not None:
        raise AgentMissing
    sent = forms.submit_draft(draft_id=draft_id, expected_revision=expected_revision, by=by, at=at)
    bundle = queries.offer(key=sent.key, viewer=by)
    _check_audience(bundle, by)
    if sent.version < (bundle.form_version or 0):
        raise FormReplaced
    verdict = queries.eligibility(bundle=bundle, facts=sent.values, viewer=by)
    if verdict is not None and verdict.refused:
        raise NotEligible(advice=verdict.advice)
    case_id = _file(sent, bundle, agent, SubjectRef("draft", draft_id), by, at)
    if by.is_official:
        _keep_filing(case_id, papers, workplace, by, at)
    note(SubjectRef("case", case_id), draft=str(draft_id), signed=signed, papers=papers)
    return case_id


def _keep_filing(case_id: UUID, papers: int, workplace: str, by: Actor, at: datetime) -> None:
    """The clerk's own record of what was taken in, and evidence of who filed for whom."""
    case = cases_read.rows_of(case_ids=[case_id], viewer=Actor.system("portal.send_application"))[0]
    assert by.account_id is not None  # an official in office
    assert by.organisation_id is not None
    CounterFiling(
        case_id=case_id,
        number=case.number,
        title=case.title,
        applicant=case.applicant,
        clerk_id=by.account_id,
        organisation_id=by.organisation_id,
        workplace=workplace[:60],
        papers=papers,
        filed_at=at,
    ).save(force_insert=True)
    parties = evidence.salted_hash(f"{by.account_id} {by.on_behalf}")
    statement: dict[str, str | int | bool] = {
        "number": case.number,
        "papers": papers,
        "signed": True,
        "parties": parties,
    }
    evidence.record("portal.filed_at_counter", SubjectRef("case", case_id), statement)


def _file(
    sent: Submission, bundle: Bundle, agent: ServedAgent | None, draft: SubjectRef, by: Actor, at: datetime
) -> UUID:
    asked = {question.fact for question in bundle.spec.questions}
    situation = {fact: value for fact, value in sent.values.items() if fact in asked}
    authority = f"{agent.name}（{agent.basis.label}）" if agent else ""
    applicant = replace(applicant_of(by), agent_authority=authority[:120])
    answers, materials = _answers(sent, by), _materials(sent, bundle, by)
    channel = "counter" if by.is_official else "online"
    if queries.is_single(bundle):
        return cases.submit_matter(
            matter_id=bundle.id,
            applicant=applicant,
            situation=situation,
            answers=answers,
            materials=materials,
            channel=channel,
            agreed_for=draft,
            by=by,
            at=at,
        )
    return cases.submit_bundle(
        bundle_id=bundle.id,
        applicant=applicant,
        situation=situation,
        answers=answers,
        materials=materials,
        member_facts=_member_facts(sent, bundle),
        channel=channel,
        agreed_for=draft,
        by=by,
        at=at,
    )


def applicant_of(by: Actor) -> Applicant:
    """Whom the actor files for: the one acted for, else the person of the account."""
    if by.on_behalf is not None and by.on_behalf.kind != "person":
        return Applicant(entity_id=by.on_behalf.id)
    return Applicant(person_id=by.on_behalf.id if by.on_behalf else by.person_id)


def _check_audience(bundle: Bundle, by: Actor) -> None:
    kind = "person" if applicant_of(by).entity_id is None else "legal_entity"
    if bundle.spec.audience and kind not in bundle.spec.audience:
        raise WrongApplicant(name=bundle.name)


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
    handed_in = [
        MaterialInput(material, names.get(material, material), file_id=file_id)
        for material, ids in sent.files.items()
        for file_id in ids
        if file_id in known
    ]
    there = {each.material for each in handed_in}
    offered = {code for member in bundle.members for code in pledges_of(member.matter.spec)}
    signed = [code for code in sent.pledged if code in offered - there]
    return [*handed_in, *(MaterialInput(code, names.get(code, code), MaterialBy.PLEDGE) for code in signed)]


def pledges_of(spec: MatterSpec) -> tuple[str, ...]:
    """Codes of the materials that a signed pledge may stand for (告知承诺)."""
    return spec.pledge.materials if spec.pledge else ()


def _member_facts(sent: Submission, bundle: Bundle) -> dict[str, tuple[str, ...]]:
    return {
        member.matter.code: sent.forms[member.matter.spec.form]
        for member in bundle.members
        if member.matter.spec.form in sent.forms
    }
