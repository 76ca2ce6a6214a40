"""The frozen values that cross the border of licences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from yiwang.commons.licences.contracts.kinds import (
    CheckResult,
    Ground,
    HolderKind,
    ImportState,
    LicenceState,
    LifeVerb,
    Origin,
    TrustGrade,
)
from yiwang.kernel.actor import SubjectRef


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose licence it is: a person or a legal entity of identity."""

    kind: HolderKind
    id: UUID

    @classmethod
    def of(cls, subject: SubjectRef) -> "Holder":
        """The holder that a subject of identity is. Raises ValueError for other kinds."""
        return cls(HolderKind(subject.kind), subject.id)

    @property
    def subject(self) -> SubjectRef:
        """The holder as a subject of identity."""
        return SubjectRef(self.kind.value, self.id)


@dataclass(frozen=True, slots=True)
class FieldDef:
    """One field of a licence (GB/T 36903 business item): the fact it holds, its label, and how sensitive it is.

    `sensitivity`: public, personal or sensitive; `choices` and `pattern` (Python regular expression, whole value) bound it.
    """

    fact: str
    label: str
    label_en: str = ""
    type: str = "text"
    required: bool = False
    sensitivity: str = "personal"
    pattern: str = ""
    choices: tuple[str, ...] = ()
    max_length: int = 200


@dataclass(frozen=True, slots=True)
class PurposeDef:
    """What a licence is shown for, and which fields the checker then sees: no more than the purpose needs (个人信息保护法 第六条)."""

    key: str
    name: str
    fields: tuple[str, ...]
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class TypeSpec:
    """A version of a type of licence, with the metadata of GB/T 36903.

    `code`: 21 characters, the credit code of the body that defined the type and a serial of three; `validity_years` None:
    without an end; `holder` None: persons and legal entities; `number`: the pattern of numbers that the program gives ({year}, {region}, {serial:07}).
    """

    key: str
    version: int
    code: str
    name: str
    name_en: str
    holder: HolderKind | None
    fields: tuple[FieldDef, ...]
    purposes: tuple[PurposeDef, ...] = ()
    validity_years: int | None = None
    number: str = "{year}{serial:08}"
    number_label: str = ""
    basis: str = ""
    title: str = ""
    sample: bool = False
    warns_days: int = 30

    def field(self, fact: str) -> FieldDef | None:
        """The field of that fact."""
        return next((each for each in self.fields if each.fact == fact), None)


@dataclass(frozen=True, slots=True)
class LicenceBrief:
    """What a card on another context's page says of a licence. Addresses are empty until the sealed files stand."""

    id: UUID
    type_key: str
    title: str
    number: str
    state: LicenceState
    grade: TrustGrade
    issuer_name: str
    valid_from: date | None
    valid_until: date | None
    sealed_at: datetime | None
    view_url: str = ""
    ofd_url: str = ""
    pdf_url: str = ""
    verify_url: str = ""
    sample: bool = False

    @property
    def sealed(self) -> bool:
        """Whether the sealed file stands."""
        return self.sealed_at is not None


@dataclass(frozen=True, slots=True)
class HeldLicence:
    """A licence in force, for whoever asks what a holder has: 免证办, and the grade that says whether a check is needed."""

    id: UUID
    type_key: str
    title: str
    number: str
    identifier: str
    version: int
    issuer_id: UUID
    issuer_name: str
    grade: TrustGrade
    origin: Origin
    valid_from: date | None
    valid_until: date | None
    sealed_at: datetime | None
    as_of: datetime
    """When its issuer was last known to say so: for a pulled one the moment of the pull, else now."""
    fields: "tuple[FieldValue, ...]" = ()
    """What it says, only where that was asked for."""

    @property
    def counts(self) -> bool:
        """Whether it is a licence in law, to be taken without a check."""
        return self.grade in {TrustGrade.A, TrustGrade.B}


