"""What the shell shows is filled in from above: navigation, account and acting-for slots, desk tiles, the city's own words.

Contexts call the `register_*` functions once, in `apps.ready`. The shell asks at each request; a provider that returns None
leaves its place empty.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from django.http import HttpRequest

from yiwang.web.components import Component, Link, Text


class Area(StrEnum):
    """Which shell: the residents' portal or the officials' desk."""

    PORTAL = "portal"
    WORK = "work"


def _nothing_waits(_request: HttpRequest) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of the main navigation. `url` is a path or a callable that reverses it; `visible` hides it for a request.

    `count` is what waits there, shown beside the label; 0 shows nothing, 100 and more 99+.
    """

    key: str
    label: Text
    url: str | Callable[[], str]
    area: Area = Area.PORTAL
    order: int = 100
    visible: Callable[[HttpRequest], bool] = lambda _request: True
    count: Callable[[HttpRequest], int] = _nothing_waits

    @property
    def counts(self) -> bool:
        """Whether something may wait there."""
        return self.count is not _nothing_waits

    def href(self) -> str:
        return self.url if isinstance(self.url, str) else self.url()


@dataclass(frozen=True, slots=True)
class AccountSlot:
    """Who is logged in (`links` fill the menu; `leave_url` receives a POST), or where to log in when `links` is empty."""

    label: Text
    href: str = ""
    note: Text = ""
    links: tuple[Link, ...] = ()
    leave_url: str = ""


@dataclass(frozen=True, slots=True)
class ActingFor:
    """For whom the account acts: shown as a band under the header so that nobody files for the wrong person."""

    words: Text
    change: Link | None = None


@dataclass(frozen=True, slots=True)
class DeskTile:
    """One tile of the officials' desk. `load` answers for a request; None leaves the tile out."""

    key: str
    title: Text
    load: Callable[[HttpRequest], Component | None]
    order: int = 100


@dataclass(frozen=True, slots=True)
class FooterColumn:
    title: Text
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """The city's own words in the shell. Without a pack the product shows none."""

    name: Text = ""
    service: Text = ""
    hotline: Text = ""
    hotline_note: Text = ""
    columns: tuple[FooterColumn, ...] = ()
    legal: tuple[Text, ...] = ()
    sample: Text = ""
    """A sentence under the header when the installation shows sample data."""


class Keyed(Protocol):
    @property
    def key(self) -> str: ...

    @property
    def order(self) -> int: ...


K = TypeVar("K", bound=Keyed)


class AlreadyRegistered(Exception):
    """Two contexts claim one key."""


@dataclass(slots=True)
class Registry(Generic[K]):
    """Entries by key, in order. Filled at start-up, read at each request."""

    _entries: dict[str, K] = field(default_factory=dict)

    def add(self, entry: K) -> None:
        """Raises AlreadyRegistered when another entry has the key."""
        if entry.key in self._entries:
            raise AlreadyRegistered(entry.key)
        self._entries[entry.key] = entry

    def all(self) -> tuple[K, ...]:
        return tuple(sorted(self._entries.values(), key=lambda entry: (entry.order, entry.key)))


@dataclass(slots=True)
class Shell:
    """The one set of registries of this process."""

    navigation: Registry[NavEntry] = field(default_factory=Registry[NavEntry])
    desk_tiles: Registry[DeskTile] = field(default_factory=Registry[DeskTile])
    account: Callable[[HttpRequest], AccountSlot | None] = lambda _request: None
    acting_for: Callable[[HttpRequest], ActingFor | None] = lambda _request: None
    site: Callable[[HttpRequest], Site] = lambda _request: Site()
    search: Callable[[HttpRequest], Link | None] = lambda _request: None
    home_url: dict[Area, str] = field(default_factory=lambda: {Area.PORTAL: "/", Area.WORK: "/work/"})


shell = Shell()


def register_nav(entry: NavEntry) -> None:
    """Add an entry to the main navigation of its area."""
    shell.navigation.add(entry)


def register_desk_tile(tile: DeskTile) -> None:
    """Add a tile to the officials' desk."""
    shell.desk_tiles.add(tile)


def register_account(provider: Callable[[HttpRequest], AccountSlot | None]) -> None:
    """Say who is logged in; identity does this."""
    shell.account = provider


def register_acting_for(provider: Callable[[HttpRequest], ActingFor | None]) -> None:
    """Say for whom the account acts; identity does this."""
    shell.acting_for = provider


def register_site(provider: Callable[[HttpRequest], Site]) -> None:
    """Give the shell the city's name, hotline and footer, from the pack."""
    shell.site = provider


def register_search(provider: Callable[[HttpRequest], Link | None]) -> None:
    """Say where the portal's header leads to search from a page; None where the page holds the search box itself."""
    shell.search = provider


def navigation(area: Area, request: HttpRequest) -> tuple[NavEntry, ...]:
    """The entries of `area` that `request` may see, in order."""
    return tuple(entry for entry in shell.navigation.all() if entry.area == area and entry.visible(request))


def desk_tiles(request: HttpRequest) -> tuple[tuple[DeskTile, Component], ...]:
    """The desk's tiles that have something to show to `request`."""
    loaded = ((tile, tile.load(request)) for tile in shell.desk_tiles.all())
    return tuple((tile, content) for tile, content in loaded if content is not None)
