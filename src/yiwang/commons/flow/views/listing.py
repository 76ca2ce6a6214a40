"""The inbox as a table, its filters, and the chips that take a condition away."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from yiwang.commons.flow import rules
from yiwang.commons.flow.contracts import (
    Facet,
    Holder,
    InboxFilter,
    InboxSort,
    InboxSummary,
    InboxView,
    TaskRow,
    Urgency,
)
from yiwang.commons.flow.views import words
from yiwang.commons.identity.contracts import Office
from yiwang.kernel import clock
from yiwang.kernel.paging import Page
from yiwang.web.components import Cell, Column, Empty, LinkButton, Pagination, Row, RowGroup, Table, Text

_HOLDERS: dict[Holder, Text] = {
    Holder.ME: lazy("我"),
    Holder.NOBODY: lazy("待认领"),
    Holder.OTHERS: lazy("他人"),
}
_COLUMNS: tuple[tuple[Text, InboxSort | None, InboxSort | None], ...] = (
    (lazy("时限"), InboxSort.DUE, InboxSort.LATEST_DUE),
    (lazy("事情"), InboxSort.TITLE, None),
    (lazy("环节"), InboxSort.STAGE, None),
    (lazy("网"), None, None),
    (lazy("机构"), InboxSort.LAST_ARRIVED, InboxSort.ARRIVED),
    (lazy("承办"), None, None),
)
_DESCENDING = {InboxSort.LATEST_DUE, InboxSort.LAST_ARRIVED}


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: Text
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """One select of the filter row."""

    name: str
    label: Text
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in words, and the address without it."""

    words: str
    href: str


def href(wanted: InboxFilter) -> str:
    """The inbox with these conditions; never without a parameter, since that means the default view."""
    return f"{reverse('flow:inbox')}?{urlencode(wanted.params() or {'view': InboxView.ALL.value})}"


def filters(wanted: InboxFilter, summary: InboxSummary) -> tuple[Filter, ...]:
    """Selects for what there is a choice of; a condition that finds nothing now stays visible."""
    found = [
        _facets("matter", _("事项"), summary.matters, wanted.matter),
        _facets("stage", _("环节"), summary.stages, wanted.stage),
        _facets("org", _("机构"), summary.organisations, str(wanted.organisation or "")),
    ]
    shown = [each for each in found if len(each.options) > 1 or any(option.chosen for option in each.options)]
    due = tuple(Option(each.value, label, each is wanted.due) for each, label in words.GROUPS.items())
    held = tuple(Option(each.value, label, each is wanted.holder) for each, label in _HOLDERS.items())
    return (*shown, Filter("due", _("时限"), due), Filter("holder", _("承办"), held))


def _facets(name: str, label: str, facets: tuple[Facet, ...], chosen: str) -> Filter:
    options = [Option(each.value, f"{each.label}（{each.count}）", each.value == chosen) for each in facets]
    if chosen and all(each.value != chosen for each in facets):
        options.append(Option(chosen, _("现在没有"), chosen=True))
    return Filter(name, label, tuple(options))


def chips(wanted: InboxFilter, summary: InboxSummary) -> tuple[Chip, ...]:
    """Each condition beside the view, with the address without it."""
    net = words.NETS.get(wanted.net)
    said = (
        ("search", _("查找"), wanted.search),
        ("net", _("网"), str(net[1]) if net else wanted.net),
        ("matter", _("事项"), _named(summary.matters, wanted.matter)),
        ("stage", _("环节"), wanted.stage),
        ("organisation", _("机构"), _named(summary.organisations, str(wanted.organisation or ""))),
        ("due", _("时限"), str(words.GROUPS[wanted.due]) if wanted.due else ""),
        ("holder", _("承办"), str(_HOLDERS[wanted.holder]) if wanted.holder else ""),
    )
    return tuple(
        Chip(_("%(name)s：%(value)s") % {"name": label, "value": value}, href(wanted.without(name)))
        for name, label, value in said
        if value
    )


def _named(facets: tuple[Facet, ...], value: str) -> str:
    return next((facet.label for facet in facets if facet.value == value), value)


