"""How a case changes: lock it, ask the state table, append the chained event, project, tell, leave evidence.

Every command on a case goes through `record`, so that no change escapes the history.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from yiwang.kernel import calendars, evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import note
from yiwang.kernel.legal_calendar import LimitUnit
from yiwang.kernel.outbox import publish
from yiwang.serve.cases import rules
from yiwang.serve.cases.commands.archiving import open_archive_of
from yiwang.serve.cases.contracts import (
    CaseAccepted,
    CaseAction,
    CaseClosed,
    CaseDecided,
    CaseKind,
    CaseNotFound,
    CaseStateRefused,
    CaseStatus,
    CaseSubmitted,
    ResultKind,
)
from yiwang.serve.cases.models import Case, CaseEvent, CaseNumberCounter
from yiwang.serve.cases.queries.documents import event_digest

_STAMPS = {
    CaseAction.RECEIVE: "received_at",
    CaseAction.ACCEPT: "accepted_at",
    CaseAction.DECLINE: "decided_at",
    CaseAction.GRANT: "decided_at",
    CaseAction.REFUSE: "decided_at",
    CaseAction.CLOSE: "closed_at",
    CaseAction.WITHDRAW: "closed_at",
    CaseAction.DISCONTINUE: "closed_at",
}
_RESULTS = {
    CaseAction.GRANT: ResultKind.GRANTED,
    CaseAction.REFUSE: ResultKind.REFUSED,
    CaseAction.DECLINE: ResultKind.NOT_ACCEPTED,
    CaseAction.WITHDRAW: ResultKind.WITHDRAWN,
    CaseAction.DISCONTINUE: ResultKind.DISCONTINUED,
    CaseAction.REVOKE: ResultKind.REVOKED,
}
_CLOCK = {CaseAction.ACCEPT, CaseAction.STOP_CLOCK, CaseAction.RESUME_CLOCK, CaseAction.EXTEND}
_ENDING = {CaseAction.CLOSE, CaseAction.WITHDRAW, CaseAction.DISCONTINUE}
_QUIET = {CaseAction.ADD_MATERIAL, CaseAction.CHECK_MATERIAL, CaseAction.REMIND}
_PROJECTED = {
    CaseStatus.RECEIVED: CaseAction.RECEIVE,
    CaseStatus.ACCEPTED: CaseAction.ACCEPT,
    CaseStatus.REVIEWING: CaseAction.REVIEW,
    CaseStatus.CLOSED: CaseAction.CLOSE,
    CaseStatus.WITHDRAWN: CaseAction.WITHDRAW,
}


def locked(case_id: UUID) -> tuple[Case, Case | None]:
    """The case and its parent, both locked, the parent first. Raises CaseNotFound. One query."""
    own = Q(pk=case_id) | Q(pk__in=Case.objects.filter(pk=case_id).values("parent_id"))
    rows = {row.pk: row for row in Case.objects.select_for_update().filter(own).order_by("pk")}
    if case_id not in rows:
        raise CaseNotFound
    case = rows[case_id]
    return case, rows.get(case.parent_id) if case.parent_id else None


def next_in(series: str) -> int:
    """Take the next number of a series; whoever else wants one waits until this transaction ends."""
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(CaseNumberCounter._meta.db_table)
        cursor.execute(
            f"INSERT INTO {table} (series, last) VALUES (%s, 1) "  # noqa: S608  the model's own table
            f"ON CONFLICT (series) DO UPDATE SET last = {table}.last + 1 RETURNING last",
            [series],
        )
        return int(cursor.fetchone()[0])


def record(
    case: Case,
    action: CaseAction,
    *,
    parent: Case | None,
    by: Actor,
    at: datetime,
    words: str = "",
    opinion: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Do `action` on a locked case. Raises CaseStateRefused with the reason from the state table."""
    before = CaseStatus(case.status)
    after = rules.next_status(before, action)
    if after is None:
        raise CaseStateRefused(number=case.number, action=action.label, reason=rules.refusal(before, action))
    append(case, action, after, by=by, at=at, words=words, opinion=opinion, data=data)
    if action in _CLOCK:
        project_clock(case)
    case.save()
    _tell(case, action)
    if action in _ENDING:
        open_archive_of(case, by=by, at=at)
    if action not in _QUIET:
        _leave_evidence(case, action)
    note(SubjectRef("case", case.pk), number=case.number, action=action.value, status=case.status)
    if parent is not None:
        project_parent(parent, case, by=by, at=at)


