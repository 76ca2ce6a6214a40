"""What crosses the border of measures: periods, figures, slices, rows behind a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from yiwang.kernel.errors import Forbidden, Invalid, NotFound
from yiwang.kernel.text import gettext_noop as _

VIEW = "measures.view"
"""The action that a grant needs: figures and lists hold only the rows that it reaches."""


class Unit(StrEnum):
    """What a value counts in."""

    COUNT = "count"
    SHARE = "share"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, both included. Measures of a state as of now do not depend on it."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first or (self.last - self.first).days > 3660:
            raise BadPeriod

    @property
    def before(self) -> "Period":
        """The period of the same length that ends where this one begins."""
        days = (self.last - self.first).days
        last = self.first - timedelta(days=1)
        return Period(last - timedelta(days=days), last)


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure's value. `count`: the rows behind it, as many as the list shows; `base`: of how many, for a share.

    `value` is None where there is nothing to compute it from: no share of no cases.
    """

    measure: str
    value: Decimal | None
    count: int
    base: int | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """The figure of one value of a dimension. `key` chooses it again; months are `2026-11`."""

    key: str
    label: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Line:
    """A row behind a number: what it is, where one reads it, and its columns by name. No personal data."""

    subject_kind: str
    subject_id: str
    number: str
    title: str
    columns: Mapping[str, str]


class MeasureNotFound(NotFound):
    """No context registered a measure, or a dimension of it, by that name."""

    code = "measures.not_found"
    message = _("没有指标 {key}。")
    next_step = _("请从指标列表中选择。")


class BadPeriod(Invalid):
    """The last day is before the first, or ten years lie between."""

    code = "measures.bad_period"
    message = _("统计时段不对：结束日期不能早于开始日期，最长十年。")
    next_step = _("请重新选择日期。")


class NotGranted(Forbidden):
    """No grant of `measures.view`."""

    code = "measures.not_granted"
    message = _("您没有查看统计指标的权限。")
    next_step = _("请联系本单位的系统管理员。")
