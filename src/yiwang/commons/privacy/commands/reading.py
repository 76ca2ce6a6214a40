"""Connected systems that are told somebody's numbers at a log-in: the person reads which, of whom and why."""

from datetime import datetime, timedelta
from typing import Final

from yiwang.commons.identity.contracts import PERSON
from yiwang.commons.identity.contracts.openid import CLIENT_SYSTEM, Scope, SystemRead
from yiwang.commons.privacy.commands.entries import record_access
from yiwang.commons.privacy.contracts import LOGS_IN, AccessWay, DataRef, NewAccess
from yiwang.commons.privacy.models import AccessEntry
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note

ONE_LOOK: Final = timedelta(minutes=10)
"""A system that asks again and again with one token, which serves ten minutes, looks once."""


@command("privacy.note_system_read")
def note_system_read(*, read: SystemRead, by: Actor, at: datetime) -> None:
    """An entry for each number; a system that read it within ten minutes has one. Its department's words are the ground."""
    whose = SubjectRef(PERSON, read.person_id)
    lately = AccessEntry.objects.filter(
        holder_id=whose.id, holder_kind=whose.kind, at__gte=at - ONE_LOOK, case_id=read.system_id
    )
    known = set(lately.values_list("data_key", flat=True))
    entries = [_entry(read, whose, scope, why) for scope, why in read.reasons if scope.value not in known]
    if entries:
        record_access(entries=entries, by=by, at=at)
    note(whose, entries=len(entries), system=str(read.system_id))


def _entry(read: SystemRead, whose: SubjectRef, scope: Scope, why: str) -> NewAccess:
    return NewAccess(
        holder=whose,
        data=DataRef("person", whose.id, scope.value, scope.label, sensitive=True),
        purpose=LOGS_IN,
        way=AccessWay.USED,
        ground=why[:200],
        case=SubjectRef(CLIENT_SYSTEM, read.system_id),
        case_words=read.system,
        organisation_id=read.organisation_id,
    )
