"""The legal steps of a case, each a verb: receive, ask for correction, accept, decline, review, decide, close…

`by_process`: the process takes the step; whether `by` could complete the task before it was checked by flow.
"""

from datetime import datetime
from uuid import UUID

from yiwang.commons.flow import commands as flow
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases import policies, rules
from yiwang.serve.cases.commands import journal
from yiwang.serve.cases.contracts import CaseAction, CaseKind, CaseStateRefused, CaseStatus, ReasonMissing, ResultKind
from yiwang.serve.cases.models import Case


@command("cases.release")
def release(*, case_id: UUID, by_process: bool = False, by: Actor, at: datetime) -> None:
    """Let a member begin whose predecessors have ended. Raises CaseStateRefused."""
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.RELEASE, by_process=by_process)
    journal.record(case, CaseAction.RELEASE, parent=parent, by=by, at=at)


@command("cases.receive")
def receive(*, case_id: UUID, by_process: bool = False, by: Actor, at: datetime) -> None:
    """Take the application in (收件); the five working days for acceptance begin. A waiting member is released first."""
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.RECEIVE, by_process=by_process)
    if case.status == CaseStatus.WAITING:
        journal.record(case, CaseAction.RELEASE, parent=parent, by=by, at=at)
    journal.record(case, CaseAction.RECEIVE, parent=parent, by=by, at=at)


@command("cases.accept")
def accept(
    *, case_id: UUID, ground: str = "official", opinion: str = "", by_process: bool = False, by: Actor, at: datetime
) -> None:
    """Accept (受理): a legal act; the limits run from the next working day. Raises CaseStateRefused, Forbidden.

    `ground`: official, instant (by rule), deemed (nobody answered within five working days: accepted since receipt).
    """
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.ACCEPT, by_process=by_process)
    data = {"ground": ground}
    journal.record(case, CaseAction.ACCEPT, parent=parent, by=by, at=at, opinion=opinion, data=data)


@command("cases.decline")
def decline(
    *, case_id: UUID, ground: str, reason: str, opinion: str = "", by_process: bool = False, by: Actor, at: datetime
) -> None:
    """Do not accept (不予受理), with ground and reason. Raises ReasonMissing, CaseStateRefused, Forbidden."""
    _demand(ground, reason)
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.DECLINE, by_process=by_process)
    case.ground, case.reason = ground, reason
    journal.record(case, CaseAction.DECLINE, parent=parent, by=by, at=at, words=reason, opinion=opinion)


@command("cases.request_correction")
def request_correction(
    *, case_id: UUID, reason: str, opinion: str = "", by_process: bool = False, by: Actor, at: datetime
) -> None:
    """Tell once, and all at once, what is missing (行政许可法 32). Raises ReasonMissing, CaseStateRefused, Forbidden."""
    _demand(reason)
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.REQUEST_CORRECTION, by_process=by_process)
    policies.check_first_notice(case)
    case.corrections += 1
    journal.record(case, CaseAction.REQUEST_CORRECTION, parent=parent, by=by, at=at, words=reason, opinion=opinion)


@command("cases.supply")
def supply(*, case_id: UUID, by: Actor, at: datetime) -> None:
    """The applicant has supplied what the notice asked for. Raises CaseStateRefused, CaseNotFound."""
    case, parent = journal.locked(case_id)
    policies.check_applicant(by, case)
    journal.record(case, CaseAction.SUPPLY, parent=parent, by=by, at=at)


@command("cases.review")
def review(*, case_id: UUID, by_process: bool = False, by: Actor, at: datetime) -> None:
    """Begin the review (审查). Raises CaseStateRefused, Forbidden."""
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.REVIEW, by_process=by_process)
    journal.record(case, CaseAction.REVIEW, parent=parent, by=by, at=at)


@command("cases.decide")
def decide(
    *,
    case_id: UUID,
    result: ResultKind,
    ground: str = "",
    reason: str = "",
    opinion: str = "",
    rule: str = "",
    by_process: bool = False,
    by: Actor,
    at: datetime,
) -> None:
    """Grant or refuse. `rule`: the decision version where no human decided. Deciding the same again does nothing.

    Raises ReasonMissing for a refusal without ground and reason, CaseStateRefused, Forbidden.
    """
    action = CaseAction.GRANT if result is ResultKind.GRANTED else CaseAction.REFUSE
    if action is CaseAction.REFUSE:
        _demand(ground, reason)
    case, parent = journal.locked(case_id)
    if case.status == CaseStatus.DECIDED and case.result == result.value:
        journal.noted(case, action)
        return
    policies.check_step(by, case, action, by_process=by_process)
    case.ground, case.reason = ground, reason or None
    data = {"rule": rule} if rule else None
    journal.record(case, action, parent=parent, by=by, at=at, words=reason, opinion=opinion, data=data)


