"""Papers wait for a seal that nobody can use: those who answer for the seals of the organisation are told what to do."""

from datetime import datetime
from typing import Final
from uuid import UUID

from yiwang.commons.identity import queries as identity
from yiwang.commons.notify import commands as notify
from yiwang.commons.notify.contracts import Recipient
from yiwang.commons.notify.registry import Kind, register_kind
from yiwang.commons.seals.contracts import APPLY, USE
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.clock import CHINA
from yiwang.kernel.command import command, note
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases.models import Case
from yiwang.serve.cases.queries import papers

KIND: Final = "cases.seal_missing"
_PAGE: Final = "/work/seals/"

register_kind(
    Kind(
        KIND,
        _("文书等待用印：{organisation}没有可以使用的电子印章"),
        _("办件 {number} 的文书已经签发，因没有可以使用的电子印章还没有盖章。请恢复停用的印章，或者申请制发新的印章；之后系统自动盖章。"),
    )
)


@command("cases.ask_for_seal")
def ask_for_seal(*, case_id: UUID, by: Actor, at: datetime) -> int:
    """Tell them once a day for each organisation; how many were told. Raises CaseNotFound of the journal's kind never: none is none."""
    told = 0
    case = Case.objects.filter(pk=case_id).first()
    documents, results = papers.unsealed(case_id=case_id) if case else ((), ())
    for office, name in {row.organisation_id: row.organisation_name for row in (*documents, *results)}.items():
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
