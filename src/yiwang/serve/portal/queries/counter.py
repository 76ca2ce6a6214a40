"""Reads of the counter: its workplaces and trays, what was taken in, hand-overs."""

from collections.abc import Collection, Mapping
from pathlib import Path
from uuid import UUID

from yiwang.commons.files import queries as files
from yiwang.commons.identity import queries as identity
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page, paginate
from yiwang.kernel.settings import settings
from yiwang.serve.portal import policies
from yiwang.serve.portal.contracts import FilingView, HandoverNotFound, HandoverView, Scan, ScanState
from yiwang.serve.portal.models import CounterFiling, Handover, ScannedFile

_SHOWN = 60


def workplaces(*, viewer: Actor) -> Mapping[str, Path]:
    """The scanner folders of the viewer's organisation by workplace, as the operator set them. One query where any is set."""
    set_up = settings().scanners
    if not set_up or viewer.organisation_id is None:
        return {}
    code = identity.organisation(organisation_id=viewer.organisation_id, viewer=viewer).code
    return {name.partition("/")[2]: folder for name, folder in set_up.items() if name.partition("/")[0] == code}


def scans(*, viewer: Actor, workplace: str) -> tuple[Scan, ...]:
    """What waits in the tray of a workplace of the viewer's organisation, and what was refused, newest first. Two queries."""
    rows = list(
        ScannedFile.objects.filter(
            organisation_id=policies.check_serve(viewer),
            workplace=workplace,
            state__in=(ScanState.WAITING.value, ScanState.REFUSED.value),
        ).order_by("-arrived_at", "-id")[:_SHOWN]
    )
    kept = files.described(file_ids=[row.file_id for row in rows if row.file_id], viewer=viewer)
    return tuple(
        Scan(
            id=row.pk,
            name=row.name,
            state=ScanState(row.state),
            file_id=row.file_id,
            arrived_at=row.arrived_at,
            is_image=row.file_id in kept and kept[row.file_id].media_type.is_image,
            size=kept[row.file_id].size if row.file_id in kept else 0,
            message=row.fault.get("message", ""),
            advice=row.fault.get("next", ""),
            params=tuple(row.fault.get("params", {}).items()),
        )
        for row in rows
    )


def held_scans(*, file_ids: Collection[UUID], viewer: Actor) -> frozenset[UUID]:
    """Those of the files that wait in a tray of the viewer's organisation: all its clerks share them. One query."""
    if not viewer.is_official or viewer.organisation_id is None:
        return frozenset()
    rows = ScannedFile.objects.filter(
        organisation_id=viewer.organisation_id, file_id__in=list(file_ids), state=ScanState.WAITING.value
    )
    return frozenset(rows.values_list("file_id", flat=True))


def filing_of(*, case_id: UUID, viewer: Actor) -> FilingView | None:
    """How a case was filed at the counter, for its organisation's clerks; None where it was filed elsewhere. Two queries."""
    row = CounterFiling.objects.filter(case_id=case_id, organisation_id=viewer.organisation_id).first()
    return _filings([row], viewer)[0] if row else None


def to_hand_over(*, viewer: Actor) -> tuple[FilingView, ...]:
    """What the clerk took in at this counter since the last hand-over, and what clerks who have left it did; oldest first.

    At most four queries.
    """
    rows = CounterFiling.objects.filter(organisation_id=viewer.organisation_id, handover__isnull=True)
    clerks = policies.in_hand(viewer, rows.values_list("clerk_id", flat=True).distinct())
    return _filings(list(rows.filter(clerk_id__in=clerks).order_by("filed_at", "id")), viewer)


def handovers(*, viewer: Actor, cursor: str | None = None, size: int = 20) -> Page[HandoverView]:
    """The hand-overs that the viewer gave or received, newest first, without their lines. Two queries."""
    rows = Handover.objects.filter(policies.own_handovers(viewer)).select_related("organisation")
    page = paginate(rows, order=("-made_at", "-id"), cursor=cursor, size=size)
    names = _names({each for row in page.items for each in (row.giver_id, row.receiver_id)}, viewer)
    return page.map(lambda row: _handover(row, (), names, viewer))


def handovers_to_confirm(*, viewer: Actor) -> int:
    """How many hand-overs wait for the viewer to count and confirm. One query."""
    rows = Handover.objects.filter(
        policies.own_handovers(viewer), receiver_id=viewer.account_id, confirmed_at__isnull=True
    )
    return int(rows.count())


def handover(*, handover_id: UUID, viewer: Actor) -> HandoverView:
    """One with its lines. Raises HandoverNotFound, also for those who neither gave nor receive it."""
    rows = Handover.objects.filter(policies.own_handovers(viewer)).select_related("organisation")
    row = rows.filter(pk=handover_id).first()
    if row is None:
        raise HandoverNotFound
    filings = _filings(list(CounterFiling.objects.filter(handover=row).order_by("filed_at", "id")), viewer)
    return _handover(row, filings, _names({row.giver_id, row.receiver_id}, viewer), viewer)


def _names(account_ids: Collection[UUID], viewer: Actor) -> Mapping[UUID, str]:
    return identity.account_names(account_ids=account_ids, viewer=viewer) if account_ids else {}


def _filings(rows: list[CounterFiling], viewer: Actor) -> tuple[FilingView, ...]:
    names = _names({row.clerk_id for row in rows}, viewer)
    return tuple(
        FilingView(
            id=row.pk,
            case_id=row.case_id,
            number=row.number,
            title=row.title,
            applicant=row.applicant,
            clerk=names.get(row.clerk_id, ""),
            workplace=row.workplace,
            papers=row.papers,
            filed_at=row.filed_at,
            difference=row.difference,
        )
        for row in rows
    )


def _handover(row: Handover, filings: tuple[FilingView, ...], names: Mapping[UUID, str], viewer: Actor) -> HandoverView:
    return HandoverView(
        id=row.pk,
        number=row.number,
        organisation=row.organisation.name,
        giver=names.get(row.giver_id, ""),
        receiver=names.get(row.receiver_id, ""),
        remark=row.remark,
        made_at=row.made_at,
        confirmed_at=row.confirmed_at,
        answer=row.answer,
        filings=filings,
        is_mine_to_confirm=row.confirmed_at is None and row.receiver_id == viewer.account_id,
    )
