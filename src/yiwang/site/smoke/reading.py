"""Reads a page as a person without script does: a small tree of elements, its forms and their controls. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_UNSEEN = frozenset({"script", "style", "template", "svg", "head"})
_CONTROLS = frozenset({"input", "select", "textarea"})


@dataclass(eq=False)
class Element:
    """One element with its children; text stands between them as plain strings."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def get(self, name: str) -> str:
        """An attribute's value, empty when it is absent."""
        return self.attributes.get(name, "")

    def walk(self) -> Iterator["Element"]:
        """All elements below, in the order of the page."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def all(self, tag: str = "", css: str = "") -> list["Element"]:
        """Elements below with that tag and that class."""
        return [each for each in self.walk() if tag in {"", each.tag} and (not css or css in each.get("class").split())]

    def first(self, tag: str = "", css: str = "") -> "Element":
        """The first such element, an empty one when there is none."""
        return next(iter(self.all(tag, css)), Element(""))

    @property
    def text(self) -> str:
        """The words that one sees, blanks made one."""
        return " ".join("".join(_words(self)).split())


@dataclass(frozen=True, slots=True)
class Control:
    """A question of a form: what it is called, what it holds, what may be chosen."""

    name: str
    kind: str
    value: str
    options: tuple[str, ...] = ()
    required: bool = False


class Form:
    """A form of a page as a browser would send it."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.action = element.get("action")
        self.method = (element.get("method") or "get").lower()
        self._fields = [
            each for each in element.walk() if each.tag in _CONTROLS and each.get("name") and not _off(each)
        ]

    @property
    def controls(self) -> list[Control]:
        """The questions in order, the boxes of one name taken together; hidden values are none."""
        grouped: dict[str, list[Element]] = {}
        for each in self._fields:
            if each.get("type") not in {"hidden", "submit", "button"}:
                grouped.setdefault(each.get("name"), []).append(each)
        return [_control(name, group) for name, group in grouped.items()]

    def values(self) -> dict[str, list[str]]:
        """What is sent when nobody touches anything."""
        found: dict[str, list[str]] = {}
        for each in self._fields:
            if each.get("type") in {"file", "submit", "button"}:
                continue
            for value in _held(each):
                found.setdefault(each.get("name"), []).append(value)
        return found


def parse(html: str) -> Element:
    """The tree of a page; elements that are not closed end with the element around them."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def _words(element: Element) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif child.tag not in _UNSEEN:
            yield from _words(child)
            yield " "


def _off(element: Element) -> bool:
    return "disabled" in element.attributes


def _held(element: Element) -> list[str]:
    """The values that an untouched control sends."""
    if element.tag == "textarea":
        return ["".join(each for each in element.children if isinstance(each, str)).removeprefix("\n")]
    if element.tag == "select":
        options = element.all("option")
        chosen = [each for each in options if "selected" in each.attributes] or options[:1]
        return [each.get("value") for each in chosen]
    if element.get("type") in {"radio", "checkbox"}:
        return [element.get("value") or "on"] if "checked" in element.attributes else []
    return [element.get("value")]


def _control(name: str, group: list[Element]) -> Control:
    one = group[0]
    kind = one.get("type") or one.tag if one.tag == "input" else one.tag
    held = [value for each in group for value in _held(each)]
    choices = one.all("option") if one.tag == "select" else group if kind in {"radio", "checkbox"} else []
    options = tuple(each.get("value") for each in choices)
    return Control(name, kind, held[0] if held else "", options, one.get("aria-required") == "true")