def table(page: Page[TaskRow], wanted: InboxFilter, summary: InboxSummary) -> Table:
    """Grouped by due date where sorted by it."""
    columns = tuple(_column(label, orders, wanted) for label, *orders in _COLUMNS)
    pages = Pagination.of(page, path=reverse("flow:inbox"), params=wanted.params() or {"view": InboxView.ALL.value})
    by_due = wanted.sort is InboxSort.DUE
    groups = _groups(page, wanted, summary) if by_due else (RowGroup(tuple(_row(row) for row in page.items)),)
    return Table(
        _("待办"),
        columns,
        groups if page.items else (),
        pick="task",
        keys=True,
        boxed=True,
        empty=_empty(wanted, summary),
        pages=pages if pages.needed else None,
    )


def _column(label: Text, orders: list[InboxSort | None], wanted: InboxFilter) -> Column:
    up, down = orders
    if up is None:
        return Column(label)
    current = wanted.sort in {up, down}
    following = down if wanted.sort is up and down else up
    turned = "descending" if wanted.sort in _DESCENDING else "ascending"
    sorting = InboxFilter.read({**wanted.params(), "sort": following.value})
    return Column(label, sort_href=href(sorting), sorted=turned if current else "")


def _groups(page: Page[TaskRow], wanted: InboxFilter, summary: InboxSummary) -> tuple[RowGroup, ...]:
    whole = not wanted.params()
    known = {Urgency.OVERDUE: InboxView.OVERDUE, Urgency.TODAY: InboxView.TODAY} if whole else {}
    return tuple(
        RowGroup(
            tuple(_row(row) for row in page.items if row.urgency is urgency),
            title,
            _("%(count)d 件") % {"count": summary.views[known[urgency]]} if urgency in known else "",
        )
        for urgency, title in words.GROUPS.items()
        if any(row.urgency is urgency for row in page.items)
    )


def _empty(wanted: InboxFilter, summary: InboxSummary) -> Empty:
    if wanted.asks:
        back = href(wanted.without("search", "net", "matter", "stage", "organisation", "due", "holder"))
        words_ = _("请去掉一个条件，或换一个编号、姓名再查。")
        return Empty(_("没有符合条件的待办"), words_, LinkButton(_("清除全部条件"), back, "second"))
    if wanted.view is not InboxView.ALL and summary.views[InboxView.ALL]:
        everything = LinkButton(_("看全部待办"), href(InboxFilter()), "second")
        if wanted.view is InboxView.MINE:
            return Empty(_("您手上没有待办"), _("从待认领的里面认领一件，它就会出现在这里。"), everything)
        return Empty(_("这里现在没有待办"), "", everything)
    return Empty(_("没有待办"), _("新的事情到来时会出现在这里。"))


def everywhere(page: Page[tuple[TaskRow, Office]], present: Office | None) -> Table:
    """All offices in one table; a task of another office opens after the change of office."""
    pages = Pagination.of(page, path=reverse("flow:everywhere"), params={})
    labels = (_("时限"), _("事情"), _("环节"), _("网"), _("岗位"), _("承办"))
    rows = tuple(
        _row(row, words.task_href(row) if office == present else _in_office(row, office), office.organisation.label)
        for row, office in page.items
    )
    return Table(
        _("全部单位的待办"),
        tuple(Column(label) for label in labels),
        (RowGroup(rows),) if rows else (),
        boxed=True,
        empty=Empty(_("没有待办"), _("新的事情到来时会出现在这里。")),
        pages=pages if pages.needed else None,
    )


def _in_office(row: TaskRow, office: Office) -> str:
    asked = {"choice": str(office.appointment_id), "next": words.task_href(row)}
    return f"{reverse('identity:office')}?{urlencode(asked)}"


def _row(row: TaskRow, href: str = "", place: str = "") -> Row:
    title, number = rules.parted(row.title)
    arrived = _("%(moment)s 到达") % {"moment": words.moment_words(row.created_at)}
    note = f"{row.applicant}　{number}" if row.applicant and number else row.applicant or number
    return Row(
        (
            words.due_mark(row.due_at, clock.now()),
            Cell(title, note, href or words.task_href(row)),
            row.name,
            words.net_tag(row.net),
            Cell(place or row.organisation, arrived),
            words.holder_words(row),
        ),
        id=str(row.id),
        label=f"{row.applicant} {row.title}".strip(),
    )
