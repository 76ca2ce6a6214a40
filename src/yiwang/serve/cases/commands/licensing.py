"""免证办 in the filing: the licences to which the applicant agreed are retrieved and their use is recorded, all or nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from yiwang.commons.identity.contracts import OrganisationRef
from yiwang.commons.licences import commands as licences
from yiwang.commons.privacy.contracts import ConsentMissing
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.serve.cases.contracts import Applicant, MaterialBy, MaterialInput
from yiwang.serve.cases.contracts.licences import HANDLE, LicenceOffer
from yiwang.serve.cases.models import Case
from yiwang.serve.cases.queries.licensing import licence_offers
from yiwang.serve.matters.contracts import TailoredGuide


def offers(
    guide: TailoredGuide,
    handlers: Mapping[str, OrganisationRef],
    facts: Mapping[str, Any],
    applicant: Applicant,
    agreed_for: SubjectRef | None,
    words: str,
    by: Actor,
) -> Mapping[str, LicenceOffer]:
    """What the applicant could let be retrieved, with the consents given for the draft; nothing without a draft."""
    if agreed_for is None:
        return {}
    return licence_offers(
        guide=guide,
        handlers=handlers,
        facts=facts,
        holder=applicant.subject,
        asked_for=agreed_for,
        words=words,
        viewer=by,
    )


def inputs(offers: Mapping[str, LicenceOffer], handed_in: Sequence[MaterialInput]) -> tuple[MaterialInput, ...]:
    """The materials for which the applicant has agreed and handed in nothing: what is uploaded goes before."""
    there = {each.material for each in handed_in}
    return tuple(
        MaterialInput(code, offer.title, MaterialBy.LICENCE, reference=str(offer.licence_id))
        for code, offer in offers.items()
        if offer.agreed and code not in there
    )


def retrieve(
    rows: Mapping[str, Case],
    given: Mapping[str, Sequence[MaterialInput]],
    needed_by: Mapping[str, Sequence[str]],
    offers: Mapping[str, LicenceOffer],
    at: datetime,
) -> None:
    """Use each licence for each case that needs it, in the filing's transaction; the holder sees an entry for each.

    Raises ConsentMissing, ConsentEnded where a consent was taken back meanwhile, NotUsable where the licence ended: then
    nothing is filed.
    """
    for code, inputs_of in given.items():
        offer = offers.get(code)
        if offer is None or not any(each.by is MaterialBy.LICENCE for each in inputs_of):
            continue
        consents = {each.ask.organisation_id: each.consent_id for each in offer.agreements}
        for key in needed_by.get(code, ()):
            if key in rows:
                _use(offer, rows[key], consents.get(rows[key].organisation_id), at)


def _use(offer: LicenceOffer, case: Case, consent_id: UUID | None, at: datetime) -> None:
    if consent_id is None:
        raise ConsentMissing
    licences.use(
        licence_id=offer.licence_id,
        subject=SubjectRef("case", case.pk),
        purpose=HANDLE,
        consent_id=consent_id,
        organisation_id=case.organisation_id,
        words=case.number,
        by=Actor.system("cases.use_licence"),
        at=at,
    )
