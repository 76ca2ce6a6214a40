"""What an official or an applicant does at a task of the process: one command, one transaction.

What is entered is kept with the case until the process takes the step that needs it (`cases.accept`, `cases.decide`…),
so that words about people never become process variables.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from yiwang.commons.files import commands as files
from yiwang.commons.flow import commands as flow
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.errors import Forbidden
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases import policies, rules
from yiwang.serve.cases.commands import deferring, journal, pledging, steps
from yiwang.serve.cases.contracts import (
    CaseAction,
    CaseStateRefused,
    CaseStatus,
    MaterialBy,
    MaterialInput,
    MaterialUpload,
    NothingSupplied,
    ReasonMissing,
    TaskChoice,
)
from yiwang.serve.cases.models import Case, CaseMaterial

_OUTPUTS: Mapping[TaskChoice, Mapping[str, str]] = {
    TaskChoice.ACCEPT: {"acceptance": "accept"},
    TaskChoice.CONDITIONAL: {"acceptance": "accept"},
    TaskChoice.CORRECT: {"acceptance": "correct"},
    TaskChoice.DECLINE: {"acceptance": "refuse"},
    TaskChoice.GRANT: {"decision": "approve"},
    TaskChoice.REFUSE: {"decision": "refuse"},
    TaskChoice.COMPLIES: {"inspection": "pass"},
    TaskChoice.FAILS: {"inspection": "fail"},
    TaskChoice.PRODUCE: {},
    TaskChoice.SUPPLY: {},
}
_NEEDS_REASON = {TaskChoice.CORRECT, TaskChoice.DECLINE, TaskChoice.REFUSE, TaskChoice.FAILS}


@command("cases.handle_task")
def handle_task(
    *,
    task_id: UUID,
    case_id: UUID,
    choice: TaskChoice,
    ground: str = "",
    reason: str = "",
    opinion: str = "",
    fields: Mapping[str, str] | None = None,
    deferred: Sequence[str] = (),
    by: Actor,
    at: datetime,
) -> None:
    """Complete an official's task with a choice; the process records acceptance or decision in the same transaction.

    `ground` and `reason` go to the applicant, `opinion` stays inside, `fields` are facts of the result, `deferred` the
    codes of materials that may follow (choice CONDITIONAL). Raises ReasonMissing, FieldsMissing, NothingToDefer,
    CaseStateRefused, CaseNotFound, and flow's refusals (NotYourTask, TaskTaken…).
    """
    if choice is TaskChoice.CONDITIONAL and not deferred:
        raise ReasonMissing(fields={"deferred": _("请选择可以后补的材料")})
    if choice in _NEEDS_REASON and not reason.strip():
        raise ReasonMissing(fields={"reason": _("请写明理由")})
    if choice in {TaskChoice.DECLINE, TaskChoice.REFUSE} and not ground.strip():
        raise ReasonMissing(fields={"ground": _("请写明依据")})
    case, _parent = _locked_with_its_process(case_id, task_id, by)
    action = choice.action
    refused = rules.refusal(CaseStatus(case.status), action) if action else ""
    if refused and action:
        raise CaseStateRefused(number=case.number, action=action.label, reason=refused)
    if action in {CaseAction.GRANT, CaseAction.REFUSE}:
        policies.check_ripe(case, action, at)
    if action is CaseAction.GRANT:
        steps.check_licences(case, by_rule=False)
    said = {"ground": ground, "reason": reason, "opinion": opinion, "fields": dict(fields or {})}
    if choice is TaskChoice.CONDITIONAL:
        said["deferred"] = list(deferred)
    case.pending = {**said, "by": str(by.account_id), "at": at.isoformat()}
    case.save(update_fields=["pending"])
    flow.complete_task(task_id=task_id, outputs=_OUTPUTS[choice], by=by, at=at)
    journal.noted(case, action or CaseAction.ISSUE_RESULT, repeat=False)


@command("cases.supply_correction")
def supply_correction(
    *,
    task_id: UUID,
    case_id: UUID,
    materials: Sequence[MaterialInput] = (),
    uploads: Sequence[MaterialUpload] = (),
    by: Actor,
    at: datetime,
) -> None:
    """The applicant hands in what the correction notice asked for, as stored files or with their bytes.

    Raises CaseNotFound, CaseStateRefused, NothingSupplied, and what files refuses of an upload.
    """
    case, parent = _locked_with_its_process(case_id, task_id, by)
    policies.check_applicant(by, case)
    given = [*materials, *(_stored(each, by, at) for each in uploads)]
    if not given:
        raise NothingSupplied
    _add(case_id, case.parent_id, given, by, at)
    pledged = [each.material for each in given if each.by is MaterialBy.PLEDGE]
    if pledged:
        pledging.sign_for(case, pledged, parent, by, at)
    journal.record(
        case, CaseAction.SUPPLY, parent=parent, by=by, at=at, data={"materials": [m.material for m in given]}
    )
    flow.complete_task(task_id=task_id, outputs={}, by=by, at=at)


def _locked_with_its_process(case_id: UUID, task_id: UUID, by: Actor) -> tuple[Case, Case | None]:
    """Locks the process before the case, in the order in which timers and other tasks do, so that none waits for another."""
    policies.check_task_belongs(by, case_id, task_id)
    flow.lock_process(task_id=task_id)
    return journal.locked(case_id)


def _stored(upload: MaterialUpload, by: Actor, at: datetime) -> MaterialInput:
    kept = files.store(stream=upload.stream, name=upload.filename, purpose="material", by=by, at=at)
    return MaterialInput(upload.material, upload.name, file_id=kept.id)


@command("cases.add_material")
def add_material(*, case_id: UUID, material: MaterialInput, by: Actor, at: datetime) -> None:
    """Add a material that was to follow (容缺后补); with the last of them the case can be decided.

    Raises CaseNotFound, CaseStateRefused.
    """
    case, parent = journal.locked(case_id)
    if not policies.may(by, case, CaseAction.CHECK_MATERIAL):
        policies.check_applicant(by, case)
    _add(case_id, case.parent_id, (material,), by, at)
    deferring.supplied(case, [material.material], at)
    journal.record(case, CaseAction.ADD_MATERIAL, parent=parent, by=by, at=at, data={"materials": [material.material]})


@command("cases.supply_deferred")
def supply_deferred(*, case_id: UUID, uploads: Sequence[MaterialUpload], by: Actor, at: datetime) -> None:
    """The applicant hands in what was to follow after conditional acceptance.

    Raises CaseNotFound, CaseStateRefused, NothingSupplied, and what files refuses of an upload.
    """
    case, parent = journal.locked(case_id)
    policies.check_applicant(by, case)
    given = [_stored(each, by, at) for each in uploads]
    if not given:
        raise NothingSupplied
    _add(case_id, case.parent_id, given, by, at)
    codes = [each.material for each in given]
    deferring.supplied(case, codes, at)
    journal.record(case, CaseAction.ADD_MATERIAL, parent=parent, by=by, at=at, data={"materials": codes})


@command("cases.note_export")
def note_export(*, conditions: Mapping[str, str], by: Actor, at: datetime) -> None:
    """Audit that somebody takes the list of cases away, with what was asked for. Raises Forbidden for residents."""
    del at
    if not by.is_official or by.organisation_id is None:
        raise Forbidden
    note(SubjectRef("organisation", by.organisation_id), **conditions)


@command("cases.check_material")
def check_material(*, case_id: UUID, material_id: UUID, by: Actor, at: datetime) -> None:
    """An official has checked a material. Raises CaseStateRefused, Forbidden."""
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.CHECK_MATERIAL)
    row = CaseMaterial.objects.get(pk=material_id, case=case)
    row.checked_by_id, row.checked_at = by.account_id, at
    row.save(update_fields=["checked_by", "checked_at"])
    journal.record(case, CaseAction.CHECK_MATERIAL, parent=parent, by=by, at=at, data={"material": row.material})


def _add(case_id: UUID, parent_id: UUID | None, materials: Sequence[MaterialInput], by: Actor, at: datetime) -> None:
    ids = sorted({each.file_id for each in materials if each.file_id is not None})
    if ids:
        files.attach(file_ids=ids, subject=SubjectRef("case", parent_id or case_id), by=by, at=at)
    place = CaseMaterial.objects.filter(case_id=case_id).count()
    CaseMaterial.objects.bulk_create(
        CaseMaterial(
            case_id=case_id,
            position=place + index,
            material=each.material,
            name=each.name or each.material,
            by=(each.by or MaterialBy.UPLOAD).value,
            file_id=each.file_id,
            reference=each.reference,
            added_at=at,
        )
        for index, each in enumerate(materials)
    )
