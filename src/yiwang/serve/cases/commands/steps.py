"""The legal steps of a case, each a verb: receive, ask for correction, accept, decline, review, decide, close…

Each step that the law puts on paper issues its numbered document in the same transaction. `by_process`: the process
takes the step; whether `by` could complete the task before it was checked by flow.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases import policies, rules
from yiwang.serve.cases.commands import deferring, delivering, documents, journal, pledging
from yiwang.serve.cases.contracts import (
    CaseAction,
    CaseStateRefused,
    CaseStatus,
    DocumentKind,
    ReasonMissing,
    ResultKind,
)
from yiwang.serve.cases.models import Case, CaseDocument
from yiwang.serve.cases.queries import procedure
from yiwang.serve.cases.queries.licensing import unseen, unsound


@command("cases.release")
def release(*, case_id: UUID, by_process: bool = False, by: Actor, at: datetime) -> None:
    """Let a member begin whose predecessors have ended. Raises CaseStateRefused."""
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.RELEASE, by_process=by_process)
    journal.record(case, CaseAction.RELEASE, parent=parent, by=by, at=at)


@command("cases.receive")
def receive(*, case_id: UUID, by_process: bool = False, by: Actor, at: datetime) -> None:
    """Take the application in (收件); the five working days for acceptance begin. A waiting member is released first.

    The applicant gets one receipt, for a bundle as a whole: receiving is not accepting.
    """
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.RECEIVE, by_process=by_process)
    if case.status == CaseStatus.WAITING:
        journal.record(case, CaseAction.RELEASE, parent=parent, by=by, at=at)
    journal.record(case, CaseAction.RECEIVE, parent=parent, by=by, at=at)
    outer = parent or case
    given = CaseDocument.objects.filter(case=outer, kind=DocumentKind.RECEIPT.value)
    if outer.received_at == at and not given.exists():
        documents.issue(outer, DocumentKind.RECEIPT, outer=outer, by=by, at=at)


@command("cases.accept")
def accept(
    *,
    case_id: UUID,
    ground: str = "official",
    deferred: Sequence[str] = (),
    opinion: str = "",
    by_process: bool = False,
    by: Actor,
    at: datetime,
) -> None:
    """Accept (受理): a legal act; the limits run from the next working day.

    `ground`: official, instant (by rule), deemed (nobody answered within five working days: accepted since receipt).
    `deferred`: codes of materials that may follow; then it is accepted conditionally (容缺受理) and nothing is decided
    before they have come or their time has run out. Raises NothingToDefer, CaseStateRefused, Forbidden.
    """
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.ACCEPT, by_process=by_process)
    told = deferring.defer_materials(case, deferred, at) if deferred else ()
    data: dict[str, object] = {"ground": "conditional" if told else ground}
    if told:
        data["materials"] = [each.material for each in told]
    journal.record(case, CaseAction.ACCEPT, parent=parent, by=by, at=at, opinion=opinion, data=data)
    if told:
        facts: dict[str, object] = {"deferred": [f"{m.name}（{rules.legal_day(m.due)}前）" for m in told]}
        documents.issue(case, DocumentKind.CONDITIONAL, outer=parent, by=by, at=at, facts=facts)
        return
    facts = {"deemed": ground == "deemed", "instant": ground == "instant"}
    documents.issue(case, DocumentKind.ACCEPTANCE, outer=parent, by=by, at=at, facts=facts)


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
    documents.issue(case, DocumentKind.NON_ACCEPTANCE, outer=parent, by=by, at=at, ground=ground, reason=reason)


@command("cases.request_correction")
def request_correction(
    *, case_id: UUID, reason: str, opinion: str = "", by_process: bool = False, by: Actor, at: datetime
) -> None:
    """Tell once, and all at once, what is missing (行政许可法 32): each line of `reason` is an item of the notice.

    Raises ReasonMissing, CaseStateRefused, Forbidden.
    """
    _demand(reason)
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.REQUEST_CORRECTION, by_process=by_process)
    policies.check_first_notice(case)
    case.corrections += 1
    journal.record(case, CaseAction.REQUEST_CORRECTION, parent=parent, by=by, at=at, words=reason, opinion=opinion)
    documents.issue(case, DocumentKind.CORRECTION, outer=parent, by=by, at=at, reason=reason)


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
    policies.check_ripe(case, action, at)
    if action is CaseAction.GRANT:
        check_licences(case, by_rule=bool(rule))
    ground = ground or procedure.terms(matter_id=case.matter_id).ground
    case.ground, case.reason = ground, reason or None
    data = {"rule": rule} if rule else None
    journal.record(case, action, parent=parent, by=by, at=at, words=reason, opinion=opinion, data=data)
    kind = DocumentKind.GRANT if action is CaseAction.GRANT else DocumentKind.REFUSAL
    facts = {"by_rule": bool(rule)}
    documents.issue(case, kind, outer=parent, by=by, at=at, ground=ground, reason=reason, facts=facts)
    if action is CaseAction.GRANT:
        pledging.decided(case, at)


def check_licences(case: Case, *, by_rule: bool) -> None:
    """Raises CaseStateRefused: nobody grants on a licence of grade C or D whose original was not checked, and no rule on one
    that ended meanwhile or whose retrieval the applicant agrees to no more.
    """
    find = unsound if by_rule else unseen
    reason = find(case_id=case.pk, viewer=Actor.system("cases.decide"))
    if reason:
        raise CaseStateRefused(number=case.number, action=CaseAction.GRANT.label, reason=reason)


@command("cases.close")
def close(*, case_id: UUID, by_process: bool = False, by: Actor, at: datetime) -> None:
    """End the case after its decision (办结). Never depends on anything but the decision. Closing again does nothing."""
    case, parent = journal.locked(case_id)
    if CaseStatus(case.status).is_final:
        journal.noted(case, CaseAction.CLOSE)
        return
    policies.check_step(by, case, CaseAction.CLOSE, by_process=by_process)
    journal.record(case, CaseAction.CLOSE, parent=parent, by=by, at=at)
    delivering.release(parent or case, at)


@command("cases.discontinue")
def discontinue(*, case_id: UUID, by_process: bool = False, by: Actor, at: datetime) -> None:
    """End a member that can't begin, because what it waits for was refused. An ended one is left alone."""
    case, parent = journal.locked(case_id)
    if CaseStatus(case.status).is_final:
        journal.noted(case, CaseAction.DISCONTINUE)
        return
    policies.check_step(by, case, CaseAction.DISCONTINUE, by_process=by_process)
    end_unbegun(case, parent, by, at)
    delivering.release(parent or case, at)