def append(
    case: Case,
    action: CaseAction,
    after: CaseStatus,
    *,
    by: Actor,
    at: datetime,
    words: str = "",
    opinion: str = "",
    data: Mapping[str, Any] | None = None,
    first: bool = False,
) -> None:
    """Append the event and set status, stamps and result on the row; the caller saves it."""
    previous = bytes(case.last_hash)
    event = CaseEvent(
        case=case,
        seq=case.events_count + 1,
        kind=action.value,
        at=at,
        actor_kind=by.kind.value,
        account_id=by.account_id,
        person_id=by.person_id,
        organisation_id=by.organisation_id,
        role=by.role,
        from_status="" if first else case.status,
        to_status=after.value,
        note=words or None,
        opinion=opinion or None,
        data=dict(data or {}),
        nonce=evidence.new_salt(),
        prev_hash=previous,
    )
    event.hash = event_digest(event=event, previous=previous)
    event.save(force_insert=True)
    case.status, case.events_count, case.last_hash = after.value, event.seq, event.hash
    stamp = _STAMPS.get(action)
    if stamp and (getattr(case, stamp) is None or action is not CaseAction.RECEIVE):
        setattr(case, stamp, at)
    if action in _RESULTS:
        case.result = _RESULTS[action].value


def entries_of(case: Case) -> list[rules.Entry]:
    """The case's events as the clock reads them. One query."""
    rows = CaseEvent.objects.filter(case=case).order_by("seq").values_list("kind", "at", "data")
    return [rules.entry_of(*row) for row in rows]


def project_parent(parent: Case, member: Case, *, by: Actor, at: datetime) -> None:
    """Bring the bundle's status, result and clock up to its members."""
    rows = list(Case.objects.filter(parent=parent).values_list("status", "result"))
    status = rules.parent_status((CaseStatus(each) for each, _ in rows), CaseStatus(parent.status))
    if status.value == parent.status:
        return
    if status.is_final:
        ended = rules.parent_result(ResultKind(result) if result else None for _, result in rows)
        parent.result = (ended or ResultKind.REFUSED).value
    behind = [each for each in (CaseStatus.RECEIVED, CaseStatus.ACCEPTED) if _reached(parent, each, status)]
    for step in dict.fromkeys([*behind, status]):
        result = parent.result
        append(parent, _PROJECTED[step], step, by=by, at=at, data=_followed(step, member))
        parent.result = result
    project_clock(parent)
    parent.save()
    if status.is_final:
        publish(CaseClosed(parent.pk, parent.number, parent.result))
        open_archive_of(parent, by=by, at=at)
        _leave_evidence(parent, CaseAction.CLOSE)


def _followed(step: CaseStatus, member: Case) -> dict[str, Any]:
    """What the bundle's event tells of its member's: also that the law accepted it, as its time then runs since receipt."""
    told = {"member": member.member_key}
    deemed = step is CaseStatus.ACCEPTED and any(entry.deemed for entry in entries_of(member))
    return {**told, "ground": "deemed"} if deemed else told


def _reached(parent: Case, step: CaseStatus, status: CaseStatus) -> bool:
    """Whether the bundle passes `step` on its way to `status` for the first time."""
    if step is CaseStatus.RECEIVED:
        return parent.received_at is None and status is not CaseStatus.WITHDRAWN
    return parent.accepted_at is None and status in {CaseStatus.ACCEPTED, CaseStatus.REVIEWING}


def project_clock(case: Case) -> None:
    """Set the due dates that follow from the case's events by the calendar in force. One query; the caller saves."""
    calendar = calendars.current()
    entries = entries_of(case)
    if case.accepted_at is not None and entries and any(entry.deemed for entry in entries):
        complete = rules.last(entries, CaseAction.RECEIVE, CaseAction.SUPPLY)
        case.accepted_at = complete or case.accepted_at
    case.promised_due = rules.due_date(entries, case.promised_days, calendar, LimitUnit(case.promised_unit))
    case.statutory_due = rules.due_date(entries, case.statutory_days, calendar, LimitUnit(case.statutory_unit))


def _tell(case: Case, action: CaseAction) -> None:
    if action is CaseAction.ACCEPT:
        publish(CaseAccepted(case.pk, case.number, case.parent_id))
    elif action in {CaseAction.GRANT, CaseAction.REFUSE, CaseAction.DECLINE}:
        publish(CaseDecided(case.pk, case.number, case.result, case.parent_id))
    elif action in _ENDING:
        publish(CaseClosed(case.pk, case.number, case.result, case.parent_id))


def announce(case: Case) -> None:
    """Tell that a case was submitted and leave evidence of it."""
    publish(CaseSubmitted(case.pk, case.number, case.parent_id))
    _leave_evidence(case, CaseAction.SUBMIT)
    note(SubjectRef("case", case.pk), number=case.number, action=CaseAction.SUBMIT.value)


def _leave_evidence(case: Case, action: CaseAction) -> None:
    statement: dict[str, evidence.Fact] = {
        "number": case.number,
        "status": case.status,
        "event": case.events_count,
        "chain": bytes(case.last_hash).hex(),
    }
    if case.kind != CaseKind.BUNDLE:
        statement["matter"] = case.matter_code
    if case.result:
        statement["result"] = case.result
    evidence.record(f"case.{action.value}", SubjectRef("case", case.pk), statement)


def noted(case: Case, action: CaseAction, *, repeat: bool = True) -> None:
    """Audit what left no event of its own: a repeat that changed nothing, or a task whose steps left theirs."""
    note(SubjectRef("case", case.pk), number=case.number, action=action.value, status=case.status, repeat=repeat)
