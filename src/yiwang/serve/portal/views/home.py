"""The first page, and search in plain words."""

from collections import Counter
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
from yiwang.commons.search import queries as searching
from yiwang.commons.search.contracts import Hit, Suggestion
from yiwang.kernel.actor import Actor
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import CatalogueEntry
from yiwang.serve.portal.queries import counters_near, unsent
from yiwang.serve.portal.views.speaking import card, in_life_order, say, theme_names, unsent_items
from yiwang.web.components import Cards, CaseItem, CaseList, Empty, LinkButton, Pagination, Progress
from yiwang.web.components.lists import StateLine, StateList, Theme, Themes
from yiwang.web.components.marks import Tag, Tone

KINDS = ("bundle", "matter")
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
        "said": _said(entries),
        "bundles": Cards(tuple(card(entry) for entry in bundles[:8])),
        "bundle_count": len(bundles),
        "person_themes": _themes(entries, "person", names),
        "entity_themes": _themes(entries, "legal_entity", names),
        "mine": CaseList(mine) if mine else None,
        "known": viewer.is_known,
    }
    return render(request, "portal/home.html", context)


def search(request: HttpRequest) -> HttpResponse:
    """Hits for plain words; without a hit, what may have been meant."""
    viewer = actor_of(request)
    text = request.GET.get("q", "").strip()
    page = searching.search(text=text, viewer=viewer, kinds=KINDS, cursor=request.GET.get("cursor")) if text else None
    found = page.items if page else ()
    others = searching.suggest(text=text, viewer=viewer, kinds=KINDS) if not found else ()
    context = {
        "q": text,
        "found": [_shown(hit) for hit in found],
        "others": [_shown(other) for other in others],
        "pages": Pagination.of(page, path=request.path, params={"q": text}) if page else None,
        "empty": Empty(
            _("没有找到「%(text)s」") % {"text": text},
            _("换一种说法试试，比如「孩子出生了」；也可以拨打 12345，由工作人员帮您找。"),
            LinkButton(_("看全部事项"), reverse("portal:matters"), kind="second"),
        ),
        **({} if found else _elsewhere(viewer)),
    }
    return render(request, "portal/search.html", context)


def _elsewhere(viewer: Actor) -> dict[str, object]:
    """What helps where search found nothing: the themes, and the counters that are nearest."""
    entries = matters.catalogue(viewer=viewer)
    names = theme_names(viewer)
    english = (get_language() or "").startswith("en")
    halls = StateList(
        tuple(
            StateLine(
                each.name_en if english and each.name_en else each.name,
                " · ".join(filter(None, (each.address, each.phone))),
            )
            for each in counters_near(viewer=viewer)
        )
    )
    return {
        "person_themes": _themes(entries, "person", names),
        "entity_themes": _themes(entries, "legal_entity", names),
        "halls": halls if halls.lines else None,
    }


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


def _themes(entries: tuple[CatalogueEntry, ...], audience: str, names: dict[str, str]) -> Themes | None:
    counts = Counter(theme for entry in entries if audience in entry.audience for theme in entry.themes)
    base = reverse("portal:matters")
    themes = tuple(
        Theme(name, f"{base}?{urlencode({'theme': key, 'audience': audience})}", counts[key])
        for key, name in names.items()
        if key in counts
    )
    return Themes(themes) if themes else None


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


def _shown(hit: Hit | Suggestion) -> dict[str, object]:
    kind = _("一件事") if hit.kind == "bundle" else _("事项")
    route = "portal:bundle" if hit.kind == "bundle" else "portal:matter"
    parts = (
        _parts(hit.title, [(r.start, r.end) for r in hit.title_ranges])
        if isinstance(hit, Hit)
        else [(hit.title, False)]
    )
    return {
        "kind": kind,
        "href": reverse(route, args=[hit.key]),
        "title": parts,
        "summary": hit.payload.get("summary", ""),
        "is_bundle": hit.kind == "bundle",
        "members": hit.payload.get("members", 0),
    }


def _parts(text: str, ranges: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The text in pieces, marked or not."""
    parts, at = [], 0
    for start, end in ranges:
        parts += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [(words, marked) for words, marked in [*parts, (text[at:], False)] if words]
