"""The catalogue page by page, for the public and for its steward: filters and paging in SQL, also over ten thousand lines."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page, paginate
from yiwang.serve.matters import models, policies, rules
from yiwang.serve.matters.contracts import CatalogueRow, ListedSpec, MatterNotFound, MatterState, Tally
from yiwang.serve.matters.queries.versions import in_force

_ORDER = ("name", "id")
_PUBLIC_ORDER = ("-state", "name", "id")


def browse(
    *,
    viewer: Actor,
    text: str = "",
    theme: str = "",
    audience: str = "",
    department: str = "",
    level: str = "",
    cursor: str | None = None,
    size: int = 30,
) -> Page[CatalogueRow]:
    """What the public is told of: described in full, then listed, each by name. Two queries a page, with the total."""
    del viewer
    text, theme, audience, department, level = map(_storable, (text, theme, audience, department, level))
    rows = _public()
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(code=text) | Q(implementation_code=text))
    if theme:
        rows = rows.filter(themes__contains=[theme])
    if audience:
        rows = rows.filter(Q(audiences__contains=[audience]) | Q(audiences=[]))
    if department:
        rows = rows.filter(department=department)
    if level:
        rows = rows.filter(level=level)
    total = rows.count()
    return paginate(rows.select_related("item"), order=_PUBLIC_ORDER, cursor=cursor, size=size, total=total).map(row_of)


def facets(*, viewer: Actor) -> tuple[tuple[Tally, ...], tuple[Tally, ...]]:
    """Departments and levels with the number of matters that the public is told of, those with most first. One query."""
    del viewer
    found = _public().values_list("department", "level").annotate(count=Count("pk")).order_by()
    departments, levels = Counter[str](), Counter[str]()
    for department, level, count in found:
        departments[department] += count
        levels[level] += count
    return _tallies(departments), _tallies(levels)


def entry(*, code: str, viewer: Actor) -> CatalogueRow | None:
    """The line that the public is told of, whatever its state; None where there is none. One query."""
    del viewer
    code = _storable(code)
    row = _public().filter(Q(code=code) | Q(implementation_code=code)).select_related("item").order_by("state").first()
    return row_of(row) if row else None


def listed(*, matter_id: UUID, viewer: Actor) -> ListedSpec:
    """What a foreign list says of an entry. Raises MatterNotFound. One query."""
    del viewer
    row = models.Matter.objects.filter(pk=matter_id, state=MatterState.LISTED.value).only("definition").first()
    if row is None:
        raise MatterNotFound
    return rules.listed_from(row.definition)


def steward_list(
    *,
    viewer: Actor,
    text: str = "",
    state: str = "",
    department: str = "",
    type_: str = "",
    cursor: str | None = None,
    size: int = 40,
) -> Page[CatalogueRow]:
    """The newest version of each matter, cancelled ones too. Raises Forbidden. Two queries a page, with the total."""
    policies.check_publish(viewer)
    text, department, type_ = map(_storable, (text, department, type_))
    rows = _newest()
    if text:
        rows = rows.filter(
            Q(name__icontains=text)
            | Q(code__icontains=text)
            | Q(implementation_code=text)
            | Q(department__contains=text)
        )
    if state:
        rows = _in_state(rows, MatterState(state))
    if department:
        rows = rows.filter(department=department)
    if type_:
        rows = rows.filter(item__type=type_)
    total = rows.count()
    return paginate(rows.select_related("item"), order=_ORDER, cursor=cursor, size=size, total=total).map(row_of)


def row_of(row: models.Matter, /) -> CatalogueRow:
    """The row as a value, its state that of today."""
    english = row.definition.get("translations", {}).get(row.name, "") if isinstance(row.definition, dict) else ""
    return CatalogueRow(
        id=row.pk,
        code=row.code,
        version=row.version,
        state=rules.state_on(MatterState(row.state), clock.today(), row.suspended_from, row.suspended_until),
        name=row.name,
        department=row.department,
        type=row.item.type,
        level=row.level,
        promised_days=row.promised_days,
        visits=row.visits,
        handled_here=bool(row.process_key),
        published_at=row.published_at,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        suspended_from=row.suspended_from,
        suspended_until=row.suspended_until,
        reason=row.reason,
        sample=row.sample,
        english=english,
    )


def _storable(text: str) -> str:
    """What was typed, without the one character that the database can't hold."""
    return text.replace("\x00", "")


def _public() -> "QuerySet[models.Matter]":
    today = clock.today()
    rows: QuerySet[models.Matter] = models.Matter.objects.filter(
        Q(effective_from__isnull=True) | Q(effective_from__lte=today),
        Q(effective_to__isnull=True) | Q(effective_to__gte=today),
        state__in=rules.OFFERED,
    )
    return rows


def _newest() -> "QuerySet[models.Matter]":
    """Each code once: the version offered, else the last one."""
    newest = models.Matter.objects.order_by("code", "-version").distinct("code").values("pk")
    rows: QuerySet[models.Matter] = models.Matter.objects.filter(pk__in=newest)
    return rows


def _in_state(rows: "QuerySet[models.Matter]", state: MatterState) -> "QuerySet[models.Matter]":
    today = clock.today()
    halted = Q(suspended_from__lte=today) & (Q(suspended_until__isnull=True) | Q(suspended_until__gte=today))
    if state is MatterState.SUSPENDED:
        return rows.filter(halted, state=MatterState.PUBLISHED.value)
    if state is MatterState.PUBLISHED:
        return in_force(rows).exclude(halted)
    return rows.filter(state=state.value)


def _tallies(counted: Mapping[str, int]) -> tuple[Tally, ...]:
    told = ((value, count) for value, count in counted.items() if value)
    return tuple(Tally(value, count) for value, count in sorted(told, key=lambda each: (-each[1], each[0])))
