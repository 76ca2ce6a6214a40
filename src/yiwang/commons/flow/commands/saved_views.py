"""Filters of the inbox under a name: one's own, shared with one's office if one likes; one of them may open the inbox."""

from datetime import datetime
from uuid import UUID

from yiwang.commons.flow import policies
from yiwang.commons.flow.contracts import InboxFilter, UnknownView, ViewRefused
from yiwang.commons.flow.models import SavedView
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.text import gettext_noop as _

AT_MOST = 20
LONGEST_NAME = 40


@command("flow.save_view")
def save_view(
    *, name: str, conditions: InboxFilter, shared: bool = False, is_default: bool = False, by: Actor, at: datetime
) -> UUID:
    """Keep a filter under a name; the name again replaces it. Raises ViewRefused (no name, too long, more than 20)."""
    account_id = policies.check_official(by)
    name = " ".join(name.split())
    rows = SavedView.objects.select_for_update().filter(account_id=account_id)
    kept = {row.name: row for row in rows}
    if not name:
        raise ViewRefused(fields={"name": _("请写一个名称")})
    if len(name) > LONGEST_NAME:
        raise ViewRefused(fields={"name": _("名称最多 40 个字")})
    if name not in kept and len(kept) >= AT_MOST:
        raise ViewRefused(fields={"name": _("最多保存 20 个筛选，请先删除不用的")})
    row = kept.get(name) or SavedView(account_id=account_id, name=name, created_at=at)
    if is_default:
        _no_default(by)
    row.conditions = conditions.params()
    row.organisation_id = by.organisation_id if shared else None
    row.is_default = is_default
    row.save()
    note(SubjectRef("saved_view", row.pk), shared=shared)
    return row.pk


@command("flow.change_view")
def change_view(
    *, view_id: UUID, shared: bool | None = None, is_default: bool | None = None, by: Actor, at: datetime
) -> None:
    """Share one's own view with the office or no more; open the inbox with it or no more. Raises UnknownView."""
    del at
    row = _own(view_id, by)
    if is_default:
        _no_default(by)
    if is_default is not None:
        row.is_default = is_default
    if shared is not None:
        row.organisation_id = by.organisation_id if shared else None
    row.save()
    note(SubjectRef("saved_view", row.pk), shared=row.organisation_id is not None)


@command("flow.drop_view")
def drop_view(*, view_id: UUID, by: Actor, at: datetime) -> None:
    """Forget one's own view. Raises UnknownView."""
    del at
    _own(view_id, by).delete()
    note(SubjectRef("saved_view", view_id), dropped=True)


def _own(view_id: UUID, by: Actor) -> SavedView:
    found: SavedView | None = (
        SavedView.objects.select_for_update().filter(pk=view_id, account_id=by.account_id).first()
        if by.account_id
        else None
    )
    if found is None:
        raise UnknownView
    return found


def _no_default(by: Actor) -> None:
    SavedView.objects.filter(account_id=by.account_id, is_default=True).update(is_default=False)
