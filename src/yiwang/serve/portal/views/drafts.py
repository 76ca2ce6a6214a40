"""Applications that one has begun and not sent: go on, delete, and until when each is kept."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.commons.forms.contracts import say
from yiwang.commons.identity.queries import actor_of
from yiwang.serve.portal import queries
from yiwang.serve.portal.queries import Unsent
from yiwang.serve.portal.views.applying.work import language, signed_in
from yiwang.serve.portal.views.catalogue import home_link
from yiwang.serve.portal.views.speaking import day_words, saved_on
from yiwang.web.components import Crumbs, Empty, Link, LinkButton
from yiwang.web.components.lists import Cell, Column, Row, Table


@signed_in
def drafts(request: HttpRequest) -> HttpResponse:
    """All of them, the last touched first."""
    found = queries.unsent(viewer=actor_of(request))
    context = {
        "crumbs": Crumbs((home_link(), Link(_("我的"), reverse("flow:mine"))), _("没有提交的申请")),
        "table": _table(found) if found else None,
        "empty": Empty(
            _("没有未提交的申请"),
            _("开始填写后随时可以停下，填过的内容保存在这里。"),
            LinkButton(_("去办事"), reverse("portal:home"), "second"),
        ),
    }
    return render(request, "portal/drafts.html", context)


def _table(found: tuple[Unsent, ...]) -> Table:
    def row(each: Unsent) -> Row:
        title = say(each.title, language())
        return Row(
            (
                Cell(title, href=reverse("portal:apply", args=[each.draft_id])),
                saved_on(each),
                day_words(each.expires_at),
                Link(_("删除"), reverse("portal:discard", args=[each.draft_id]), about=title),
            )
        )

    columns = (Column(_("办什么")), Column(_("保存于")), Column(_("保存到")), Column(_("删除"), hidden=True))
    return Table.of(_("没有提交的申请"), columns, tuple(row(each) for each in found))
