"""Who may do what: a holder's own things, those of whom one acts for in everything, and the data officer's objections."""

from typing import Final

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import LEGAL_ENTITY, PERSON
from yiwang.commons.privacy.contracts import ANSWER, MayNotConsent, NoSuchConsent, NoSuchObjection
from yiwang.commons.privacy.models import Consent, Objection
from yiwang.kernel.actor import Actor, SubjectRef

_OWN: Final = "privacy:own"


def holder(viewer: Actor) -> SubjectRef | None:
    """Whose entries and consents the viewer sees now: whom they act for in everything, else their own; officials none."""
    found = _acting(viewer)
    if found is None or found.kind not in {PERSON, LEGAL_ENTITY} or viewer.is_official:
        return None
    if viewer.on_behalf is not None and not identity.acts_within(scope_key=_OWN, viewer=viewer):
        return None
    return found


def _acting(viewer: Actor) -> SubjectRef | None:
    """Whom the viewer acts for; a clerk at the counter for whom they serve."""
    if viewer.on_behalf is not None:
        return viewer.on_behalf
    return SubjectRef(PERSON, viewer.person_id) if viewer.person_id is not None and not viewer.is_official else None


def can_consent(actor: Actor, whose: SubjectRef, scope_key: str) -> bool:
    """The holder, who acts for the holder in this, the clerk before whom the holder stands, a guardian of a person."""
    if _acting(actor) == whose and actor.is_known:
        return actor.on_behalf is None or actor.is_official or identity.acts_within(scope_key=scope_key, viewer=actor)
    return False


def check_consent(actor: Actor, whose: SubjectRef, scope_key: str) -> None:
    """Raises MayNotConsent."""
    if not can_consent(actor, whose, scope_key):
        raise MayNotConsent


def can_withdraw(actor: Actor, row: Consent) -> bool:
    """Whoever sees it or gave it takes it back, and the clerk before whom the holder stands: as easily as given (PIPL 15)."""
    whose = SubjectRef(row.holder_kind, row.holder_id)
    gave = _acting(actor) == whose and (actor.is_official or row.given_by == actor.account_id)
    return gave or holder(actor) == whose


def check_withdraw(actor: Actor, row: Consent | None) -> Consent:
    """Raises NoSuchConsent: nobody learns of another's."""
    if row is None or not can_withdraw(actor, row):
        raise NoSuchConsent
    return row


def can_answer(actor: Actor, row: Objection) -> bool:
    """The data officer of the organisation whose access is objected to."""
    return actor.is_official and identity.holds(
        actor, ANSWER, organisation_id=row.organisation_id, scope_key=row.scope_key, grade=row.grade
    )


def check_answer(actor: Actor, row: Objection | None) -> Objection:
    """Raises NoSuchObjection."""
    if row is None or not can_answer(actor, row):
        raise NoSuchObjection
    return row
