"""Reads of measures: values, a figure split by a dimension, its course by months, the rows behind it. All in SQL, all
within the viewer's scope; every read raises NotGranted for who holds no grant.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Aggregate, Avg, Count, F, Max, Q, QuerySet
from django.db.models.functions import TruncMonth

from yiwang.commons.measures import policies, registry
from yiwang.commons.measures.contracts import Figure, Line, Period, Slice, Unit
from yiwang.commons.measures.registry import MONTH, Dimension, Measure, Source
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.clock import CHINA
from yiwang.kernel.paging import Page, paginate

_DAY: Final = timedelta(days=1)
_PLACES: Final = {Unit.SHARE: Decimal("0.0001"), Unit.WORKING_DAYS: Decimal("0.01")}


def can_view(*, viewer: Actor) -> bool:
    """Whether the viewer may see measures at all. One query."""
    return policies.can_view(viewer)


def values(*, keys: Collection[str], viewer: Actor, period: Period) -> dict[str, Figure]:
    """The figures of several measures: what formulas over measures read. One query a source, and one for the grant.

    Raises MeasureNotFound, NotGranted.
    """
    wanted = [registry.measure(key) for key in dict.fromkeys(keys)]
    policies.check_view(viewer)
    found: dict[str, Figure] = {}
    for source in {each.source: registry.source_of(each) for each in wanted}.values():
        of_it = [each for each in wanted if each.source == source.key]
        rows = _reached(source, viewer)
        asked: dict[str, Any] = {}
        for number, each in enumerate(of_it):
            rows, aggregates = _aggregates(rows, each, period, f"m{number}")
            asked |= aggregates
        row = rows.aggregate(**asked)
        found |= {each.key: _figure(each, row, f"m{number}") for number, each in enumerate(of_it)}
    return {each.key: found[each.key] for each in wanted}


def figure(*, key: str, viewer: Actor, period: Period) -> Figure:
    """One of `values`."""
    return values(keys=[key], viewer=viewer, period=period)[key]


def breakdown(*, key: str, dimension: str, viewer: Actor, period: Period) -> tuple[Slice, ...]:
    """The figure by each value of a dimension, the largest first, months in their order. The counts of a measure without
    a share add up to its figure. Two queries. Raises MeasureNotFound, NotGranted.
    """
    measure = registry.measure(key)
    split = registry.dimension_of(measure, dimension)
    policies.check_view(viewer)
    rows, aggregates = _aggregates(_counted(measure, viewer, period), measure, period, "m")
    named = "label" if split.label else "value"
    groups = rows.annotate(value=_value_of(split)).values("value")
    groups = groups.annotate(**aggregates, **({"label": Max(split.label)} if split.label else {}))
    slices = [_slice(measure, row, named) for row in groups.order_by("value")]
    return tuple(slices if dimension == MONTH else sorted(slices, key=lambda each: -each.figure.count))


def trend(*, key: str, viewer: Actor, until: date, months: int = 12) -> tuple[Slice, ...]:
    """The figure of each of the last `months`, the current one included; none of a state as of now. Two queries."""
    measure = registry.measure(key)
    if not measure.period_by:
        return ()
    starts = [_month_before(until, back) for back in range(months - 1, -1, -1)]
    held = breakdown(key=key, dimension=MONTH, viewer=viewer, period=Period(starts[0], until))
    known = {each.key: each for each in held}
    nothing = Figure(key, Decimal(0) if measure.unit is Unit.COUNT else None, 0)
    return tuple(known.get(f"{day:%Y-%m}") or Slice(f"{day:%Y-%m}", f"{day:%Y-%m}", nothing) for day in starts)


def rows(
    *,
    key: str,
    viewer: Actor,
    period: Period,
    dimension: str = "",
    value: str = "",
    cursor: str | None = None,
    size: int = 50,
) -> Page[Line]:
    """The rows that a figure counts, of one value of a dimension where it is given; `total` is the figure's `count`.

    Three queries. Raises MeasureNotFound, NotGranted, BadCursor.
    """
    measure = registry.measure(key)
    chosen = _chosen(registry.dimension_of(measure, dimension), value) if dimension else Q()
    policies.check_view(viewer)
    source = registry.source_of(measure)
    found = _behind(measure, viewer, period).filter(chosen)
    order = (f"-{measure.period_by}", "-id") if measure.period_by else ("-id",)
    light = dict.fromkeys((*source.light, *([measure.period_by] if measure.period_by else [])))
    page = paginate(found.only(*light), order=order, cursor=cursor, size=size, total=found.count())
    return page.map(source.line)


def all_rows(*, key: str, viewer: Actor, period: Period, most: int = 100_000) -> Iterable[Line]:
    """What `rows` shows, without pages, for an export; read in batches."""
    measure = registry.measure(key)
    policies.check_view(viewer)
    source = registry.source_of(measure)
    found = _behind(measure, viewer, period).only(*source.light).order_by("id")[:most]
    return map(source.line, found.iterator(chunk_size=1000))


def _reached(source: Source, viewer: Actor) -> QuerySet[Any]:
    return source.rows().filter(policies.reach(viewer))


def _where(measure: Measure) -> Q:
    return measure.where(clock.now()) if callable(measure.where) else measure.where


def _within(measure: Measure, period: Period) -> Q:
    if not measure.period_by:
        return Q()
    first = datetime.combine(period.first, time(), CHINA)
    after = datetime.combine(period.last + _DAY, time(), CHINA)
    return Q(**{f"{measure.period_by}__gte": first, f"{measure.period_by}__lt": after})


def _counted(measure: Measure, viewer: Actor, period: Period) -> QuerySet[Any]:
    """The rows that make up the figure: for a share those that it is a share of."""
    among = measure.of if measure.of is not None else _where(measure)
    return _reached(registry.source_of(measure), viewer).filter(among, _within(measure, period))


def _behind(measure: Measure, viewer: Actor, period: Period) -> QuerySet[Any]:
    """The rows that a figure's `count` counts."""
    found = _counted(measure, viewer, period).filter(_where(measure))
    if measure.mean is not None:
        found = found.alias(mean=measure.mean).filter(mean__isnull=False)
    return found


