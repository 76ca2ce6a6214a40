"""Identity's tables. Impossible states are ruled out by constraints; verbs are in commands."""

from yiwang.commons.identity.models.account import Account
from yiwang.commons.identity.models.assurance import Mandate, RealNameCheck
from yiwang.commons.identity.models.authority import Appointment, Grant, HeldGrant, Representation, Role
from yiwang.commons.identity.models.entry import AttemptCount, Device, LoginSession, MailAddress, OneTimeCode
from yiwang.commons.identity.models.openid import (
    ClientAudience,
    ClientConsent,
    ClientLogin,
    ClientRequest,
    ClientSystem,
    SigningKey,
)
from yiwang.commons.identity.models.organisation import Jurisdiction, Organisation, OrganisationAncestry
from yiwang.commons.identity.models.people import AccountImport, AccountReject, PersonnelRecord, PersonnelSystem
from yiwang.commons.identity.models.person import LegalEntity, Person
from yiwang.commons.identity.models.region import Region, RegionAncestry

__all__ = [
    "Account",
    "AccountImport",
    "AccountReject",
    "Appointment",
    "AttemptCount",
    "ClientAudience",
    "ClientConsent",
    "ClientLogin",
    "ClientRequest",
    "ClientSystem",
    "Device",
    "Grant",
    "HeldGrant",
    "Jurisdiction",
    "LegalEntity",
    "LoginSession",
    "MailAddress",
    "Mandate",
    "OneTimeCode",
    "Organisation",
    "OrganisationAncestry",
    "Person",
    "PersonnelRecord",
    "PersonnelSystem",
    "RealNameCheck",
    "Region",
    "RegionAncestry",
    "Representation",
    "Role",
    "SigningKey",
]
