"""Words and pieces that the administrators' pages share."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from yiwang.commons.identity import queries
from yiwang.commons.identity.contracts import NotPermitted, Office, OrganisationRef
from yiwang.commons.identity.contracts.people import OfficialRow
from yiwang.commons.identity.policies import MANAGE_ACCOUNTS
from yiwang.web.components import SAMPLE, Tab, Tabs, Tag, Tone
from yiwang.web.fields import Choice

View = Callable[..., HttpResponseBase]


def english() -> bool:
    """Whether the page is read in English."""
    return (get_language() or "").startswith("en")


def place(organisation: OrganisationRef) -> str:
    """An organisation's name in the language of the page."""
    return organisation.name_en if english() and organisation.name_en else organisation.label


def title(zh: str, en: str) -> str:
    """A role's title in the language of the page."""
    return en if english() and en else zh


def post(office: Office) -> str:
    """Where and as what."""
    return f"{place(office.organisation)} · {title(office.role_title, office.role_title_en)}"


def day(value: date | None) -> str:
    """A day, or that there is no end."""
    return value.isoformat() if value else _("长期")


def opened(row: OfficialRow) -> str:
    """The day on which the account was opened."""
    return timezone.localtime(row.created_at).date().isoformat()


def moment(value: datetime | None) -> str:
    """A moment in local time."""
    return date_format(timezone.localtime(value), "Y-m-d H:i") if value else ""


def state(row: OfficialRow) -> Tag:
    """Open, open without a password yet, without an office, switched off."""
    if not row.is_active:
        return Tag(_("已停用"), Tone.BAD)
    if not row.ready:
        return Tag(_("待启用"), Tone.WARN)
    return Tag(_("在用"), Tone.OK) if row.offices else Tag(_("无任职"), Tone.LINE)


def marks(row: OfficialRow) -> tuple[Tag, ...]:
    """The state, and that it is a sample."""
    return (state(row), *((SAMPLE,) if row.sample else ()))


def tabs(here: str) -> Tabs:
    """The pages of this area."""
    named = (
        ("list", _("账号名单"), "people:list"),
        ("imports", _("批量导入"), "people:imports"),
        ("systems", _("人事系统"), "people:systems"),
    )
    return Tabs(_("账号管理"), tuple(Tab(label, reverse(url), current=key == here) for key, label, url in named))


def for_administrators(view: View) -> View:
    """Only for those who manage accounts somewhere, and never from a cache: the pages hold personal data."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not queries.held_in_menu(request, MANAGE_ACCOUNTS):
            raise NotPermitted
        return view(request, *args, **kwargs)

    return login_required(never_cache(checked))


def asked(request: HttpRequest, *names: str, longest: int = 120) -> dict[str, str]:
    """Posted values, trimmed."""
    return {name: request.POST.get(name, "").replace("\x00", "").strip()[:longest] for name in names}


def role_choices(roles: tuple[tuple[str, str, str], ...]) -> tuple[Choice, ...]:
    """Roles for a picker."""
    return tuple(Choice(key, title(zh, en)) for key, zh, en in roles)


def place_choices(places: tuple[OrganisationRef, ...]) -> tuple[Choice, ...]:
    """Organisations for a picker."""
    return tuple(Choice(str(each.id), place(each)) for each in places)
