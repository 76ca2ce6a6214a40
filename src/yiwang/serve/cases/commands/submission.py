"""Filing: a bundle with its members, or a single matter. Everything in one transaction, numbered last."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from yiwang.commons.files import commands as files
from yiwang.commons.flow import commands as flow
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import OrganisationRef
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command
from yiwang.kernel.ids import new_id
from yiwang.kernel.legal_calendar import LimitUnit
from yiwang.serve.cases import policies, rules
from yiwang.serve.cases.commands import journal, licensing, pledging
from yiwang.serve.cases.contracts import (
    Answer,
    Applicant,
    CaseAction,
    CaseKind,
    CaseStatus,
    DeliveryChannel,
    MaterialBy,
    MaterialInput,
    MatterHalted,
    NothingToHandle,
    SituationIncomplete,
)
from yiwang.serve.cases.models import Case, CaseMaterial
from yiwang.serve.cases.queries.licensing import region_of
from yiwang.serve.cases.queries.materials import provided
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import (
    Bundle,
    Inclusion,
    Limits,
    Matter,
    Member,
    TailoredGuide,
)
from yiwang.serve.matters.contracts import LimitUnit as SpanUnit

GRADE = 3
NET = "serve"


@dataclass(frozen=True, slots=True)
class _Filing:
    """What a filing says, gathered once."""

    bundle: Bundle
    guide: TailoredGuide
    applicant: Applicant
    applicant_name: str
    facts: Mapping[str, Any]
    answers: Sequence[Answer]
    member_facts: Mapping[str, Sequence[str]]
    region_code: str
    region_id: UUID | None
    channel: str
    by: Actor
    at: datetime


@command("cases.submit_bundle")
def submit_bundle(
    *,
    bundle_id: UUID,
    applicant: Applicant,
    situation: Mapping[str, Any],
    answers: Sequence[Answer] = (),
    materials: Sequence[MaterialInput] = (),
    member_facts: Mapping[str, Sequence[str]] | None = None,
    region_code: str = "",
    channel: str = "online",
    agreed_for: SubjectRef | None = None,
    idempotency_key: str | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """File a bundle: the parent and a member case for each matter that the situation asks for; the parent's id.

    `situation` holds the facts of the guide, `answers` those of the form, `member_facts` which facts each matter's form
    takes (by matter code; absent: all), `region_code` where the applicant lives, `agreed_for` the draft with which the applicant
    agreed that licences are retrieved instead of materials. Starts the bundle's process, attaches
    the files. A member that is suspended or cancelled is left out and told; MatterHalted where the bundle can't do
    without it. Raises SituationIncomplete, NothingToHandle, MaterialMissing, NoHandlingOrganisation, Forbidden,
    MayNotRepresent, ConsentMissing and NotUsable where a consent or a licence ended meanwhile.
    """
    del idempotency_key
    bundle = matters.bundle_version(bundle_id=bundle_id, viewer=by)
    filing = _filing(bundle, applicant, situation, answers, member_facts, region_code, channel, by, at)
    taking_part = [each.key for each in filing.guide.members]
    members = [member for member in bundle.members if member.key in taking_part]
    handlers = {member.key: _handler(filing, member.matter) for member in members}
    offers = licensing.offers(filing.guide, handlers, filing.facts, applicant, agreed_for, bundle.name, by)
    materials = (*materials, *licensing.inputs(offers, materials))
    given = provided(guide=filing.guide, facts=filing.facts, materials=materials, by=by)
    parent = _row(filing, CaseKind.BUNDLE, bundle.name, _lead(filing, members, handlers), Limits(bundle.promised))
    parent.bundle_id, parent.bundle_key = bundle.id, bundle.key
    parent.process_key, parent.process_version = bundle.spec.process, bundle.process_version
    parent.form_key, parent.form_version = bundle.spec.form, bundle.form_version
    parent.scope_key = f"bundle:{bundle.key}"
    parent.answers = [asdict(answer) for answer in answers]
    parent.number = _number(filing)
    _save(parent, by, at, rules.left_out_words(filing.guide))
    rows = {}
    for place, member in enumerate(members, start=1):
        row = _member_row(filing, parent, member, handlers[member.key], taking_part, place)
        _save(row, by, at)
        rows[member.key] = row
    _write_materials(bundle, filing.guide, rows, given, at)
    _attach(parent, materials, by, at)
    pledging.sign(rows, given, _needed_by(filing.guide), parent, by, at)
    licensing.retrieve(rows, given, _needed_by(filing.guide), offers, at)
    _begin(parent, bundle.spec.process, _variables(filing, parent, rows), by, at)
    return parent.pk


@command("cases.submit_matter")
def submit_matter(
    *,
    matter_id: UUID,
    applicant: Applicant,
    situation: Mapping[str, Any],
    answers: Sequence[Answer] = (),
    materials: Sequence[MaterialInput] = (),
    region_code: str = "",
    channel: str = "online",
    agreed_for: SubjectRef | None = None,
    idempotency_key: str | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """File a single matter; the case's id. Arguments and errors as in submit_bundle."""
    del idempotency_key
    matter = matters.matter_version(matter_id=matter_id, viewer=by)
    halt = matters.halt(code=matter.code, viewer=by)
    if halt is not None:
        raise MatterHalted(halted=rules.halt_words(matter.name, halt))
    bundle = matters.as_bundle(matter=matter, viewer=by)
    filing = _filing(bundle, applicant, situation, answers, None, region_code, channel, by, at)
    handler = _handler(filing, matter)
    handlers = {matter.code: handler}
    offers = licensing.offers(filing.guide, handlers, filing.facts, applicant, agreed_for, bundle.name, by)
    materials = (*materials, *licensing.inputs(offers, materials))
    given = provided(guide=filing.guide, facts=filing.facts, materials=materials, by=by)
    case = _row(filing, CaseKind.SINGLE, matter.name, handler, matter.spec.limits)
    _pin(case, matter)
    case.answers = [asdict(answer) for answer in answers]
    case.number = _number(filing)
    _save(case, by, at)
    _write_materials(bundle, filing.guide, {matter.code: case}, given, at)
    _attach(case, materials, by, at)
    pledging.sign({matter.code: case}, given, _needed_by(filing.guide), case, by, at)
    licensing.retrieve({matter.code: case}, given, _needed_by(filing.guide), offers, at)
    _begin(case, matter.spec.process, _variables(filing, case, {}), by, at)
    return case.pk


