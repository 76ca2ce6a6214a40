"""What a holder has: the wallet's cards, one licence whole, who used it; what other contexts ask about a holder."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse

from yiwang.commons.licences import policies, registry
from yiwang.commons.licences.contracts import (
    HeldLicence,
    Holder,
    LicenceBrief,
    LicenceState,
    Origin,
    TrustGrade,
    WalletCard,
)
from yiwang.commons.licences.models import Licence
from yiwang.commons.licences.queries.shown import field_values
from yiwang.commons.licences.queries.types import version_spec
from yiwang.commons.licences.rules import states
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, ActorKind, SubjectRef
from yiwang.kernel.paging import Page, paginate

WALLET_SIZE = 200


def state_today(*, row: Licence, today: date | None = None) -> LicenceState:
    """The state as of today, whatever the daily sweep has reached."""
    day = today or clock.today()
    return states.stands(LicenceState(row.state), valid_from=row.valid_from, valid_until=row.valid_until, today=day)


def wallet(
    *, viewer: Actor, text: str = "", ended: bool | None = None, cursor: str | None = None, size: int = WALLET_SIZE
) -> Page[WalletCard]:
    """The viewer's licences (of whom they act for), those in force first, the newest first. One query. Raises BadCursor.

    `text`: part of the name or the beginning of the number; `ended`: only those that are over, or only the others.
    """
    rows = _own(viewer)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(number__startswith=text) | Q(issuer_name__icontains=text))
    today = clock.today()
    over = Q(state__in=[each.value for each in _OVER]) | Q(valid_until__lt=today)
    if ended is not None:
        rows = rows.filter(over) if ended else rows.exclude(over)
    ranked = rows.annotate(rank=Case(When(over, then=Value(1)), default=Value(0), output_field=IntegerField()))
    page = paginate(
        _with_type(ranked),
        order=("rank", "-id"), cursor=cursor, size=size,
    )  # fmt: skip
    return page.map(lambda row: _card(row, today))


def pulls(*, viewer: Actor) -> bool:
    """Whether departments can be asked for more of the viewer's licences. No query."""
    return bool(viewer.kind is ActorKind.PERSON and registry.pulled_types())


_OVER = (LicenceState.REVOKED, LicenceState.EXPIRED, LicenceState.REPLACED)


def _with_type(rows: "QuerySet[Licence]") -> "QuerySet[Licence]":
    found: QuerySet[Licence] = rows.select_related("current__type_version__type", "pending__type_version__type")
    return found.defer("current__values", "pending__values", "holder_code", "holder_hash",
                       "current__type_version__layout", "pending__type_version__layout")  # fmt: skip


def _own(viewer: Actor) -> "QuerySet[Licence]":
    mine = policies.own(viewer)
    rows: QuerySet[Licence] = Licence.objects.all()
    return rows.filter(policies.held_by(mine)) if mine else rows.none()


def everything(*, viewer: Actor) -> Iterator[Mapping[str, Any]]:
    """All that is kept of each of the viewer's licences, to take along (PIPL art. 45); bounded memory, one query."""
    rows = _own(viewer).select_related("current__type_version__type", "pending__type_version__type").order_by("-id")
    today = clock.today()
    for row in rows.defer("holder_code", "holder_hash").iterator(chunk_size=WALLET_SIZE):
        version = row.current or row.pending
        yield {
            "title": row.title,
            "type": row.scope_key.partition(":")[2],
            "number": row.number,
            "identifier": version.identifier if version else "",
            "issuer": row.issuer_name,
            "holder": row.holder_name,
            "state": state_today(row=row, today=today),
            "grade": row.grade,
            "valid_from": row.valid_from,
            "valid_until": row.valid_until,
            "fields": {each.label: each.value for each in field_values(version=version)} if version else {},
        }


def _card(row: Any, today: date) -> WalletCard:
    version = row.current or row.pending
    spec = version_spec(row=version.type_version) if version else None
    state = state_today(row=row, today=today)
    return WalletCard(
        id=row.pk,
        type_key=row.scope_key.partition(":")[2],
        title=row.title,
        number=row.number,
        issuer_name=row.issuer_name,
        holder_name=row.holder_name,
        state=state,
        grade=TrustGrade(row.grade),
        valid_until=row.valid_until,
        ends_soon=states.ends_soon(state, row.valid_until, today=today, days=spec.warns_days if spec else 30),
        sealed=row.sealed_at is not None,
        sample=row.sample,
    )


