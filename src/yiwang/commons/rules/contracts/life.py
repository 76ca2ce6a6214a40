"""How a decision lives: drafts, versions with their days, what was found in them, trials of a change on many facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from yiwang.commons.rules.contracts.decisions import Example

VIEW = "rules.view"
EDIT = "rules.edit"
PUBLISH = "rules.publish"
"""Actions of grants. Who edits a draft never publishes it."""


class DraftState(StrEnum):
    """Where a draft stands."""

    OPEN = "open"
    CHECKED = "checked"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class TermState(StrEnum):
    """Why a version holds or no longer does; whether it holds today is a matter of its days."""

    PUBLISHED = "published"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class Standing(StrEnum):
    """How a version stands on a day."""

    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class TrialState(StrEnum):
    """Where the trial of a change stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check of a draft found. `where` names a decision, `line` a line of its file, `facts` a counter-example.

    `text` is Chinese, `message` its msgid with the fields of `params`.
    """

    text: str
    is_error: bool = True
    code: str = ""
    where: str = ""
    line: int = 0
    message: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] | None = None

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Finding":
        """From the JSON that `data` gives."""
        return cls(**data)

    @property
    def data(self) -> dict[str, Any]:
        """As JSON."""
        names = ("text", "is_error", "code", "where", "line", "message", "params", "facts")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What became of an example: `why` is empty where it holds, `value` what came out as JSON."""

    example: Example
    value: Any = None
    why: str = ""
    matched_rules: tuple[int, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.why


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision in a list: the version in force (0: none), and whether somebody works on a draft."""

    id: UUID
    key: str
    title: str
    version: int
    valid_from: date | None
    examples: int
    draft: DraftState | None
    scheduled: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in the list of one decision's; `by` is who published it."""

    id: UUID
    version: int
    title: str
    standing: Standing
    valid_from: date
    valid_to: date | None
    published_at: datetime
    by: str
    reason: str
    ended_reason: str
    examples: int


@dataclass(frozen=True, slots=True)
class DraftView:
    """An open draft. `revision` counts its saves and must be given with the next one; `editors` wrote in it."""

    id: UUID
    key: str
    title: str
    xml: str
    imports: tuple[str, ...]
    examples: tuple[Example, ...]
    state: DraftState
    revision: int
    based_on: int
    findings: tuple[Finding, ...]
    created_at: datetime
    updated_at: datetime
    updated_by: UUID | None
    updated_by_name: str
    editors: tuple[UUID, ...]
    editor_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionText:
    """The text of a version or of a draft (`version` 0), to be shown, tried and compared."""

    key: str
    title: str
    version: int
    xml: str
    imports: tuple[str, ...]
    examples: tuple[Example, ...]
    sha256: str
    revision: int = 0

    @property
    def is_draft(self) -> bool:
        return self.version == 0


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A decision with its versions (newest first) and its open draft."""

    key: str
    title: str
    versions: tuple[VersionRow, ...]
    draft: DraftView | None

    @property
    def in_force(self) -> VersionRow | None:
        return next((row for row in self.versions if row.standing is Standing.IN_FORCE), None)

    @property
    def newest(self) -> VersionRow | None:
        return self.versions[0] if self.versions else None


@dataclass(frozen=True, slots=True)
class Change:
    """Rows of a trial whose outcome went from `before` to `after` (as words), with some of their facts."""

    before: str
    after: str
    count: int
    rows: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class TrialView:
    """A change of a decision tried on many facts. `total` 0: not yet counted; `refused` rows could not be read."""

    id: UUID
    key: str
    before: int
    after: int
    revision: int
    source: str
    state: TrialState
    done: int
    total: int
    changed: int
    refused: int
    outcomes: tuple[tuple[str, int, int], ...]
    changes: tuple[Change, ...]
    seconds: float
    error: str
    by: str
    created_at: datetime
    ended_at: datetime | None
