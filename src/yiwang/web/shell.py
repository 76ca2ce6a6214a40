"""Gathers what the page shell shows for one request, from the registries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yiwang.web.components import Link, Menu, Text
from yiwang.web.registry import AccountSlot, ActingFor, Area, Site, navigation, shell

STYLES = (
    "tokens",
    "base",
    "shell",
    "controls",
    "forms",
    "marks",
    "panels",
    "lists",
    "time",
    "tables",
    "overlays",
    "documents",
    "diagram",
    "decision",
    "layouts",
    "desk",
)
SCRIPTS = (
    "glue",
    "print",
    "dialog",
    "toast",
    "menu",
    "submit",
    "upload",
    "keys",
    "summary",
    "complete",
    "chart",
    "diagram",
    "model_panel",
    "modeller",
    "passkey",
    "refresh",
)
PRINT_COOKIE = "yw_print"
_MANY = 100
_ROW = 7
"""Entries beside each other: so many, with the tools, stand in one line of 1440 pixels in either language."""


@dataclass(frozen=True, slots=True)
class ShownEntry:
    label: Text
    href: str
    current: bool
    count: int = 0
    stays: bool = False
    """Something may wait there, which nobody sees in a closed menu."""

    @property
    def many(self) -> str:
        """The count as shown; empty for none."""
        return "" if not self.count else str(self.count) if self.count < _MANY else f"{_MANY - 1}+"


@dataclass(frozen=True, slots=True)
class ShellView:
    """Header and footer of one page."""

    area: str
    home: str
    here: str
    large: bool
    site: Site
    navigation: Callable[[], tuple[ShownEntry, ...]] = tuple
    account: AccountSlot | None = None
    menu: Menu | None = None
    acting: ActingFor | None = None
    search: Link | None = None

    @property
    def entries(self) -> tuple[ShownEntry, ...]:
        """The main navigation; pages that show none do not ask what waits where."""
        return self.navigation()

    @property
    def row(self) -> tuple[ShownEntry, ...]:
        """The entries that stand beside each other: all, where they fit; else the first, those that count, and the page's own."""
        entries = self.entries
        return tuple(each for each, folded in zip(entries, _folded(entries), strict=True) if not folded)

    @property
    def more(self) -> Menu | None:
        """The others, behind a button; in most people's header there is none."""
        entries = self.entries
        links = tuple(
            Link(each.label, each.href) for each, folded in zip(entries, _folded(entries), strict=True) if folded
        )
        return Menu("more-menu", _("更多"), links) if links else None

    @property
    def name(self) -> str:
        return f"{_('一网')} {self.site.name}".strip()


def shell_view(request: HttpRequest | None, area: Area) -> ShellView:
    """The shell of `area` for `request`; without a request, what needs none."""
    home = shell.home_url[area]
    if request is None:
        return ShellView(area.value, home, "/", large=False, site=Site())
    account = shell.account(request)
    return ShellView(
        area=area.value,
        home=home,
        here=request.get_full_path() if request.method == "GET" else request.path,
        large=request.COOKIES.get(PRINT_COOKIE) == "large",
        site=shell.site(request),
        navigation=cache(partial(_entries, request, area)),
        account=account,
        menu=_menu(account) if account else None,
        acting=shell.acting_for(request),
        search=shell.search(request) if area is Area.PORTAL else None,
    )


def _entries(request: HttpRequest, area: Area) -> tuple[ShownEntry, ...]:
    entries = tuple((entry, entry.href()) for entry in navigation(area, request))
    current = _current(request.path, [href for _entry, href in entries])
    return tuple(
        ShownEntry(entry.label, href, href == current, entry.count(request), entry.counts) for entry, href in entries
    )


def _folded(entries: Sequence[ShownEntry]) -> list[bool]:
    """Which entries go behind the button, where there are more than fit and one."""
    free = len(entries) if len(entries) <= _ROW + 1 else _ROW - sum(each.stays for each in entries)
    folded = []
    for each in entries:
        free -= not each.stays
        folded.append(free < 0 and not each.stays and not each.current)
    return folded


def _current(path: str, hrefs: list[str]) -> str | None:
    """The entry with the longest address that begins the path; the root only when it is the page itself."""
    matching = [href for href in hrefs if path == href or (href.strip("/") and path.startswith(href.rstrip("/") + "/"))]
    return max(matching, key=len, default=None)


def _menu(account: AccountSlot) -> Menu | None:
    if not account.links and not account.leave_url:
        return None
    return Menu("account-menu", account.label, account.links, "person", account.note, account.leave_url)
