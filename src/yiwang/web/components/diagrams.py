"""A process drawn from its BPMN file, with where it stands; the same steps as a list for those who can't see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from yiwang.web.components.base import Component, Link, Text


class DiagramState(StrEnum):
    """Where an element stands; of two drawings that are compared, how it differs. A mark, words and colour say the same."""

    PASSED = "passed"
    CURRENT = "current"
    HALTED = "halted"
    AWAY = "away"
    AHEAD = "ahead"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


DIAGRAM_WORDS: dict[DiagramState, Text] = {
    DiagramState.PASSED: _("已完成"),
    DiagramState.CURRENT: _("正在办理"),
    DiagramState.HALTED: _("暂停"),
    DiagramState.AWAY: _("不再办理"),
    DiagramState.AHEAD: _("还没到"),
    DiagramState.ADDED: _("新增"),
    DiagramState.REMOVED: _("已去掉"),
    DiagramState.CHANGED: _("有改动"),
}
_PROGRESS = (DiagramState.PASSED, DiagramState.CURRENT, DiagramState.HALTED)
_DIFFERENCE = (DiagramState.ADDED, DiagramState.REMOVED, DiagramState.CHANGED)


@dataclass(frozen=True, slots=True)
class DiagramStep:
    """One line of the list: what is done there, how it stands, since when or by whom; `inside` opens a called process."""

    words: Text
    state: DiagramState = DiagramState.AHEAD
    note: Text = ""
    inside: Link | None = None

    @property
    def state_words(self) -> Text:
        return DIAGRAM_WORDS[self.state]


@dataclass(frozen=True, slots=True)
class ProcessDiagram(Component):
    """The drawing. `src` is the address of a BPMN file with a diagram in it, `states` tell its elements' states by id.

    bpmn-js is loaded when the drawing comes into view; it can be moved by keys, buttons, mouse and finger.
    """

    template: ClassVar[str] = "web/components/process_diagram.html"
    id: str
    title: Text
    src: str
    states: Mapping[str, DiagramState]
    steps: tuple[DiagramStep, ...] = ()
    words: Text = ""

    @property
    def data_id(self) -> str:
        return f"{self.id}-data"

    @property
    def compares(self) -> bool:
        """Whether it tells differences and not where a process stands."""
        return any(state in _DIFFERENCE for state in self.states.values())

    @property
    def legend(self) -> tuple[tuple[str, Text], ...]:
        """The states that the key under the drawing explains, with their words; none where nothing is marked."""
        shown = _DIFFERENCE if self.compares else _PROGRESS if self.states else ()
        return tuple((state.value, DIAGRAM_WORDS[state]) for state in shown)

    @property
    def data(self) -> dict[str, object]:
        """What the script reads: state by element, words by state."""
        told = {state.value: str(words) for state, words in DIAGRAM_WORDS.items()}
        return {"states": {key: state.value for key, state in self.states.items()}, "words": told}


@dataclass(frozen=True, slots=True)
class LazyDiagram(Component):
    """The place of a drawing on a page that should not wait for it: fetched from `href` when it comes into view.

    Without script it is a link to the same drawing on a page of its own.
    """

    template: ClassVar[str] = "web/components/lazy_diagram.html"
    href: str
    words: Text = ""
