"""Papers and notices: the sheet of an instrument, notes, legal grounds, the summary of errors, charts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from yiwang.web.components.actions import LinkButton
from yiwang.web.components.base import Component, Link, Text
from yiwang.web.components.marks import SealState, Tone


@dataclass(frozen=True, slots=True)
class Seal(Component):
    """The large seal on a sheet: a dashed circle before sealing, red afterwards. `name` runs along the arc."""

    template: ClassVar[str] = "web/components/seal.html"
    name: Text
    state: SealState = SealState.WAITING
    sample: bool = False
    id: str = "seal"

    @property
    def font_size(self) -> str:
        return "16" if len(str(self.name)) <= 13 else "13" if len(str(self.name)) <= 18 else "10"


@dataclass(frozen=True, slots=True)
class Sheet(Component):
    """An instrument (文书) as paper: red head, title, number, addressee, paragraphs, signature, seal."""

    template: ClassVar[str] = "web/components/sheet.html"
    authority: Text
    title: Text
    number: str
    to: Text
    paragraphs: tuple[Text, ...]
    date: Text
    seal: Seal | None = None
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Note(Component):
    """A notice to stop at. `tone` blue, ok, warn, bad or line; with `action` it spans the page."""

    template: ClassVar[str] = "web/components/note.html"
    words: Text
    title: Text = ""
    tone: Tone = Tone.BLUE
    action: LinkButton | None = None
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Basis(Component):
    """A legal ground: article and, quieter, its text. One of the few red things."""

    template: ClassVar[str] = "web/components/basis.html"
    article: Text
    text: Text = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class FieldError:
    field_id: str
    words: Text


class Faulty(Protocol):
    """What an error summary needs of a field."""

    @property
    def id(self) -> str: ...

    @property
    def error(self) -> Text: ...


@dataclass(frozen=True, slots=True)
class ErrorSummary(Component):
    """All errors of a form, each a link to its field; gets the focus when the page opens."""

    template: ClassVar[str] = "web/components/error_summary.html"
    errors: tuple[FieldError, ...]

    @classmethod
    def of(cls, fields: Iterable[Faulty], *others: Text) -> "ErrorSummary | None":
        """Of the fields that carry an error, and of sentences about the whole form; None when there are none."""
        errors = [FieldError("", words) for words in others]
        errors += [FieldError(field.id, field.error) for field in fields if field.error]
        return cls(tuple(errors)) if errors else None


@dataclass(frozen=True, slots=True)
class Chart(Component):
    """A chart drawn by ECharts from `option`, with the same numbers as a table for those who can't see it.

    Use `dataset`, `xAxis`, `series`…; colours and fonts come from the tokens. Tooltips are drawn in the canvas.
    """

    template: ClassVar[str] = "web/components/chart.html"
    id: str
    title: Text
    option: dict[str, Any]
    header: tuple[Text, ...] = ()
    rows: tuple[tuple[Text | int | float, ...], ...] = ()
    size: str = ""
    """"", "tall" or "short"."""


@dataclass(frozen=True, slots=True)
class Help(Component):
    """A question that opens to its answer, 十 to 一."""

    template: ClassVar[str] = "web/components/help.html"
    question: Text
    answer: Text
    links: tuple[Link, ...] = ()
