"""The first page."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yiwang.commons.flow import queries as flow
from yiwang.commons.flow import registry as flow_registry
from yiwang.commons.flow.contracts import ProcessRow
from yiwang.commons.flow.registry import Outline
from yiwang.commons.identity.queries import actor_of
from yiwang.kernel.actor import Actor
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import CatalogueEntry
from yiwang.serve.portal.queries import unsent
from yiwang.serve.portal.views.searching import search_box
from yiwang.serve.portal.views.speaking import card, in_life_order, say, theme_names, themes_of, unsent_items
from yiwang.web.components import Cards, CaseItem, CaseList, Progress
from yiwang.web.components.marks import Tag, Tone

_SAID = 5
_SHOWN = 3


def home(request: HttpRequest) -> HttpResponse:
    """What would you like to do? Search, my cases, bundles, themes."""
    viewer = actor_of(request)
    names = theme_names(viewer)
    entries = tuple(in_life_order(matters.catalogue(viewer=viewer), names))
    bundles = [entry for entry in entries if entry.kind == "bundle"]
    mine = _mine(viewer)
    context = {
        "box": search_box(),
        "said": _said(entries),
        "bundles": Cards(tuple(card(entry) for entry in bundles[:8])),
        "bundle_count": len(bundles),
        "person_themes": themes_of(entries, "person", names),
        "entity_themes": themes_of(entries, "legal_entity", names),
        "mine": CaseList(mine) if mine else None,
        "known": viewer.is_known,
    }
    return render(request, "portal/home.html", context)


def _mine(viewer: Actor) -> tuple[CaseItem, ...]:
    """What is begun and not sent, then what is under way."""
    if viewer.person_id is None:
        return ()
    under_way = flow.mine(viewer=viewer, size=_SHOWN).items
    begun = (
        CaseItem(each.title, each.href, each.words, tag=Tag(_("没填完"), Tone.WARN))
        for each in unsent_items(unsent(viewer=viewer, most=2))
    )
    told = flow_registry.outlines_of((each.subject for each in under_way), viewer)
    return (*begun, *(_item(each, told.get(each.subject.id)) for each in under_way))[:_SHOWN]


def _said(entries: Sequence[CatalogueEntry]) -> list[tuple[str, str]]:
    """Plain words that people use, each with its search, in the order of `entries`."""
    base = reverse("portal:search")
    english = (get_language() or "").startswith("en")
    words = [say(each.name, each.translations) if english else each.said[0] for each in entries if each.said]
    return [(word, f"{base}?{urlencode({'q': word})}") for word in list(dict.fromkeys(words))[:_SAID]]


def _item(process: ProcessRow, told: Outline | None) -> CaseItem:
    opener = flow_registry.opener(process.subject.kind)
    href = opener.process_url(process.subject) if opener and opener.process_url else reverse("flow:mine")
    if process.waiting:
        tag: Tag | None = Tag(_("等您办理"), Tone.WARN)
    else:
        tag = Tag(_("已办结"), Tone.OK) if process.ended_at else None
    words = (
        _("正在：%(stages)s") % {"stages": "、".join(process.stages)} if process.stages and not process.ended_at else ""
    )
    progress = Progress(told.done, told.of, told.words, small=True) if told and told.of else None
    return CaseItem(process.title, href, told.words if told and not process.waiting else words, progress, tag)
