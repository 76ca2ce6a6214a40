"""What a client system learns of somebody, by the scopes that its department was given and the person agreed to.

Read live: who left an office or no longer acts for an enterprise says so at the next token.
"""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db.models import F

from yiwang.commons.identity import policies
from yiwang.commons.identity.contracts import LEGAL_ENTITY, PERSON, AccountKind
from yiwang.commons.identity.contracts.openid import SENSITIVE_SCOPES, Acr, LoginFacts, Scope
from yiwang.commons.identity.contracts.real_names import Assurance
from yiwang.commons.identity.models import Account, Appointment, LegalEntity, Representation
from yiwang.kernel.actor import SubjectRef

_MOBILE: Final = 11


def claims_of(*, account_id: UUID, facts: LoginFacts, scopes: Iterable[str], whole: bool) -> dict[str, Any]:
    """Claims beside `sub` (OpenID Connect Core 1.0, 5.1 and 2). `whole`: for the user info endpoint. Identity tokens travel
    through browsers, and in addresses when they come back as hints: they say nothing of a person but how it was checked.
    """
    given = set(scopes)
    account = Account.objects.select_related("person").get(pk=account_id)
    claims: dict[str, Any] = {
        "auth_time": int(facts.at.timestamp()),
        "acr": Acr.of(facts.level).value,
        "amr": list(facts.amr),
        "assurance": getattr(account, "assurance", 1),
    }
    if not whole:
        return claims
    person = account.person
    if Scope.PROFILE in given:
        claims |= {"name": person.name if person else account.username, "kind": account.kind}
    if Scope.ORGANISATION in given:
        claims["organisations"] = _offices(account_id, facts)
    if Scope.ENTITY in given and facts.on_behalf is not None and account.person_id is not None:
        acting = _acting_for(account.person_id, facts.on_behalf)
        if acting is not None:
            claims["acting_for"] = acting
    if person is not None and _is_surely(account):
        if Scope.PHONE in given and person.mobile:
            claims["phone_number"] = f"+86{person.mobile}" if len(person.mobile) == _MOBILE else person.mobile
        if Scope.ID_NUMBER in given and person.id_number:
            claims["id_number"] = person.id_number
    return claims


def tells_numbers(*, account_id: UUID, claims: Iterable[str]) -> UUID | None:
    """The person whose numbers stand among `claims`; no query where there are none."""
    if {each.claim for each in SENSITIVE_SCOPES}.isdisjoint(claims):
        return None
    found: UUID | None = Account.objects.values_list("person_id", flat=True).get(pk=account_id)
    return found


def _is_surely(account: Account) -> bool:
    """Whoever opened an official's account named its person: the numbers of that person are told once the person has shown
    themself, else a system for residents would take the account for the resident.
    """
    return account.kind == AccountKind.PERSON or account.assurance >= Assurance.CONFIRMED


def _offices(account_id: UUID, facts: LoginFacts) -> list[dict[str, Any]]:
    """Offices held today; `current` is the one acted in."""
    rows = Appointment.objects.filter(policies.period_covers_today(), account_id=account_id).order_by(
        "valid_from", "id"
    )
    found = rows.values(
        code=F("organisation__code"), name=F("organisation__name"), credit_code=F("organisation__credit_code"),
        role_key=F("role__key"), role_title=F("role__title"), place=F("organisation_id"),
    )  # fmt: skip
    return [
        {
            "code": row["code"],
            "name": row["name"],
            **({"credit_code": row["credit_code"]} if row["credit_code"] else {}),
            "role": row["role_key"],
            "role_title": row["role_title"],
            "current": row["place"] == facts.organisation_id and row["role_key"] == facts.role,
        }
        for row in found
    ]


def _acting_for(person_id: UUID, subject: SubjectRef) -> dict[str, str] | None:
    """For whom somebody acts, while a representation in force says so."""
    in_force = Representation.objects.filter(policies.representations_in_force(person_id, subject))
    if subject.kind == LEGAL_ENTITY:
        row = in_force.values_list("legal_entity__name", "legal_entity__credit_code", "kind").first()
        if row is None:
            entity = LegalEntity.objects.filter(pk=subject.id, legal_representative_id=person_id).first()
            row = (entity.name, entity.credit_code, "legal_representative") if entity else None
        return (
            None if row is None else {"kind": LEGAL_ENTITY, "name": row[0], "credit_code": row[1] or "", "by": row[2]}
        )
    if subject.kind == PERSON:
        name, kind = in_force.values_list("person__name", "kind").first() or ("", "")
        return {"kind": PERSON, "name": name, "by": kind} if name else None
    return None
