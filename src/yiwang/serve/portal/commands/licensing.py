"""What the applicant agrees to before sending: that licences are retrieved instead of materials, and taking that back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from yiwang.commons.privacy import commands as privacy
from yiwang.commons.privacy.contracts import ConsentAsk
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note


@command("portal.agree_to_licences")
def agree_to_licences(
    *,
    draft_id: UUID,
    scope_key: str,
    agreed: Sequence[tuple[ConsentAsk, str]],
    withdrawn: Sequence[str] = (),
    by: Actor,
    at: datetime,
) -> None:
    """Give these consents (each with the digest of the words shown) and take back those of these ids, all or nothing.

    Raises what privacy.give_consent and privacy.withdraw_consent raise.
    """
    for ask, digest in agreed:
        privacy.give_consent(ask=replace(ask, scope_key=scope_key), digest=digest, by=by, at=at)
    for consent_id in withdrawn:
        privacy.withdraw_consent(consent_id=UUID(consent_id), by=by, at=at)
    note(SubjectRef("draft", draft_id), agreed=len(agreed), withdrawn=len(withdrawn))