@dataclass(frozen=True, slots=True)
class WalletCard:
    """One card of 「我的证照」."""

    id: UUID
    type_key: str
    title: str
    number: str
    issuer_name: str
    holder_name: str
    state: LicenceState
    grade: TrustGrade
    valid_until: date | None
    ends_soon: bool
    sealed: bool
    sample: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What the departments said to somebody who looked for the own licences: how many they named, and who failed and why."""

    named: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    """Name of the type, and the sentence to show."""


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field as it is shown."""

    fact: str
    label: str
    value: str
    sensitivity: str = "personal"


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a licence: versions are never edited."""

    number: int
    identifier: str
    decided_at: datetime
    sealed_at: datetime | None
    ofd_file_id: UUID | None
    pdf_file_id: UUID | None
    valid_from: date | None
    valid_until: date | None
    reason: str
    current: bool
    abandoned: bool = False


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the licence's life."""

    at: datetime
    verb: LifeVerb
    after: LicenceState
    ground: Ground | None
    reason: str
    organisation: str


@dataclass(frozen=True, slots=True)
class UseRow:
    """One use by a case or a caller; `state_at_use` beside what it is now is on the licence."""

    id: UUID
    at: datetime
    subject: SubjectRef | None
    words: str
    purpose: str
    basis: str
    ground: str
    organisation: str
    state_at_use: LicenceState
    version: int
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShowingRow:
    """One showing: who made the code, who saw what."""

    id: UUID
    at: datetime
    purpose: str
    ends_at: datetime
    checked_at: datetime | None
    checker: str
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class LicencePage:
    """Everything of one licence for its holder or an official with a grant."""

    brief: LicenceBrief
    spec: TypeSpec
    identifier: str
    version: int
    holder: Holder | None
    holder_name: str
    fields: tuple[FieldValue, ...]
    versions: tuple[VersionRow, ...]
    steps: tuple[StepRow, ...]
    origin: Origin
    as_of: datetime | None
    replaced_by: UUID | None
    replaces: UUID | None
    verbs: tuple[LifeVerb, ...]
    issuer_id: UUID
    subject: SubjectRef | None = None


@dataclass(frozen=True, slots=True)
class UseStanding:
    """A use as it was and as it is: what a case reads before it relies on the licence."""

    id: UUID
    licence_id: UUID
    version: int
    state_at_use: LicenceState
    state_now: LicenceState
    grade: TrustGrade
    used_at: datetime
    fields: tuple[FieldValue, ...]
    consent_id: UUID | None = None

    @property
    def stands(self) -> bool:
        """Whether the licence is still in force."""
        return self.state_now is LicenceState.IN_FORCE


@dataclass(frozen=True, slots=True)
class MadeCode:
    """A code to show: told once, kept only as a hash."""

    showing_id: UUID
    code: str
    purpose: str
    watermark: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """What a checker sees. Nothing but `result` where the code did not hold."""

    result: CheckResult
    title: str = ""
    holder_name: str = ""
    number: str = ""
    issuer_name: str = ""
    state: LicenceState | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    fields: tuple[FieldValue, ...] = ()
    purpose: str = ""
    watermark: str = ""
    shown_at: datetime | None = None
    grade: TrustGrade | None = None
    identifier: str = ""
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Reject:
    """Why a line of an import was not taken, and what to do."""

    line: int
    field: str
    reason: str
    mend: str


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An import and how far it is."""

    id: UUID
    type_key: str
    organisation: str
    file_name: str
    state: ImportState
    begun_at: datetime
    ended_at: datetime | None
    lines: int
    created: int
    repeated: int
    rejected: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class StuckRow:
    """A version whose sealing does not come to an end."""

    licence_id: UUID
    title: str
    number: str
    issuer_name: str
    since: datetime
    tries: int
    problem: str


@dataclass(frozen=True, slots=True)
class SharedLicence:
    """A licence as the sharing interface tells it before a use is recorded: no fields, no holder.

    `superseded`: the identifier that was asked about is that of an older version.
    """

    id: UUID
    type_key: str
    title: str
    identifier: str
    number: str
    issuer_name: str
    state: LicenceState
    grade: TrustGrade
    valid_from: date | None
    valid_until: date | None
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class PulledLicence:
    """A licence as a department's system tells it; it names its holder by name or code, or both."""

    number: str
    values: Mapping[str, str] = field(default_factory=dict)
    holder_name: str = ""
    holder_code: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    state: LicenceState = LicenceState.IN_FORCE
