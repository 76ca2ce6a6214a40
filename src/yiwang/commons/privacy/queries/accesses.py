"""Who looked at whose data: the holder's own entries, cut out by one index."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import QuerySet

from yiwang.commons.identity import queries as identity
from yiwang.commons.privacy import policies
from yiwang.commons.privacy.contracts import AccessChoices, AccessFilter, AccessView, AccessWay, DataRef, NoSuchAccess
from yiwang.commons.privacy.models import AccessEntry, Objection
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, ActorKind, SubjectRef
from yiwang.kernel.paging import Page, paginate

_ORDER = ("-at", "-id")
_LOOKED_AT = 2000  # so many of the newest entries say what one can choose from


def accesses_of(
    *, viewer: Actor, wanted: AccessFilter | None = None, cursor: str | None = None, size: int = 20
) -> Page[AccessView]:
    """Who looked at the viewer's data (of whom they act for), newest first. Three queries. Raises BadCursor."""
    page = paginate(_matching(own_entries(viewer=viewer), wanted), order=_ORDER, cursor=cursor, size=size)
    views = iter(access_views(rows=page.items, viewer=viewer))
    return page.map(lambda _row: next(views))


def access(*, entry_id: UUID, viewer: Actor) -> AccessView:
    """One entry. Raises NoSuchAccess. Three queries."""
    row = own_entries(viewer=viewer).filter(id=entry_id).first()
    if row is None:
        raise NoSuchAccess
    return access_views(rows=[row], viewer=viewer)[0]


def entered_since(
    *, holder: SubjectRef, data: DataRef, way: AccessWay, account_id: UUID | None, since: datetime, viewer: Actor
) -> bool:
    """Whether this account has an entry for such a look already. For the program, which makes one entry of one look. One query."""
    if not viewer.is_system:
        return False
    rows = AccessEntry.objects.filter(holder_id=holder.id, holder_kind=holder.kind, at__gte=since, way=way.value)
    return bool(rows.filter(data_kind=data.kind, data_id=data.id, account_id=account_id).exists())


def access_choices(*, viewer: Actor) -> AccessChoices:
    """The organisations and kinds of data among the newest entries, to choose from. Two queries."""
    newest = own_entries(viewer=viewer).order_by(*_ORDER)[:_LOOKED_AT]
    found = newest.values_list("organisation_id", "data_kind", "data_key", "data_words")
    organisations: dict[UUID, None] = {}
    data: dict[str, str] = {}
    for organisation_id, kind, key, words in found:
        organisations[organisation_id] = None
        data.setdefault(f"{kind}:{key}", words)
    names = identity.organisation_names(organisation_ids=organisations, viewer=viewer) if organisations else {}
    return AccessChoices(
        tuple((each, names[each].name) for each in organisations if each in names), tuple(sorted(data.items()))
    )


def own_entries(*, viewer: Actor) -> QuerySet[AccessEntry]:
    """The entries about whom the viewer looks for now."""
    whose = policies.holder(viewer)
    rows: QuerySet[AccessEntry] = AccessEntry.objects.all()
    return rows.filter(holder_kind=whose.kind, holder_id=whose.id) if whose else rows.none()


def _matching(rows: QuerySet[AccessEntry], wanted: AccessFilter | None) -> QuerySet[AccessEntry]:
    if wanted is None:
        return rows
    if wanted.organisation_id is not None:
        rows = rows.filter(organisation_id=wanted.organisation_id)
    if wanted.data_key:
        kind, _colon, key = wanted.data_key.partition(":")
        rows = rows.filter(data_kind=kind, data_key=key)
    if wanted.since is not None:
        rows = rows.filter(at__gte=datetime.combine(wanted.since, time.min, clock.CHINA))
    if wanted.until is not None:
        rows = rows.filter(at__lt=datetime.combine(wanted.until, time.min, clock.CHINA) + timedelta(days=1))
    return rows


def access_views(*, rows: Iterable[AccessEntry], viewer: Actor) -> list[AccessView]:
    """The rows as their holder reads them, with the objection where there is one. Two queries."""
    rows = list(rows)
    if not rows:
        return []
    names = identity.organisation_names(organisation_ids={row.organisation_id for row in rows}, viewer=viewer)
    known = Objection.objects.filter(entry_id__in=[row.id for row in rows])
    objections = dict(known.values_list("entry_id", "pk"))
    return [
        AccessView(
            id=row.id,
            at=row.at,
            holder=SubjectRef(row.holder_kind, row.holder_id),
            way=AccessWay(row.way),
            data=DataRef(row.data_kind, row.data_id, row.data_key, row.data_words),
            purpose=row.purpose,
            basis=row.basis,
            ground=row.ground,
            consent_id=row.consent_id,
            case=SubjectRef(row.case_kind, row.case_id) if row.case_id else None,
            case_words=row.case_words,
            organisation_id=row.organisation_id,
            organisation=names[row.organisation_id].name if row.organisation_id in names else "",
            role=row.role,
            automatic=row.actor_kind == ActorKind.SYSTEM,
            objection_id=objections.get(row.id),
        )
        for row in rows
    ]
