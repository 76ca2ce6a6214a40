"""The applicant takes an application back (撤回): possible until it is decided, told in writing."""

from datetime import datetime
from uuid import UUID

from yiwang.commons.flow import commands as flow
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases import policies, rules
from yiwang.serve.cases.commands import delivering, documents, journal
from yiwang.serve.cases.contracts import CaseAction, CaseKind, CaseStateRefused, CaseStatus, DocumentKind
from yiwang.serve.cases.models import Case


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
        undecided = [case]
        journal.record(case, CaseAction.WITHDRAW, parent=None, by=by, at=at, words=reason)
    if undecided:
        documents.issue(case, DocumentKind.WITHDRAWAL, outer=case, by=by, at=at, reason=reason)
    delivering.release(case, at)
    if case.instance_id is not None and CaseStatus(case.status).is_final:
        flow.cancel(instance_id=case.instance_id, reason="withdrawn", by=Actor.system("cases.withdraw"), at=at)
