"""The side of the administration pages: what the viewer may look after, with the number that waits."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.commons.flow import queries
from yiwang.commons.flow.contracts import ADMINISTER, AUDIT, CALENDAR, DESIGN
from yiwang.commons.flow.views import words
from yiwang.commons.identity import queries as identity
from yiwang.web.components import Crumbs, Link, SideGroup, SideLink, SideNav, Text


def rights(request: HttpRequest) -> Mapping[str, bool]:
    """The actions of administration and drafting that the viewer holds; asked once a request."""
    return identity.held_in_menu(request, ADMINISTER, AUDIT, CALENDAR, DESIGN)


def side(request: HttpRequest, here: str) -> SideNav:
    """`here` is the name of the page's address."""
    held = rights(request)
    groups = []
    if ADMINISTER in held:
        counts = queries.administration_counts(viewer=words.viewer_of(request), whole=held[ADMINISTER])
        links = [_link(_("暂停的流程"), "halted", here, counts.halts)]
        if counts.deliveries is not None:
            links.append(_link(_("未送达的事件"), "deliveries", here, counts.deliveries))
            links.append(_link(_("失败的后台任务"), "jobs", here, counts.jobs))
        groups.append(SideGroup(_("异常"), tuple(links)))
    kept = [
        *([_link(_("流程"), "versions", here)] if held.get(ADMINISTER) or DESIGN in held else []),
        *([_link(_("法定日历"), "calendar", here)] if held.get(CALENDAR) else []),
        *([_link(_("审计记录"), "audit", here)] if AUDIT in held else []),
    ]
    if kept:
        groups.append(SideGroup(_("管理"), tuple(kept)))
    return SideNav(_("系统管理"), tuple(groups))


def _link(label: Text, name: str, here: str, count: int | None = None) -> SideLink:
    return SideLink(label, reverse(f"flow:{name}"), count, name == here)


def crumbs(here: Text) -> Crumbs:
    return Crumbs((Link(_("待办"), reverse("flow:inbox")),), here)
