"""The catalogue as people read it: all bundles, all matters, and the page of each."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiwang.commons.identity.queries import actor_of
from yiwang.serve.matters import queries
from yiwang.serve.matters.contracts import Bundle, Matter, Necessity, Requirement
from yiwang.serve.portal.queries import unsent
from yiwang.serve.portal.views.speaking import card, say, theme_names, unsent_words, visits_words
from yiwang.web.components import Basis, Cards, Crumbs, Empty, Link, LinkButton
from yiwang.web.components.lists import Cell, Column, Fact, Facts, Row, Table
from yiwang.web.components.marks import Tag, Tone

NECESSITIES = {
    Necessity.REQUIRED: (gettext_lazy("必要"), Tone.LINE),
    Necessity.OPTIONAL: (gettext_lazy("非必要"), Tone.PLAIN),
    Necessity.DEFERRABLE: (gettext_lazy("可容缺后补"), Tone.PLAIN),
}


def home_link() -> Link:
    """The first crumb."""
    return Link(_("首页"), reverse("portal:home"))


def bundles(request: HttpRequest) -> HttpResponse:
    """All bundles."""
    entries = queries.catalogue(viewer=actor_of(request), kind="bundle")
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
    """Matters and bundles of a theme, or all of them."""
    theme, audience = request.GET.get("theme", ""), request.GET.get("audience", "")
    viewer = actor_of(request)
    entries = queries.catalogue(viewer=viewer, theme=theme, audience=audience)
    title = theme_names(viewer).get(theme, theme) if theme else _("办事")
    context = {
        "crumbs": Crumbs((home_link(), Link(_("办事"), reverse("portal:matters"))) if theme else (home_link(),), title),
        "title": title,
        "bundles": Cards(tuple(card(entry) for entry in entries if entry.kind == "bundle")),
        "matters": Cards(tuple(card(entry) for entry in entries if entry.kind == "matter")),
        "empty": None
        if entries
        else Empty(
            _("这个主题下还没有事项"), _("可以用您自己的话搜索。"), LinkButton(_("去搜索"), reverse("portal:home"))
        ),
    }
    return render(request, "portal/matters.html", context)


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
        "faq": [(say(each.question, spec.translations), say(each.answer, spec.translations)) for each in spec.faq],
        "guide_url": reverse("portal:guide", args=[key]),
        **unsent_words(unsent(viewer=viewer, key=spec.form, most=1)),
    }
    return render(request, "portal/bundle.html", context)


def matter(request: HttpRequest, code: str) -> HttpResponse:
    """The guide of one matter (办事指南): limits, materials, results, legal grounds, questions."""
    viewer = actor_of(request)
    found = queries.matter(code=code, viewer=viewer)
    spec = found.spec
    name = say(spec.name, spec.translations)
    context = {
        "crumbs": Crumbs((home_link(), Link(_("办事"), reverse("portal:matters"))), name),
        "matter": found,
        "name": name,
        "summary": say(spec.summary, spec.translations),
        "facts": _matter_facts(found),
        "conditions": [say(each.text, spec.translations) for each in spec.conditions],
        "materials": _materials(found),
        "laws": tuple(Basis(f"《{law.name}》{law.clause}", law.text) for law in spec.laws),
        "faq": [(say(each.question, spec.translations), say(each.answer, spec.translations)) for each in spec.faq],
        "bundles": Cards(tuple(card(entry) for entry in queries.bundles_of(matter_code=code, viewer=viewer))),
    }
    return render(request, "portal/matter.html", context)


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
                _("%(n)d 个工作日") % {"n": member.matter.spec.limits.promised},
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


def _matter_facts(found: Matter) -> Facts:
    spec = found.spec
    facts = [
        Fact(_("承诺时限"), _("%(n)d 个工作日") % {"n": spec.limits.promised}),
        Fact(
            _("法定时限"),
            _("%(n)d 个工作日") % {"n": spec.limits.statutory} if spec.limits.statutory else _("法律未作规定"),
        ),
        Fact(_("办理结果"), "、".join(say(result.name, spec.translations) for result in spec.results)),
        Fact(_("到现场"), visits_words(spec.visits)),
        Fact(_("费用"), "；".join(f"{fee.name} {fee.standard}" for fee in spec.fees) or _("不收费")),
        Fact(_("实施编码"), spec.code, number=True),
    ]
    if found.organisation_name:
        facts.insert(0, Fact(_("办理部门"), found.organisation_name))
    return Facts(tuple(facts))


def _materials(found: Matter) -> Table:
    def row(each: Requirement) -> Row:
        words, tone = NECESSITIES[each.necessity]
        ways = "、".join(str(_(way.kind.label)) for way in each.satisfiers)
        return Row(
            (
                Cell(say(each.name, found.spec.translations), note=say(each.note, found.spec.translations)),
                ways,
                Tag(words, tone),
            )
        )

    return Table.of(
        _("申请材料"),
        (Column(_("材料")), Column(_("怎样提供")), Column(_("是否必要"))),
        tuple(row(each) for each in found.spec.inputs),
        empty=Empty(_("不需要提交材料"), boxed=False),
    )
