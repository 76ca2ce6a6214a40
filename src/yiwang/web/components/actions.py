"""Things that act: buttons, dialogs, menus, tabs, paging."""

from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from yiwang.kernel.paging import Page
from yiwang.web.components.base import Attr, Component, Link, Text

BUTTON_KINDS = frozenset({"first", "second", "quiet", "danger"})


@dataclass(frozen=True, slots=True)
class Button(Component):
    """A button. `kind`: first (one a view), second, quiet, danger. `refused` says why it can't be used and disables it.

    `opens` is the id of a Dialog; then the button opens it and submits nothing.
    """

    template: ClassVar[str] = "web/components/button.html"
    words: Text
    kind: str = "first"
    name: str = ""
    value: str = ""
    type: str = "submit"
    icon: str = ""
    big: bool = False
    refused: Text = ""
    opens: str = ""
    form: str = ""
    formaction: str = ""
    attrs: tuple[Attr, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in BUTTON_KINDS:
            raise ValueError(f"button kind {self.kind!r}")


@dataclass(frozen=True, slots=True)
class LinkButton(Component):
    """A link that looks like a button, for going on."""

    template: ClassVar[str] = "web/components/link_button.html"
    words: Text
    href: str
    kind: str = "first"
    icon: str = ""
    big: bool = False

    def __post_init__(self) -> None:
        if self.kind not in BUTTON_KINDS:
            raise ValueError(f"button kind {self.kind!r}")


@dataclass(frozen=True, slots=True)
class Actions(Component):
    """A row of buttons at the end of a form; full width on a phone."""

    template: ClassVar[str] = "web/components/actions.html"
    buttons: tuple[Button | LinkButton, ...]


@dataclass(frozen=True, slots=True)
class Dialog(Component):
    """Asks before something that can't be taken back. Opened by `Button(opens=id)`; posts to `action` with `hidden` values."""

    template: ClassVar[str] = "web/components/dialog.html"
    id: str
    title: Text
    words: Text
    confirm: Button
    action: str
    keep: Text = ""
    hidden: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Undo:
    """Posts `hidden` to `action`, which takes back what was done."""

    words: Text
    action: str
    hidden: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Toast(Component):
    """Says what was done; stays until closed. `tone`: "" or bad. `undo` leads to, or is, what takes it back."""

    template: ClassVar[str] = "web/components/toast.html"
    words: Text
    tone: str = ""
    undo: Link | Undo | None = None


@dataclass(frozen=True, slots=True)
class Menu(Component):
    """A button that discloses a short list of links."""

    template: ClassVar[str] = "web/components/menu.html"
    id: str
    words: Text
    links: tuple[Link, ...]
    icon: str = ""
    note: Text = ""
    leave_url: str = ""
    leave_words: Text = ""


@dataclass(frozen=True, slots=True)
class Tab:
    words: Text
    href: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Tabs(Component):
    """Pages of one thing; each tab is a link with its own address."""

    template: ClassVar[str] = "web/components/tabs.html"
    label: Text
    tabs: tuple[Tab, ...]


@dataclass(frozen=True, slots=True)
class Crumbs(Component):
    """Where we are. The last entry is the page itself and no link."""

    template: ClassVar[str] = "web/components/crumbs.html"
    links: tuple[Link, ...]
    here: Text


@dataclass(frozen=True, slots=True)
class BackLink(Component):
    template: ClassVar[str] = "web/components/back_link.html"
    words: Text
    href: str


@dataclass(frozen=True, slots=True)
class Pagination(Component):
    """Previous, where we are, next. An empty address greys the end."""

    template: ClassVar[str] = "web/components/pagination.html"
    previous_href: str = ""
    next_href: str = ""
    words: Text = ""
    target: str = ""
    """CSS selector that htmx replaces; empty for whole pages."""

    @classmethod
    def of(cls, page: Page[Any], *, path: str, params: dict[str, str] | None = None, target: str = "") -> "Pagination":
        """Paging of a keyset page; `params` are the other parameters of the address (filters, sorting)."""
        kept = {name: value for name, value in (params or {}).items() if value and name != "cursor"}

        def address(cursor: str | None) -> str:
            return f"{path}?{urlencode({**kept, 'cursor': cursor})}" if cursor else ""

        words = "" if page.total is None else _("共 %(total)d 件") % {"total": page.total}
        return cls(address(page.previous_cursor), address(page.next_cursor), words, target)

    @property
    def needed(self) -> bool:
        return bool(self.previous_href or self.next_href or self.words)


@dataclass(frozen=True, slots=True)
class KeyHint:
    keys: tuple[str, ...]
    words: Text


@dataclass(frozen=True, slots=True)
class KeyHints(Component):
    """Which keys do what; hidden on touch screens."""

    template: ClassVar[str] = "web/components/key_hints.html"
    hints: tuple[KeyHint, ...]


@dataclass(frozen=True, slots=True)
class SideLink:
    words: Text
    href: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class SideGroup:
    title: Text
    links: tuple[SideLink, ...]


@dataclass(frozen=True, slots=True)
class SideNav(Component):
    """Views of a list with their counts, at the side of the officials' pages."""

    template: ClassVar[str] = "web/components/side_nav.html"
    label: Text
    groups: tuple[SideGroup, ...]
