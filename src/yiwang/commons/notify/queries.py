"""Reads of notify: one's own messages, newest first, and how many are unread."""

from uuid import UUID

from yiwang.commons.notify import policies
from yiwang.commons.notify.contracts import MessageView, Recipient
from yiwang.commons.notify.models import Message
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.paging import Page, paginate

MANY = 100
"""Where counting stops: the badge then says 99+."""


def messages(*, viewer: Actor, unread: bool = False, cursor: str | None = None, size: int = 20) -> Page[MessageView]:
    """The viewer's messages in this capacity, newest first. One query a page."""
    rows = Message.objects.filter(policies.own(viewer))
    if unread:
        rows = rows.filter(read_at__isnull=True)
    return paginate(rows, order=("-at", "-id"), cursor=cursor, size=size).map(lambda row: view(row=row))


def message(*, message_id: UUID, viewer: Actor) -> MessageView:
    """One message. Raises MessageNotFound, also for another's."""
    rows = Message.objects.filter(policies.own(viewer))
    return view(row=policies.check_own(viewer, rows.filter(pk=message_id).first()))


def unread_count(*, viewer: Actor) -> int:
    """How many messages the viewer has not read, at most MANY. One query over a partial index; none for strangers."""
    if viewer.account_id is None:
        return 0
    rows = Message.objects.filter(policies.own(viewer), read_at__isnull=True)
    return int(rows.order_by()[:MANY].count())


def to_carry(*, message_id: UUID, viewer: Actor) -> tuple[MessageView, Recipient] | None:
    """A message with its recipient, for a channel; None where it is gone with its recipient."""
    row = Message.objects.filter(policies.own(viewer), pk=message_id).first()
    if row is None:
        return None
    return view(row=row), Recipient(account_id=row.account_id, person_id=row.person_id, entity_id=row.entity_id)


def view(*, row: Message) -> MessageView:
    """The row as the value that leaves the context."""
    return MessageView(
        id=row.pk,
        kind=row.kind,
        params=row.params,
        subject=SubjectRef(row.subject_kind, row.subject_id) if row.subject_id else None,
        href=row.href,
        at=row.at,
        read_at=row.read_at,
    )
