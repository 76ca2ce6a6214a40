"""Small reads that operations, policies of files and task pages need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from yiwang.kernel.actor import Actor
from yiwang.serve.cases import policies, rules
from yiwang.serve.cases.contracts import CaseAction, CaseKind, CaseNotFound, CaseStatus, RealNameGap
from yiwang.serve.cases.models import Case
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import Bundle, TailoredGuide


@dataclass(frozen=True, slots=True)
class Brief:
    """A case in a few words."""

    id: UUID
    number: str
    title: str
    status: CaseStatus
    result: str
    organisation_id: UUID
    scope_key: str
    grade: int
    promised_due: date | None
    is_bundle: bool
    instance_id: UUID | None
    parent_id: UUID | None
    parent_number: str
    deferred_until: date | None = None


def brief(*, case_id: UUID, viewer: Actor) -> Brief:
    """One case. Raises CaseNotFound, also for those who may not know. One query."""
    row = Case.objects.select_related("parent").filter(policies.visible(viewer), pk=case_id).first()
    if row is None:
        raise CaseNotFound
    return Brief(
        id=row.pk,
        number=row.number,
        title=row.title,
        status=CaseStatus(row.status),
        result=row.result,
        organisation_id=row.organisation_id,
        scope_key=row.scope_key,
        grade=row.grade,
        promised_due=row.promised_due,
        is_bundle=row.kind == CaseKind.BUNDLE.value,
        instance_id=row.instance_id,
        parent_id=row.parent_id,
        parent_number=row.parent.number if row.parent else "",
        deferred_until=row.deferred_until,
    )


_STEPS = {
    "special": CaseAction.STOP_CLOCK,
    "resume": CaseAction.RESUME_CLOCK,
    "extend": CaseAction.EXTEND,
    "deliver": CaseAction.DELIVER,
    "check": CaseAction.CHECK_MATERIAL,
    "check_pledge": CaseAction.CHECK_PLEDGE,
    "restore_trust": CaseAction.RESTORE_TRUST,
}


def rights(*, case_id: UUID, viewer: Actor) -> frozenset[str]:
    """Which steps outside tasks the viewer may take on the case as it stands. One query."""
    if not viewer.is_official:
        return frozenset()
    rows = Case.objects.filter(policies.visible(viewer), pk=case_id).only("status")
    row = rows.annotate(**policies.granting(viewer, _STEPS.values())).first()
    if row is None:
        return frozenset()
    status = CaseStatus(row.status)
    return frozenset(
        name
        for name, action in _STEPS.items()
        if not rules.refusal(status, action) and policies.granted_by(row, action)
    )


def entered(*, case_id: UUID) -> Mapping[str, Any]:
    """What was entered at the task before this step; for operations inside the step only."""
    row = Case.objects.filter(pk=case_id).only("pending").first()
    return row.pending if row else {}


def legal_ground(*, case_id: UUID) -> str:
    """The legal grounds of the case's matter, as a document names them."""
    matter_id = Case.objects.filter(pk=case_id).values_list("matter_id", flat=True).first()
    if matter_id is None:
        return ""
    laws = matters.matter_version(matter_id=matter_id, viewer=Actor.system("cases")).spec.laws
    return "、".join(f"《{law.name}》{law.clause}" for law in laws)


def may_file(*, bundle: Bundle, guide: TailoredGuide, viewer: Actor) -> bool:
    """Whether the viewer may file this in the name of whom they act for now; for oneself always."""
    return policies.may_file(viewer, bundle.key, [member.matter_code for member in guide.members])


def real_name_needed(*, bundle: Bundle, guide: TailoredGuide, viewer: Actor) -> RealNameGap | None:
    """What the viewer lacks to send this: asked before they fill it in."""
    return policies.real_name_gap(viewer, bundle, [member.matter_code for member in guide.members])


def may_read_files(*, case_id: UUID, viewer: Actor) -> bool:
    """Files hang on the outermost case; whoever may see it or a member may read them. One query."""
    rows = Case.objects.filter(policies.visible(viewer))
    return bool(rows.filter(Q(pk=case_id) | Q(parent_id=case_id)).exists())
