"""Small marks: status, due light, provenance, seal. Shape, words and colour say the same; colour is never alone."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from yiwang.web.components.base import Component, Text


class Tone(StrEnum):
    """What a tag or a note means; each has its own shape."""

    PLAIN = ""
    BLUE = "blue"
    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    LINE = "line"


TONE_ICONS = {Tone.OK: "check", Tone.WARN: "alert", Tone.BAD: "cross"}


@dataclass(frozen=True, slots=True)
class Tag(Component):
    """A state in a short word, four characters or fewer where possible."""

    template: ClassVar[str] = "web/components/tag.html"
    words: Text
    tone: Tone = Tone.PLAIN

    @property
    def icon(self) -> str:
        return TONE_ICONS.get(self.tone, "")


SAMPLE = Tag(_("样例"), Tone.LINE)
"""Beside everything that is a sample and not law or data."""


class DueState(StrEnum):
    """The light of a time limit: square, triangle, half disc, ring, pause, tick; a bar for what ended without being granted."""

    OVER = "over"
    TODAY = "today"
    SOON = "soon"
    FINE = "fine"
    PAUSED = "paused"
    DONE = "done"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Due(Component):
    """A due light with its words ("还剩 3 个工作日"). Dates before counts."""

    template: ClassVar[str] = "web/components/due.html"
    state: DueState
    words: Text


class Source(StrEnum):
    """Where a fact comes from."""

    TYPED = "typed"
    PREFILLED = "prefilled"
    LICENCE = "licence"
    SHARED = "shared"
    REGISTER = "register"
    EARLIER = "earlier"
    COMPUTED = "computed"


SOURCE_WORDS: dict[Source, Text] = {
    Source.TYPED: _("您填写"),
    Source.PREFILLED: _("已从您的账户带出"),
    Source.LICENCE: _("已从电子证照获取"),
    Source.SHARED: _("已从共享数据获取"),
    Source.REGISTER: _("已从户籍信息获取"),
    Source.EARLIER: _("您以前办事时填写"),
    Source.COMPUTED: _("由规则计算"),
}


@dataclass(frozen=True, slots=True)
class Provenance(Component):
    """Where a fact comes from; `words` replaces the usual words ("电子证照：营业执照")."""

    template: ClassVar[str] = "web/components/provenance.html"
    source: Source
    words: Text = ""

    @property
    def label(self) -> Text:
        return self.words or SOURCE_WORDS[self.source]


class SealState(StrEnum):
    """A seal is drawn red only after sealing."""

    NONE = "none"
    WAITING = "waiting"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class SealMark(Component):
    """The small round mark beside a sealed thing. Beside it there is always a link 验证."""

    template: ClassVar[str] = "web/components/seal_mark.html"
    label: Text = ""


@dataclass(frozen=True, slots=True)
class Licence(Component):
    """A result: name, number, seal mark, and what one can do with it. `download_href` is its PDF, `ofd_href` its OFD.

    The mark is a dashed circle while it is `sealing`, red when `sealed`; beside the red one there is a link 验证.
    """

    template: ClassVar[str] = "web/components/licence.html"
    name: Text
    number: str = ""
    verify_href: str = ""
    view_href: str = ""
    download_href: str = ""
    sealed: bool = True
    sample: bool = False
    ofd_href: str = ""
    sealing: bool = False
