"""Time as a stroke: progress, lanes on an axis of working days, the clock of a time limit, the history.

Geometry is computed here and drawn as SVG attributes, because the pages allow no inline style.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from django.utils.translation import gettext as _

from yiwang.web.components.base import Component, Link, Text
from yiwang.web.components.marks import Due, Licence

MOST_SEGMENTS = 40


@dataclass(frozen=True, slots=True)
class Step:
    words: Text
    href: str = ""


@dataclass(frozen=True, slots=True)
class Progress(Component):
    """The stroke written so far: `done` of `of` segments, the tip at the end. `label` says it in words.

    `steps` names the segments (shown on wide screens); then `done` counts the current step too.
    """

    template: ClassVar[str] = "web/components/progress.html"
    done: int
    of: int
    label: Text = ""
    steps: tuple[Step, ...] = ()
    small: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.done <= self.of or self.of < 1:
            raise ValueError(f"progress {self.done} of {self.of}")
        if self.steps and len(self.steps) != self.of:
            raise ValueError("one name a step")

    @property
    def segments(self) -> tuple[str, ...]:
        """One class a segment; more than MOST_SEGMENTS are drawn in proportion."""
        of = min(self.of, MOST_SEGMENTS)
        done = round(self.done * of / self.of)
        return tuple("is-done is-tip" if i == done else "is-done" if i < done else "" for i in range(1, of + 1))

    @property
    def words(self) -> Text:
        if self.label:
            return self.label
        if self.steps:
            return _("第 %(done)d 步，共 %(of)d 步") % {"done": self.done, "of": self.of}
        return _("已完成 %(done)d 个，共 %(of)d 个") % {"done": self.done, "of": self.of}

    @property
    def numbered(self) -> tuple[tuple[int, Step], ...]:
        return tuple(enumerate(self.steps, start=1))


class SpanKind(StrEnum):
    """A piece of a lane: finished work (with the tip), running work (blunt), a stopped clock (dashes)."""

    FINISHED = "finished"
    RUNNING = "running"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class LaneSpan:
    """Working days `first` to `last` of the axis, both included, counted from 1."""

    kind: SpanKind
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Lane:
    """One member case: its state, its line, its papers, and at the right its result or a note.

    `label` says the line in words for those who can't see it; `due_day` is the promised day on the axis.
    """

    title: Text
    office: Text
    state: Due
    label: Text
    spans: tuple[LaneSpan, ...]
    due_day: int | None = None
    began: Text = ""
    ended: Text = ""
    papers: tuple[Link, ...] = ()
    result: Licence | None = None
    note: Text = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class AxisMark:
    """A date under the axis at working day `day` (from 1)."""

    day: int
    words: Text
    today: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A span or a mark in percent of the width."""

    kind: str
    x: str
    width: str
    end: str
    words: Text = ""
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class LaneChart(Component):
    """Members of a bundle on one axis of `days` working days; `today` is the day of today (from 1) or None."""

    template: ClassVar[str] = "web/components/lane_chart.html"
    days: int
    lanes: tuple[Lane, ...]
    marks: tuple[AxisMark, ...] = ()
    today: int | None = None
    explanation: Text = ""

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("an axis has at least one day")

    def _percent(self, day: int) -> str:
        return f"{100 * max(0, min(day, self.days)) / self.days:.4g}%"

    def _drawn(self, kind: str, first: int, last: int) -> Drawn:
        last = max(first, last)
        width = f"{100 * (min(last, self.days) - max(0, first - 1)) / self.days:.4g}%"
        return Drawn(kind, self._percent(first - 1), width, self._percent(last))

    @property
    def drawn(self) -> tuple[tuple[Lane, tuple[Drawn, ...], str], ...]:
        """Each lane with its spans and the place of its promised day, in percent."""
        return tuple(
            (
                lane,
                tuple(self._drawn(span.kind.value, span.first, span.last) for span in lane.spans),
                self._percent(lane.due_day) if lane.due_day is not None else "",
            )
            for lane in self.lanes
        )

    @property
    def today_at(self) -> str:
        return self._percent(self.today) if self.today is not None else ""

    @property
    def axis(self) -> tuple[Drawn, ...]:
        """The dates: the first stands at its day's beginning, later ones at their day's end."""
        drawn = []
        for mark in self.marks:
            first = mark.day <= 1
            at = self._percent(0 if first else mark.day)
            anchor = "start" if first else "end"
            drawn.append(Drawn("is-today" if mark.today else "", at, "", at, mark.words, anchor))
        return tuple(drawn)


class DayKind(StrEnum):
    """A day of the clock."""

    PLAIN = ""
    USED = "is-used"
    STOPPED = "is-stop"
    DUE = "is-due"


@dataclass(frozen=True, slots=True)
class ClockDay:
    date: Text
    words: Text
    kind: DayKind = DayKind.PLAIN
    today: bool = False


@dataclass(frozen=True, slots=True)
class ClockStep:
    """One line of the reckoning: when, what, on which legal ground, with what effect."""

    date: Text
    words: Text
    basis: Text = ""
    effect: Text = ""


@dataclass(frozen=True, slots=True)
class Clock(Component):
    """How a time limit was reckoned: one box a working day, then the steps. `warnings`: years without announced holidays."""

    template: ClassVar[str] = "web/components/clock.html"
    days: tuple[ClockDay, ...]
    steps: tuple[ClockStep, ...] = ()
    note: Text = ""
    warnings: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a history. `at` is the moment, `when` its words."""

    words: Text
    when: Text
    at: datetime | None = None
    detail: Text = ""
    links: tuple[Link, ...] = ()
    now: bool = False


@dataclass(frozen=True, slots=True)
class Timeline(Component):
    """What happened (经过), newest first."""

    template: ClassVar[str] = "web/components/timeline.html"
    events: tuple[Event, ...]
