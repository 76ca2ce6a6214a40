"""One case with everything that its pages show: facts, materials, results, history, clock, members."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, Q

from yiwang.commons.identity import queries as identity
from yiwang.commons.licences import queries as licences
from yiwang.commons.licences.contracts import LicenceBrief
from yiwang.kernel import calendars, clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.legal_calendar import LimitUnit
from yiwang.serve.cases import policies, rules
from yiwang.serve.cases.contracts import (
    Answer,
    CaseAction,
    CaseKind,
    CaseNotFound,
    CaseStatus,
    CaseView,
    Clock,
    DeliveryChannel,
    DocumentKind,
    DocumentView,
    EventView,
    MaterialBy,
    MaterialView,
    MemberView,
    ResultKind,
    ResultView,
    SealStatus,
)
from yiwang.serve.cases.models import Case, CaseEvent, CaseMaterial, CaseResult
from yiwang.serve.cases.queries import procedure
from yiwang.serve.cases.queries.documents import (
    deferred_of,
    documents_of,
    first_broken,
    pledges_of,
    seal_awaited,
    seal_status,
)
from yiwang.serve.cases.queries.lists import case_row

_PROMISE = "承诺办结时限"
_OF_THE_BUNDLE = ("answers", "situation")


def case(*, number: str, viewer: Actor) -> CaseView:
    """The case with that number. Raises CaseNotFound: for a number that does not exist and for one of somebody else."""
    # Few columns, sorted here: to name the columns of a wide table and to sort by them costs Django more than the database.
    rows = Case.objects.annotate(
        parent_number=F("parent__number"), parent_title=F("parent__title"), agent_name=F("agent__person__name")
    )
    row = next(iter(rows.filter(policies.visible(viewer), number=number)[:1]), None)
    if row is None:
        raise CaseNotFound
    members: list[Case] = []
    if row.kind == CaseKind.BUNDLE.value:
        members = sorted(Case.objects.filter(parent=row).defer(*_OF_THE_BUNDLE), key=attrgetter("position"))
    events = _events([row.pk, *(member.pk for member in members)])
    results = _results([row, *members], viewer)
    official = not policies.is_applicant(viewer, row)
    promised, acceptance = _clocks(row, events.get(row.pk, []))
    names = _names(events, viewer)
    papers = documents_of(cases=[row, *members], viewer=viewer)
    given = _given(row)
    running = rules.stopped(_entries(events.get(row.pk, [])))
    return CaseView(
        id=row.pk,
        number=row.number,
        kind=CaseKind(row.kind),
        title=row.title,
        matter_code=row.matter_code,
        bundle_key=row.bundle_key,
        parent_number=row.parent_number or "",
        parent_title=row.parent_title or "",
        member_key=row.member_key,
        applicant=row.applicant_name,
        agent=row.agent_name or row.agent_authority,
        beneficiary=row.beneficiary,
        organisation=row.organisation_name,
        organisation_id=row.organisation_id,
        region_code=row.region_code,
        channel=row.channel,
        status=CaseStatus(row.status),
        result=ResultKind(row.result) if row.result else None,
        ground=row.ground,
        reason=row.reason or "",
        submitted_at=row.submitted_at,
        received_at=row.received_at,
        accepted_at=row.accepted_at,
        decided_at=row.decided_at,
        closed_at=row.closed_at,
        promised_due=row.promised_due,
        statutory_due=row.statutory_due,
        promised_days=row.promised_days,
        statutory_days=row.statutory_days,
        answers=(*(Answer(**answer) for answer in row.answers), *_brought(row, given)),
        materials=_materials(given),
        results=tuple(results.get(row.pk, ())),
        events=_history(events.get(row.pk, []), names, official=official),
        members=tuple(
            _member(each, events.get(each.pk, []), results.get(each.pk, ()), names, papers.get(each.pk, ()))
            for each in members
        ),
        clock=promised,
        acceptance=acceptance,
        laws=procedure.terms(matter_id=row.matter_id).laws,
        instance_id=row.instance_id,
        process_version=f"{row.process_version}" if row.process_version else "",
        is_official_view=official,
        bundle_id=row.bundle_id,
        matter_ids=tuple(each.matter_id for each in (row, *members) if each.matter_id),
        documents=tuple(papers.get(row.pk, ())),
        deferred=deferred_of(case=row) if _was_conditional(events.get(row.pk, [])) else (),
        pledges=pledges_of(case=row) if any(p.kind is DocumentKind.PLEDGE for p in papers.get(row.pk, ())) else (),
        promised_unit=row.promised_unit,
        statutory_unit=row.statutory_unit,
        extension_days=row.extension_days,
        special=running.name if running else "",
        special_until=running.expected if running else None,
        corrections=row.corrections,
        deferred_until=None if CaseStatus(row.status).is_final else row.deferred_until,
        delivery_channel=DeliveryChannel(row.delivery_channel),
        delivery_together=row.delivery_together,
        delivery_address=row.delivery_address or "",
    )


def timeline(*, number: str, viewer: Actor) -> tuple[EventView, ...]:
    """The history of a case, oldest first. Raises CaseNotFound."""
    return case(number=number, viewer=viewer).events


def check_history(*, number: str, viewer: Actor) -> tuple[bool, int]:
    """Whether every event still hashes to what the next one and the case say, and the first that does not (0: none)."""
    row = Case.objects.filter(policies.visible(viewer), number=number).first()
    if row is None:
        raise CaseNotFound
    broken = first_broken(case=row, chain=CaseEvent.objects.filter(case=row).order_by("seq"))
    return not broken, broken


def _events(case_ids: Sequence[UUID]) -> dict[UUID, list[CaseEvent]]:
    grouped: dict[UUID, list[CaseEvent]] = {}
    for event in sorted(CaseEvent.objects.filter(case_id__in=case_ids), key=attrgetter("seq")):
        grouped.setdefault(event.case_id, []).append(event)
    return grouped


def _entries(events: Iterable[CaseEvent]) -> list[rules.Entry]:
    return [rules.entry_of(event.kind, event.at, event.data) for event in events]


def _was_conditional(events: Sequence[CaseEvent]) -> bool:
    return any(event.data.get("ground") == "conditional" for event in events)


def _clocks(row: Case, events: Sequence[CaseEvent]) -> tuple[Clock, Clock]:
    calendar, today, entries = calendars.current(), clock.today(), _entries(events)
    ended = rules.day_of(row.decided_at or row.closed_at) if row.decided_at or row.closed_at else None  # type: ignore[arg-type]
    promised = rules.clock(
        entries, row.promised_days, calendar, today=today, basis=_PROMISE, ended=ended,
        unit=LimitUnit(row.promised_unit),
    )  # fmt: skip
    return promised, rules.acceptance_clock(entries, calendar, today=today)


def _names(events: Mapping[UUID, Sequence[CaseEvent]], viewer: Actor) -> Mapping[UUID, str]:
    accounts = {event.account_id for rows in events.values() for event in rows if event.account_id}
    return identity.account_names(account_ids=accounts, viewer=viewer) if accounts else {}


def _history(events: Sequence[CaseEvent], names: Mapping[UUID, str], *, official: bool) -> tuple[EventView, ...]:
    return tuple(
        EventView(
            seq=event.seq,
            kind=CaseAction(event.kind),
            at=event.at,
            actor=names.get(event.account_id, "") if event.account_id else "",
            note=event.note or "",
            opinion=(event.opinion or "") if official else "",
            from_status=event.from_status,
            to_status=event.to_status,
            data=event.data,
        )
        for event in events
    )


def _results(rows: Sequence[Case], viewer: Actor) -> dict[UUID, list[ResultView]]:
    """The results of these cases, with the licences that they are. Two queries."""
    wanted = [case.pk for case in rows]
    results = sorted(CaseResult.objects.filter(case_id__in=wanted).select_related("sealed_paper"), key=attrgetter("pk"))
    cards = licences.briefs(licence_ids=[row.licence_id for row in results if row.licence_id], viewer=viewer)
    found: dict[UUID, list[ResultView]] = {}
    for row in results:
        found.setdefault(row.case_id, []).append(result_view(row=row, licence=cards.get(row.licence_id)))
    return found


def result_view(*, row: CaseResult, licence: LicenceBrief | None) -> ResultView:
    """A result as a frozen value; `licence` as far as its viewer may see it."""
    if licence is not None:
        seal = SealStatus.SEALED if licence.sealed else seal_awaited(row.issued_at)
    else:
        seal = seal_awaited(row.issued_at) if row.licence_id else seal_status(row=row)
    return ResultView(
        id=row.pk,
        kind=row.kind,
        number=row.number,
        title=row.title,
        issued_by=row.organisation_name,
        issued_at=row.issued_at,
        payload=row.payload,
        seal=seal,
        licence=licence,
    )


class _Given(NamedTuple):
    """A material as its page shows it, with the member's result that it may be."""

    position: int
    id: UUID
    material: str
    name: str
    by: str
    file_id: UUID | None
    checked_at: datetime | None
    checker: str | None
    origin_number: str | None
    origin_title: str | None
    result_id: UUID | None
    result_number: str | None
    result_title: str | None
    result_payload: dict[str, Any] | None