def _filing(
    bundle: Bundle,
    applicant: Applicant,
    situation: Mapping[str, Any],
    answers: Sequence[Answer],
    member_facts: Mapping[str, Sequence[str]] | None,
    region_code: str,
    channel: str,
    by: Actor,
    at: datetime,
) -> _Filing:
    policies.check_submit(by, applicant)
    facts = {**{answer.fact: answer.value for answer in answers}, **situation}
    region_code = region_code or region_of(bundle=bundle, facts=facts)
    guide = matters.guide(bundle=bundle, facts=facts, viewer=by, region_code=region_code)
    if guide.questions_left:
        raise SituationIncomplete(questions="；".join(question.text for question in guide.questions_left))
    handled = any(member.inclusion is Inclusion.YES for member in guide.members)
    if guide.blocking or (guide.halted and not handled):
        raise MatterHalted(halted="；".join(map(rules.halted_words, guide.blocking or guide.halted)))
    if not handled:
        raise NothingToHandle
    codes = [member.matter_code for member in guide.members]
    policies.check_scope(by, applicant, bundle.key, codes)
    policies.check_real_name(by, bundle, codes)
    regions = identity.regions_by_code(codes=[region_code], viewer=by)
    return _Filing(
        bundle=bundle,
        guide=guide,
        applicant=applicant,
        applicant_name=_name_of(applicant),
        facts=facts,
        answers=answers,
        member_facts=member_facts or {},
        region_code=region_code,
        region_id=regions[region_code].id if region_code in regions else None,
        channel=channel,
        by=by,
        at=at,
    )


def _name_of(applicant: Applicant) -> str:
    names = identity.subject_names(subjects=[applicant.subject], viewer=Actor.system("cases.submit"))
    return names.get(applicant.subject, "")


