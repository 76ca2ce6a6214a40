"""Outside providers that are configured, and with which an account is linked."""

from dataclasses import dataclass
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.conf import settings

from yiwang.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Outside:
    """A provider as it stands on the log-in page."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class OutsideLink:
    """That an account is linked with one at a provider; the name there is not told."""

    id: int
    name: str
    since: datetime


def outside_providers(*, viewer: Actor) -> tuple[Outside, ...]:
    """In the order of the configuration. No query."""
    del viewer
    apps = (app for kind in settings.SOCIALACCOUNT_PROVIDERS.values() for app in kind["APPS"])
    return tuple(Outside(app["provider_id"], app["name"]) for app in apps)


def outside_links(*, viewer: Actor) -> tuple[OutsideLink, ...]:
    """One's own. One query."""
    names = {each.key: each.name for each in outside_providers(viewer=viewer)}
    rows = SocialAccount.objects.filter(user_id=viewer.account_id).order_by("pk")
    return tuple(OutsideLink(row.pk, names.get(row.provider, row.provider), row.date_joined) for row in rows)