def held(
    *, holder: Holder, viewer: Actor, type_key: str = "", at: date | None = None, fields: bool = False
) -> tuple[HeldLicence, ...]:
    """The holder's licences in force on a day (today), best trusted and newest first, with the grade that says whether a check is needed.

    For the program, the holder, and officials: the last see only what their grants reach. `fields`: with what each says (for
    the holder's own form; whoever decides on it records a use). One query.
    """
    day = at or clock.today()
    rows: QuerySet[Licence] = Licence.objects.filter(
        policies.held_by(holder), state=LicenceState.IN_FORCE.value, current__isnull=False
    )
    rows = rows.filter(Q(valid_until__gte=day) | Q(valid_until__isnull=True))
    rows = rows.filter(Q(valid_from__lte=day) | Q(valid_from__isnull=True))
    if type_key:
        rows = rows.filter(type__key=type_key)
    if not viewer.is_system and policies.own(viewer) != holder:
        rows = rows.filter(policies.scope(viewer))
    rows = rows.select_related("current__type_version__type", "type").defer("holder_code", "holder_hash")
    if not fields:
        rows = rows.defer("current__values")
    return tuple(_held(row, fields=fields) for row in rows.order_by("grade", "-id")[:WALLET_SIZE])


def _held(row: Licence, *, fields: bool) -> HeldLicence:
    assert row.current is not None
    return HeldLicence(
        id=row.pk,
        type_key=row.type.key,
        title=row.title,
        number=row.number,
        identifier=row.current.identifier,
        version=row.current.number,
        issuer_id=row.organisation_id,
        issuer_name=row.issuer_name,
        grade=TrustGrade(row.grade),
        origin=Origin(row.origin),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        sealed_at=row.sealed_at,
        as_of=row.as_of or clock.now(),
        fields=field_values(version=row.current) if fields else (),
    )


def briefs(*, licence_ids: Collection[UUID], viewer: Actor) -> Mapping[UUID, LicenceBrief]:
    """Those of the licences that the viewer may see, for cards on other pages.

    One query, and for officials without a grant one for each record (case) that they may read.
    """
    if not licence_ids:
        return {}
    rows: QuerySet[Licence] = Licence.objects.filter(pk__in=list(licence_ids)).select_related("current__file")
    rows = rows.defer("current__values", "holder_code", "holder_hash")
    rows = rows.annotate(
        reached=Case(When(policies.scope(viewer), then=Value(True)), default=Value(False), output_field=BooleanField())
    )
    readable: dict[SubjectRef, bool] = {}
    mine = policies.own(viewer)
    return {row.pk: brief(row=row) for row in rows if _may(viewer, mine, row, readable)}


def _may(viewer: Actor, mine: Holder | None, row: Any, readable: dict[SubjectRef, bool]) -> bool:
    if row.reached or viewer.is_system or (mine is not None and mine == policies.holder_of(row)):
        return True
    if row.subject_id is None:
        return False
    subject = SubjectRef(row.subject_kind, row.subject_id)
    if subject not in readable:
        readable[subject] = policies.reads_subject(viewer, row)
    return readable[subject]


def brief(*, row: Licence) -> LicenceBrief:
    """The row (with `current__file`) as another context's card shows it."""
    kept = getattr(row.current, "file", None) if row.current_id else None
    return LicenceBrief(
        id=row.pk,
        type_key=row.scope_key.partition(":")[2],
        title=row.title,
        number=row.number,
        state=state_today(row=row),
        grade=TrustGrade(row.grade),
        issuer_name=row.issuer_name,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        sealed_at=row.sealed_at,
        view_url=reverse("licences:licence", args=[row.pk]),
        ofd_url=reverse("files:download", args=[kept.ofd_file_id]) if kept else "",
        pdf_url=reverse("files:download", args=[kept.pdf_file_id]) if kept and kept.pdf_file_id else "",
        verify_url=reverse("licences:verified", args=[row.pk]) if kept else "",
        sample=row.sample,
    )
