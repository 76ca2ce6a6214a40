"""Personnel systems for whoever reaches their subtree."""

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from yiwang.commons.identity.contracts import Tree, UnknownRecord
from yiwang.commons.identity.contracts.people import SystemRow
from yiwang.commons.identity.models import PersonnelSystem
from yiwang.commons.identity.policies import administering
from yiwang.commons.identity.queries.places import organisation_ref
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page, paginate


def personnel_systems(*, viewer: Actor, cursor: str | None = None, size: int = 20) -> Page[SystemRow]:
    """The latest first. One query."""
    return paginate(_seen(viewer), order=("-created_at", "-id"), cursor=cursor, size=size).map(_row)


def personnel_system(*, system_id: UUID, viewer: Actor) -> SystemRow:
    """One of them. Raises UnknownRecord. One query."""
    found = _seen(viewer).filter(pk=system_id).first()
    if found is None:
        raise UnknownRecord(kind="personnel_system")
    return _row(found)


def _seen(viewer: Actor) -> "QuerySet[PersonnelSystem]":
    administering.check_look(viewer)
    rows: QuerySet[PersonnelSystem] = PersonnelSystem.objects.select_related("organisation").annotate(
        kept=Count("records", filter=Q(records__removed_at__isnull=True))
    )
    return rows.filter(administering.in_reach(viewer))


def _row(row: PersonnelSystem) -> SystemRow:
    ended = row.ended_at is not None
    kept: int = row.kept  # type: ignore[attr-defined]  # annotated
    return SystemRow(
        row.pk, row.name, organisation_ref(row.organisation), Tree(row.tree), tuple(row.roles), row.valid_to, ended,
        not ended and row.valid_to >= clock.today(), kept,
    )  # fmt: skip
