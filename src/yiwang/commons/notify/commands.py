"""Writes of notify: send once, mark as read."""

from datetime import datetime
from uuid import UUID

from yiwang.commons.notify import policies, registry
from yiwang.commons.notify.contracts import Params, Recipient
from yiwang.commons.notify.models import Message
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.jobs import defer


@command("notify.send")
def send(
    *,
    to: Recipient,
    kind: str,
    params: Params | None = None,
    subject: SubjectRef | None = None,
    href: str = "",
    key: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """Tell somebody something, once: a repeat with the same `key` changes nothing; the message's id.

    `kind` is registered, `params` fill its words, `subject` is what it is about and `href` the page to open (else the
    page that flow knows for the subject). Raises MessageFaulty.
    """
    params = dict(params or {})
    registry.check_words(kind, params)
    policies.check_href(href)
    row = Message(
        key=key,
        account_id=to.account_id,
        person_id=to.person_id,
        entity_id=to.entity_id,
        kind=kind,
        params=params,
        subject_kind=subject.kind if subject else "",
        subject_id=subject.id if subject else None,
        href=href,
        at=at,
    )
    Message.objects.bulk_create([row], ignore_conflicts=True)
    kept: UUID = Message.objects.values_list("pk", flat=True).get(key=key)
    fresh = kept == row.pk
    if fresh:
        for channel in registry.channels():
            defer("notify.carry", message_id=str(row.pk), channel=channel)
    note(SubjectRef("message", kept), kind=kind, about=str(subject or ""), fresh=fresh)
    return kept


@command("notify.mark_read")
def mark_read(*, message_id: UUID, by: Actor, at: datetime) -> None:
    """The viewer has read it; again changes nothing. Raises MessageNotFound."""
    rows = Message.objects.select_for_update(of=("self",)).filter(policies.own(by), pk=message_id)
    row = policies.check_own(by, rows.first())
    if row.read_at is None:
        row.read_at = at
        row.save(update_fields=["read_at"])
    note(SubjectRef("message", message_id))


@command("notify.mark_all_read")
def mark_all_read(*, by: Actor, at: datetime) -> int:
    """All messages that have come until `at`; how many there were."""
    count = Message.objects.filter(policies.own(by), read_at__isnull=True, at__lte=at).update(read_at=at)
    note(SubjectRef("account", by.account_id or UUID(int=0)), read=count)
    return int(count)
