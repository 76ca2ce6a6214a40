"""What happens between acceptance and decision besides special procedures: a visit, a reminder before the limit."""

from datetime import datetime
from uuid import UUID

from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases import policies
from yiwang.serve.cases.commands import journal
from yiwang.serve.cases.contracts import CaseAction, CaseStatus, ReasonMissing


@command("cases.inspect")
def inspect(
    *,
    case_id: UUID,
    passed: bool,
    findings: str = "",
    opinion: str = "",
    by_process: bool = False,
    by: Actor,
    at: datetime,
) -> None:
    """Record the visit to the place (现场核查): its time counts, as it is no special procedure (行政许可法 34, 45).

    Raises ReasonMissing where it did not pass and `findings` are empty, CaseStateRefused, Forbidden.
    """
    if not passed and not findings.strip():
        raise ReasonMissing(fields={"reason": _("请写明不符合的地方")})
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.INSPECT, by_process=by_process)
    data = {"passed": passed}
    journal.record(case, CaseAction.INSPECT, parent=parent, by=by, at=at, words=findings, opinion=opinion, data=data)


@command("cases.remind")
def remind(*, case_id: UUID, by_process: bool = False, by: Actor, at: datetime) -> None:
    """Note that the limit is near. A case that has ended meanwhile is left alone."""
    case, parent = journal.locked(case_id)
    if CaseStatus(case.status) not in {CaseStatus.ACCEPTED, CaseStatus.REVIEWING}:
        journal.noted(case, CaseAction.REMIND)
        return
    policies.check_step(by, case, CaseAction.REMIND, by_process=by_process)
    journal.record(case, CaseAction.REMIND, parent=parent, by=by, at=at)
