"""The search box: a field that works without script and offers completions with it."""

from dataclasses import dataclass
from typing import ClassVar

from yiwang.web.components.base import Component, Text


@dataclass(frozen=True, slots=True)
class Completion(Component):
    """One line of the list under a search box: choosing it leads to `href`. `parts`: its words in pieces, matched or not."""

    template: ClassVar[str] = "web/components/completion.html"
    href: str
    parts: tuple[tuple[str, bool], ...]
    kind: Text = ""


@dataclass(frozen=True, slots=True)
class SearchBox(Component):
    """Sends `q` to `action`. While somebody types, `complete_url` is asked with `?q=` and answers with Completions.

    The list follows the ARIA 1.2 pattern of a combobox with a list popup: the arrow keys move, Enter opens the line or
    sends what was typed, Escape closes.
    """

    template: ClassVar[str] = "web/components/search_box.html"
    action: str
    label: Text
    placeholder: Text = ""
    value: str = ""
    complete_url: str = ""
    id: str = "q"
    focused: bool = False
