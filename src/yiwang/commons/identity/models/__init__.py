"""Identity's tables. Impossible states are ruled out by constraints; verbs are in commands."""

from yiwang.commons.identity.models.account import Account
from yiwang.commons.identity.models.authority import Appointment, Grant, HeldGrant, Representation, Role
from yiwang.commons.identity.models.organisation import Jurisdiction, Organisation, OrganisationAncestry
from yiwang.commons.identity.models.person import LegalEntity, Person
from yiwang.commons.identity.models.region import Region, RegionAncestry

__all__ = [
    "Account",
    "Appointment",
    "Grant",
    "HeldGrant",
    "Jurisdiction",
    "LegalEntity",
    "Organisation",
    "OrganisationAncestry",
    "Person",
    "Region",
    "RegionAncestry",
    "Representation",
    "Role",
]
