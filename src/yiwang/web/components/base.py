"""What every component is: a frozen value with the name of its template."""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from django.utils.functional import Promise

Text: TypeAlias = str | Promise
"""Words for people: already in the viewer's language, or lazy."""


class Component:
    """Base of all components. `{% yw value %}` renders `template` with the value as `c`."""

    template: ClassVar[str]
    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Link(Component):
    """Words that lead somewhere. `about` completes the words for a screen reader ("更改" about "民族")."""

    template: ClassVar[str] = "web/components/link.html"
    words: Text
    href: str
    icon: str = ""
    about: Text = ""
    small: bool = False
    download: bool = False


@dataclass(frozen=True, slots=True)
class Attr:
    """One extra attribute of a control; only `data-…`, `hx-…`, `aria-…`, `form` and `autofocus` are let through."""

    name: str
    value: str = ""

    def __post_init__(self) -> None:
        allowed = self.name.startswith(("data-", "aria-")) or self.name in {"form", "autofocus"}
        if not allowed and not (self.name.startswith("hx-") and not self.name.startswith("hx-on")):
            raise ValueError(f"attribute {self.name!r} is not let through")
        if not self.name.replace("-", "").replace("_", "").isalnum():
            raise ValueError(f"attribute {self.name!r} is not well formed")
