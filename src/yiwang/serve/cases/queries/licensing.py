"""免证办: which of the applicant's electronic licences stand for materials, to whom they agreed, what became of those used."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext

from yiwang.commons.identity.contracts import NoHandlingOrganisation, OrganisationRef, UnknownRecord
from yiwang.commons.licences import queries as licences
from yiwang.commons.licences.contracts import LICENCE, HeldLicence, Holder, LicencePage, LicenceState, UseStanding
from yiwang.commons.privacy import queries as privacy
from yiwang.commons.privacy.contracts import ConsentAsk, DataRef
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases.contracts import MaterialBy
from yiwang.serve.cases.contracts.licences import AGREE, HANDLE, AgreementText, LicenceOffer, LicenceUsed
from yiwang.serve.cases.models import CaseMaterial
from yiwang.serve.cases.queries.materials import proved
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import (
    Bundle,
    Inclusion,
    Satisfier,
    SatisfierKind,
    TailoredGuide,
    TailoredMaterial,
)

AGREED_FOR: Final = timedelta(days=180)
"""How long the organisation may retrieve a licence for one application: at most until it should long be handled."""
_SYSTEM = Actor.system("cases.licences")
_STATES: Final = {
    LicenceState.MAKING: _("制作中"),
    LicenceState.IN_FORCE: _("有效"),
    LicenceState.SUSPENDED: _("暂停使用"),
    LicenceState.REVOKED: _("已失效"),
    LicenceState.EXPIRED: _("已过期"),
    LicenceState.REPLACED: _("已换发"),
}


def licence_offers(
    *,
    guide: TailoredGuide,
    handlers: Mapping[str, OrganisationRef],
    facts: Mapping[str, Any],
    holder: SubjectRef,
    asked_for: SubjectRef,
    words: str,
    viewer: Actor,
) -> dict[str, LicenceOffer]:
    """By material the licence that the applicant holds and could let be retrieved instead of handing anything in.

    `handlers`: who handles each member (by key), `asked_for` the draft with which the applicant agrees, `words` what is applied
    for. Nothing is offered for what another member, a register or the form itself provides, nor where one does not know
    who would retrieve it. One query where nobody holds a fitting licence, none where no material takes one.
    """
    wanted = [each for each in guide.materials if _takes_licence(each, handlers)]
    wanted = [each for each in wanted if not proved(material=each, facts=facts, by=viewer)]
    if not wanted:
        return {}
    known: dict[UUID, LicencePage] = {}
    held = licences.held(holder=Holder.of(holder), viewer=_SYSTEM)
    found: dict[str, LicenceOffer] = {}
    for material in wanted:
        fitting = _fitting(material, held, facts, known)
        if fitting is not None:
            asks = [_ask(fitting, known, holder, handlers[key], asked_for, words) for key in material.needed_by]
            found[material.code] = _offer(material, fitting, asks, viewer)
    return found


def offered(
    *,
    bundle: Bundle,
    guide: TailoredGuide,
    facts: Mapping[str, Any],
    holder: SubjectRef,
    asked_for: SubjectRef,
    viewer: Actor,
) -> dict[str, LicenceOffer]:
    """The same before filing, with the organisations that would handle it as far as the facts tell."""
    keys = {key for each in guide.materials if _could_take(each) for key in each.needed_by}
    if not keys:
        return {}
    handlers: dict[str, OrganisationRef] = {}
    region_code = region_of(bundle=bundle, facts=facts)
    for member in bundle.members:
        if member.key in keys:
            with suppress(NoHandlingOrganisation, UnknownRecord):
                handlers[member.key] = matters.handler(
                    matter=member.matter, facts=facts, viewer=viewer, region_code=region_code
                )
    return licence_offers(
        guide=guide,
        handlers=handlers,
        facts=facts,
        holder=holder,
        asked_for=asked_for,
        words=bundle.name,
        viewer=viewer,
    )


def region_of(*, bundle: Bundle, facts: Mapping[str, Any]) -> str:
    """The region of a filing, where nobody named it: the first that a member's handling asks for."""
    named = [bundle.spec.region_fact]
    named += [rule.region_fact for member in bundle.members for rule in member.matter.spec.handling]
    return next((str(facts[name]) for name in named if name and facts.get(name)), "")


def _takes_licence(material: TailoredMaterial, handlers: Mapping[str, OrganisationRef]) -> bool:
    return _could_take(material) and all(key in handlers for key in material.needed_by)


def _could_take(material: TailoredMaterial) -> bool:
    return (
        material.inclusion is not Inclusion.NO
        and material.by is not SatisfierKind.OUTPUT
        and any(way.kind is SatisfierKind.LICENCE for way in material.satisfiers)
    )


def _fitting(
    material: TailoredMaterial,
    held: Iterable[HeldLicence],
    facts: Mapping[str, Any],
    known: dict[UUID, LicencePage],
) -> HeldLicence | None:
    """The first licence, best trusted first, that a way of the material takes."""
    ways = [way for way in material.satisfiers if way.kind is SatisfierKind.LICENCE]
    for each in held:
        if any(_fits(each, way, facts, known) for way in ways):
            _page(each.id, known)
            return each
    return None


def _fits(held: HeldLicence, way: Satisfier, facts: Mapping[str, Any], known: dict[UUID, LicencePage]) -> bool:
    if held.type_key != way.source or held.grade.value > way.grade:
        return False
    if not way.facts:
        return True
    said = {field.fact: field.value for field in _page(held.id, known).fields}
    return all(said.get(field) == str(facts.get(fact) or "") != "" for field, fact in way.facts.items())


