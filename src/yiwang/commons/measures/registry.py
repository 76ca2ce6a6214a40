"""The port that contexts fill: sources of rows, and measures over them. Filled once at start-up, in `apps.ready`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy

from yiwang.commons.measures.contracts import Line, MeasureNotFound, Unit
from yiwang.web.components import Text

MONTH = "month"
_MONTHLY = gettext_lazy("月份")


@dataclass(frozen=True, slots=True)
class Dimension:
    """What figures can be split by: the column that groups, the one that names a group (the same where it is empty), or
    the words for values that are codes.
    """

    key: str
    name: Text
    column: str
    label: str = ""
    names: Mapping[str, Text] = field(default_factory=dict)

    @property
    def is_id(self) -> bool:
        """Whether its values are UUIDs."""
        return self.column.endswith("_id")


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that measures count. The rows carry `organisation_id`, `scope_key`, `grade`: measures apply the viewer's
    scope, never the source. `line` tells of a row, `light` names the columns that it needs, `headings` what it tells,
    `address` where one reads it.
    """

    key: str
    name: Text
    rows: Callable[[], QuerySet[Any]]
    dimensions: tuple[Dimension, ...]
    line: Callable[[Any], Line]
    light: tuple[str, ...]
    headings: Mapping[str, Text] = field(default_factory=dict)
    address: Callable[[Line], str] | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A named number. `period_by`: the moment that puts a row into a period; empty: a state as of now.

    `where` says which rows count (a function of the moment of asking where it depends on it). A SHARE also has `of`:
    among which rows; WORKING_DAYS has `mean`, averaged over the rows where it is known. `good`: whether more is better,
    None where it is neither.
    """

    key: str
    name: Text
    about: Text
    source: str
    unit: Unit = Unit.COUNT
    period_by: str = ""
    where: Q | Callable[[datetime], Q] = field(default_factory=Q)
    of: Q | None = None
    mean: Combinable | None = None
    good: bool | None = None


_sources: dict[str, Source] = {}
_measures: dict[str, Measure] = {}


def register_source(source: Source) -> None:
    """Offer rows to count. The same key again replaces it."""
    _sources[source.key] = source


def register_measure(*measures: Measure) -> None:
    """Offer measures over a registered source. Raises ValueError for one that cannot be computed."""
    for measure in measures:
        fits = {Unit.COUNT: True, Unit.SHARE: measure.of is not None, Unit.WORKING_DAYS: measure.mean is not None}
        if measure.source not in _sources or not fits[measure.unit]:
            raise ValueError(f"{measure.key}: unknown source, or a share without `of`, a mean without `mean`")
        _measures[measure.key] = measure


def measures() -> tuple[Measure, ...]:
    """All of them, by source, in the order of registration."""
    return tuple(sorted(_measures.values(), key=lambda each: each.source))


def measure(key: str) -> Measure:
    """Raises MeasureNotFound."""
    if key not in _measures:
        raise MeasureNotFound(key=key)
    return _measures[key]


def source_of(one: Measure) -> Source:
    """The rows that it counts."""
    return _sources[one.source]


def dimension_of(one: Measure, key: str) -> Dimension:
    """One of its source's dimensions, or the month of a measure with a period. Raises MeasureNotFound."""
    for each in dimensions_of(one):
        if each.key == key:
            return each
    raise MeasureNotFound(key=f"{one.key}/{key}")


def dimensions_of(one: Measure) -> tuple[Dimension, ...]:
    """What its figures can be split by."""
    months = (Dimension(MONTH, _MONTHLY, one.period_by),) if one.period_by else ()
    return (*source_of(one).dimensions, *months)
