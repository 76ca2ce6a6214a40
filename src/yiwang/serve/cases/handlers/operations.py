"""What processes ask of cases: the named operations, where a case's tasks belong, how they open.

Operations take `case_id`. They run inside the step's transaction, by whoever completed the task before (the program for
steps that follow a submission or a timer), with what was entered there:

- `cases.receive` → `organisation` (id), `acceptance_due` (end of the fifth working day, ISO)
- `cases.receive_supplement` → `acceptance_due`, anew
- `cases.accept` (header `ground`: official, instant, deemed) → `promised_due`
- `cases.request_correction`, `cases.refuse_acceptance` (header `by`: official, rule)
- `cases.decide` (input or header `decision`: approve, refuse; header `by`)
- `cases.issue_result` → `results` (ids); `cases.close` → `outcome`: approved, refused, not_accepted

Each of them that the law puts on paper issues its numbered document. What a process may ask for beside these:

- `cases.conditional_accept` (input `materials`: codes that may follow; absent: all that may and are missing)
  → `promised_due`, `deferred_due` (end of the last day for them); `cases.deferral_lapsed` → `lapsed`
- `cases.pledged` → `pledged`: whether a pledge stands for a material, so that it can be decided at once
- `cases.start_special` (header or input `procedure`: its key; input `days`, `reason`), `cases.end_special` (input
  `result`) → `promised_due`; `cases.extend` (inputs `days`, `reason`, `approver`) → `promised_due`
- `cases.discontinue`: a member that can't begin, with its document; `cases.release_results`: deliver now what waits
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from yiwang.commons.flow.registry import (
    Invocation,
    Outline,
    TaskPlace,
    TaskQuestion,
    operation,
    register_opener,
    register_task_place,
)
from yiwang.kernel import calendars
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.clock import CHINA
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases import commands, queries, rules
from yiwang.serve.cases.contracts import ResultKind
from yiwang.serve.cases.views import words

KIND = "case"
_OUTCOMES = {ResultKind.GRANTED: "approved", ResultKind.PARTLY_GRANTED: "approved", ResultKind.REFUSED: "refused"}
_RULE_GROUND = "按公布的规则自动审查"


def _case_id(call: Invocation) -> UUID:
    return UUID(str(call.inputs.get("case_id") or call.subject.id))


def _entered(call: Invocation) -> Mapping[str, Any]:
    """What was entered at the task of this very case that this step follows; empty after a submission, timer or neighbour."""
    if call.headers.get("by") == "rule":
        return {}
    said = queries.entered(case_id=_case_id(call))
    own = said.get("by") == str(call.by.account_id) and said.get("at") == call.at.isoformat()
    return said if own else {}


def _by(call: Invocation) -> Actor:
    """The official whose task it was acts in person; what follows anything else the program does."""
    return call.by if call.by.is_official and _entered(call) else _program(call)


def _program(call: Invocation) -> Actor:
    return Actor.system(f"flow:{call.operation}")


@operation("cases.receive")
def receive(call: Invocation) -> Mapping[str, Any]:
    case_id = _case_id(call)
    commands.receive(case_id=case_id, by_process=True, by=_program(call), at=call.at)
    case = queries.brief(case_id=case_id, viewer=Actor.system("flow"))
    due = calendars.current().add_working_days(call.at.astimezone(CHINA).date(), queries.ACCEPTANCE_DAYS).date
    return {"organisation": str(case.organisation_id), "acceptance_due": end_of(due)}


@operation("cases.receive_supplement")
def receive_supplement(call: Invocation) -> Mapping[str, Any]:
    """What was missing has come: the five working days run anew."""
    due = calendars.current().add_working_days(call.at.astimezone(CHINA).date(), queries.ACCEPTANCE_DAYS).date
    return {"acceptance_due": end_of(due)}


@operation("cases.accept")
def accept(call: Invocation) -> Mapping[str, Any]:
    case_id = _case_id(call)
    ground = str(call.headers.get("ground") or "official")
    by = _by(call) if ground == "official" else _program(call)
    opinion = _entered(call).get("opinion", "") if ground == "official" else ""
    deferred = _entered(call).get("deferred", ()) if ground == "official" else ()
    commands.accept(
        case_id=case_id, ground=ground, deferred=deferred, opinion=opinion, by_process=True, by=by, at=call.at
    )
    case = queries.brief(case_id=case_id, viewer=Actor.system("flow"))
    return {"promised_due": end_of(case.promised_due) if case.promised_due else None}


@operation("cases.request_correction")
def request_correction(call: Invocation) -> Mapping[str, Any]:
    case_id = _case_id(call)
    entered = _entered(call)
    commands.request_correction(
        case_id=case_id,
        reason=entered.get("reason") or _("申请材料不齐全或者不符合法定形式"),
        opinion=entered.get("opinion", ""),
        by_process=True,
        by=_by(call),
        at=call.at,
    )
    return {}


@operation("cases.refuse_acceptance")
def refuse_acceptance(call: Invocation) -> Mapping[str, Any]:
    case_id = _case_id(call)
    entered = _entered(call)
    commands.decline(
        case_id=case_id,
        ground=entered.get("ground") or str(call.inputs.get("ground") or _RULE_GROUND),
        reason=entered.get("reason") or str(call.inputs.get("reason") or _("不符合本事项的受理条件")),
        opinion=entered.get("opinion", ""),
        by_process=True,
        by=_by(call),
        at=call.at,
    )
    return {}


@operation("cases.decide")
def decide(call: Invocation) -> Mapping[str, Any]:
    case_id = _case_id(call)
    by_rule = call.headers.get("by") == "rule"
    decision = str(call.inputs.get("decision") or call.headers.get("decision") or "")
    entered = _entered(call)
    commands.decide(
        case_id=case_id,
        result=ResultKind.GRANTED if decision == "approve" else ResultKind.REFUSED,
        ground=entered.get("ground") or (_RULE_GROUND if by_rule else queries.legal_ground(case_id=case_id)),
        reason=entered.get("reason") or (_("不符合规定的条件") if decision != "approve" else ""),
        opinion=entered.get("opinion", ""),
        rule=call.element_id if by_rule else "",
        by_process=True,
        by=_by(call),
        at=call.at,
    )
    return {}


@operation("cases.inspect")
def inspect(call: Invocation) -> Mapping[str, Any]:
    """What the visit showed: entered at the task before, or brought by a message (`inspection`, `findings`)."""
    entered = _entered(call)
    passed = str(call.inputs.get("inspection") or "") == "pass"
    told = "" if passed else _("现场与申请不一致，不符合规定的条件")
    commands.inspect(
        case_id=_case_id(call),
        passed=passed,
        findings=entered.get("reason") or str(call.inputs.get("findings") or told),
        opinion=entered.get("opinion", ""),
        by_process=True,
        by=_by(call),
        at=call.at,
    )
    return {}


@operation("cases.remind")
def remind(call: Invocation) -> Mapping[str, Any]:
    commands.remind(case_id=_case_id(call), by_process=True, by=_program(call), at=call.at)
    return {}


@operation("cases.issue_result")
def issue_result(call: Invocation) -> Mapping[str, Any]:
    case_id = _case_id(call)
    fields = _entered(call).get("fields", {})
    results = commands.issue_result(
        case_id=case_id, fields=fields, variables=dict(call.inputs), by_process=True, by=_by(call), at=call.at
    )
    return {"results": results}


@operation("cases.conditional_accept")
def conditional_accept(call: Invocation) -> Mapping[str, Any]:
    case_id = _case_id(call)
    named = call.inputs.get("materials")
    materials = list(map(str, named)) if isinstance(named, list | tuple) else list(queries.deferrable(case_id=case_id))
    opinion = _entered(call).get("opinion", "")
    commands.accept(case_id=case_id, deferred=materials, opinion=opinion, by_process=True, by=_by(call), at=call.at)
    case = queries.brief(case_id=case_id, viewer=Actor.system("flow"))
    return {**_promised(case_id), "deferred_due": end_of(case.deferred_until) if case.deferred_until else None}


@operation("cases.deferral_lapsed")
def deferral_lapsed(call: Invocation) -> Mapping[str, Any]:
    """For a timer on `deferred_due`: whether something is still missing now."""
    return {"lapsed": commands.lapse_deferral(case_id=_case_id(call), by=_program(call), at=call.at)}


@operation("cases.pledged")
def pledged(call: Invocation) -> Mapping[str, Any]:
    return {"pledged": queries.is_pledged(case_id=_case_id(call))}


@operation("cases.start_special")
def start_special(call: Invocation) -> Mapping[str, Any]:
    case_id, days = _case_id(call), call.inputs.get("days")
    commands.stop_clock(
        case_id=case_id,
        procedure_key=str(call.inputs.get("procedure") or call.headers.get("procedure") or ""),
        days=int(days) if days is not None else None,
        reason=str(call.inputs.get("reason") or _entered(call).get("reason", "")),
        by_process=True,
        by=_by(call),
        at=call.at,
    )
    return {}


@operation("cases.end_special")
def end_special(call: Invocation) -> Mapping[str, Any]:
    case_id = _case_id(call)
    result = str(call.inputs.get("result") or _entered(call).get("reason", ""))
    commands.resume_clock(case_id=case_id, result=result, by_process=True, by=_by(call), at=call.at)
    return _promised(case_id)


@operation("cases.extend")
def extend(call: Invocation) -> Mapping[str, Any]:
    case_id = _case_id(call)
    commands.extend(
        case_id=case_id,
        days=int(call.inputs.get("days") or rules.EXTENSION_DAYS),
        reason=str(call.inputs.get("reason") or _entered(call).get("reason", "")),
        approver=str(call.inputs.get("approver") or ""),
        by_process=True,
        by=_by(call),
        at=call.at,
    )
    return _promised(case_id)


@operation("cases.discontinue")
def discontinue(call: Invocation) -> Mapping[str, Any]:
    commands.discontinue(case_id=_case_id(call), by_process=True, by=_program(call), at=call.at)
    return {}


@operation("cases.release_results")
def release_results(call: Invocation) -> Mapping[str, Any]:
    commands.release_results(case_id=_case_id(call), by=_program(call), at=call.at)
    return {}


def _promised(case_id: UUID) -> dict[str, str | None]:
    due = queries.brief(case_id=case_id, viewer=Actor.system("flow")).promised_due
    return {"promised_due": end_of(due) if due else None}


@operation("cases.close")
def close(call: Invocation) -> Mapping[str, Any]:
    case_id = _case_id(call)
    case = queries.brief(case_id=case_id, viewer=Actor.system("flow"))
    if case.is_bundle:
        result = commands.settle(case_id=case_id, by=Actor.system("flow:cases.close"), at=call.at)
    else:
        commands.close(case_id=case_id, by_process=True, by=_program(call), at=call.at)
        result = case.result
    return {"outcome": _OUTCOMES.get(ResultKind(result), "not_accepted") if result else "not_accepted"}


def end_of(day: date) -> str:
    """The end of working time on a day, as ISO text for a timer."""
    return rules.end_of(day, calendars.current()).isoformat()


def _place(question: TaskQuestion) -> TaskPlace:
    named = question.properties.get("case_id")
    case = queries.brief(case_id=UUID(str(named)) if named else question.subject.id, viewer=Actor.system("flow"))
    return TaskPlace(case.organisation_id, case.scope_key, case.grade, f"{case.title} {case.number}")


def _task_url(_subject: SubjectRef, task_id: UUID) -> str:
    return f"/work/cases/tasks/{task_id}/"


def _process_url(subject: SubjectRef) -> str:
    return f"/cases/of/{subject.id}/"


def _outlines(ids: Sequence[UUID], viewer: Actor) -> dict[UUID, Outline]:
    rows = queries.rows_of(case_ids=ids, viewer=viewer)
    return {row.id: Outline(words.row_words(row), row.members_done, row.members) for row in rows}


def _numbered(number: str, viewer: Actor) -> tuple[UUID, ...]:
    return queries.ids_of(number=number, viewer=viewer)


register_task_place(KIND, _place)
register_opener(
    KIND, task_url=_task_url, process_url=_process_url, label=_("办件"), outlines=_outlines, numbered=_numbered
)
