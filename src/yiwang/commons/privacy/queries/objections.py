"""Objections: the holder's own, and those that a data officer answers."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from yiwang.commons.identity import queries as identity
from yiwang.commons.privacy import policies
from yiwang.commons.privacy.contracts import ANSWER, Finding, NoSuchObjection, ObjectionView
from yiwang.commons.privacy.models import AccessEntry, Objection
from yiwang.commons.privacy.queries.accesses import access_views
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.paging import Page, paginate

_ORDER = ("-raised_at", "-id")


def objections_of(*, viewer: Actor, cursor: str | None = None, size: int = 20) -> Page[ObjectionView]:
    """The viewer's objections (of whom they act for), newest first. At most five queries."""
    page = paginate(_own(viewer), order=_ORDER, cursor=cursor, size=size)
    views = iter(_views(page.items, viewer))
    return page.map(lambda _row: next(views))


def objections(
    *, viewer: Actor, answered: bool = False, cursor: str | None = None, size: int = 20
) -> Page[ObjectionView]:
    """What a data officer has to answer, the soonest due first, or what was answered. At most six queries."""
    rows = _reached(viewer)
    if answered:
        page = paginate(rows.exclude(finding=""), order=_ORDER, cursor=cursor, size=size)
    else:
        page = paginate(rows.filter(finding=""), order=("due_on", "id"), cursor=cursor, size=size)
    views = iter(_views(page.items, viewer))
    return page.map(lambda _row: next(views))


def open_objections(*, viewer: Actor) -> int:
    """How many wait for the viewer's answer. One query."""
    return _reached(viewer).filter(finding="").count()


def objection(*, objection_id: UUID, viewer: Actor) -> ObjectionView:
    """One objection, for its holder and for the data officer. Raises NoSuchObjection."""
    rows = _reached(viewer) if viewer.is_official else _own(viewer)
    row = rows.filter(pk=objection_id).first()
    if row is None:
        raise NoSuchObjection
    return _views([row], viewer)[0]


def _own(viewer: Actor) -> QuerySet[Objection]:
    whose = policies.holder(viewer)
    rows: QuerySet[Objection] = Objection.objects.all()
    return rows.filter(holder_kind=whose.kind, holder_id=whose.id) if whose else rows.none()


def _reached(viewer: Actor) -> QuerySet[Objection]:
    rows: QuerySet[Objection] = Objection.objects.filter(identity.scope(viewer=viewer, action=ANSWER))
    return rows


def _views(rows: Sequence[Objection], viewer: Actor) -> list[ObjectionView]:
    if not rows:
        return []
    looks = Q(id__in=[row.entry_id for row in rows], at__in=[row.entry_at for row in rows])
    entries = {each.id: each for each in access_views(rows=AccessEntry.objects.filter(looks), viewer=viewer)}
    names = identity.organisation_names(organisation_ids={row.organisation_id for row in rows}, viewer=viewer)
    holders = {SubjectRef(row.holder_kind, row.holder_id) for row in rows}
    people = identity.subject_names(subjects=holders, viewer=viewer)
    today = clock.today()
    return [
        ObjectionView(
            id=row.pk,
            holder=SubjectRef(row.holder_kind, row.holder_id),
            holder_name=people.get(SubjectRef(row.holder_kind, row.holder_id), ""),
            entry=entries.get(row.entry_id),
            organisation_id=row.organisation_id,
            organisation=names[row.organisation_id].name if row.organisation_id in names else "",
            words=row.words,
            raised_at=row.raised_at,
            due_on=row.due_on,
            finding=Finding(row.finding) if row.finding else None,
            answer=row.answer or "",
            answered_at=row.answered_at,
            overdue=not row.finding and today > row.due_on,
        )
        for row in rows
    ]
