"""Lists of destruction and transfer, and requests to read."""

from uuid import UUID

from django.db.models import Count, Q

from yiwang.commons.archives import policies
from yiwang.commons.archives.contracts import (
    AccessState,
    AccessView,
    ListEntry,
    ListKind,
    ListNotFound,
    ListState,
    ListView,
    Retention,
    State,
)
from yiwang.commons.archives.models import Archive, ArchiveAccess, ArchiveList, ArchiveListItem
from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page, paginate


def lists(*, viewer: Actor, kind: ListKind, cursor: str | None = None, size: int = 20) -> Page[ListView]:
    """Lists of a kind, newest first. Two queries. Raises MayNotView, BadCursor."""
    policies.check_view(viewer)
    rows = ArchiveList.objects.filter(policies.visible_lists(viewer), kind=kind.value).annotate(count=Count("items"))
    page = paginate(rows, order=("-proposed_at", "-id"), cursor=cursor, size=size)
    names = _names(page.items, viewer)
    return page.map(lambda row: _view(row, names, viewer))


def archive_list(*, list_id: UUID, viewer: Actor) -> ListView:
    """One list with its lines. Raises MayNotView, ListNotFound. Three queries."""
    policies.check_view(viewer)
    row = ArchiveList.objects.annotate(count=Count("items")).filter(policies.visible_lists(viewer), pk=list_id).first()
    if row is None:
        raise ListNotFound
    items = ArchiveListItem.objects.filter(list=row).select_related("archive").defer("archive__applicant")
    entries = tuple(
        ListEntry(
            archive_id=each.archive_id,
            archive_number=each.archive_number,
            title=each.title,
            year=each.archive.year,
            retention=Retention(each.archive.retention).label if each.archive.retention else "",
            retain_until=each.archive.retain_until,
            digest=each.digest,
            size=each.archive.size,
            state=State(each.archive.state),
        )
        for each in items.order_by("position")
    )
    return _view(row, _names([row], viewer), viewer, entries)


def _names(rows: "list[ArchiveList] | tuple[ArchiveList, ...]", viewer: Actor) -> dict[UUID, str]:
    accounts = {each for row in rows for each in (row.proposed_by, row.decided_by) if each}
    return dict(identity.account_names(account_ids=accounts, viewer=viewer)) if accounts else {}


def _view(row: ArchiveList, names: dict[UUID, str], viewer: Actor, entries: tuple[ListEntry, ...] = ()) -> ListView:
    return ListView(
        id=row.pk,
        number=row.number,
        kind=ListKind(row.kind),
        state=ListState(row.state),
        reason=row.reason,
        target=row.target,
        proposed_at=row.proposed_at,
        proposed_by=names.get(row.proposed_by, "") if row.proposed_by else "",
        decided_at=row.decided_at,
        decided_by=names.get(row.decided_by, "") if row.decided_by else "",
        done_at=row.done_at,
        count=getattr(row, "count", 0),
        own=row.proposed_by is not None and row.proposed_by == viewer.account_id,
        entries=entries,
    )


def accesses(
    *, viewer: Actor, archive_id: UUID | None = None, cursor: str | None = None, size: int = 20
) -> Page[AccessView]:
    """Requests to read: an archivist's all that they may see, anybody else's own; newest first. Two queries.

    Raises MayNotView, BadCursor.
    """
    policies.check_view(viewer)
    rows = ArchiveAccess.objects.select_related("archive", "organisation").defer("archive__applicant", "archive__facts")
    if not policies.can_keep(viewer):
        rows = rows.filter(asked_by=viewer.account_id)
    elif not viewer.is_system:
        rows = rows.filter(
            Q(asked_by=viewer.account_id) | Q(archive__in=Archive.objects.filter(policies.visible(viewer)))
        )
    if archive_id is not None:
        rows = rows.filter(archive_id=archive_id)
    page = paginate(rows, order=("-asked_at", "-id"), cursor=cursor, size=size)
    accounts = {each for row in page.items for each in (row.asked_by, row.decided_by) if each}
    names = dict(identity.account_names(account_ids=accounts, viewer=viewer)) if accounts else {}
    return page.map(lambda row: _access(row, names, viewer))


def _access(row: ArchiveAccess, names: dict[UUID, str], viewer: Actor) -> AccessView:
    state = AccessState(row.state)
    return AccessView(
        id=row.pk,
        archive_id=row.archive_id,
        archive_number=row.archive.archive_number,
        title=row.archive.title,
        asked_by=names.get(row.asked_by, ""),
        organisation=row.organisation.name if row.organisation else "",
        purpose=row.purpose,
        asked_at=row.asked_at,
        state=state,
        decided_by=names.get(row.decided_by, "") if row.decided_by else "",
        until=row.until,
        words=row.words,
        own=row.asked_by == viewer.account_id,
        open=state is AccessState.APPROVED and row.until is not None and row.until > clock.now(),
    )
