"""What an official sees at a task: the choices with the reason why one is not possible, the fields to fill in."""

from typing import Any
from uuid import UUID

from yiwang.commons.flow import queries as flow
from yiwang.commons.flow.contracts import TaskView
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases import policies, rules
from yiwang.serve.cases.contracts import CHOICES_OF, CaseAction, CaseNotFound, CaseStatus, Choice, DeskTask, TaskChoice
from yiwang.serve.cases.models import Case, CaseMaterial
from yiwang.serve.cases.queries import licensing, procedure
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import MatterSpec

_WORDS = {
    TaskChoice.ACCEPT: (_("受理"), _("材料齐全、符合法定形式，从次日起计算办理时限")),
    TaskChoice.CONDITIONAL: (_("容缺受理"), _("缺少的材料可以后补：先受理，限期补齐，补齐前不作决定")),
    TaskChoice.CORRECT: (_("一次性告知补正"), _("写明全部需要补正的内容，只能告知一次")),
    TaskChoice.DECLINE: (_("不予受理"), _("须写明依据和理由，并告知复议和诉讼的权利")),
    TaskChoice.GRANT: (_("准予"), _("出具办理结果，并送达申请人")),
    TaskChoice.REFUSE: (_("不予"), _("须写明依据和理由，并告知复议和诉讼的权利")),
    TaskChoice.COMPLIES: (_("核查通过"), _("现场与申请一致，符合条件")),
    TaskChoice.FAILS: (_("核查不通过"), _("写明不符合的地方，供作出决定时参考")),
    TaskChoice.PRODUCE: (_("制作完成"), _("填写结果信息后出具")),
    TaskChoice.SUPPLY: (_("补正材料已齐"), _("提交后由受理人员继续办理")),
}
_ALSO_SHOWN = {"decide": TaskChoice.CORRECT}


def task_case(*, task_id: UUID, viewer: Actor) -> str:
    """The number of the case that a task is about. Raises UnknownTask, CaseNotFound."""
    return _case_of(flow.task(task_id=task_id, viewer=viewer)).number


def desk_task(*, task_id: UUID, viewer: Actor) -> DeskTask:
    """A task with its choices and fields for the viewer. Raises UnknownTask, CaseNotFound."""
    task = flow.task(task_id=task_id, viewer=viewer)
    row = _case_of(task)
    if not policies.may_work_on(viewer, row):
        raise CaseNotFound
    offered = list(CHOICES_OF.get(task.form_key, ()))
    extra = _ALSO_SHOWN.get(task.form_key)
    missing: tuple[tuple[str, str], ...] = ()
    if TaskChoice.CONDITIONAL in offered:
        if _lists_deferrable(row):
            missing = _deferrable(row)
        else:
            offered.remove(TaskChoice.CONDITIONAL)
    halted = policies.under_procedure(row)
    original = licensing.unseen(case_id=row.pk, viewer=viewer) if TaskChoice.GRANT in offered else ""
    choices = [_choice(row, each, missing, halted, original) for each in (*offered, *([extra] if extra else ()))]
    return DeskTask(
        task_id=task_id,
        case_id=row.pk,
        number=row.number,
        stage=task.row.name,
        form_key=task.form_key,
        hint=task.documentation,
        assignee=task.row.assignee_name,
        can_claim=task.can_claim,
        can_complete=task.can_complete,
        choices=tuple(choices),
        fields=_fields(row, task.form_key, viewer),
        due_at=task.row.due_at,
        deferrable=missing,
    )


def tasks_of(*, case_id: UUID, parent_id: UUID | None, viewer: Actor) -> tuple[UUID, ...]:
    """The open tasks on this case in the viewer's reach, soonest first."""
    subject = SubjectRef("case", parent_id or case_id)
    rows = flow.open_tasks(subject=subject, viewer=viewer)
    if parent_id is not None:
        rows = (*flow.open_tasks(subject=SubjectRef("case", case_id), viewer=viewer), *rows)
    wanted = str(case_id)
    found = [(row.id, flow.task(task_id=row.id, viewer=viewer)) for row in rows]
    return tuple(
        task_id for task_id, task in found if str(task.properties.get("case_id") or task.row.subject.id) == wanted
    )


