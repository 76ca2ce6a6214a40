"""The terms of the implementation list beside limits and materials: procedure, remedies, channels, place, steps."""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from yiwang.kernel.text import gettext_noop as _


class LimitUnit(StrEnum):
    """时限单位. An hour and a calendar day run without a pause, a working day by the legal calendar."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    HOUR = "hour"
    IMMEDIATE = "immediate"

    @property
    def hours(self) -> float:
        """How long one unit lasts on the clock; a working day as its share of a week of five."""
        return {self.WORKING_DAY: 33.6, self.CALENDAR_DAY: 24.0, self.HOUR: 1.0, self.IMMEDIATE: 0.0}[self]

    def working_days(self, count: int) -> int:
        """As many working days as cover `count` units, for sums over matters with different units."""
        return count if self is LimitUnit.WORKING_DAY else ceil(count * self.hours / LimitUnit.WORKING_DAY.hours)


class Depth(StrEnum):
    """网上办理深度: told online, applied online, decided online, never come."""

    I = "I"  # noqa: E741  the national code
    II = "II"
    III = "III"
    IV = "IV"

    @property
    def label(self) -> str:
        return _DEPTHS[self]


_DEPTHS = {
    Depth.I: _("Ⅰ级：网上公布办事指南"),
    Depth.II: _("Ⅱ级：网上预审，现场递交材料"),
    Depth.III: _("Ⅲ级：网上受理、审核，现场核验原件或领取结果"),
    Depth.IV: _("Ⅳ级：全程网办"),
}


class AuthorityNature(StrEnum):
    """实施主体性质."""

    STATUTORY = "statutory"
    AUTHORISED = "authorised"
    ENTRUSTED = "entrusted"

    @property
    def label(self) -> str:
        return {"statutory": _("法定机关"), "authorised": _("授权组织"), "entrusted": _("受委托组织")}[self.value]


class PowerSource(StrEnum):
    """权力来源."""

    STATUTORY = "statutory"
    DELEGATED_DOWN = "delegated_down"
    AUTHORISED = "authorised"
    ENTRUSTED = "entrusted"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _SOURCES[self]


_SOURCES = {
    PowerSource.STATUTORY: _("法定本级行使"),
    PowerSource.DELEGATED_DOWN: _("上级下放"),
    PowerSource.AUTHORISED: _("上级授权"),
    PowerSource.ENTRUSTED: _("上级委托"),
    PowerSource.OTHER: _("其他"),
}


class ExerciseLevel(StrEnum):
    """行使层级."""

    STATE = "state"
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"

    @property
    def label(self) -> str:
        return _LEVELS[self]


_LEVELS = {
    ExerciseLevel.STATE: _("国家级"),
    ExerciseLevel.PROVINCE: _("省级"),
    ExerciseLevel.CITY: _("市级"),
    ExerciseLevel.DISTRICT: _("县（区）级"),
    ExerciseLevel.STREET: _("镇（街道）级"),
    ExerciseLevel.COMMUNITY: _("村（社区）级"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in its unit."""

    count: int
    unit: LimitUnit = LimitUnit.WORKING_DAY


@dataclass(frozen=True, slots=True)
class PledgeTerms:
    """告知承诺 (国办发〔2020〕42号): a signed pledge stands for `materials` (codes). All texts are told before signing.

    `check_within`: the after-check; `None`: in the course of daily supervision. `excluded` tells whom it does not serve.
    """

    materials: tuple[str, ...]
    text: str
    consequences: str
    check_within: Span | None = None
    check_method: str = ""
    excluded: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class SpecialTerms:
    """特别程序 (行政许可法 45): its time is not counted and is told in writing. `longest` None: no longest time is set."""

    key: str
    name: str
    basis: str
    longest: Span | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class RemedyTerms:
    """救济途径. An empty authority means the government to which the deciding organisation belongs (行政复议法 24)."""

    review_authority: str = ""
    review_days: int = 60
    court: str = ""
    litigation_months: int = 6
    review_basis: str = "《中华人民共和国行政复议法》第二十条"
    litigation_basis: str = "《中华人民共和国行政诉讼法》第四十六条"


@dataclass(frozen=True, slots=True)
class StepTemplate:
    """One 环节 of the flow as told to the applicant: who does what within which time and what comes of it."""

    key: str
    name: str
    limit: Span | None = None
    role: str = ""
    standard: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class Intermediary:
    """中介服务 that the applicant must buy before."""

    name: str
    basis: str = ""
    fee: str = ""


@dataclass(frozen=True, slots=True)
class OnlineTerms:
    """How far it goes without coming. The addresses are those of other systems; empty: handled here."""

    depth: Depth | None = None
    url: str = ""
    mobile_url: str = ""
    single_sign_on: bool = True
    mobile_single_sign_on: bool = True
    pay: bool = False
    appointment: bool = False
    express: bool = False
    terminals: bool = False


@dataclass(frozen=True, slots=True)
class AuthorityTerms:
    """By which power and at which level it is handled; `joint`: organisations that take part (联办机构)."""

    nature: AuthorityNature = AuthorityNature.STATUTORY
    power_source: PowerSource = PowerSource.STATUTORY
    levels: tuple[ExerciseLevel, ...] = ()
    entrusted_by: str = ""
    joint: tuple[str, ...] = ()
    in_hall: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """通办范围 (`level` within which any counter takes it), and the street or community that alone handles it."""

    level: ExerciseLevel | None = None
    note: str = ""
    street_code: str = ""
    community_code: str = ""
