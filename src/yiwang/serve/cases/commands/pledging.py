"""The pledge procedure (告知承诺, 国办发〔2020〕42号): told, signed in the place of a material, decided, checked afterwards."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from yiwang.kernel import calendars
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command
from yiwang.kernel.legal_calendar import DueDate, Limit, LimitUnit
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases import policies, rules
from yiwang.serve.cases.commands import documents, journal
from yiwang.serve.cases.contracts import (
    Applicant,
    CaseAction,
    CaseStatus,
    DocumentKind,
    MaterialBy,
    MaterialInput,
    NotBarred,
    PledgeAlreadyChecked,
    PledgeBarred,
    PledgeNotOffered,
    ReasonMissing,
    ResultKind,
)
from yiwang.serve.cases.models import Case, CasePledge
from yiwang.serve.cases.queries import procedure
from yiwang.serve.cases.queries.pledges import pledge_bars
from yiwang.serve.matters.contracts import LimitUnit as SpanUnit
from yiwang.serve.matters.contracts import PledgeTerms, Span


def sign(
    cases: Mapping[str, Case], given: Mapping[str, Sequence[MaterialInput]], needed_by: Mapping[str, Sequence[str]],
    outer: Case, by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Write down the pledges among what was handed in, each with the document that was told and signed.

    `cases` by member key, `needed_by`: the members that need a material. Raises PledgeNotOffered.
    """
    pledged = {code for code, inputs in given.items() if any(each.by is MaterialBy.PLEDGE for each in inputs)}
    for key, case in cases.items():
        codes = [code for code in sorted(pledged) if key in needed_by.get(code, ())]
        if codes:
            sign_for(case, codes, outer, by, at)


def sign_for(case: Case, codes: Sequence[str], outer: Case | None, by: Actor, at: datetime) -> None:
    """The pledges of one case. Raises PledgeNotOffered where the matter does not offer it for one of `codes`, PledgeBarred."""
    terms = procedure.terms(matter_id=case.matter_id)
    names = {code: terms.requirements[code].name if code in terms.requirements else code for code in codes}
    for code in codes:
        if terms.pledge is None or code not in terms.pledge.materials:
            raise PledgeNotOffered(name=names[code])
    assert terms.pledge is not None
    _check_trusted(case, names[codes[0]])
    signer = case.applicant_name
    rows = [
        CasePledge(
            case=case,
            material=code,
            name=names[code],
            text=terms.pledge.text,
            consequences=terms.pledge.consequences,
            signer=signer,
            signed_by_id=by.account_id,
            signed_at=at,
        )
        for code in codes
        if not CasePledge.objects.filter(case=case, material=code).exists()
    ]
    if not rows:
        return
    CasePledge.objects.bulk_create(rows)
    facts = {
        "pledged": [row.name for row in rows],
        "pledge_text": terms.pledge.text,
        "consequences": terms.pledge.consequences,
        "check_words": _check_words(terms.pledge),
        "excluded": terms.excluded,
        "signer": signer,
        "signed_day": rules.legal_day(at),
    }
    documents.issue(case, DocumentKind.PLEDGE, outer=outer, by=by, at=at, facts=facts)


def _check_trusted(case: Case, name: str) -> None:
    """Raises PledgeBarred for whoever gave a false pledge before in such a matter."""
    applicant = Applicant(person_id=case.person_id, entity_id=case.entity_id)
    bars = pledge_bars(applicant=applicant, matter_codes=[case.matter_code], viewer=Actor.system("cases.pledging"))
    if case.matter_code in bars:
        raise PledgeBarred(name=name, number=bars[case.matter_code].case_number)


def decided(case: Case, at: datetime) -> None:
    """The after-check runs from the decision."""
    terms = procedure.terms(matter_id=case.matter_id)
    if terms.pledge is not None and terms.pledge.check_within is not None:
        due = _due(terms.pledge.check_within, at)
        CasePledge.objects.filter(case=case, kept__isnull=True).update(check_due=due)


