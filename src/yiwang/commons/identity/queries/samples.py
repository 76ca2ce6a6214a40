"""The demonstration's accounts, shown on the log-in page when `YIWANG_DEMO` is set and never otherwise."""

from functools import cache
from uuid import UUID

from yiwang.commons.identity import policies
from yiwang.commons.identity.contracts import SampleAccount
from yiwang.commons.identity.models import Account, Appointment
from yiwang.kernel.actor import Actor
from yiwang.kernel.packs import PackReader
from yiwang.kernel.settings import settings


def sample_accounts(*, viewer: Actor) -> tuple[SampleAccount, ...]:
    """The accounts marked as samples with what each is for; none unless this is a demonstration. Two queries."""
    del viewer
    if not settings().demo:
        return ()
    chosen = Account.objects.filter(sample=True, is_active=True).select_related("person")
    rows = chosen.order_by("-kind", "created_at", "id")[:80]
    posts: dict[UUID, list[str]] = {}
    held = Appointment.objects.filter(policies.period_covers_today(), account__sample=True)
    columns = ("account_id", "organisation__short_name", "organisation__name", "role__title")
    for account_id, short, name, title in held.order_by("id").values_list(*columns):
        posts.setdefault(account_id, []).append(f"{short or name} {title}")
    return tuple(
        SampleAccount(row.username, row.person.name if row.person else row.username, "、".join(posts.get(row.pk, [])))
        for row in rows
    )


def sample_password() -> str:
    """The documented password of the demonstration's accounts, as the pack states it; empty outside a demonstration."""
    return _password() if settings().demo else ""


@cache
def _password() -> str:
    document = PackReader(settings().pack).yaml("people.yaml")
    stated = document.data.get("password") if document is not None and isinstance(document.data, dict) else None
    return str(stated or "")