@command("cases.settle")
def settle(*, case_id: UUID, by: Actor, at: datetime) -> str:
    """End a bundle: members that still wait can't begin any more and are discontinued. Returns how it ended.

    A member that is being worked on is left alone, and then so is the bundle.
    """
    parent, _none = journal.locked(case_id)
    waiting = Case.objects.select_for_update().filter(parent=parent, status=CaseStatus.WAITING.value).order_by("pk")
    for member in waiting:
        end_unbegun(member, parent, by, at)
    delivering.release(parent, at)
    journal.noted(parent, CaseAction.CLOSE)
    return parent.result


def end_unbegun(case: Case, parent: Case | None, by: Actor, at: datetime) -> None:
    """Discontinue a member with its document, which names what it would have needed and how that ended."""
    rows = Case.objects.filter(parent=parent, member_key__in=case.depends_on).order_by("position") if parent else []
    failed = [row for row in rows if row.result != ResultKind.GRANTED.value] or list(rows)
    titles = [row.title for row in failed]
    words = "；".join(
        f"{row.title}：{ResultKind(row.result).label if row.result else CaseStatus(row.status).label}" for row in failed
    )
    journal.record(
        case, CaseAction.DISCONTINUE, parent=parent, by=by, at=at, words=words,
        data={"before": [row.member_key for row in failed]},
    )  # fmt: skip
    facts = {"before": rules.listed(titles) or "前序事项"}
    documents.issue(case, DocumentKind.TERMINATION, outer=parent, by=by, at=at, reason=words, facts=facts)


def _demand(*texts: str) -> None:
    if not all(text.strip() for text in texts):
        raise ReasonMissing(fields={"reason": _("请写明依据和理由")})
