"""Lists: facts with their provenance, tasks, files, cards, tables."""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from yiwang.web.components.actions import LinkButton, Pagination
from yiwang.web.components.base import Component, Link, Text
from yiwang.web.components.marks import Due, Provenance, Tag
from yiwang.web.components.time import Progress


@dataclass(frozen=True, slots=True)
class Fact:
    """Label, value, where it comes from; `change` leads to where it is changed; `mark` warns."""

    label: Text
    value: Text | Component
    provenance: Provenance | None = None
    change: Link | None = None
    mark: Tag | None = None
    number: bool = False

    @property
    def ends(self) -> bool:
        return bool(self.provenance or self.change or self.mark)


@dataclass(frozen=True, slots=True)
class Facts(Component):
    """A description list. `tight` for officials' pages."""

    template: ClassVar[str] = "web/components/facts.html"
    facts: tuple[Fact, ...]
    tight: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """A part of long work, or a material: done, to do, or (with `waits` and no href) not yet possible."""

    title: Text
    href: str = ""
    tag: Tag | None = None
    provenance: Provenance | None = None
    detail: Text = ""
    waits: Text = ""


@dataclass(frozen=True, slots=True)
class TaskList(Component):
    template: ClassVar[str] = "web/components/task_list.html"
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class FileItem:
    """A file: name, size in words, state of its check, what one can do. `remove` is the value posted to take it away."""

    name: str
    size: Text = ""
    href: str = ""
    state: Due | None = None
    provenance: Provenance | None = None
    remove_name: str = ""
    remove_value: str = ""


@dataclass(frozen=True, slots=True)
class FileList(Component):
    template: ClassVar[str] = "web/components/file_list.html"
    files: tuple[FileItem, ...]
    empty: Text = ""


@dataclass(frozen=True, slots=True)
class Empty(Component):
    """Why there is nothing, and what to do next."""

    template: ClassVar[str] = "web/components/empty.html"
    title: Text
    words: Text = ""
    action: LinkButton | None = None
    boxed: bool = True


@dataclass(frozen=True, slots=True)
class Card(Component):
    """A card that leads somewhere. `strands` draws the edge of a bundle: as many segments as matters."""

    template: ClassVar[str] = "web/components/card.html"
    title: Text
    href: str
    words: Text = ""
    strands: int = 0
    meta: tuple[tuple[Text, Text], ...] = ()
    """(emphasised, plain), for example ("5", "个部门")."""
    tag: Tag | None = None

    @property
    def segments(self) -> range:
        return range(self.strands)


@dataclass(frozen=True, slots=True)
class Cards(Component):
    template: ClassVar[str] = "web/components/cards.html"
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class CaseItem:
    """One of my cases: name, state, stroke, one sentence."""

    title: Text
    href: str
    words: Text
    progress: Progress | None = None
    tag: Tag | None = None


@dataclass(frozen=True, slots=True)
class CaseList(Component):
    template: ClassVar[str] = "web/components/case_list.html"
    items: tuple[CaseItem, ...]


@dataclass(frozen=True, slots=True)
class Theme:
    words: Text
    href: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Themes(Component):
    """Themes with the number of matters, in three columns."""

    template: ClassVar[str] = "web/components/themes.html"
    themes: tuple[Theme, ...]


@dataclass(frozen=True, slots=True)
class StateLine:
    words: Text
    state: Text | Component


@dataclass(frozen=True, slots=True)
class StateList(Component):
    """Name at the left, state at the right: services, opening hours."""

    template: ClassVar[str] = "web/components/state_list.html"
    lines: tuple[StateLine, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """Words with a second, quieter line; `href` makes the whole cell the target."""

    words: Text | Component
    note: Text = ""
    href: str = ""


CellValue: TypeAlias = Text | Component | Cell | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `sort_href` sorts by it; `sorted` is "ascending", "descending" or empty; `hidden` shows the label to readers only."""

    label: Text
    number: bool = False
    sort_href: str = ""
    sorted: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells in the order of the columns. `id` is what the checkbox posts, `label` what it is called."""

    cells: tuple[CellValue, ...]
    id: str = ""
    label: Text = ""
    checked: bool = False


@dataclass(frozen=True, slots=True)
class RowGroup:
    rows: tuple[Row, ...]
    title: Text = ""
    count: Text = ""


@dataclass(frozen=True, slots=True)
class Table(Component):
    """A data table: caption, sorting, groups, empty state, paging; on a phone each row stands as a card.

    `pick` is the name of the checkboxes (empty: none). `keys` gives j/k/Enter/x, and the other keys to the buttons that
    carry `data-yw-key` in the same `[data-yw-scope]`. `boxed` draws a frame; leave it out inside a panel.
    """

    template: ClassVar[str] = "web/components/table.html"
    caption: Text
    columns: tuple[Column, ...]
    groups: tuple[RowGroup, ...] = ()
    show_caption: bool = False
    pick: str = ""
    keys: bool = False
    boxed: bool = False
    stack: bool = True
    empty: Empty | None = None
    pages: Pagination | None = None

    @classmethod
    def of(cls, caption: Text, columns: tuple[Column, ...], rows: tuple[Row, ...], **options: object) -> "Table":
        """A table without groups."""
        groups = (RowGroup(rows),) if rows else ()
        return cls(caption, columns, groups, **options)  # type: ignore[arg-type]

    def __post_init__(self) -> None:
        for group in self.groups:
            for row in group.rows:
                if len(row.cells) != len(self.columns):
                    raise ValueError(f"{len(row.cells)} cells in a table of {len(self.columns)} columns")

    @property
    def width(self) -> int:
        return len(self.columns) + bool(self.pick)

    @property
    def has_rows(self) -> bool:
        return any(group.rows for group in self.groups)

    @property
    def drawn(self) -> tuple[tuple[RowGroup, tuple[tuple[Row, tuple[tuple[Column, CellValue], ...]], ...]], ...]:
        """Groups of rows of (column, cell)."""
        return tuple(
            (group, tuple((row, tuple(zip(self.columns, row.cells, strict=True))) for row in group.rows))
            for group in self.groups
        )
