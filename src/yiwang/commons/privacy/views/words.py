"""What entries, consents and objections say in words, the same on every page."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from yiwang.commons.identity.contracts.openid import CLIENT_SYSTEM
from yiwang.commons.privacy import registry
from yiwang.commons.privacy.contracts import CONSENT, AccessView, ConsentState, ConsentView, Finding, ObjectionView
from yiwang.kernel import clock
from yiwang.web.components import Crumbs, Link, Tab, Tabs, Tag, Tone


@dataclass(frozen=True, slots=True)
class ShownAccess:
    """An entry as a line: one sentence, on what ground, for which case, what one can do."""

    id: str
    sentence: str
    when: str
    basis: str
    article: str
    consent: str
    case: str
    case_label: str
    case_href: str
    object_href: str
    objection_href: str


def moment(at: datetime) -> str:
    """Date and time in China."""
    return date_format(at.astimezone(clock.CHINA), "DATETIME_FORMAT")


def day(at: datetime | date) -> str:
    """The calendar day in China."""
    return date_format(at.astimezone(clock.CHINA) if isinstance(at, datetime) else at, "DATE_FORMAT")


def purpose(key: str) -> str:
    """A purpose in words; its key where the context that registered it is gone."""
    words = registry.purpose_words(key)
    return _(words) if words else key


def said(entry: AccessView, *, own: bool = True) -> str:
    """Who did what with which data for what, in one sentence: to the holder (`own`), or to the data officer."""
    fields = {
        "organisation": entry.organisation,
        "way": _(entry.way.label),
        "data": _(entry.data.words),
        "purpose": purpose(entry.purpose),
    }
    if not own:
        return _("%(organisation)s%(way)s了对方的“%(data)s”，用于：%(purpose)s。") % fields
    if entry.automatic:
        return _("%(organisation)s的系统自动%(way)s了您的“%(data)s”，用于：%(purpose)s。") % fields
    return _("%(organisation)s的工作人员%(way)s了您的“%(data)s”，用于：%(purpose)s。") % fields


def shown(entry: AccessView, *, own: bool = True) -> ShownAccess:
    """The entry for the page, the holder's or the data officer's."""
    basis = registry.basis_of(entry.basis)
    title = _(basis.title) if basis else entry.basis
    return ShownAccess(
        id=str(entry.id),
        sentence=said(entry, own=own),
        when=moment(entry.at),
        basis=f"{title}　{entry.ground}".strip(),
        article=_(basis.article) if basis else "",
        consent=reverse("privacy:consent", args=[entry.consent_id])
        if entry.basis == CONSENT and entry.consent_id
        else "",
        case=entry.case_words,
        case_label=_("系统") if entry.case and entry.case.kind == CLIENT_SYSTEM else _("办件"),
        case_href=registry.address_of(entry.case, entry.case_words),
        object_href="" if entry.objection_id else reverse("privacy:object", args=[entry.id]),
        objection_href=reverse("privacy:objection", args=[entry.objection_id]) if entry.objection_id else "",
    )


def consent_tag(view: ConsentView) -> Tag:
    """Where a consent is."""
    if view.state is ConsentState.IN_FORCE:
        return Tag(_("有效"), Tone.OK)
    return Tag(_("已撤回") if view.state is ConsentState.WITHDRAWN else _("已到期"))


def objection_tag(view: ObjectionView) -> Tag:
    """Where an objection is."""
    if view.finding is Finding.IMPROPER:
        return Tag(_("查看不当"), Tone.BAD)
    if view.finding is Finding.PROPER:
        return Tag(_("已说明"), Tone.OK)
    return Tag(_("超期未答"), Tone.BAD) if view.overdue else Tag(_("等待答复"), Tone.WARN)


def crumbs(here: str) -> Crumbs:
    """Where the holder's pages are."""
    return Crumbs((Link(_("首页"), "/"), Link(_("我的"), "/mine/")), here)


def tabs(request: HttpRequest) -> Tabs:
    """The three lists of a holder."""
    entries = (
        (_("谁看过我的信息"), reverse("privacy:accesses")),
        (_("我的授权"), reverse("privacy:consents")),
        (_("我的异议"), reverse("privacy:objections")),
    )
    return Tabs(_("个人信息"), tuple(Tab(words, href, current=request.path == href) for words, href in entries))
