"""What a connected system learns of somebody's numbers is entered where the person reads who looked at their data."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from yiwang.commons.identity.contracts.openid import (
    CLIENT_SYSTEM,
    SENSITIVE_SCOPES,
    ClientUnknown,
    RequestState,
    Scope,
    SystemRead,
)
from yiwang.commons.identity.models import ClientRequest, ClientSystem
from yiwang.commons.identity.registry.reading import keep_read
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note


@command("identity.note_claims")
def note_claims(*, system_id: UUID, person_id: UUID, claims: Iterable[str], by: Actor, at: datetime) -> None:
    """Before claims leave: the sensitive ones among them are entered, with why the system was given them. Raises ClientUnknown."""
    told = set(claims)
    scopes = [each for each in Scope if each in SENSITIVE_SCOPES and each.claim in told]
    note(SubjectRef(CLIENT_SYSTEM, system_id), told=[each.value for each in scopes])
    if not scopes:
        return
    system = ClientSystem.objects.filter(pk=system_id).first()
    if system is None:
        raise ClientUnknown
    reasons = tuple((each, _reason(system, each)) for each in scopes)
    read = SystemRead(person_id, system_id, system.name, system.organisation_id, reasons)
    keep_read(read=read, by=by, at=at)


def _reason(system: ClientSystem, scope: Scope) -> str:
    """What the department wrote when it was first given the scope that it holds since."""
    decided = ClientRequest.objects.filter(system=system, state=RequestState.APPROVED.value).order_by("-decided_at")
    found: str = system.name
    for profile, reason in decided.values_list("profile", "reason")[:100]:
        if scope.value not in profile.get("scopes", ()):
            break
        found = reason
    return found