def _aggregates(
    rows: QuerySet[Any], measure: Measure, period: Period, name: str
) -> tuple[QuerySet[Any], dict[str, Aggregate]]:
    """`count`, and where the unit asks for it `base` or `mean`, each over the rows of the measure alone."""
    counts = _where(measure) & _within(measure, period)
    if measure.unit is Unit.SHARE:
        among = (measure.of or Q()) & _within(measure, period)
        return rows, {f"{name}_count": _count(counts & among), f"{name}_base": _count(among)}
    if measure.unit is Unit.WORKING_DAYS:
        rows = rows.annotate(**{f"{name}_days": measure.mean})
        known = counts & Q(**{f"{name}_days__isnull": False})
        return rows, {f"{name}_count": _count(known), f"{name}_mean": Avg(f"{name}_days", filter=known)}
    return rows, {f"{name}_count": _count(counts)}


def _count(condition: Q) -> Aggregate:
    return Count("pk", filter=condition) if condition else Count("pk")


def _figure(measure: Measure, row: Mapping[str, Any], name: str) -> Figure:
    count = row[f"{name}_count"]
    if measure.unit is Unit.COUNT:
        return Figure(measure.key, Decimal(count), count)
    base = row.get(f"{name}_base")
    raw = Decimal(count) / base if base else row.get(f"{name}_mean")
    value = None if raw is None else Decimal(raw).quantize(_PLACES[measure.unit])
    return Figure(measure.key, value, count, base)


def _slice(measure: Measure, row: Mapping[str, Any], named: str) -> Slice:
    value = row["value"]
    key = f"{value.astimezone(CHINA):%Y-%m}" if isinstance(value, datetime) else "" if value is None else str(value)
    label = key if isinstance(value, datetime) else str(row[named] or "")
    return Slice(key, label, _figure(measure, row, "m"))


def _value_of(split: Dimension) -> Any:
    return TruncMonth(split.column, tzinfo=CHINA) if split.key == MONTH else F(split.column)


def _chosen(split: Dimension, value: str) -> Q:
    """Rows of one value; a value that cannot be one of the column finds nothing."""
    if split.key == MONTH:
        try:
            first = datetime.strptime(value, "%Y-%m").replace(tzinfo=CHINA)
        except ValueError:
            return Q(pk__in=())
        after = (first + timedelta(days=32)).replace(day=1)
        return Q(**{f"{split.column}__gte": first, f"{split.column}__lt": after})
    if not value:
        empty = Q(**{f"{split.column}__isnull": True})
        return empty if split.is_id else empty | Q(**{split.column: ""})
    if split.is_id and not _is_uuid(value):
        return Q(pk__in=())
    return Q(**{split.column: value})


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _month_before(day: date, months: int) -> date:
    at = day.year * 12 + day.month - 1 - months
    return date(at // 12, at % 12 + 1, 1)
