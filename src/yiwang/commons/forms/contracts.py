"""What crosses the border of forms: answers with their source, drafts, faults of answers, refusals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.errors import Conflict, DomainError, ErrorKind, Invalid, NotFound
from yiwang.kernel.text import gettext_noop as _

Words = Mapping[str, str]
"""The same words in several languages: {"zh": …, "en": …}; Chinese is always there."""


def say(words: Words | None, language: str = "zh") -> str:
    """The words in `language`, in Chinese where they are not translated."""
    return "" if not words else words.get(language) or words.get("zh", "")


class Source(StrEnum):
    """Where an answer comes from; the words are those of the design system's provenance mark."""

    TYPED = "typed"
    PREFILLED = "prefilled"
    LICENCE = "licence"
    SHARED = "shared"
    REGISTER = "register"
    EARLIER = "earlier"
    COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class Answer:
    """One fact as answered. `value` is JSON (dates as ISO text, numbers with fraction as text); `text` names the source.

    A `locked` answer (from a licence or shared data) is shown and not asked. `revision`: the draft's when it changed.
    """

    value: Any
    source: Source = Source.TYPED
    text: str = ""
    locked: bool = False
    revision: int = 0

    def as_json(self) -> dict[str, Any]:
        """The stored form."""
        kept: dict[str, Any] = {"v": self.value, "s": self.source.value, "r": self.revision}
        if self.text:
            kept["t"] = self.text
        if self.locked:
            kept["l"] = True
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Answer":
        """The answer of `as_json`."""
        return cls(kept["v"], Source(kept["s"]), kept.get("t", ""), kept.get("l", False), kept.get("r", 0))


Answers = Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one answer. `words` (of the pack) go before `message`, a msgid with `{param}` fields.

    A parameter may itself be `Words` (the label of the fact).
    """

    fact: str
    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    words: Words | None = None

    def sentence(self, language: str = "zh", translate: Callable[[str], str] = str) -> str:
        """The sentence beside the field."""
        if self.words:
            return say(self.words, language)
        filled = {
            key: say(value, language) if isinstance(value, Mapping) else value for key, value in self.params.items()
        }
        return translate(self.message).format(**filled)


KEPT: Final = timedelta(days=90)
"""How long a draft that nobody touches is kept (个人信息保护法 19: no longer than needed)."""


@dataclass(frozen=True, slots=True)
class DraftView:
    """Answers on their way. `files`: material key to file ids; `pledged`: keys of materials that a pledge stands for.

    `key`, `version` pin the definition.
    """

    id: UUID
    key: str
    version: int
    step: str
    answers: Answers
    files: Mapping[str, tuple[UUID, ...]]
    revision: int
    owner_id: UUID
    on_behalf: SubjectRef | None
    created_at: datetime
    updated_at: datetime
    pledged: tuple[str, ...] = ()

    @property
    def expires_at(self) -> datetime:
        """When it is forgotten unless somebody touches it."""
        return self.updated_at + KEPT


@dataclass(frozen=True, slots=True)
class Renewal:
    """What becomes of a draft when it moves to the newest version of its form.

    `kept` and `lost` are facts answered before; `asked` what the new version asks and nobody has answered.
    """

    version: int
    kept: tuple[str, ...]
    lost: tuple[str, ...]
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer that two tabs have given differently."""

    fact: str
    yours: Any
    kept: Any


@dataclass(frozen=True, slots=True)
class Submission:
    """Complete, checked answers: only what the forms ask. `forms`: which facts each member form takes.

    `values` are JSON; `provenance` the source of each; `files` material key to file ids; `pledged` keys of materials.
    """

    key: str
    version: int
    values: Mapping[str, Any]
    provenance: Mapping[str, Answer]
    forms: Mapping[str, tuple[str, ...]]
    files: Mapping[str, tuple[UUID, ...]]
    pledged: tuple[str, ...] = ()


class FormNotFound(NotFound):
    """No such form or version."""

    code = "forms.not_found"
    message = _("没有找到这张表单。")
    next_step = _("请从首页重新查找要办的事项。")


class DraftNotFound(NotFound):
    """No such draft, or somebody else's."""

    code = "forms.draft_not_found"
    message = _("没有找到您保存的内容。")
    next_step = _("可能已经提交或删除，请在「我的」中查看，或重新开始。")


class DraftConflict(Conflict):
    """Another tab or device has saved other answers meanwhile. Nothing is lost: `differences` shows both."""

    code = "forms.draft_conflict"
    message = _("这张表在另一个页面或设备上改过，有 {count} 处与您刚填的不同。")
    next_step = _("请对照两边的内容，选定后再保存。")

    def __init__(self, *, differences: tuple[Difference, ...], revision: int) -> None:
        super().__init__(count=len(differences))
        self.differences = differences
        self.revision = revision


class AnswersInvalid(Invalid):
    """Answers are missing or wrong; `faults` for a form's page, `fields` for REST."""

    code = "forms.answers_invalid"
    message = _("有 {count} 处需要更正。")

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(fields={fault.fact: fault.sentence() for fault in faults}, count=len(faults))
        self.faults = faults


class UnknownFacts(Invalid):
    """Answers to questions that the form does not ask."""

    code = "forms.unknown_facts"
    message = _("提交了表单以外的内容：{names}。")
    next_step = _("请刷新页面后重新填写。")


class TooMuch(DomainError):
    """The answers together are larger than a form can be."""

    code = "forms.too_much"
    kind = ErrorKind.TOO_LARGE
    message = _("填写的内容太多，无法保存。")
    next_step = _("请精简后再保存。")


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of a definition, at a place in its data (`("facts", "child_name", "type")`), for authors."""

    place: tuple[str | int, ...]
    message: str
    mend: str = ""


class DefinitionFaulty(Invalid):
    """A vocabulary, form or bundle can't be published; `problems` say where and why."""

    code = "forms.definition_faulty"
    message = _("表单定义有 {count} 处错误。")
    next_step = _("请按提示逐处修改后重新发布。")

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(count=len(problems))
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  {'.'.join(map(str, p.place))}: {p.message}" for p in self.problems)])
