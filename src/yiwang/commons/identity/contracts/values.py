"""The frozen values that cross the border."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from yiwang.commons.identity.contracts.kinds import (
    AccountKind,
    AgentBasis,
    CodeSystem,
    LegalEntityKind,
    OrganisationKind,
    RegionLevel,
    RepresentationKind,
    Sex,
)
from yiwang.kernel.actor import SubjectRef


@dataclass(frozen=True, slots=True)
class RegionRef:
    """A region as pickers and other contexts see it."""

    id: UUID
    code: str
    name: str
    level: RegionLevel
    parent_id: UUID | None = None
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class OrganisationRef:
    """An organisation in a list."""

    id: UUID
    code: str
    name: str
    short_name: str
    name_en: str = ""

    @property
    def label(self) -> str:
        """The short name where there is one."""
        return self.short_name or self.name


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """An organisation with its place in both trees."""

    id: UUID
    code: str
    name: str
    short_name: str
    kind: OrganisationKind
    credit_code: str | None
    region: RegionRef
    territorial_parent_id: UUID | None
    line_parent_id: UUID | None
    line: str
    duties: tuple[str, ...]
    address: str
    phone: str
    name_en: str = ""

    @property
    def label(self) -> str:
        """The short name where there is one."""
        return self.short_name or self.name


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A resident's own data. Handed out only to those who may see it; never log it."""

    id: UUID
    name: str
    id_number: str | None
    sex: Sex
    birth_date: date | None
    nation: str
    mobile: str | None
    region: RegionRef | None
    address: str | None
    sample: bool


@dataclass(frozen=True, slots=True)
class EntityCard:
    """A legal entity's data."""

    id: UUID
    name: str
    kind: LegalEntityKind
    credit_code: str | None
    legal_representative_id: UUID | None
    region: RegionRef | None
    address: str
    sample: bool


@dataclass(frozen=True, slots=True)
class AccountCard:
    """An account in a list of accounts; `name` is its person's, else the user name."""

    id: UUID
    username: str
    kind: AccountKind
    name: str
    person_id: UUID | None
    is_active: bool
    sample: bool


@dataclass(frozen=True, slots=True)
class Office:
    """An appointment in force: where an official may act, and as what."""

    appointment_id: UUID
    organisation: OrganisationRef
    role: str
    role_title: str
    role_title_en: str = ""


@dataclass(frozen=True, slots=True)
class ActingChoice:
    """Somebody for whom a person may act now."""

    representation_id: UUID
    subject: SubjectRef
    name: str
    kind: RepresentationKind
    scope: str
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class ServedAgent:
    """Who stands at the counter for a legal entity, and on what they act."""

    person_id: UUID
    name: str
    basis: AgentBasis


@dataclass(frozen=True, slots=True)
class SampleAccount:
    """A demonstration account, offered on the log-in page of a demonstration."""

    username: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region as a pack defines it; `parent` and `functional_area` are (code system, code) of regions in force.

    A functional area without a code of its own bears a word (`jingkai`).
    """

    code: str
    code_system: CodeSystem
    level: RegionLevel
    name: str
    parent: tuple[CodeSystem, str] | None
    name_en: str = ""
    functional_area: tuple[CodeSystem, str] | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation as a pack or an administrator defines it; parents by code, regions by code in force.

    `region` is where it is, `covers` for what territory it is responsible in its line of business.
    """

    code: str
    name: str
    kind: OrganisationKind
    region: str
    name_en: str = ""
    short_name: str = ""
    credit_code: str | None = None
    territorial_parent: str | None = None
    line_parent: str | None = None
    line: str = ""
    duties: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    address: str = ""
    phone: str = ""
    position: int = 0
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Defined:
    """What a bulk definition did."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class StepUp:
    """That somebody showed again who they are: by which factor (`password`) and when."""

    factor: str
    at: datetime
