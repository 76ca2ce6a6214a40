"""Identity's parts of a pack: regions, organisations with roles, demonstration people and what their registers know."""

from yiwang.commons.identity.pack.organisations import OrganisationsPart
from yiwang.commons.identity.pack.people import PeoplePart
from yiwang.commons.identity.pack.regions import RegionsPart
from yiwang.commons.identity.pack.registers import RegistersPart

__all__ = ["OrganisationsPart", "PeoplePart", "RegionsPart", "RegistersPart"]
