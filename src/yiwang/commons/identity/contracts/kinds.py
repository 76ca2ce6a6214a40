"""The closed sets of words: code systems, levels, kinds, trees, grades."""

from enum import IntEnum, StrEnum

from yiwang.kernel.text import gettext_noop as _

PERSON = "person"
LEGAL_ENTITY = "legal_entity"
ACCOUNT = "account"
"""Kind of `Actor.on_behalf` where a deputy stands in for an absent official."""


class CodeSystem(StrEnum):
    """Who gave a region its code."""

    GB2260 = "gb2260"
    GBT10114 = "gbt10114"
    NBS_STATISTICAL = "nbs_statistical"
    FUNCTIONAL_AREA = "functional_area"


class RegionLevel(StrEnum):
    """Levels of the administration, the highest first."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"


class OrganisationKind(StrEnum):
    """What an organisation is; only an office has no credit code by nature."""

    GOVERNMENT = "government"
    BUREAU = "bureau"
    DISTRICT_GOVERNMENT = "district_government"
    PUBLIC_INSTITUTION = "public_institution"
    OFFICE = "office"


class Tree(StrEnum):
    """The two trees that an organisation stands in: 块 (territory) and 条 (line of business)."""

    TERRITORY = "territory"
    LINE = "line"


class Sex(StrEnum):
    """Values of GB/T 2261.1."""

    UNKNOWN = "0"
    MALE = "1"
    FEMALE = "2"


class LegalEntityKind(StrEnum):
    """What sort of legal entity or other organisation (法人和其他组织)."""

    ENTERPRISE = "enterprise"
    INDIVIDUAL_BUSINESS = "individual_business"
    PARTNERSHIP = "partnership"
    INSTITUTION = "institution"
    ASSOCIATION = "association"


class AccountKind(StrEnum):
    """Whether an account serves a resident or an official."""

    PERSON = "person"
    OFFICIAL = "official"


class RepresentationKind(StrEnum):
    """By what right somebody acts for another: the first two for a person, the others for a legal entity."""

    AGENT = "agent"
    GUARDIAN = "guardian"
    LEGAL_REPRESENTATIVE = "legal_representative"
    STAFF = "staff"


FOR_PERSONS = frozenset({RepresentationKind.AGENT, RepresentationKind.GUARDIAN})
FOR_ENTITIES = frozenset({RepresentationKind.LEGAL_REPRESENTATIVE, RepresentationKind.STAFF})


class Grade(IntEnum):
    """Grades of data (GB/T 43697): general 1 to 4, important, core. A grant names the highest it reaches."""

    GENERAL_1 = 1
    GENERAL_2 = 2
    GENERAL_3 = 3
    GENERAL_4 = 4
    IMPORTANT = 5
    CORE = 6


class AgentBasis(StrEnum):
    """On what somebody at the counter acts for a legal entity: the clerk has looked at it."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    LETTER = "letter"

    @property
    def label(self) -> str:
        return _BASIS[self]


_BASIS = {
    AgentBasis.LEGAL_REPRESENTATIVE: _("法定代表人（负责人）本人"),
    AgentBasis.LETTER: _("持授权委托书"),
}
