"""What all pages of one decision share: its head, its tabs, which of its texts is shown."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yiwang.commons.rules import queries, registry, rules
from yiwang.commons.rules.contracts import EDIT, PUBLISH, DecisionPage, DecisionText, FactWords
from yiwang.commons.rules.engine import Model
from yiwang.commons.rules.views import words
from yiwang.web.components import Crumbs, Link, LinkButton, Tab, Tabs, Tag, Text

DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Frame:
    """The head of a decision's pages. `which` is the version shown, 0 for the draft."""

    page: DecisionPage
    which: int
    rights: frozenset[str]
    tabs: Tabs
    crumbs: Crumbs
    meta: tuple[Text | Tag, ...]
    edit: LinkButton | None
    choices: tuple[tuple[str, str, bool], ...]

    @property
    def title(self) -> str:
        draft = self.page.draft
        return draft.title if self.which == 0 and draft is not None else self.page.title

    @property
    def may_edit(self) -> bool:
        return EDIT in self.rights

    @property
    def may_publish(self) -> bool:
        return PUBLISH in self.rights


def frame_of(request: HttpRequest, key: str, here: str) -> Frame:
    """The frame of the page `here` (the name of its address). Raises MayNotView, DecisionNotFound."""
    viewer = words.viewer_of(request)
    page = queries.decision_page(key=key, viewer=viewer)
    held = queries.rights(viewer=viewer)
    asked = DRAFT if here in {"edit", "publish"} else request.GET.get("v", "") or request.POST.get("v", "")
    which = _which(asked, page)
    tabs = [("decision", _("决策"), None), ("examples", _("用例"), None), ("versions", _("版本"), len(page.versions)),
            ("impact", _("影响"), None), ("publish", _("发布"), None)]  # fmt: skip
    query = "" if which and page.in_force and which == page.in_force.version else f"?{urlencode({'v': which or DRAFT})}"
    made = tuple(
        Tab(
            label,
            reverse(f"rules:{name}", args=[key]) + (query if name in {"decision", "examples"} else ""),
            count,
            name == here,
        )
        for name, label, count in tabs
        if name != "publish" or page.draft is not None
    )
    return Frame(
        page,
        which,
        held,
        Tabs(_("这个决策"), made),
        Crumbs((Link(_("规则"), reverse("rules:list")),), page.title),
        _meta(page, which),
        _edit(page, held),
        _choices(page, which),
    )


def _which(asked: str, page: DecisionPage) -> int:
    versions = [row.version for row in page.versions]
    if asked == DRAFT and page.draft is not None:
        return 0
    if asked.isdecimal() and int(asked[:6]) in versions:
        return int(asked[:6])
    shown = page.in_force or page.newest
    return shown.version if shown is not None else 0


def _meta(page: DecisionPage, which: int) -> tuple[Text | Tag, ...]:
    if which == 0 and page.draft is not None:
        who = page.draft.updated_by_name
        saved = _("%(who)s %(when)s 保存") % {"who": who, "when": words.moment_words(page.draft.updated_at)}
        return (words.DRAFTS[page.draft.state], saved.strip())
    row = next((row for row in page.versions if row.version == which), None)
    if row is None:
        return ()
    return (words.STANDINGS[row.standing], _("第 %(version)d 版") % {"version": row.version}, words.days_words(row))


def _edit(page: DecisionPage, held: frozenset[str]) -> LinkButton | None:
    if EDIT not in held:
        return None
    href = reverse("rules:edit", args=[page.key])
    label = _("编辑草稿") if page.draft is not None else _("起草新版本")
    return LinkButton(label, href, "second")


def _choices(page: DecisionPage, which: int) -> tuple[tuple[str, str, bool], ...]:
    """Versions that can be shown: what the parameter says, its words, whether it is the one shown."""
    found = [(DRAFT, _("草稿"), which == 0)] if page.draft is not None else []
    for row in page.versions[:30]:
        label = _("第 %(version)d 版") % {"version": row.version}
        said = _("%(version)s（%(state)s）") % {"version": label, "state": words.STANDINGS[row.standing].words}
        found.append((str(row.version), said, row.version == which))
    return tuple(found)


def text_shown(request: HttpRequest, frame: Frame) -> DecisionText:
    """The text that the frame shows."""
    return queries.text_of(key=frame.page.key, version=frame.which, viewer=words.viewer_of(request))


@dataclass(frozen=True, slots=True)
class Shown:
    """A text ready to be shown: its layout with words in the language of the page, its model, words for explanations."""

    layout: rules.Layout
    model: Model
    words: dict[str, FactWords]


def shown(text: DecisionText) -> Shown | None:
    """None where the text is no DMN, or has no such decision."""
    layout, model = rules.layout_of(text.xml, text.key), rules.model_of(text.xml, text.imports)
    if layout is None or model is None:
        return None
    outputs = [column.expression or part.id for part in layout.tables for column in part.outputs]
    vocabulary = registry.words_for([*(fact.name for fact in layout.facts), *outputs])
    language = "en" if get_language() == "en" else "zh"
    return Shown(rules.with_words(layout, vocabulary, language), model, rules.spoken_words(layout, vocabulary))
