"""REST of measures: the figures, their parts, the rows behind them; the same scope as the pages."""

from datetime import date
from decimal import Decimal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from yiwang.commons.identity.queries import actor_of
from yiwang.commons.measures import queries, registry
from yiwang.commons.measures.contracts import Figure, Period
from yiwang.kernel import clock

router = Router(tags=["measures"])


class FigureOut(Schema):
    key: str
    name: str
    unit: str = Field(description="`count`, `share` (0 to 1), `working_days`.")
    value: Decimal | None
    count: int = Field(description="Rows behind the value, as many as `/rows` lists.")
    base: int | None = Field(default=None, description="Of how many, for a share.")


class FigureList(Schema):
    since: date
    until: date
    items: list[FigureOut]


class SliceOut(Schema):
    key: str
    label: str
    value: Decimal | None
    count: int
    base: int | None = None


class SliceList(Schema):
    measure: str
    by: str
    items: list[SliceOut]


class LineOut(Schema):
    kind: str
    id: str
    number: str
    title: str
    columns: dict[str, str]


class LinePage(Schema):
    """One page; `next` is the cursor of the following one."""

    total: int | None
    items: list[LineOut]
    next: str | None


@router.get("/measures", response=FigureList, summary="全部指标")
def measures(request: HttpRequest, since: date | None = None, until: date | None = None) -> FigureList:
    """Every measure's figure of a period (this year so far when left out). Measures of a state ignore the period."""
    period = _period(since, until)
    keys = [each.key for each in registry.measures()]
    found = queries.values(keys=keys, viewer=actor_of(request), period=period)
    return FigureList(since=period.first, until=period.last, items=[_out(each) for each in found.values()])


@router.get("/measures/{key}", response=SliceList, summary="一个指标的构成")
def parts(
    request: HttpRequest, key: str, by: str = "", since: date | None = None, until: date | None = None
) -> SliceList:
    """A measure split by one of its dimensions (`organisation`, `month`…)."""
    one = registry.measure(key)
    split = registry.dimension_of(one, by or registry.dimensions_of(one)[0].key)
    found = queries.breakdown(key=key, dimension=split.key, viewer=actor_of(request), period=_period(since, until))
    items = [
        SliceOut(
            key=each.key, label=each.label, value=each.figure.value, count=each.figure.count, base=each.figure.base
        )
        for each in found
    ]
    return SliceList(measure=key, by=split.key, items=items)


@router.get("/measures/{key}/rows", response=LinePage, summary="指标背后的明细")
def lines(
    request: HttpRequest,
    key: str,
    by: str = "",
    value: str = "",
    since: date | None = None,
    until: date | None = None,
    cursor: str | None = None,
) -> LinePage:
    """The rows that a figure counts, of one value of a dimension where `by` is given."""
    page = queries.rows(
        key=key, viewer=actor_of(request), period=_period(since, until), dimension=by, value=value, cursor=cursor
    )
    items = [
        LineOut(
            kind=each.subject_kind,
            id=each.subject_id,
            number=each.number,
            title=each.title,
            columns=dict(each.columns),
        )
        for each in page.items
    ]
    return LinePage(total=page.total, items=items, next=page.next_cursor)


def _period(since: date | None, until: date | None) -> Period:
    today = clock.today()
    return Period(since or today.replace(month=1, day=1), until or today)


def _out(figure: Figure) -> FigureOut:
    one = registry.measure(figure.measure)
    return FigureOut(
        key=one.key,
        name=str(one.name),
        unit=one.unit.value,
        value=figure.value,
        count=figure.count,
        base=figure.base,
    )
