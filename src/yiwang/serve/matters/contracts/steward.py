"""Lines of the catalogue's lists, versions to compare, imports and their rows: what the public and the steward see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from yiwang.serve.matters.contracts.kinds import MatterState, RowVerdict


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A version in a list. `state` is that of today; `promised_days` None: not stated."""

    id: UUID
    code: str
    version: int
    state: MatterState
    name: str
    department: str
    type: str
    level: str
    promised_days: int | None
    visits: int
    handled_here: bool
    published_at: datetime | None
    effective_from: date | None = None
    effective_to: date | None = None
    suspended_from: date | None = None
    suspended_until: date | None = None
    reason: str = ""
    sample: bool = False
    english: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """One value of a filter with the number of matters behind it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of two versions; equal ones are shown too, quietly."""

    place: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """What a quality rule says of a matter."""

    rule: str
    message: str
    mend: str


@dataclass(frozen=True, slots=True)
class ImportRun:
    """One import that changed something."""

    id: UUID
    file: str
    at: datetime
    encoding: str
    rows: int
    imported: int
    unchanged: int
    changed: int
    rejected: int


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row of an import that was rejected, repaired or noticed."""

    id: UUID
    line: int
    verdict: RowVerdict
    rule: str
    column: str
    before: str
    after: str
    message: str
    name: str
    original: Mapping[str, Any]
