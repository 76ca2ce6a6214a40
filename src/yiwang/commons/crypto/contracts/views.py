"""Frozen values: keys, applications, uses, runs and certificates as pages and commands read them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from yiwang.commons.crypto.contracts.kinds import (
    CertificateRole,
    CertificateState,
    KeyId,
    KeyState,
    KeyVerb,
    MasterState,
    Operation,
    Purpose,
    RunState,
)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key in a list. `algorithm` as `sm4-gcm`, `uses` the count of the last thirty days."""

    id: KeyId
    name: str
    owner: str
    purpose: Purpose
    application: str
    suite: str
    algorithm: str
    state: KeyState
    version: int
    next_rotation_at: datetime | None
    created_at: datetime
    uses: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a key: `label` (hex) stands in the values it seals, `retired_at` since when none needs it."""

    id: UUID
    number: int
    suite: str
    algorithm: str
    label: str
    fingerprint: str
    created_at: datetime
    effective_at: datetime
    replaced_at: datetime | None
    retired_at: datetime | None
    destroyed_at: datetime | None
    master: str
    uses: int


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a key's life; `by` is who took it."""

    at: datetime
    verb: KeyVerb
    before: str
    after: KeyState
    version: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class UseRow:
    """How often an application used a key in one way on one day."""

    day: date
    application: str
    operation: Operation
    version: int
    count: int


@dataclass(frozen=True, slots=True)
class KeyPage:
    """One key with everything that is known of it; `verbs` are the steps that its state allows."""

    row: KeyRow
    rotate_days: int | None
    versions: tuple[VersionRow, ...]
    steps: tuple[StepRow, ...]
    uses: tuple[UseRow, ...]
    verbs: frozenset[KeyVerb]
    retired_by: UUID | None
    public: bytes | None


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application with its quotas and what it used today; None: no bound."""

    id: UUID
    code: str
    title: str
    daily_quota: int | None
    key_quota: int
    used_today: int
    keys: int


@dataclass(frozen=True, slots=True)
class MasterRow:
    """A master key: `present` says whether this machine has it, `keys` how many versions it wraps."""

    fingerprint: str
    state: MasterState
    kind: str
    created_at: datetime
    retired_at: datetime | None
    keys: int
    present: bool


@dataclass(frozen=True, slots=True)
class PartRow:
    """One table of a re-encryption. `damaged` values could not be read and stay as they are."""

    table: str
    total: int
    scanned: int
    changed: int
    damaged: int
    ended: bool


@dataclass(frozen=True, slots=True)
class RunRow:
    """A re-encryption of everything that is stored."""

    id: UUID
    state: RunState
    reason: str
    begun_at: datetime
    ended_at: datetime | None
    parts: tuple[PartRow, ...]

    @property
    def total(self) -> int:
        return sum(part.total for part in self.parts)

    @property
    def scanned(self) -> int:
        return sum(part.scanned for part in self.parts)

    @property
    def changed(self) -> int:
        return sum(part.changed for part in self.parts)

    @property
    def damaged(self) -> int:
        return sum(part.damaged for part in self.parts)

    @property
    def percent(self) -> int:
        """Floored, 100 only when it is done."""
        if self.state is RunState.DONE:
            return 100
        return min(99, 100 * self.scanned // self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate that the pool keeps. `der` is the whole of it; `demonstration`: by an authority that the law doesn't know."""

    id: UUID
    role: CertificateRole
    state: CertificateState
    subject: str
    issuer: str
    serial: str
    algorithm: str
    suite: str
    fingerprint: str
    not_before: datetime
    not_after: datetime
    demonstration: bool
    key_id: UUID | None
    key_name: str
    created_at: datetime
    revoked_at: datetime | None
    reason: str
    der: bytes
