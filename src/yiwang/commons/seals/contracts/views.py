"""Frozen values: seals, their history, custody, uses and requests; documents that persons sign."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from yiwang.commons.seals.contracts.kinds import (
    CoSignatureId,
    CoSignatureState,
    RequestState,
    SealId,
    SealKind,
    SealState,
    SealVerb,
    SignerState,
    UseMode,
    UseRule,
)
from yiwang.kernel.actor import SubjectRef


@dataclass(frozen=True, slots=True)
class SealView:
    """A seal as lists and other contexts see it. `code` is its number (印章编码), `name` what runs along its rim.

    `width_mm` and `height_mm` are 0 until it is made; `usable` says whether it may be used now by its state.
    """

    id: SealId
    code: str
    kind: SealKind
    name: str
    organisation_id: UUID
    organisation: str
    state: SealState
    rule: UseRule
    width_mm: float
    height_mm: float
    suite: str
    sample: bool
    valid_from: datetime | None
    valid_until: datetime | None

    @property
    def usable(self) -> bool:
        return self.state is SealState.IN_CUSTODY


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a seal's life; `by` is who took it."""

    at: datetime
    verb: SealVerb
    after: SealState
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class KeeperRow:
    """Who keeps or kept a seal, from when to when."""

    account_id: UUID
    name: str
    since: datetime
    until: datetime | None
    handed_by: str


@dataclass(frozen=True, slots=True)
class AutomationRow:
    """A kind of document for which the program may use the seal after a decision."""

    kind: str
    basis: str
    approved_by: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class SealPage:
    """One seal with everything that is known of it; `verbs` are the steps that state and rights allow the viewer."""

    seal: SealView
    reason: str
    applied_at: datetime
    steps: tuple[StepRow, ...]
    keepers: tuple[KeeperRow, ...]
    automations: tuple[AutomationRow, ...]
    verbs: frozenset[SealVerb]
    may_use: bool
    may_ask: bool
    may_authorise: bool
    certificate_subject: str
    certificate_until: datetime | None
    certificate_fingerprint: str
    has_picture: bool
    uses: int
    evidence: str
    destruction_evidence: UUID | None


@dataclass(frozen=True, slots=True)
class UseRow:
    """One use of a seal. `document` and `sealed` are SM3 digests in hex of what went in and what came out."""

    id: UUID
    at: datetime
    seal_id: SealId
    seal: str
    organisation: str
    mode: UseMode
    kind: str
    subject: SubjectRef
    reason: str
    requested_by: str
    approved_by: str
    document: str
    sealed: str


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request for a use: what is to be sealed, where and why, and what became of it."""

    id: UUID
    seal: SealView
    name: str
    digest: str
    page: int
    x: float
    y: float
    reason: str
    state: RequestState
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    answer: str
    document_id: UUID
    sealed_id: UUID | None
    may_decide: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class SignerSpec:
    """Who is to sign: an account and in what capacity (`申请人`)."""

    account_id: UUID
    capacity: str = ""


@dataclass(frozen=True, slots=True)
class SignerRow:
    """One of the signers: `place` is the turn where they sign in order."""

    account_id: UUID
    name: str
    capacity: str
    place: int
    state: SignerState
    at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class CoSignatureRow:
    """A document to sign in a list. `turn`: whether it is the viewer's turn now."""

    id: CoSignatureId
    title: str
    subject: SubjectRef
    state: CoSignatureState
    mine: SignerState | None
    turn: bool
    asked_by: str
    created_at: datetime
    deadline: date | None
    signed: int
    signers: int


@dataclass(frozen=True, slots=True)
class CoSignaturePage:
    """A document to sign with its whole text. `canonical` is what is signed (RFC 8785), `digest` its SM3 in hex."""

    row: CoSignatureRow
    content: Mapping[str, Any]
    canonical: str
    digest: str
    ordered: bool
    people: tuple[SignerRow, ...]
    may_withdraw: bool
