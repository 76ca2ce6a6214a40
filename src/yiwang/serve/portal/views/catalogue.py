"""The catalogue as people read it: all bundles, all matters, and the page of each."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yiwang.commons.identity.queries import actor_of
from yiwang.kernel.paging import Page
from yiwang.serve.matters import queries
from yiwang.serve.matters.contracts import Bundle, CatalogueRow, LimitUnit, MatterNotFound, MatterState
from yiwang.serve.portal.queries import unsent
from yiwang.serve.portal.views.guidance import audiences, level_words, limit_words, matter_page
from yiwang.serve.portal.views.halting import halted_members
from yiwang.serve.portal.views.speaking import (
    card,
    in_life_order,
    say,
    theme_names,
    unsent_words,
    visits_words,
    words_of,
)
from yiwang.web.components import Cards, Crumbs, Empty, Link, LinkButton, Pagination
from yiwang.web.components.lists import Cell, Column, Fact, Facts, Row, Table

_FILTERS = ("q", "theme", "department", "level", "audience")


def home_link() -> Link:
    """The first crumb."""
    return Link(_("首页"), reverse("portal:home"))


def bundles(request: HttpRequest) -> HttpResponse:
    """All bundles."""
    viewer = actor_of(request)
    entries = in_life_order(queries.catalogue(viewer=viewer, kind="bundle"), theme_names(viewer))
    context = {
        "crumbs": Crumbs((home_link(),), _("一件事")),
        "cards": Cards(tuple(card(entry) for entry in entries)),
        "empty": None
        if entries
        else Empty(
            _("还没有发布“一件事”"), _("可以按事项单独办理。"), LinkButton(_("看全部事项"), reverse("portal:matters"))
        ),
    }
    return render(request, "portal/bundles.html", context)


def matters(request: HttpRequest) -> HttpResponse:
    """All matters, page by page: by words, theme, department, level, audience; the bundles of a theme before them."""
    viewer = actor_of(request)
    asked = {name: request.GET.get(name, "").strip()[:120] for name in _FILTERS}
    names = theme_names(viewer)
    departments, levels = queries.facets(viewer=viewer)
    page = queries.browse(
        viewer=viewer,
        text=asked["q"],
        theme=asked["theme"],
        audience=asked["audience"],
        department=asked["department"],
        level=asked["level"],
        cursor=request.GET.get("cursor"),
    )
    narrowed = asked["q"] or asked["department"] or asked["level"] or request.GET.get("cursor")
    bundles_of = (
        queries.catalogue(viewer=viewer, theme=asked["theme"], audience=asked["audience"], kind="bundle")
        if asked["theme"] and not narrowed
        else ()
    )
    title = names.get(asked["theme"], asked["theme"]) if asked["theme"] else _("办事")
    crumbs = (home_link(), Link(_("办事"), reverse("portal:matters"))) if asked["theme"] else (home_link(),)
    context = {
        "crumbs": Crumbs(crumbs, title),
        "title": title,
        "asked": asked,
        "themes": list(names.items()),
        "departments": departments,
        "levels": [(each.value, level_words(each.value)) for each in levels],
        "audiences": audiences(),
        "bundles": Cards(tuple(card(entry) for entry in bundles_of)),
        "matters": _matter_table(page, asked, request.path),
    }
    return render(request, "portal/matters.html", context)


def _matter_table(page: Page[CatalogueRow], asked: dict[str, str], path: str) -> Table:
    english = (get_language() or "zh").startswith("en")

    def row(each: CatalogueRow) -> Row:
        listed = each.promised_days is None
        return Row(
            (
                Cell(
                    each.english if english and each.english else each.name,
                    note=_("暂停办理") if each.state is MatterState.SUSPENDED else "",
                    href=reverse("portal:matter", args=[each.code]),
                ),
                each.department or "—",
                "—" if listed else limit_words(each.promised_days, LimitUnit.WORKING_DAY),
                _("不在本平台办理") if listed else visits_words(each.visits),
            )
        )

    return Table.of(
        _("单个事项"),
        (Column(_("事项")), Column(_("部门")), Column(_("承诺时限")), Column(_("到现场"))),
        tuple(row(each) for each in page.items),
        empty=Empty(
            _("没有符合条件的事项"), _("可以用您自己的话搜索。"), LinkButton(_("去搜索"), reverse("portal:home"))
        ),
        pages=Pagination.of(page, path=path, params=asked),
    )


def bundle(request: HttpRequest, key: str) -> HttpResponse:
    """One bundle: what it brings together, what it takes, how long it lasts, where to begin."""
    viewer = actor_of(request)
    found = queries.bundle(key=key, viewer=viewer)
    spec = found.spec
    context = {
        "crumbs": Crumbs(
            (home_link(), Link(_("一件事"), reverse("portal:bundles"))), say(spec.name, spec.translations)
        ),
        "bundle": found,
        "name": say(spec.name, spec.translations),
        "description": say(spec.description or spec.summary, spec.translations),
        "sample_note": say(spec.sample_note, spec.translations),
        "facts": _bundle_facts(found),
        "members": _members(found),
        "halted": halted_members(found, words_of(found)),
        "faq": [(say(each.question, spec.translations), say(each.answer, spec.translations)) for each in spec.faq],
        "guide_url": reverse("portal:guide", args=[key]),
        "handled_here": spec.handled_here,
        **unsent_words(unsent(viewer=viewer, key=spec.form, most=1)),
    }
    return render(request, "portal/bundle.html", context)


def matter(request: HttpRequest, code: str) -> HttpResponse:
    """The guide of one matter, also of one that is suspended or only listed. Raises MatterNotFound."""
    viewer = actor_of(request)
    row = queries.entry(code=code, viewer=viewer)
    if row is None:
        raise MatterNotFound(code=code)
    return matter_page(request, row, viewer, (home_link(), Link(_("办事"), reverse("portal:matters"))))


def _bundle_facts(found: Bundle) -> Facts:
    spec = found.spec
    visits = spec.visits if spec.visits is not None else max((m.matter.spec.visits for m in found.members), default=0)
    return Facts(
        (
            Fact(_("事项"), _("%(n)d 个") % {"n": len(found.members)}),
            Fact(_("全部办结"), _("承诺 %(n)d 个工作日内") % {"n": found.promised}),
            Fact(_("到现场"), visits_words(visits)),
            Fact(_("费用"), _("不收费") if not any(m.matter.spec.fees for m in found.members) else _("按各事项标准")),
            Fact(_("咨询"), spec.consult or "12345"),
        )
    )


def _members(found: Bundle) -> Table:
    rows = tuple(
        Row(
            (
                Cell(
                    say(member.matter.name, member.matter.spec.translations),
                    note=say(member.spec.why, found.spec.translations),
                    href=reverse("portal:matter", args=[member.matter.code]),
                ),
                "、".join(say(result.name, member.matter.spec.translations) for result in member.matter.spec.results),
                limit_words(member.matter.spec.limits.promised, member.matter.spec.limits.unit),
            )
        )
        for member in found.members
    )
    return Table.of(
        _("包含的事项"),
        (Column(_("事项")), Column(_("拿到什么")), Column(_("承诺时限"), number=True)),
        rows,
        show_caption=True,
    )
