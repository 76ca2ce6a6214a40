"""What all pages of one process share: its head, its tabs, what the viewer may do with it."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.commons.flow import queries
from yiwang.commons.flow.contracts import (
    ADMINISTER,
    DESIGN,
    Finding,
    ProcessDraftNotFound,
    ProcessDraftView,
    ProcessPage,
)
from yiwang.commons.flow.views import words
from yiwang.web.components import Crumbs, Link, LinkButton, Tab, Tabs, Tag, Text, Tone

_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class Frame:
    """The head of a process's pages."""

    page: ProcessPage
    may_draft: bool
    may_administer: bool
    tabs: Tabs
    crumbs: Crumbs
    meta: tuple[Text | Tag, ...]
    edit: LinkButton | None

    @property
    def draft(self) -> ProcessDraftView:
        """The open draft. Raises ProcessDraftNotFound."""
        if self.page.draft is None:
            raise ProcessDraftNotFound(key=self.page.key)
        return self.page.draft


def frame_of(request: HttpRequest, key: str, here: str) -> Frame:
    """The frame of the page `here` (the name of its address). Raises NotAdministrator, UnknownProcess."""
    viewer = words.viewer_of(request)
    page = queries.process_page(key=key, viewer=viewer)
    held = queries.design_rights(viewer=viewer)
    tabs = [("process", _("流程图"), None), ("compare", _("比较"), None)]
    if page.draft is not None:
        tabs += [("edit", _("草稿"), None), ("publish_draft", _("发布"), None)]
    made = tuple(Tab(label, reverse(f"flow:{name}", args=[key]), count, name == here) for name, label, count in tabs)
    label = _("编辑草稿") if page.draft is not None else _("起草新版本")
    button = (
        LinkButton(label, reverse("flow:edit", args=[key]), "second") if DESIGN in held and here != "edit" else None
    )
    return Frame(
        page,
        DESIGN in held,
        held.get(ADMINISTER, False),
        Tabs(_("这个流程"), made),
        Crumbs((Link(_("流程"), reverse("flow:versions")),), page.title),
        _meta(page),
        button,
    )


def _meta(page: ProcessPage) -> tuple[Text | Tag, ...]:
    told: list[Text | Tag] = []
    if page.newest is not None:
        told.append(_("现行第 %(version)d 版") % {"version": page.newest.version})
        told.append(_("%(count)d 件在办") % {"count": sum(row.running for row in page.versions)})
    else:
        told.append(Tag(_("没有发布"), Tone.PLAIN))
    if page.draft is not None:
        when = words.moment_words(page.draft.updated_at)
        told.append(Tag(_("有草稿"), Tone.BLUE))
        told.append((_("%(who)s %(when)s 保存") % {"who": page.draft.updated_by, "when": when}).strip())
    return tuple(told)


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding of the lint as the page shows it; `element_id` is empty where it concerns the whole file."""

    element_id: str
    name: str
    line: int
    message: str
    mend: str
    is_error: bool


def faults_of(found: tuple[Finding, ...]) -> tuple[Fault, ...]:
    """The first fifty, errors first."""
    return tuple(
        Fault(each.element_id, each.name or each.element_id, each.line, each.message, each.mend, each.is_error)
        for each in found[:_AT_MOST]
    )