@command("cases.close")
def close(*, case_id: UUID, by_process: bool = False, by: Actor, at: datetime) -> None:
    """End the case after its decision (办结). Never depends on anything but the decision. Closing again does nothing."""
    case, parent = journal.locked(case_id)
    if CaseStatus(case.status).is_final:
        journal.noted(case, CaseAction.CLOSE)
        return
    policies.check_step(by, case, CaseAction.CLOSE, by_process=by_process)
    journal.record(case, CaseAction.CLOSE, parent=parent, by=by, at=at)


@command("cases.discontinue")
def discontinue(*, case_id: UUID, by_process: bool = False, by: Actor, at: datetime) -> None:
    """End a member that can't begin, because what it waits for was refused. An ended one is left alone."""
    case, parent = journal.locked(case_id)
    if CaseStatus(case.status).is_final:
        journal.noted(case, CaseAction.DISCONTINUE)
        return
    policies.check_step(by, case, CaseAction.DISCONTINUE, by_process=by_process)
    journal.record(case, CaseAction.DISCONTINUE, parent=parent, by=by, at=at)


@command("cases.stop_clock")
def stop_clock(
    *, case_id: UUID, procedure: str, reason: str = "", by_process: bool = False, by: Actor, at: datetime
) -> None:
    """A special procedure begins (听证、检验、检测、鉴定、专家评审): its time does not count (行政许可法 45)."""
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.STOP_CLOCK, by_process=by_process)
    data = {"procedure": procedure}
    journal.record(case, CaseAction.STOP_CLOCK, parent=parent, by=by, at=at, words=reason, data=data)


@command("cases.resume_clock")
def resume_clock(*, case_id: UUID, by_process: bool = False, by: Actor, at: datetime) -> None:
    """The special procedure has ended; the limit runs on from the next day."""
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.RESUME_CLOCK, by_process=by_process)
    journal.record(case, CaseAction.RESUME_CLOCK, parent=parent, by=by, at=at)


@command("cases.withdraw")
def withdraw(*, case_id: UUID, reason: str = "", by: Actor, at: datetime) -> None:
    """The applicant withdraws the case, or all members of a bundle that are not decided; the process ends.

    A member alone can't be withdrawn. Raises CaseStateRefused, CaseNotFound.
    """
    case, parent = journal.locked(case_id)
    policies.check_applicant(by, case)
    if parent is not None:
        label = CaseAction.WITHDRAW.label
        raise CaseStateRefused(number=case.number, action=label, reason=_("联办的事项请在整件事中一并撤回"))
    if case.kind == CaseKind.BUNDLE:
        rows = Case.objects.select_for_update().filter(parent=case).order_by("pk")
        undecided = [row for row in rows if not rules.refusal(CaseStatus(row.status), CaseAction.WITHDRAW)]
        for member in undecided:
            journal.record(member, CaseAction.WITHDRAW, parent=case, by=by, at=at, words=reason)
        journal.noted(case, CaseAction.WITHDRAW, repeat=not undecided)
    else:
        journal.record(case, CaseAction.WITHDRAW, parent=None, by=by, at=at, words=reason)
    if case.instance_id is not None and CaseStatus(case.status).is_final:
        flow.cancel(instance_id=case.instance_id, reason="withdrawn", by=Actor.system("cases.withdraw"), at=at)


@command("cases.settle")
def settle(*, case_id: UUID, by: Actor, at: datetime) -> str:
    """End a bundle: members that still wait can't begin any more and are discontinued. Returns how it ended.

    A member that is being worked on is left alone, and then so is the bundle.
    """
    parent, _none = journal.locked(case_id)
    waiting = Case.objects.select_for_update().filter(parent=parent, status=CaseStatus.WAITING.value).order_by("pk")
    for member in waiting:
        journal.record(member, CaseAction.DISCONTINUE, parent=parent, by=by, at=at)
    journal.noted(parent, CaseAction.CLOSE)
    return parent.result


def _demand(*texts: str) -> None:
    if not all(text.strip() for text in texts):
        raise ReasonMissing(fields={"reason": _("请写明依据和理由")})