def _given(row: Case) -> list[_Given]:
    """The materials with the results of other members that some of them are. One query."""
    rows = CaseMaterial.objects.filter(case=row).values_list(
        "position", "id", "material", "name", "by", "file_id", "checked_at", "checked_by__person__name", "origin__number",
        "origin__title", "origin_result_id", "origin_result__number", "origin_result__title", "origin_result__payload",
    )  # fmt: skip
    return sorted((_Given(*each) for each in rows), key=attrgetter("position", "id"))


def _brought(row: Case, given: Sequence[_Given]) -> tuple[Answer, ...]:
    """The facts that results of other members bring to this one."""
    known = {answer["fact"] for answer in row.answers}
    brought = {}
    for gift in given:
        for line in (gift.result_payload or {}).get("lines", ()):
            if line.get("new") and line["fact"] not in known:
                brought[line["fact"]] = Answer(
                    line["fact"], line["value"], line["label"], line["shown"], "member", gift.result_title or ""
                )
    return tuple(brought.values())


def _materials(given: Sequence[_Given]) -> tuple[MaterialView, ...]:
    return tuple(
        MaterialView(
            id=each.id,
            material=each.material,
            name=each.name,
            by=MaterialBy(each.by),
            file_id=each.file_id,
            reference=each.result_number or "",
            origin_number=each.origin_number or "",
            origin_name=each.origin_title or "",
            origin_result_id=each.result_id,
            checked_at=each.checked_at,
            checked_by=each.checker or "",
        )
        for each in given
    )


