"""Identity's parts of a pack: regions, organisations with roles, and demonstration people."""

from yiwang.commons.identity.pack.organisations import OrganisationsPart
from yiwang.commons.identity.pack.people import PeoplePart
from yiwang.commons.identity.pack.regions import RegionsPart

__all__ = ["OrganisationsPart", "PeoplePart", "RegionsPart"]