def _handler(filing: _Filing, matter: Matter) -> OrganisationRef:
    return matters.handler(matter=matter, facts=filing.facts, viewer=filing.by, region_code=filing.region_code)


def _lead(filing: _Filing, members: Sequence[Member], handlers: Mapping[str, OrganisationRef]) -> OrganisationRef:
    """The organisation that leads the bundle (牵头单位), else the one that handles its first member."""
    lead = matters.lead(bundle=filing.bundle, facts=filing.facts, viewer=filing.by, region_code=filing.region_code)
    return lead or handlers[members[0].key]


def _row(filing: _Filing, kind: CaseKind, title: str, handler: OrganisationRef, limits: Limits) -> Case:
    agent = filing.by.account_id if policies.is_agent(filing.by, filing.applicant) else None
    return Case(
        id=new_id(),
        kind=kind.value,
        title=title,
        person_id=filing.applicant.person_id,
        entity_id=filing.applicant.entity_id,
        applicant_name=filing.applicant_name,
        beneficiary=str(filing.facts.get(filing.bundle.spec.beneficiary_fact) or "")[:120],
        filed_by_id=filing.by.account_id,
        agent_id=agent,
        agent_authority=filing.applicant.agent_authority,
        organisation_id=handler.id,
        organisation_name=handler.name,
        region_id=filing.region_id,
        region_code=filing.region_code,
        grade=GRADE,
        channel=filing.channel,
        situation=_situation(filing),
        **_limits(limits),
        **_delivery(filing),
        submitted_at=filing.at,
    )


def _delivery(filing: _Filing) -> dict[str, Any]:
    """Notices arrive where it was filed, results as the form's answer says, else there too."""
    choice = filing.bundle.spec.delivery_choice
    filed = DeliveryChannel.COUNTER if filing.channel == "counter" else DeliveryChannel.ONLINE
    said = str(filing.facts.get(choice.fact) or filed)
    shown = {answer.fact: answer.shown or str(answer.value) for answer in filing.answers if answer.value}
    address = "，".join(shown[fact] for fact in choice.address if fact in shown)
    allowed = {DeliveryChannel.ONLINE, DeliveryChannel.COUNTER} | ({DeliveryChannel.POST} if address else set())
    return {
        "notice_channel": filed.value,
        "delivery_channel": said if said in allowed else filed.value,
        "delivery_address": address if said == DeliveryChannel.POST and address else None,
    }


def _limits(limits: Limits) -> dict[str, Any]:
    """The limits in days: hours and at once count as the working days that cover them."""
    days: dict[str, Any] = {"promised_days": limits.promised, "statutory_days": limits.statutory}
    for name, unit, working in (
        ("promised", limits.unit, limits.working_days),
        ("statutory", limits.statutory_unit, limits.statutory_working_days),
    ):
        counted = unit in {SpanUnit.WORKING_DAY, SpanUnit.CALENDAR_DAY}
        days[f"{name}_days"] = days[f"{name}_days"] if counted else working
        days[f"{name}_unit"] = unit.value if counted else LimitUnit.WORKING_DAY.value
    return days


def _situation(filing: _Filing) -> dict[str, Any]:
    asked = {question.fact for question in filing.bundle.spec.questions}
    answered = {answer.fact for answer in filing.answers}
    return {fact: value for fact, value in filing.facts.items() if fact in asked or fact not in answered}


def _member_row(
    filing: _Filing, parent: Case, member: Member, handler: OrganisationRef, taking_part: Sequence[str], place: int
) -> Case:
    row = _row(filing, CaseKind.MEMBER, member.matter.name, handler, member.matter.spec.limits)
    _pin(row, member.matter)
    row.parent, row.member_key, row.position = parent, member.key, place
    row.bundle_id, row.bundle_key = filing.bundle.id, filing.bundle.key
    row.depends_on = [key for key in member.depends_on if key in taking_part]
    row.number = rules.member_number(parent.number, place)
    wanted = filing.member_facts.get(member.matter.code)
    row.answers = [asdict(answer) for answer in filing.answers if wanted is None or answer.fact in wanted]
    return row


