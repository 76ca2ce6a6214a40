"""How a document reads for a case: the data that its wording fills in, for the preview and for the issue alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from yiwang.kernel import calendars, clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.legal_calendar import DueDate, Limit, LimitUnit
from yiwang.serve.cases import policies, rules
from yiwang.serve.cases.contracts import CaseKind, CaseNotFound, DocumentKind, DraftDocument, TaskChoice
from yiwang.serve.cases.models import Case, CaseMaterial, CasePledge
from yiwang.serve.cases.queries import procedure, wording
from yiwang.serve.cases.queries.procedure import LAW_45
from yiwang.serve.matters.contracts import SpecialTerms

_REMEDIES = {"review_authority", "court", "review_days", "litigation_months"}
_GAP = "……"
_REASONED = {DocumentKind.CORRECTION, DocumentKind.NON_ACCEPTANCE, DocumentKind.REFUSAL}


@dataclass(frozen=True, slots=True)
class Said:
    """What the act itself says beside the case: entered by an official, or worked out by the step."""

    ground: str = ""
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def draft(*, case: Case, kind: DocumentKind, said: Said, at: datetime) -> DraftDocument:
    """The document as it would read now. Some kinds ask for the materials: one query then."""
    terms = procedure.terms(matter_id=case.matter_id)
    template = wording.template(kind=kind)
    rendered = rules.render(template, data(case=case, kind=kind, said=said, at=at))
    return DraftDocument(
        kind=kind,
        title=rendered.title,
        authority=case.organisation_name,
        addressee=case.applicant_name,
        paragraphs=rendered.paragraphs,
        day=rules.day_of(at),
        sample=terms.sample,
    )


KIND_OF = {
    TaskChoice.ACCEPT: DocumentKind.ACCEPTANCE,
    TaskChoice.CONDITIONAL: DocumentKind.CONDITIONAL,
    TaskChoice.CORRECT: DocumentKind.CORRECTION,
    TaskChoice.DECLINE: DocumentKind.NON_ACCEPTANCE,
    TaskChoice.GRANT: DocumentKind.GRANT,
    TaskChoice.REFUSE: DocumentKind.REFUSAL,
}


def draft_choice(
    *,
    case_id: UUID,
    choice: TaskChoice,
    ground: str = "",
    reason: str = "",
    deferred: Sequence[str] = (),
    viewer: Actor,
) -> DraftDocument | None:
    """The document that a choice at a task will become, with what is entered now; None where it becomes none.

    Raises CaseNotFound.
    """
    case = _of(case_id, viewer)
    kind = KIND_OF.get(choice)
    if kind is None:
        return None
    at, terms, calendar = clock.now(), procedure.terms(matter_id=case.matter_id), calendars.current()
    follow = [
        (terms.requirements[code].name, terms.defer_within(code)) for code in deferred if code in terms.requirements
    ]
    due = calendar.due(rules.day_of(at), Limit(case.promised_days, LimitUnit(case.promised_unit)))
    facts = {
        "deferred": [f"{name}（{rules.legal_day(rules.deferral_due(at, days, calendar))}前）" for name, days in follow]
        or ["……"],
    }
    if case.accepted_at is None and isinstance(due, DueDate):
        facts["due_day"] = rules.legal_day(due.date)  # type: ignore[assignment]
    said = Said(ground or terms.ground, reason or _GAP if kind in _REASONED else reason, facts)
    return draft(case=case, kind=kind, said=said, at=at)


def special_facts(*, found: SpecialTerms, days: int | None, at: datetime) -> dict[str, Any]:
    """What the notice of a special procedure tells: which, on which ground, until when."""
    expected = expected_end(found=found, days=days, at=at)
    return {
        "procedure": found.name,
        "procedure_basis": found.basis or LAW_45,
        "procedure_days": str(days or (found.longest.count if found.longest else "")),
        "began_day": rules.legal_day(rules.day_of(at)),
        "expected_day": rules.legal_day(expected) if expected else "",
    }


def expected_end(*, found: SpecialTerms, days: int | None, at: datetime) -> date | None:
    """The day on which the procedure should end: as the official says, else the longest that the list allows."""
    days = days or (found.longest.count if found.longest else None)
    return calendars.current().add_working_days(rules.day_of(at), days).date if days else None


def extension_facts(*, former: date | None, due: date | None, days: int, approver: str) -> dict[str, Any]:
    """What the notice of an extension tells."""
    return {
        "extension": str(days),
        "approver": approver.strip(),
        "former_day": rules.legal_day(former) if former else "期限届满日",
        "due_day": rules.legal_day(due) if due else "特别程序结束后另行计算之日",
    }


def draft_special(*, case_id: UUID, key: str, days: int | None, reason: str, viewer: Actor) -> DraftDocument | None:
    """How the notice of a special procedure would read; None where none is chosen yet. Raises CaseNotFound."""
    case, at = _of(case_id, viewer), clock.now()
    found = procedure.terms(matter_id=case.matter_id).special_named(key)
    if found is None:
        return None
    said = Said(reason=reason, facts=special_facts(found=found, days=days, at=at))
    return draft(case=case, kind=DocumentKind.SPECIAL, said=said, at=at)


def draft_extension(*, case_id: UUID, days: int, reason: str, approver: str, viewer: Actor) -> DraftDocument:
    """How the notice of an extension would read. Raises CaseNotFound."""
    case, at = _of(case_id, viewer), clock.now()
    due = None
    if case.promised_due is not None:
        later = calendars.current().due(case.promised_due, Limit(days, LimitUnit(case.promised_unit)))
        due = later.date if isinstance(later, DueDate) else None
    facts = extension_facts(former=case.promised_due, due=due, days=days, approver=approver or _GAP)
    return draft(case=case, kind=DocumentKind.EXTENSION, said=Said(reason=reason or _GAP, facts=facts), at=at)


def _of(case_id: UUID, viewer: Actor) -> Case:
    case: Case | None = Case.objects.filter(policies.visible(viewer), pk=case_id).first()
    if case is None:
        raise CaseNotFound
    return case


def data(*, case: Case, kind: DocumentKind, said: Said, at: datetime) -> dict[str, Any]:
    """All places and conditions that a wording may use."""
    terms = procedure.terms(matter_id=case.matter_id)
    return {
        "applicant": case.applicant_name,
        "authority": case.organisation_name,
        "matter": case.title,
        "case_number": case.number,
        "today": rules.legal_day(at),
        "submitted_day": rules.legal_day(case.submitted_at),
        "accepted_day": rules.legal_day(case.accepted_at or at),
        "decision_day": rules.legal_day(case.decided_at) if case.decided_at else "",
        "days": rules.days_words(case.promised_days, case.promised_unit),
        "due_day": rules.legal_day(case.promised_due) if case.promised_due else "",
        "permit": terms.permit,
        "deed": terms.deed,
        "ground": said.ground,
        "reason": said.reason,
        "needed": rules.lines(said.reason),
        "results_words": "、".join(terms.results),
        "deemed": False,
        "instant": False,
        "by_rule": False,
        "members": [],
        "materials": [],
        "pledged": [],
        **_remedies(case, kind),
        **_of_kind(case, kind, at),
        **said.facts,
    }


def _remedies(case: Case, kind: DocumentKind) -> Mapping[str, str]:
    """Where a decision can be fought; asked for only where the wording tells it."""
    if not rules.places(wording.template(kind=kind)) & _REMEDIES:
        return {}
    return procedure.remedies(matter_id=case.matter_id, organisation_id=case.organisation_id)


def _of_kind(case: Case, kind: DocumentKind, at: datetime) -> Mapping[str, Any]:
    if kind is DocumentKind.RECEIPT:
        return _receipt(case, at)
    if kind is DocumentKind.GRANT and procedure.terms(matter_id=case.matter_id).pledge is not None:
        return {"pledged": list(CasePledge.objects.filter(case=case).values_list("name", flat=True))}
    return {}


def _receipt(case: Case, at: datetime) -> Mapping[str, Any]:
    wanted = {"case__parent": case} if case.kind == CaseKind.BUNDLE.value else {"case": case}
    rows = CaseMaterial.objects.filter(**wanted, file_id__isnull=False).order_by("case__position", "position")
    members = Case.objects.filter(parent=case).order_by("position").values_list("title", "organisation_name")
    named = [f"{title}（{office}）" for title, office in members] if case.kind == CaseKind.BUNDLE.value else []
    due = calendars.current().add_working_days(rules.day_of(case.received_at or at), rules.ACCEPTANCE_DAYS).date
    return {
        "materials": list(dict.fromkeys(rows.values_list("name", flat=True))),
        "members": named,
        "due_day": rules.legal_day(due),
    }
