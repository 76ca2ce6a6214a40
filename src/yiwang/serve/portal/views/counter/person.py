"""The person at the counter: what they began, what is under way, and what they want today."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.kernel.codes import mask_id_number, mask_mobile
from yiwang.serve.cases import queries as cases
from yiwang.serve.portal import queries
from yiwang.serve.portal.views.counter.frame import at_counter, crumbs, served
from yiwang.serve.portal.views.speaking import day_words, search_links, unsent_items
from yiwang.web.components import CaseItem, CaseList
from yiwang.web.components.lists import Fact, Facts
from yiwang.web.components.marks import Tag, Tone


@at_counter
def person(request: HttpRequest) -> HttpResponse:
    """One page from which everything for this person begins. Search with `?q=`."""
    viewer, card = served(request)
    text = request.GET.get("q", "").strip()
    begun = unsent_items(queries.unsent(viewer=viewer))
    under_way = cases.earlier(person_id=card.id, viewer=viewer, most=8)
    region, address = card.region.name if card.region else "", card.address or ""
    home = address if address.startswith(region) else f"{region}{address}"
    context = {
        **crumbs(card.name),
        "name": card.name,
        "facts": Facts(
            (
                Fact(_("身份证件号码"), mask_id_number(card.id_number or ""), number=True),
                Fact(_("手机号码"), mask_mobile(card.mobile) if card.mobile else _("没有登记"), number=True),
                Fact(_("住址"), home or _("没有登记")),
            ),
            tight=True,
        ),
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
