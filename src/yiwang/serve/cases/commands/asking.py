"""Papers wait for a seal that nobody can use: those who answer for the seals of the organisation are told what to do."""

from datetime import datetime
from typing import Final
from uuid import UUID

from yiwang.commons.identity import queries as identity
from yiwang.commons.notify import commands as notify
from yiwang.commons.notify.contracts import Recipient
from yiwang.commons.seals.contracts import APPLY, USE
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.clock import CHINA
from yiwang.kernel.command import command, note
from yiwang.serve.cases.models import Case
from yiwang.serve.cases.queries import papers

KIND: Final = "cases.seal_missing"
_PAGE: Final = "/work/seals/"


@command("cases.ask_for_seal")
def ask_for_seal(*, case_id: UUID, by: Actor, at: datetime) -> int:
    """Tell them once a day for each organisation; how many there are to tell."""
    told = 0
    case = Case.objects.filter(pk=case_id).first()
    documents, results = papers.unsealed(case_id=case_id)
    offices = {row.organisation_id: row.organisation_name for row in documents}
    offices |= {row.organisation_id: row.organisation_name for row in results}
    for office, name in offices.items():
        found = {
            card.id
            for action in (APPLY, USE)
            for card in identity.holders(viewer=by, action=action, organisation_id=office)
        }
        for account_id in found:
            notify.send(
                to=Recipient(account_id=account_id),
                kind=KIND,
                params={"organisation": name, "number": case.number if case else ""},
                href=_PAGE,
                key=f"{KIND}:{office}:{at.astimezone(CHINA).date()}:{account_id}",
                by=by,
                at=at,
            )
        told += len(found)
    note(SubjectRef("case", case_id), told=told)
    return told
