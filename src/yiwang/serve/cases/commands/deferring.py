"""Materials that may follow after acceptance (容缺): which, until when, and what becomes of the case meanwhile."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from yiwang.kernel import calendars
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command
from yiwang.serve.cases import rules
from yiwang.serve.cases.commands import journal
from yiwang.serve.cases.contracts import CaseAction, CaseStatus, NothingToDefer
from yiwang.serve.cases.models import Case, CaseMaterial, DeferredMaterial
from yiwang.serve.cases.queries import procedure


def defer_materials(case: Case, wanted: Sequence[str], at: datetime) -> tuple[DeferredMaterial, ...]:
    """Write down which materials follow and until when; the caller saves the case. Raises NothingToDefer.

    Only what the matter's list lets follow and what is not there yet. Three queries.
    """
    terms, calendar = procedure.terms(matter_id=case.matter_id), calendars.current()
    there = set(CaseMaterial.objects.filter(case=case).values_list("material", flat=True))
    rows = tuple(
        DeferredMaterial(
            case=case,
            material=code,
            name=terms.requirements[code].name,
            due=rules.deferral_due(at, terms.defer_within(code), calendar),
        )
        for code in dict.fromkeys(wanted)
        if terms.defer_within(code) and code not in there
    )
    if not rows:
        raise NothingToDefer(number=case.number)
    DeferredMaterial.objects.bulk_create(rows)
    case.deferred_until = max(row.due for row in rows)
    return rows


def supplied(case: Case, materials: Sequence[str], at: datetime) -> None:
    """Some of what was to follow has come; when all has, the case can be decided. The caller saves the case."""
    if case.deferred_until is None:
        return
    DeferredMaterial.objects.filter(case=case, material__in=materials, supplied_at__isnull=True).update(supplied_at=at)
    if not DeferredMaterial.objects.filter(case=case, supplied_at__isnull=True).exists():
        case.deferred_until = None


@command("cases.lapse_deferral")
def lapse_deferral(*, case_id: UUID, by: Actor, at: datetime) -> bool:
    """The time for materials that were to follow has run out: the history says so once; refusing is possible now.

    Materials that come late are still taken as long as nothing is decided. Repeating it does nothing.
    """
    case, parent = journal.locked(case_id)
    over = case.deferred_until is not None and rules.day_of(at) > case.deferred_until
    told = any(entry.kind is CaseAction.LAPSE for entry in journal.entries_of(case)) if over else True
    if not over or told or CaseStatus(case.status) not in {CaseStatus.ACCEPTED, CaseStatus.REVIEWING}:
        journal.noted(case, CaseAction.LAPSE)
        return False
    missing = list(
        DeferredMaterial.objects.filter(case=case, supplied_at__isnull=True).values_list("material", flat=True)
    )
    journal.record(case, CaseAction.LAPSE, parent=parent, by=by, at=at, data={"materials": missing})
    return True