def _member(
    row: Case,
    events: Sequence[CaseEvent],
    results: Sequence[ResultView],
    names: Mapping[UUID, str],
    papers: Sequence[DocumentView],
) -> MemberView:
    promised, _acceptance = _clocks(row, events)
    waiting = next((e for e in reversed(events) if e.kind == CaseAction.REQUEST_CORRECTION.value), None)
    supplied = rules.last(_entries(events), CaseAction.SUPPLY)
    words = next((e.note for e in reversed(events) if e.note), "") or ""
    stopped = None
    if waiting is not None:
        done = rules.day_of(supplied) if supplied and supplied > waiting.at else None
        stopped = (rules.day_of(waiting.at), done)
    return MemberView(
        key=row.member_key,
        case=case_row(row=row),
        received_at=row.received_at,
        accepted_at=row.accepted_at,
        decided_at=row.decided_at,
        promised_days=row.promised_days,
        clock=promised,
        depends_on=tuple(row.depends_on),
        results=tuple(results),
        last_note=words,
        events=_history(events, names, official=False),
        stopped=stopped,
        deferred_until=None if CaseStatus(row.status).is_final else row.deferred_until,
        documents=tuple(papers),
    )


def result(*, number: str, result_id: UUID, viewer: Actor) -> tuple[CaseView, ResultView]:
    """A result with its case, for the printable page: of the case itself or of one of its members. Raises CaseNotFound."""
    found = (
        CaseResult.objects.select_related("case")
        .filter(Q(case__number=number) | Q(case__parent__number=number), pk=result_id)
        .first()
    )
    if found is None:
        raise CaseNotFound
    view = case(number=found.case.number, viewer=viewer)
    return view, next(each for each in view.results if each.id == found.pk)


def situation(*, number: str, viewer: Actor) -> Mapping[str, object]:
    """The situation that the case was filed with. Raises CaseNotFound."""
    row = Case.objects.filter(policies.visible(viewer), number=number).only("situation").first()
    if row is None:
        raise CaseNotFound
    return dict(row.situation)
