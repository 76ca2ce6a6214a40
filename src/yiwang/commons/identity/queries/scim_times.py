"""When a resource of SCIM began and was changed last (RFC 7643, 3.1), from rows and audit: nothing is kept for it alone."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Max, OuterRef, Q, Subquery

from yiwang.commons.identity.models import Account, Appointment
from yiwang.commons.identity.policies.administering import Bounds
from yiwang.kernel import clock
from yiwang.kernel.models import AuditEntry

_CHANGES: Final = (
    "identity.appoint", "identity.end_appointment", "identity.join", "identity.move", "identity.leave",
    "identity.reinstate", "identity.deactivate_account", "identity.provision", "identity.keep", "identity.discharge",
)  # fmt: skip
"""Commands about an account that change what a personnel system reads of it; log-ins are none of them."""


def made_at(row_id: UUID, /) -> datetime:
    """When a row was made: its id tells (RFC 9562, 5.7), to the millisecond."""
    return datetime.fromtimestamp((row_id.int >> 80) / 1000, tz=UTC)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.CHINA).astimezone(UTC)


def _content_since(row_id: UUID, first: date) -> datetime:
    """A post stands in the resource from its first day on, and not before it was given."""
    return max(made_at(row_id), _midnight(first))


def users_changed(accounts: Sequence[Account], bounds: Bounds, /) -> dict[UUID, datetime]:
    """By account. Two queries, none for no account.

    Posts that came in by a file are in no audit entry of their own: their rows tell. One that has run out did so at midnight.
    """
    wanted = {row.pk: row.created_at for row in accounts}
    if not wanted:
        return {}
    entries = AuditEntry.objects.filter(
        subject_kind="account", subject_id=OuterRef("pk"), command__in=_CHANGES, outcome=AuditEntry.Outcome.DONE
    )
    latest = Account.objects.filter(pk__in=wanted).annotate(last=Subquery(entries.order_by("-at").values("at")[:1]))
    for pk, last in latest.values_list("pk", "last"):
        wanted[pk] = max(wanted[pk], last or wanted[pk])
    today = clock.today()
    posts = Appointment.objects.filter(bounds.inside(), account_id__in=wanted, valid_from__lte=today)
    for row_id, pk, first, until in posts.values_list("pk", "account_id", "valid_from", "valid_to"):
        ended = _midnight(until + timedelta(days=1)) if until and until < today else wanted[pk]
        wanted[pk] = max(wanted[pk], ended, _content_since(row_id, first))
    return wanted


def groups_changed(posts: Iterable[tuple[UUID, str]], /) -> dict[tuple[UUID, str], datetime]:
    """By organisation and role: when a post was given to somebody last, or ran out, to the day; since its organisation is
    known where neither was. Two queries, none for no post.
    """
    wanted = {post: made_at(post[0]) for post in posts}
    if not wanted:
        return {}
    today = clock.today()
    held = Appointment.objects.filter(
        organisation_id__in={place for place, _role in wanted}, role__key__in={role for _place, role in wanted},
        valid_from__lte=today,
    )  # fmt: skip
    begun = held.order_by("organisation_id", "role_id", "-id").distinct("organisation_id", "role_id")
    for row_id, place, role, first in begun.values_list("pk", "organisation_id", "role__key", "valid_from"):
        if (place, role) in wanted:
            wanted[place, role] = max(wanted[place, role], _content_since(row_id, first))
    grouped = held.values_list("organisation_id", "role__key").annotate(
        last=Max("valid_to", filter=Q(valid_to__lt=today))
    )
    for place, role, last in grouped.order_by():
        if last is not None and (place, role) in wanted:
            wanted[place, role] = max(wanted[place, role], _midnight(last + timedelta(days=1)))
    return wanted
