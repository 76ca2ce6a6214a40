"""Words of published definitions in the viewer's language, and the small components that several pages share."""

from collections import ChainMap, Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from yiwang.commons.flow import registry as flow
from yiwang.commons.search import queries as searching
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.packs.loading import current_manifest
from yiwang.serve.matters import queries
from yiwang.serve.matters.contracts import Bundle, CatalogueEntry
from yiwang.serve.portal import queries as applications
from yiwang.serve.portal.queries import Unsent
from yiwang.web.components import Card, Link
from yiwang.web.components.lists import Theme, Themes
from yiwang.web.components.marks import SAMPLE
from yiwang.web.registry import FooterColumn, Site


def say(words: str, translations: Mapping[str, str]) -> str:
    """`words` of a definition, in English where the viewer wants it and the definition has it."""
    return translations.get(words, words) if (get_language() or "zh").startswith("en") else words


def words_of(bundle: Bundle) -> Mapping[str, str]:
    """The English of all texts of a bundle and its members."""
    return ChainMap(
        dict(bundle.spec.translations), *(dict(member.matter.spec.translations) for member in bundle.members)
    )


def theme_names(viewer: Actor) -> dict[str, str]:
    """Names of the themes by key, in the order of the home page. One query."""
    english = (get_language() or "zh").startswith("en")
    return {
        each.key: (each.english if english and each.english else each.name) for each in queries.themes(viewer=viewer)
    }


def in_life_order(entries: Iterable[CatalogueEntry], themes: Iterable[str]) -> list[CatalogueEntry]:
    """Bundles before matters, persons' before enterprises', then by the order of the themes: as they come up in a life."""
    place = {theme: number for number, theme in enumerate(themes)}

    def rank(entry: CatalogueEntry) -> tuple[bool, bool, int]:
        first = min((place.get(theme, len(place)) for theme in entry.themes), default=len(place))
        return entry.kind != "bundle", "person" not in entry.audience, first

    return sorted(entries, key=rank)


def themes_of(entries: Iterable[CatalogueEntry], audience: str, names: Mapping[str, str]) -> Themes | None:
    """The themes of an audience with how much each holds, in the order of `names`."""
    counts = Counter(theme for entry in entries if audience in entry.audience for theme in entry.themes)
    base = reverse("portal:matters")
    themes = tuple(
        Theme(name, f"{base}?{urlencode({'theme': key, 'audience': audience})}", counts[key])
        for key, name in names.items()
        if key in counts
    )
    return Themes(themes) if themes else None


def visits_words(visits: int) -> str:
    """全程网办, or how often one must come."""
    if not visits:
        return _("全程网办")
    return ngettext("最多跑 %(n)d 次", "最多跑 %(n)d 次", visits) % {"n": visits}


def address(bundle: Bundle, page: str = "") -> str:
    """A page of what can be applied for: its own, or its `guide`, `guide_again`, `begin`."""
    if applications.is_single(bundle):
        return reverse(f"portal:matter_{page}" if page else "portal:matter", args=[bundle.key])
    return reverse(f"portal:{page}" if page else "portal:bundle", args=[bundle.key])


def entry_address(entry: CatalogueEntry) -> str:
    """Where an entry of the catalogue opens."""
    return reverse("portal:bundle" if entry.kind == "bundle" else "portal:matter", args=[entry.key])


def card(entry: CatalogueEntry) -> Card:
    """A bundle or a matter as a card; the strands of a bundle are its matters."""
    meta: list[tuple[str, str]] = []
    if entry.kind == "bundle":
        meta = [(str(entry.departments), _("个部门")), (str(entry.members), _("个事项"))]
    meta.append((str(entry.promised), _("个工作日内办结")))
    meta.append(("", visits_words(entry.visits)))
    return Card(
        title=say(entry.name, entry.translations),
        href=entry_address(entry),
        words=say(entry.summary, entry.translations),
        strands=entry.members,
        meta=tuple(meta),
        tag=SAMPLE if entry.sample else None,
    )


def search_links(text: str, viewer: Actor) -> tuple[dict[str, str], ...]:
    """What search finds for a clerk, each leading to its questions on one page; else what may have been meant."""
    found = searching.search(text=text, viewer=viewer, kinds=("bundle", "matter")).items[:8]
    hits = found or searching.suggest(text=text, viewer=viewer, kinds=("bundle", "matter"))[:5]
    return tuple(
        {
            "title": hit.title,
            "href": reverse("portal:counter_situation", args=[hit.key]),
            "kind": _("一件事") if hit.kind == "bundle" else _("事项"),
            "summary": str(hit.payload.get("summary", "")),
        }
        for hit in hits
    )


def site_words(request: HttpRequest) -> Site:
    """The city's own words, from the pack in force."""
    del request
    site = current_manifest().get("site") or {}
    english = (get_language() or "zh").startswith("en")

    def told(words: Mapping[str, str] | None) -> str:
        return "" if not words else (words.get("en", "") if english else "") or words.get("zh", "")

    return Site(
        name=told(site.get("name")),
        service=told(site.get("service")),
        hotline=site.get("hotline", ""),
        hotline_note=told(site.get("hotline_note")),
        columns=(
            FooterColumn(
                _("办事"),
                (
                    Link(_("一件事"), reverse("portal:bundles")),
                    Link(_("事项清单"), reverse("portal:matters")),
                    Link(_("我的办件"), reverse("flow:mine")),
                ),
            ),
            FooterColumn(
                _("信任"),
                (
                    Link(_("我的存证"), reverse("ledger:mine")),
                    Link(_("谁看过我的信息"), reverse("privacy:accesses")),
                    Link(_("验证文书和证照"), reverse("seals:verify")),
                    Link(_("查验出示的证照"), reverse("licences:check")),
                    Link(_("核验存证"), reverse("ledger:verify")),
                    Link(_("常享链"), reverse("ledger:chain")),
                ),
            ),
        ),
        legal=tuple(told(line) for line in site.get("legal") or ()),
        sample=told(site.get("sample_note")),
    )


def unsent_words(opened: Sequence[Unsent]) -> dict[str, Any]:
    """For a bundle's pages: the application that one began, where to go on with it, and how to begin anew."""
    if not opened:
        return {}
    newest = opened[0]
    return {
        "unsent": _("上次的申请还没有提交，保存于 %(day)s。") % {"day": saved_on(newest)},
        "resume_url": reverse("portal:apply", args=[newest.draft_id]),
        "restart_url": f"{reverse('portal:discard', args=[newest.draft_id])}?restart=1",
    }


def saved_on(unsent: Unsent) -> str:
    """The day on which a draft was last touched, in words."""
    return day_words(unsent.updated_at)


def day_words(moment: datetime) -> str:
    """The day of a moment, in China, in words."""
    return date_format(moment.astimezone(clock.CHINA), "DATE_FORMAT")


def unsent_lines(viewer: Actor) -> tuple[flow.Unsent, ...]:
    """The viewer's applications that are not sent yet, as 「我的」 shows them."""
    return unsent_items(applications.unsent(viewer=viewer))


def unsent_items(opened: Sequence[Unsent]) -> tuple[flow.Unsent, ...]:
    """Applications that are not sent yet, in words."""
    language = "en" if (get_language() or "zh").startswith("en") else "zh"
    return tuple(
        flow.Unsent(
            title=each.title.get(language) or each.title["zh"],
            href=reverse("portal:apply", args=[each.draft_id]),
            words=_("%(day)s 保存；%(until)s 前不提交，将自动删除")
            % {"day": saved_on(each), "until": day_words(each.expires_at)},
        )
        for each in opened
    )