@command("cases.check_pledge")
def check_pledge(*, pledge_id: UUID, kept: bool, finding: str, ground: str = "", by: Actor, at: datetime) -> None:
    """An official has checked what was pledged. A false one revokes the decision that stands on it, with its document.

    Before the decision a false pledge revokes nothing: the case is refused then. Raises PledgeAlreadyChecked,
    ReasonMissing, CaseStateRefused, Forbidden.
    """
    if not finding.strip():
        raise ReasonMissing(fields={"finding": _("请写明查明的事实")})
    case_id = CasePledge.objects.values_list("case_id", flat=True).get(pk=pledge_id)
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.CHECK_PLEDGE)
    row = CasePledge.objects.select_for_update().get(pk=pledge_id)
    if row.kept is not None:
        raise PledgeAlreadyChecked
    row.kept, row.finding, row.checked_at, row.checked_by_id = kept, finding, at, by.account_id
    row.save(update_fields=["kept", "finding", "checked_at", "checked_by"])
    data = {"material": row.material, "kept": kept}
    journal.record(case, CaseAction.CHECK_PLEDGE, parent=parent, by=by, at=at, opinion=finding, data=data)
    if not kept and case.status == CaseStatus.CLOSED and case.result == ResultKind.GRANTED:
        _revoke(case, parent, row, ground, by, at)


@command("cases.restore_trust")
def restore_trust(*, pledge_id: UUID, ground: str, by: Actor, at: datetime) -> None:
    """The signer of a false pledge has had their credit restored (信用修复) and may pledge again. `ground`: by what.

    Raises ReasonMissing, NotBarred, Forbidden.
    """
    if not ground.strip():
        raise ReasonMissing(fields={"ground": _("请写明信用修复的依据")})
    case_id = CasePledge.objects.values_list("case_id", flat=True).get(pk=pledge_id)
    case, parent = journal.locked(case_id)
    policies.check_step(by, case, CaseAction.RESTORE_TRUST)
    row = CasePledge.objects.select_for_update().get(pk=pledge_id)
    if row.kept is not False or row.restored_at is not None:
        raise NotBarred
    row.restored_at, row.restored_ground = at, ground.strip()
    row.save(update_fields=["restored_at", "restored_ground"])
    data = {"material": row.material}
    journal.record(case, CaseAction.RESTORE_TRUST, parent=parent, by=by, at=at, opinion=ground.strip(), data=data)


def _revoke(case: Case, parent: Case | None, pledge: CasePledge, ground: str, by: Actor, at: datetime) -> None:
    terms = procedure.terms(matter_id=case.matter_id)
    basis = (
        ground.strip() or (terms.pledge.basis if terms.pledge else "") or "《中华人民共和国行政许可法》第六十九条第二款"
    )
    reason = pledge.finding or ""
    case.ground, case.reason = basis, reason
    journal.record(
        case, CaseAction.REVOKE, parent=parent, by=by, at=at, words=reason, data={"material": pledge.material}
    )
    documents.issue(case, DocumentKind.REVOCATION, outer=parent, by=by, at=at, ground=basis, reason=reason)
    if parent is not None and parent.closed_at is not None:
        results = Case.objects.filter(parent=parent).values_list("result", flat=True)
        ended = rules.parent_result(ResultKind(each) if each else None for each in results)
        parent.result = (ended or ResultKind.REFUSED).value
        parent.save(update_fields=["result"])


def _due(span: Span, at: datetime) -> date:
    unit = LimitUnit.CALENDAR_DAY if span.unit is SpanUnit.CALENDAR_DAY else LimitUnit.WORKING_DAY
    count = (
        span.count if span.unit in {SpanUnit.CALENDAR_DAY, SpanUnit.WORKING_DAY} else span.unit.working_days(span.count)
    )
    due = calendars.current().due(rules.day_of(at), Limit(count, unit))
    assert isinstance(due, DueDate)
    return due.date


def _check_words(terms: PledgeTerms) -> str:
    within = ""
    if terms.check_within is not None:
        within = f"在作出决定后{rules.days_words(terms.check_within.count, terms.check_within.unit.value)}内"
    by = f"通过{terms.check_method}" if terms.check_method else ""
    return f"{within}{by}" or "在日常监管中"
