"""What changes the limit after acceptance: special procedures that stop the clock, and the one extension."""

from datetime import datetime
from uuid import UUID

from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases import policies, rules
from yiwang.serve.cases.commands import documents, journal
from yiwang.serve.cases.commands.limits import move_later
from yiwang.serve.cases.contracts import (
    AlreadyExtended,
    CaseAction,
    CaseStateRefused,
    DocumentKind,
    ExtensionTooLate,
    ExtensionTooLong,
    ReasonMissing,
)
from yiwang.serve.cases.queries import drafting, procedure


@command("cases.stop_clock")
def stop_clock(
    *,
    case_id: UUID,
    procedure_key: str,
    days: int | None = None,
    reason: str = "",
    by_process: bool = False,
    by: Actor,
    at: datetime,
) -> None:
    """A special procedure begins (听证、检验、检测、鉴定、专家评审…): its time does not count, told in writing (行政许可法 45).

    `procedure_key`: one of those that the matter lists, else of those of the law. `days`: the working days that it is
    expected to take, as the document tells. One at a time. Raises CaseStateRefused, ReasonMissing, Forbidden.
    """
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.STOP_CLOCK, by_process=by_process)
    found = procedure.terms(matter_id=case.matter_id).special_named(procedure_key)
    if found is None:
        raise ReasonMissing(fields={"procedure": _("请选择事项清单列明的特别程序")})
    if rules.stopped(journal.entries_of(case)) is not None:
        label = CaseAction.STOP_CLOCK.label
        raise CaseStateRefused(number=case.number, action=label, reason=_("已经有特别程序正在进行"))
    expected = drafting.expected_end(found=found, days=days, at=at)
    data: dict[str, object] = {"procedure": found.name, "procedure_key": found.key}
    if expected is not None:
        data["expected"] = expected.isoformat()
    journal.record(case, CaseAction.STOP_CLOCK, parent=parent, by=by, at=at, words=reason, data=data)
    facts = drafting.special_facts(found=found, days=days, at=at)
    documents.issue(case, DocumentKind.SPECIAL, outer=parent, by=by, at=at, reason=reason, facts=facts)
    move_later(case.pk)


@command("cases.resume_clock")
def resume_clock(*, case_id: UUID, result: str = "", by_process: bool = False, by: Actor, at: datetime) -> None:
    """The special procedure has ended; the limit runs on from the next day. `result`: what came of it, for the history."""
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.RESUME_CLOCK, by_process=by_process)
    if rules.stopped(journal.entries_of(case)) is None:
        label = CaseAction.RESUME_CLOCK.label
        raise CaseStateRefused(number=case.number, action=label, reason=_("没有正在进行的特别程序"))
    journal.record(case, CaseAction.RESUME_CLOCK, parent=parent, by=by, at=at, words=result)
    move_later(case.pk)


@command("cases.extend")
def extend(
    *,
    case_id: UUID,
    days: int = rules.EXTENSION_DAYS,
    reason: str,
    approver: str,
    by_process: bool = False,
    by: Actor,
    at: datetime,
) -> None:
    """Extend the limit, once, by at most ten working days, approved by the head of the authority (行政许可法 42).

    `approver` names the head, `reason` goes to the applicant. Raises ReasonMissing, ExtensionTooLong, AlreadyExtended,
    ExtensionTooLate, CaseStateRefused, Forbidden.
    """
    missing = {"reason": _("请写明理由")} if not reason.strip() else {}
    missing |= {"approver": _("请写明批准的负责人")} if not approver.strip() else {}
    if missing:
        raise ReasonMissing(fields=missing)
    if not 1 <= days <= rules.EXTENSION_DAYS:
        raise ExtensionTooLong(most=rules.EXTENSION_DAYS, fields={"days": _("请填写允许的天数")})
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.EXTEND, by_process=by_process)
    if case.extension_days:
        raise AlreadyExtended(number=case.number)
    former = case.promised_due
    if former is not None and rules.day_of(at) > former:
        raise ExtensionTooLate(number=case.number)
    case.extension_days = days
    data = {"days": days, "former": former.isoformat() if former else ""}
    journal.record(case, CaseAction.EXTEND, parent=parent, by=by, at=at, words=reason, data=data)
    facts = drafting.extension_facts(former=former, due=case.promised_due, days=days, approver=approver)
    documents.issue(case, DocumentKind.EXTENSION, outer=parent, by=by, at=at, reason=reason.strip("。 "), facts=facts)
    move_later(case.pk)
