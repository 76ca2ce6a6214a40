"""Whoever is at the counter: what they began, what is under way, and what they want today."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.serve.cases import queries as cases
from yiwang.serve.portal import queries
from yiwang.serve.portal.views.counter.frame import at_counter, crumbs, served
from yiwang.serve.portal.views.speaking import day_words, search_links, unsent_items
from yiwang.web.components import CaseItem, CaseList
from yiwang.web.components.marks import Tag, Tone


@at_counter
def person(request: HttpRequest) -> HttpResponse:
    """One page from which everything for this person or legal entity begins. Search with `?q=`."""
    viewer, came = served(request)
    text = request.GET.get("q", "").strip()
    begun = unsent_items(queries.unsent(viewer=viewer))
    whose = {"entity_id": came.subject.id} if came.is_entity else {"person_id": came.subject.id}
    under_way = cases.earlier(**whose, viewer=viewer, most=8)
    context = {
        **crumbs(came.name),
        "name": came.name,
        "facts": came.facts,
        "check": _("请核对营业执照和经办人的身份证件、委托书原件，一致再办理。")
        if came.is_entity
        else _("请核对身份证件原件，人证一致再办理。"),
        "text": text,
        "found": search_links(text, viewer) if text else (),
        "begun": CaseList(
            tuple(CaseItem(each.title, each.href, each.words, tag=Tag(_("没填完"), Tone.WARN)) for each in begun)
        )
        if begun
        else None,
        "cases": CaseList(
            tuple(
                CaseItem(
                    each.title,
                    reverse("cases:progress", args=[each.number]),
                    _("%(day)s 提交，编号 %(number)s") % {"day": day_words(each.submitted_at), "number": each.number},
                    tag=Tag(_("正在办"), Tone.BLUE) if each.open else Tag(_("已办结"), Tone.OK),
                )
                for each in under_way
            )
        )
        if under_way
        else None,
    }
    return render(request, "portal/counter/person.html", context)
