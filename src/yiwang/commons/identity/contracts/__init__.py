"""What crosses identity's border: closed sets of words, frozen values, errors, and (here) the events. No Django."""

from dataclasses import dataclass
from uuid import UUID

from yiwang.commons.identity.contracts.entry import (
    AMR,
    CLEARED,
    Authentication,
    CodeProof,
    CodePurpose,
    CodeWay,
    Confirmation,
    DeviceView,
    Factor,
    FactorChanged,
    FactorView,
    Limit,
    LoginSessionView,
    NewDeviceUsed,
    OwnWays,
    SessionEnd,
    SessionEnded,
)
from yiwang.commons.identity.contracts.errors import (
    AccountInactive,
    AlreadyHeld,
    CodesUnavailable,
    CodeWrong,
    InvalidIdentity,
    LegalEntityExists,
    MailTaken,
    MayNotRepresent,
    NoHandlingOrganisation,
    NotPermitted,
    OwnerWrong,
    PasskeyWrong,
    PasswordWrong,
    PersonExists,
    SampleAccountClosed,
    SecondFactorNeeded,
    SecondFactorWrong,
    StepUpMissing,
    TooManyAttempts,
    TreeHasCycle,
    UnknownRecord,
    UsernameTaken,
    WayMissing,
)
from yiwang.commons.identity.contracts.kinds import (
    ACCOUNT,
    FOR_ENTITIES,
    FOR_PERSONS,
    LEGAL_ENTITY,
    PERSON,
    AccountKind,
    AgentBasis,
    CodeSystem,
    Grade,
    LegalEntityKind,
    OrganisationKind,
    RegionLevel,
    RepresentationKind,
    Sex,
    Tree,
)
from yiwang.commons.identity.contracts.values import (
    AccountCard,
    ActingChoice,
    Defined,
    EntityCard,
    Office,
    OrganisationRef,
    OrganisationRow,
    OrganisationView,
    PersonCard,
    RegionRef,
    RegionRow,
    SampleAccount,
    ServedAgent,
    StepUp,
)
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.events import Event

__all__ = [
    "ACCOUNT",
    "AMR",
    "CLEARED",
    "FOR_ENTITIES",
    "FOR_PERSONS",
    "LEGAL_ENTITY",
    "PERSON",
    "AccountCard",
    "AccountCreated",
    "AccountDeactivated",
    "AccountInactive",
    "AccountKind",
    "ActingChoice",
    "AgentBasis",
    "AlreadyHeld",
    "Appointed",
    "AppointmentEnded",
    "Authentication",
    "CodeProof",
    "CodePurpose",
    "CodeSystem",
    "CodeWay",
    "CodeWrong",
    "CodesUnavailable",
    "Confirmation",
    "Defined",
    "DeviceView",
    "EntityCard",
    "Factor",
    "FactorChanged",
    "FactorView",
    "Grade",
    "InvalidIdentity",
    "LegalEntityExists",
    "LegalEntityKind",
    "LegalEntityRegistered",
    "Limit",
    "LoginSessionView",
    "MailTaken",
    "MayNotRepresent",
    "NewDeviceUsed",
    "NoHandlingOrganisation",
    "NotPermitted",
    "Office",
    "OrganisationKind",
    "OrganisationRef",
    "OrganisationRow",
    "OrganisationView",
    "OwnWays",
    "OwnerWrong",
    "PasskeyWrong",
    "PasswordWrong",
    "PersonCard",
    "PersonExists",
    "PersonRegistered",
    "RegionLevel",
    "RegionRef",
    "RegionRow",
    "RepresentationBegan",
    "RepresentationEnded",
    "RepresentationKind",
    "SampleAccount",
    "SampleAccountClosed",
    "SecondFactorNeeded",
    "SecondFactorWrong",
    "ServedAgent",
    "SessionEnd",
    "SessionEnded",
    "Sex",
    "StepUp",
    "StepUpMissing",
    "TooManyAttempts",
    "Tree",
    "TreeHasCycle",
    "UnknownRecord",
    "UsernameTaken",
    "WayMissing",
]


@dataclass(frozen=True, slots=True)
class PersonRegistered(Event):
    """A resident is known now."""

    person_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef(PERSON, self.person_id)


@dataclass(frozen=True, slots=True)
class LegalEntityRegistered(Event):
    """A legal entity is known now."""

    legal_entity_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef(LEGAL_ENTITY, self.legal_entity_id)


@dataclass(frozen=True, slots=True)
class AccountCreated(Event):
    """An account can log in from now on."""

    account_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("account", self.account_id)


@dataclass(frozen=True, slots=True)
class AccountDeactivated(Event):
    """An account can log in no more."""

    account_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("account", self.account_id)


@dataclass(frozen=True, slots=True)
class Appointed(Event):
    """An account was given a role in an organisation."""

    account_id: UUID
    appointment_id: UUID
    organisation_id: UUID
    role: str

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("account", self.account_id)


@dataclass(frozen=True, slots=True)
class AppointmentEnded(Event):
    """An account holds a role in an organisation no more; its open tasks need somebody else."""

    account_id: UUID
    appointment_id: UUID
    organisation_id: UUID
    role: str

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("account", self.account_id)


@dataclass(frozen=True, slots=True)
class RepresentationBegan(Event):
    """Somebody may act for another from now on."""

    representation_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("representation", self.representation_id)


@dataclass(frozen=True, slots=True)
class RepresentationEnded(Event):
    """Somebody may act for another no more."""

    representation_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("representation", self.representation_id)
