"""Search in plain words, and what may be meant while somebody still types."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yiwang.commons.identity.queries import actor_of
from yiwang.commons.search import queries as searching
from yiwang.commons.search.contracts import Hit, Suggestion
from yiwang.kernel.actor import Actor
from yiwang.serve.matters import queries as matters
from yiwang.serve.portal.queries import counters_near
from yiwang.serve.portal.views.speaking import theme_names, themes_of
from yiwang.web.components import Completion, Empty, Link, LinkButton, Pagination, SearchBox
from yiwang.web.components.lists import StateLine, StateList

KINDS = ("bundle", "matter")
_COMPLETED = 7
_LONG = 4
_KEPT = 60


def search_box(text: str = "", *, focused: bool = False) -> SearchBox:
    """Where one says what one wants, with completions."""
    return SearchBox(
        action=reverse("portal:search"),
        label=_("用您自己的话说，或输入事项名称"),
        placeholder=_("用您自己的话说"),
        value=text,
        complete_url=reverse("portal:complete"),
        focused=focused,
    )


def search_link(request: HttpRequest) -> Link | None:
    """The way to search from pages without a search box; an official at the counter has one of their own."""
    here = (reverse("portal:home"), reverse("portal:search"))
    return None if request.path in here else Link(_("搜索"), here[1], "search")


def search(request: HttpRequest) -> HttpResponse:
    """Hits for plain words, also read as pinyin or as mistyped unless `exact=1`; without a hit, what may have been meant."""
    viewer = actor_of(request)
    text = request.GET.get("q", "").strip()
    exact = request.GET.get("exact") == "1"
    told_in = "en" if (get_language() or "").startswith("en") else ""
    answer = searching.find(
        text=text, viewer=viewer, kinds=KINDS, cursor=request.GET.get("cursor"), as_typed=exact, told_in=told_in
    )
    found = answer.page.items
    others = answer.meant if text else searching.suggest(text="", viewer=viewer, kinds=KINDS)
    params = {"q": text, "exact": "1" if exact else ""}
    context = {
        "q": text,
        "box": search_box(text, focused=not text),
        "read_as": answer.read_as,
        "as_typed": f"{request.path}?{urlencode({'q': text, 'exact': '1'})}",
        "found": [_shown(hit) for hit in found],
        "others": [_shown(other) for other in (() if found else others)],
        "pages": Pagination.of(answer.page, path=request.path, params=params) if found else None,
        "empty": Empty(
            _("没有找到「%(text)s」") % {"text": text},
            _("换一种说法试试，比如「孩子出生了」；也可以拨打 12345，由工作人员帮您找。"),
            LinkButton(_("看全部事项"), reverse("portal:matters"), kind="second"),
        ),
        **({} if found else _elsewhere(viewer)),
    }
    return render(request, "portal/search.html", context)


@require_safe
def complete(request: HttpRequest) -> HttpResponse:
    """The lines under the search box for the beginning of a query: names first; for a whole sentence what search finds."""
    text = request.GET.get("q", "").strip()
    lines = tuple(_completion(each, text) for each in _completed(text, actor_of(request)))
    answer = render(request, "portal/completions.html", {"lines": lines})
    patch_cache_control(answer, private=True, max_age=_KEPT)
    return answer


def _completed(text: str, viewer: Actor) -> Sequence[Hit | Suggestion]:
    """Names in the viewer's language, else in the other, as people type both; then what search itself finds."""
    english = (get_language() or "").startswith("en") and text.isascii()
    for language in ("en", "zh") if english else ("zh", "en") if text.isascii() else ("zh",):
        named = searching.complete(text=text, viewer=viewer, kinds=KINDS, language=language, size=_COMPLETED)
        if named:
            return named
    if len(text) < _LONG:
        return ()
    return searching.search(text=text, viewer=viewer, kinds=KINDS, size=_COMPLETED).items


def _completion(each: Hit | Suggestion, text: str) -> Completion:
    at = each.title.lower().find(text.lower())
    ranges = [(at, at + len(text))] if text and at >= 0 else []
    kind = _("一件事") if each.kind == "bundle" else _("事项")
    return Completion(_address(each), tuple(_parts(each.title, ranges)), kind)


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
        "person_themes": themes_of(entries, "person", names),
        "entity_themes": themes_of(entries, "legal_entity", names),
        "halls": halls if halls.lines else None,
    }


def _address(each: Hit | Suggestion) -> str:
    return reverse("portal:bundle" if each.kind == "bundle" else "portal:matter", args=[each.key])


def _shown(hit: Hit | Suggestion) -> dict[str, object]:
    ranges = [(each.start, each.end) for each in hit.title_ranges] if isinstance(hit, Hit) else []
    return {
        "kind": _("一件事") if hit.kind == "bundle" else _("事项"),
        "href": _address(hit),
        "title": _parts(hit.title, ranges),
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