def _pin(row: Case, matter: Matter) -> None:
    row.matter_id, row.matter_code, row.scope_key = matter.id, matter.code, f"matter:{matter.code}"
    row.form_key, row.form_version = matter.spec.form, matter.form_version
    row.process_key, row.process_version = matter.spec.process, matter.process_version


def _number(filing: _Filing) -> str:
    region, day = (filing.region_code or "000000")[:6], rules.day_of(filing.at)
    return rules.case_number(region, day, journal.next_in(f"case:{region}:{day:%Y%m%d}"))


def _save(row: Case, by: Actor, at: datetime, words: str = "") -> None:
    status = CaseStatus.WAITING if row.depends_on else CaseStatus.SUBMITTED
    row.status = status.value
    row.events_count, row.last_hash = 0, rules.GENESIS
    row.save(force_insert=True)
    journal.append(row, CaseAction.SUBMIT, status, by=by, at=at, words=words, first=True)
    row.save(update_fields=["status", "events_count", "last_hash"])
    journal.announce(row)


def _write_materials(
    bundle: Bundle,
    guide: TailoredGuide,
    rows: Mapping[str, Case],
    given: Mapping[str, Sequence[MaterialInput]],
    at: datetime,
) -> None:
    written: list[CaseMaterial] = []
    for material in guide.materials:
        for key in material.needed_by:
            if key not in rows:
                continue
            inputs = given.get(material.code, ())
            if material.origin and material.origin in rows and rows[material.origin].pk != rows[key].pk:
                result = _result_for(bundle, material.origin, key, material.code)
                inputs = (MaterialInput(material.code, material.name, MaterialBy.MEMBER_OUTPUT, reference=result),)
            written += [
                CaseMaterial(
                    case=rows[key],
                    position=len(written),
                    material=material.code,
                    name=material.name,
                    by=each.by.value,
                    file_id=each.file_id,
                    reference=each.reference,
                    origin=rows[material.origin] if each.by is MaterialBy.MEMBER_OUTPUT else None,
                    added_at=at,
                )
                for each in inputs
            ]
    CaseMaterial.objects.bulk_create(written)


def _needed_by(guide: TailoredGuide) -> dict[str, tuple[str, ...]]:
    return {material.code: material.needed_by for material in guide.materials}


def _result_for(bundle: Bundle, origin: str, key: str, code: str) -> str:
    """Key of the result of `origin` that is the material `code` of `key`."""
    giver, taker = bundle.member(origin).matter.spec, bundle.member(key).matter.spec
    wanted = next(each for each in taker.inputs if each.material == code)
    return next((one.result for one in wanted.satisfiers if giver.gives(one)), "")


def _attach(case: Case, materials: Sequence[MaterialInput], by: Actor, at: datetime) -> None:
    ids = {each.file_id for each in materials if each.file_id is not None}
    if ids:
        files.attach(file_ids=sorted(ids), subject=SubjectRef("case", case.pk), by=by, at=at)


def _variables(filing: _Filing, case: Case, rows: Mapping[str, Case]) -> dict[str, Any]:
    """What branches ask for: the situation and plain facts (yes or no, numbers), never names, numbers of cards, texts."""
    situation = _situation(filing)
    plain = {fact: value for fact, value in filing.facts.items() if isinstance(value, bool | int | float)}
    members = {
        member.key: {
            "applies": member.key in rows,
            "case_id": str(rows[member.key].pk) if member.key in rows else None,
            "organisation": str(rows[member.key].organisation_id) if member.key in rows else None,
        }
        for member in filing.bundle.members
    }
    return {**plain, **situation, "case_id": str(case.pk), **({"members": members} if rows else {})}


def _begin(case: Case, process: str, variables: Mapping[str, Any], by: Actor, at: datetime) -> None:
    case.instance_id = flow.start(
        key=process,
        version=case.process_version,
        subject=SubjectRef("case", case.pk),
        title=case.title,
        variables=variables,
        net=NET,
        organisation_id=case.organisation_id,
        scope_key=case.scope_key,
        grade=case.grade,
        applicant_person_id=case.person_id,
        applicant_entity_id=case.entity_id,
        by=by,
        at=at,
    )
    Case.objects.filter(pk=case.pk).update(instance_id=case.instance_id)
