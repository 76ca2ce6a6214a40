"""Who is away and who does their work meanwhile."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from yiwang.commons.flow import policies
from yiwang.commons.flow.contracts import ADMINISTER, DelegationRow, TaskStatus
from yiwang.commons.flow.models import Delegation, Task
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.registry import StandIn
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.paging import Page, paginate

_RELATED = ("from_account__person", "to_account__person", "created_by__person", "organisation")
LEAVE_PAGE = "/work/leave/"


def delegations(*, viewer: Actor, cursor: str | None = None, size: int = 20) -> Page[DelegationRow]:
    """Those of the viewer, to the viewer, and of the offices the viewer administers, the latest first. One query."""
    mine = Q(from_account_id=viewer.account_id) | Q(to_account_id=viewer.account_id)
    reach = identity.scope(viewer=viewer, action=ADMINISTER, scope_key=None, grade=None)
    rows = Delegation.objects.filter(mine | reach) if viewer.account_id else Delegation.objects.none()
    found = rows.select_related(*_RELATED)
    return paginate(found, order=("-valid_to", "-id"), cursor=cursor, size=size).map(lambda row: _row(row, viewer))


def deputising(*, viewer: Actor) -> tuple[tuple[DelegationRow, int], ...]:
    """For whom the viewer may work today, with the number of tasks those hold. One query where nobody named the viewer, else three."""
    if not viewer.is_official or viewer.account_id is None:
        return ()
    named = Delegation.objects.filter(to_account_id=viewer.account_id, valid_to__gte=clock.today())
    if not named.exists():  # nearly always; planning the full question, with names and offices, costs a page's time
        return ()
    rows = list(
        Delegation.objects.filter(policies.delegated_to(viewer))
        .select_related(*_RELATED)
        .order_by("valid_to", "id")[:20]
    )
    if not rows:
        return ()
    held = Task.objects.filter(
        assignee_id__in={row.from_account_id for row in rows}, status=TaskStatus.CLAIMED.value
    ).values_list("assignee_id")
    counts = dict(held.annotate(Count("pk")).order_by())
    return tuple((_row(row, viewer), counts.get(row.from_account_id, 0)) for row in rows)


def stand_in_of(*, account_id: UUID, chosen: UUID) -> StandIn | None:
    """Fills identity's port: whether a deputy may go on standing in. One query."""
    viewer = Actor(kind=ActorKind.OFFICIAL, account_id=account_id)
    found = Delegation.objects.filter(policies.delegated_to(viewer), pk=chosen).select_related("from_account__person")
    row = found.first()
    if row is None:
        return None
    name = row.from_account.person.name if row.from_account.person else row.from_account.username
    return StandIn(row.from_account_id, name, row.organisation_id, row.role, row.scope, row.valid_to, LEAVE_PAGE)


def _row(row: Delegation, viewer: Actor) -> DelegationRow:
    def name(account: Any) -> str:
        return str(account.person.name if account.person else account.username)

    over = row.revoked_at is not None or row.valid_to < clock.today()
    return DelegationRow(
        id=row.pk,
        from_id=row.from_account_id,
        from_name=name(row.from_account),
        to_id=row.to_account_id,
        to_name=name(row.to_account),
        organisation=row.organisation.short_name or row.organisation.name,
        role=row.role,
        scope=row.scope,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        reason=row.reason,
        created_at=row.created_at,
        created_by=name(row.created_by),
        revoked_at=row.revoked_at,
        can_revoke=not over and policies.stands_in(viewer) is None,
    )
