"""The words of matters: states, necessity, ways to provide a material, inclusion."""

from enum import StrEnum

from yiwang.kernel.text import gettext_noop as _


class MatterState(StrEnum):
    """A version is prepared, in force, halted for a time, or no longer offered; it is never edited once published.

    Listed: known from an imported list, told to the public, not handled here.
    """

    DRAFT = "draft"
    LISTED = "listed"
    PUBLISHED = "published"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return _STATES[self]


_STATES = {
    MatterState.DRAFT: _("草稿"),
    MatterState.LISTED: _("已列入清单"),
    MatterState.PUBLISHED: _("在办"),
    MatterState.SUSPENDED: _("暂停"),
    MatterState.WITHDRAWN: _("已取消"),
}


class MatterKind(StrEnum):
    """办件类型: decided on the day, or within a promised limit."""

    SAME_DAY = "same_day"
    PROMISED = "promised"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Necessity(StrEnum):
    """必要 / 非必要 / 容缺后补."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    DEFERRABLE = "deferrable"


class SatisfierKind(StrEnum):
    """How a material may be provided, in the order in which the ways are tried; a pledge only where one chooses it."""

    OUTPUT = "output"
    SHARED = "shared"
    LICENCE = "licence"
    FORM = "form"
    UPLOAD = "upload"
    PLEDGE = "pledge"

    @property
    def label(self) -> str:
        return _SATISFIERS[self]

    @property
    def is_exempt(self) -> bool:
        """Whether the applicant hands in nothing (免交)."""
        return self in {SatisfierKind.OUTPUT, SatisfierKind.SHARED, SatisfierKind.LICENCE}


_SATISFIERS = {
    SatisfierKind.OUTPUT: _("本次联办的办理结果，免交"),
    SatisfierKind.SHARED: _("共享数据核验，免交"),
    SatisfierKind.LICENCE: _("电子证照，免交"),
    SatisfierKind.FORM: _("在线填写"),
    SatisfierKind.UPLOAD: _("上传"),
    SatisfierKind.PLEDGE: _("告知承诺，可以书面承诺代替"),
}


class MemberKind(StrEnum):
    """Whether the applicant can leave a member out, or have it handled later."""

    MANDATORY = "mandatory"
    OPTIONAL = "optional"
    DEFERRED = "deferred"


class Inclusion(StrEnum):
    """Whether a member takes part: yes, only if a question that is still open says so, or no."""

    YES = "yes"
    OPEN = "open"
    NO = "no"


MATTER_TYPES = {
    "01": _("行政许可"),
    "02": _("行政处罚"),
    "03": _("行政强制"),
    "04": _("行政征收"),
    "05": _("行政给付"),
    "06": _("行政检查"),
    "07": _("行政确认"),
    "08": _("行政奖励"),
    "09": _("行政裁决"),
    "10": _("其他行政权力"),
    "20": _("公共服务"),
}


class ProcedureKind(StrEnum):
    """What a pack says by place."""

    COURT = "court"
    WORD = "word"


class RowVerdict(StrEnum):
    """What became of a row of an import beside its being taken: put aside, mended, or noticed."""

    REJECTED = "rejected"
    REPAIRED = "repaired"
    NOTED = "noted"