def _case_of(task: TaskView) -> Case:
    named = task.properties.get("case_id")
    wanted = UUID(str(named)) if named else task.row.subject.id
    row: Case | None = Case.objects.filter(pk=wanted).first()
    if row is None or task.row.subject.kind != "case":
        raise CaseNotFound
    return row


def deferrable(*, case_id: UUID) -> tuple[str, ...]:
    """The codes of the missing materials that may follow; for operations inside the step only. Two queries."""
    row = Case.objects.filter(pk=case_id).first()
    return tuple(code for code, _name in _deferrable(row)) if row is not None else ()


def not_handed_in(*, case_id: UUID, viewer: Actor) -> tuple[tuple[str, str], ...]:
    """(code, name) of what this situation asks for and what is not there, so that a correction can bring it. Two queries."""
    row = Case.objects.filter(policies.visible(viewer), pk=case_id).first()
    if row is None:
        return ()
    terms, facts, there = _situation_of(row)
    return tuple(
        (code, each.name)
        for code, each in terms.requirements.items()
        if code not in there and rules.holds(each.condition, facts)
    )


def _situation_of(row: Case) -> tuple[procedure.Terms, dict[str, Any], set[str]]:
    """The terms of the matter, what is known of the situation, the materials that are there. One query."""
    facts = {**{answer["fact"]: answer["value"] for answer in row.answers}, **row.situation}
    there = set(CaseMaterial.objects.filter(case=row).values_list("material", flat=True))
    return procedure.terms(matter_id=row.matter_id), facts, there


def _lists_deferrable(row: Case) -> bool:
    terms = procedure.terms(matter_id=row.matter_id)
    return any(terms.defer_within(code) for code in terms.requirements)


def _deferrable(row: Case) -> tuple[tuple[str, str], ...]:
    """Of the materials that this situation asks for, those that may follow and are not there yet. One query."""
    terms, facts, there = _situation_of(row)
    return tuple(
        (code, f"{each.name}（{terms.defer_within(code)} 个工作日内）")
        for code, each in terms.requirements.items()
        if terms.defer_within(code) and code not in there and rules.holds(each.condition, facts)
    )


def _choice(
    row: Case, choice: TaskChoice, deferrable: tuple[tuple[str, str], ...], halted: str, original: str
) -> Choice:
    action = choice.action
    reason = rules.refusal(CaseStatus(row.status), action) if action else ""
    if not reason and choice is TaskChoice.CORRECT and row.corrections:
        reason = rules.refusal(CaseStatus.CORRECTION, choice.action)  # type: ignore[arg-type]
    if not reason and choice is TaskChoice.CONDITIONAL and not deferrable:
        reason = _("可以后补的材料都已经提交")
    if not reason and action in {CaseAction.GRANT, CaseAction.REFUSE}:
        reason = policies.to_follow(row, action, clock.now()) or halted
    if not reason and action is CaseAction.GRANT:
        reason = original
    label, hint = _WORDS[choice]
    needs_reason = choice in {TaskChoice.CORRECT, TaskChoice.DECLINE, TaskChoice.REFUSE, TaskChoice.FAILS}
    return Choice(choice, label, hint, reason, needs_reason)


def _fields(row: Case, form_key: str, viewer: Actor) -> tuple[tuple[str, str], ...]:
    if row.matter_id is None or form_key not in {"decide", "produce"}:
        return ()
    spec: MatterSpec = matters.matter_version(matter_id=row.matter_id, viewer=viewer).spec
    return tuple(
        (field.fact, field.label or field.fact)
        for result in spec.results
        for field in result.fields
        if field.filled_by == "official"
    )