def _page(licence_id: UUID, known: dict[UUID, LicencePage]) -> LicencePage:
    if licence_id not in known:
        known[licence_id] = licences.licence(licence_id=licence_id, viewer=_SYSTEM)
    return known[licence_id]


def _ask(
    held: HeldLicence,
    known: Mapping[UUID, LicencePage],
    holder: SubjectRef,
    organisation: OrganisationRef,
    asked_for: SubjectRef,
    words: str,
) -> tuple[ConsentAsk, str]:
    sensitive = any(field.sensitivity == "sensitive" for field in known[held.id].spec.fields)
    last = clock.today() + AGREED_FOR
    ask = ConsentAsk(
        holder=holder,
        organisation_id=organisation.id,
        purpose=HANDLE,
        data=DataRef(LICENCE, held.id, held.type_key, held.title, sensitive),
        until=datetime.combine(last, time.min, clock.CHINA),
        text_key=AGREE,
        subject=asked_for,
        subject_words=words[:120],
    )
    return ask, organisation.name


def _offer(
    material: TailoredMaterial, held: HeldLicence, asks: Iterable[tuple[ConsentAsk, str]], viewer: Actor
) -> LicenceOffer:
    by_organisation = {ask.organisation_id: (ask, name) for ask, name in asks}
    return LicenceOffer(
        material=material.code,
        licence_id=held.id,
        type_key=held.type_key,
        title=held.title,
        number=held.number,
        issuer=held.issuer_name,
        grade=held.grade.value,
        valid_until=held.valid_until,
        sensitive=next(iter(by_organisation.values()))[0].data.sensitive,
        agreements=tuple(_agreement(ask, name, viewer) for ask, name in by_organisation.values()),
    )


def _agreement(ask: ConsentAsk, name: str, viewer: Actor) -> AgreementText:
    offer = privacy.consent_offer(ask=ask, viewer=viewer)
    return AgreementText(ask, name, offer.text, offer.refusing, offer.digest, agreed_to(ask=ask, viewer=viewer))


def agreed_to(*, ask: ConsentAsk, viewer: Actor) -> UUID | None:
    """The consent in force that the applicant gave for this very application."""
    found = privacy.consent_in_force(
        holder=ask.holder,
        organisation_id=ask.organisation_id,
        purpose=ask.purpose,
        data=ask.data,
        subject=ask.subject,
        viewer=viewer,
    )
    return found.id if found else None


def licences_used(*, case_id: UUID, viewer: Actor) -> tuple[LicenceUsed, ...]:
    """The licences that stand for this case's materials, each as it was at filing and as it is now.

    Whoever may see the case may see them; the caller has checked that. No query beyond the first where there are none.
    """
    rows = CaseMaterial.objects.filter(case_id=case_id, by=MaterialBy.LICENCE.value).exclude(reference="")
    materials = list(rows.order_by("position").values_list("material", "name", "reference", "checked_at"))
    if not materials:
        return ()
    uses = {str(use.licence_id): use for use in licences.uses_of(subject=SubjectRef("case", case_id), viewer=_SYSTEM)}
    agreed = [use.consent_id for use in uses.values() if use.consent_id is not None]
    withdrawn = privacy.withdrawals(consent_ids=agreed, viewer=_SYSTEM)
    briefs = licences.briefs(licence_ids=[use.licence_id for use in uses.values()], viewer=_SYSTEM)
    found = []
    for material, name, reference, checked_at in materials:
        use = uses.get(reference)
        if use is not None and use.licence_id in briefs:
            used = _used(use, briefs[use.licence_id], material, name, checked=checked_at is not None)
            taken_back = withdrawn.get(use.consent_id) if use.consent_id else None
            found.append(replace(used, withdrawn_at=taken_back, fields=()) if taken_back else used)
    del viewer
    return tuple(found)


def _used(use: UseStanding, brief: Any, material: str, name: str, *, checked: bool) -> LicenceUsed:
    return LicenceUsed(
        licence_id=use.licence_id,
        material=material,
        name=name,
        title=brief.title,
        number=brief.number,
        grade=use.grade.value,
        used_at=use.used_at,
        state_then=gettext(_STATES[use.state_at_use]),
        state_now=gettext(_STATES[use.state_now]),
        stands=use.stands,
        checked=checked,
        fields=tuple((field.label, field.value) for field in use.fields),
        view_url=brief.view_url,
        verify_url=brief.verify_url,
    )


def unsound(*, case_id: UUID, viewer: Actor) -> str:
    """Why what the case relies on forbids a decision without anybody looking; empty where it does not."""
    for each in licences_used(case_id=case_id, viewer=viewer):
        if not each.stands:
            return gettext("所用的电子证照“%(title)s”现在是“%(state)s”，要由工作人员核实后决定") % {
                "title": each.title,
                "state": each.state_now,
            }
        if each.withdrawn_at is not None:
            return gettext("申请人已经撤回调取电子证照“%(title)s”的同意，要由工作人员核实后决定") % {
                "title": each.title
            }
        if each.needs_original:
            return _unseen(each)
    return ""


def unseen(*, case_id: UUID, viewer: Actor) -> str:
    """Why nobody may grant yet: a licence that is none in law (C, D) stands for a material, and its original was not checked."""
    used = licences_used(case_id=case_id, viewer=viewer)
    return next((_unseen(each) for each in used if each.needs_original), "")


def _unseen(each: LicenceUsed) -> str:
    return gettext("电子证照“%(title)s”的可信等级是 %(grade)s 级，要先核对原件") % {
        "title": each.title,
        "grade": each.grade,
    }
