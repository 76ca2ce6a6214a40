"""The guide: what a situation needs, which question comes next, who handles it."""

from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import (
    NoHandlingOrganisation,
    OrganisationKind,
    OrganisationRef,
    RegionLevel,
    UnknownRecord,
)
from yiwang.commons.rules import queries as decisions
from yiwang.kernel.actor import Actor
from yiwang.serve.matters import models, rules
from yiwang.serve.matters.contracts import (
    Bundle,
    Facts,
    Handling,
    Inclusion,
    Matter,
    Member,
    ProcedureKind,
    RemedyTerms,
    TailoredGuide,
)

_VERDICTS = rules.Verdicts()


def guide(
    *, bundle: Bundle, facts: Facts, viewer: Actor, region_code: str = "", with_handlers: bool = True
) -> TailoredGuide:
    """What the situation `facts` needs of `bundle`, and the question worth asking next.

    What may still refuse the bundle as a whole (its eligibility) is asked first. Names the handlers of a region: some
    queries for each member that nobody handles by name; without them one query, where there is an eligibility decision.
    """
    if with_handlers:
        bundle = replace(bundle, members=_with_handlers(bundle, facts, viewer, region_code))
    refused, key = eligibility(key=bundle.spec.eligibility, viewer=viewer)
    return rules.tailor(bundle, facts, _VERDICTS, refused, key)


def eligibility(*, key: str, viewer: Actor) -> tuple[rules.Ruling, object]:
    """The decision on who may use a bundle, and its version as a key; for everybody where it names none. One query."""
    version = decisions.latest_version(key=key, viewer=viewer) if key else None
    if version is None:
        return rules.never_refuses, None
    return _ruling(key, version), (key, version)


@lru_cache(maxsize=200)
def _ruling(key: str, version: int) -> rules.Ruling:
    """A published version never changes, so it is compiled once a process."""
    found = decisions.decision(key=key, version=version, viewer=Actor.system("matters"))
    return rules.decision(found.xml.encode(), key, tuple(each.encode() for each in found.imports))


def still_put(*, bundle: Bundle, answers: Facts, viewer: Actor) -> dict[str, Any]:
    """`answers` without those to questions that are not put once the others are as they are; in the same order."""
    del viewer
    return rules.still_put(bundle, answers, _VERDICTS)


def as_bundle(*, matter: Matter, viewer: Actor) -> Bundle:
    """A single matter as a bundle of one, for `guide` and for filing."""
    del viewer
    return rules.alone(matter)


def handler(*, matter: Matter, facts: Facts, viewer: Actor, region_code: str = "") -> OrganisationRef:
    """The organisation that handles `matter` in this situation. Raises NoHandlingOrganisation, UnknownRecord."""
    return _handler(_handling(matter, facts), facts, viewer, region_code)


def lead(*, bundle: Bundle, facts: Facts, viewer: Actor, region_code: str = "") -> OrganisationRef | None:
    """The organisation that leads the bundle (牵头单位); None where none is named or found."""
    if bundle.spec.lead is None:
        return None
    try:
        return _handler(bundle.spec.lead, facts, viewer, region_code)
    except (NoHandlingOrganisation, UnknownRecord):
        return None


def remedies(*, matter: Matter, organisation_id: UUID, viewer: Actor) -> RemedyTerms:
    """Where a decision of this organisation can be fought, as its document must tell (行政复议法 24, 行政诉讼法 15).

    What the matter leaves open: the government to which the organisation belongs, and the court of its region (else
    that of the region above it). Raises UnknownRecord. At most four queries.
    """
    terms = matter.spec.remedies
    if terms.review_authority and terms.court:
        return terms
    organisation = identity.organisation(organisation_id=organisation_id, viewer=viewer)
    review = terms.review_authority or _government(organisation.territorial_parent_id, viewer)
    return replace(terms, review_authority=review, court=terms.court or _court(organisation.region.code, viewer))


def document_word(*, organisation_id: UUID, viewer: Actor) -> str:
    """The word with which the organisation numbers its documents (发文字号); empty where the pack has none."""
    code = identity.organisation(organisation_id=organisation_id, viewer=viewer).code
    return _entry(ProcedureKind.WORD, code)


def _government(parent_id: UUID | None, viewer: Actor) -> str:
    while parent_id is not None:
        parent = identity.organisation(organisation_id=parent_id, viewer=viewer)
        if parent.kind is OrganisationKind.GOVERNMENT:
            return parent.name
        parent_id = parent.territorial_parent_id
    return ""


def _court(region_code: str, viewer: Actor) -> str:
    codes = [region.code for region in reversed(identity.region_path(code=region_code, viewer=viewer))]
    said = dict(
        models.ProcedureEntry.objects.filter(kind=ProcedureKind.COURT.value, key__in=[*codes, "default"]).values_list(
            "key", "value"
        )
    )
    return next((said[code] for code in [*codes, "default"] if code in said), "")


def _entry(kind: ProcedureKind, key: str) -> str:
    found = models.ProcedureEntry.objects.filter(kind=kind.value, key=key).values_list("value", flat=True).first()
    return found or ""


def _handling(matter: Matter, facts: Facts) -> Handling:
    """The first rule that holds; rules that still wait for a fact are passed over."""
    formulas = matter.spec.formulas
    rules_of = matter.spec.handling
    holding = (rule for rule in rules_of if _VERDICTS.inclusion(rule.condition, facts, formulas) is Inclusion.YES)
    return next(holding, rules_of[-1])


def _handler(handling: Handling, facts: Facts, viewer: Actor, region_code: str) -> OrganisationRef:
    if handling.organisation:
        return identity.organisation_by_code(code=handling.organisation, viewer=viewer)
    if handling.organisation_fact:
        named = facts.get(handling.organisation_fact)
        if not named:
            raise NoHandlingOrganisation(line=handling.organisation_fact, region=region_code)
        return identity.organisation_by_code(code=str(named), viewer=viewer)
    region = str(facts.get(handling.region_fact) or region_code)
    level = RegionLevel(handling.level) if handling.level else None
    return identity.organisation_for(line=handling.line, region_code=region, level=level, viewer=viewer)


def _with_handlers(bundle: Bundle, facts: Facts, viewer: Actor, region_code: str) -> tuple[Member, ...]:
    known: dict[tuple[Handling, str], str] = {}
    members = []
    for member in bundle.members:
        if member.matter.organisation_name:
            members.append(member)
            continue
        handling = _handling(member.matter, facts)
        told = str(facts.get(handling.organisation_fact or handling.region_fact) or region_code)
        if told and (handling, told) not in known:
            try:
                known[handling, told] = _handler(handling, facts, viewer, region_code).name
            except (NoHandlingOrganisation, UnknownRecord):
                known[handling, told] = ""
        named = replace(member.matter, organisation_name=known.get((handling, told), ""))
        members.append(replace(member, matter=named))
    return tuple(members)
