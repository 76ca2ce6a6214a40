"""Saved views of the inbox with what is behind each now."""

from django.db.models import Count, Q

from yiwang.commons.flow.contracts import InboxFilter, SavedViewRow
from yiwang.commons.flow.models import SavedView
from yiwang.commons.flow.queries.inbox import conditions, waiting
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

_AT_MOST = 30


def saved_views(*, viewer: Actor) -> tuple[SavedViewRow, ...]:
    """One's own and those shared with the present office, by name; at most 30. Two queries, one where there are none."""
    if not viewer.is_official or viewer.account_id is None:
        return ()
    within = Q(organisation_id=viewer.organisation_id) if viewer.organisation_id else Q(pk__in=[])
    found = SavedView.objects.filter(Q(account_id=viewer.account_id) | within).select_related("account__person")
    rows = list(found.order_by("name", "id")[:_AT_MOST])
    if not rows:
        return ()
    now = clock.now()
    asked = [InboxFilter.read(row.conditions) for row in rows]
    wanted = {
        f"n{place}": Count("pk", filter=conditions(wanted=each, viewer=viewer, now=now))
        for place, each in enumerate(asked)
    }
    counts = waiting(viewer=viewer).aggregate(**wanted)
    return tuple(
        SavedViewRow(
            id=row.pk,
            name=row.name,
            conditions=asked[place],
            count=counts[f"n{place}"],
            is_mine=row.account_id == viewer.account_id,
            is_shared=row.organisation_id is not None,
            is_default=row.is_default and row.account_id == viewer.account_id,
            by="" if row.account_id == viewer.account_id else _name(row),
        )
        for place, row in enumerate(rows)
    )


def _name(row: SavedView) -> str:
    person = row.account.person
    return person.name if person else str(row.account.username)
