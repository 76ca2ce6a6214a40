"""What people agree to give a system, and take back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from yiwang.commons.identity.commands.openid.logins import end_client_logins
from yiwang.commons.identity.contracts.openid import CLIENT_SYSTEM, ClientUnknown, Scope
from yiwang.commons.identity.models import ClientConsent, ClientSystem
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.errors import Unauthenticated


@command("identity.give_client_consent")
def give_client_consent(*, system_id: UUID, scopes: Sequence[Scope], by: Actor, at: datetime) -> None:
    """The actor agrees that a system learns `scopes`, beside what they agreed to before. Raises Unauthenticated, ClientUnknown."""
    if by.account_id is None:
        raise Unauthenticated
    if not ClientSystem.objects.filter(pk=system_id).exists():
        raise ClientUnknown
    wanted = {each.value for each in scopes}
    row, made = ClientConsent.objects.select_for_update().get_or_create(
        account_id=by.account_id, system_id=system_id, defaults={"scopes": sorted(wanted), "given_at": at}
    )
    if not made:
        row.scopes, row.given_at = sorted({*row.scopes, *wanted}), at
        row.save(update_fields=["scopes", "given_at"])
    _record("client_consent.given", system_id, by, row.scopes)


@command("identity.withdraw_client_consent")
def withdraw_client_consent(*, system_id: UUID, by: Actor, at: datetime) -> None:
    """Take it back: the system asks again next time, and what it holds is void now. Raises Unauthenticated."""
    if by.account_id is None:
        raise Unauthenticated
    ClientConsent.objects.filter(account_id=by.account_id, system_id=system_id).delete()
    end_client_logins(account_id=by.account_id, system_id=system_id, reason="consent_withdrawn", by=by, at=at)
    _record("client_consent.withdrawn", system_id, by, [])


def _record(kind: str, system_id: UUID, by: Actor, scopes: list[str]) -> None:
    subject = SubjectRef(CLIENT_SYSTEM, system_id)
    note(subject, scopes=scopes)
    evidence.record(kind, subject, {"scopes": scopes, "account": evidence.salted_hash(str(by.account_id))})
