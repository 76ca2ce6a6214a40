"""「我的证照」: the wallet, one licence, showing it by a one-time code."""

from dataclasses import dataclass
from uuid import UUID

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.commons.identity import queries as identity
from yiwang.commons.licences import commands, queries, rules
from yiwang.commons.licences.contracts import (
    OWN,
    LicencePage,
    LicenceState,
    MadeCode,
    ShowingRow,
    UseRow,
    VersionRow,
    WalletCard,
)
from yiwang.commons.licences.views import words
from yiwang.commons.privacy import registry as privacy
from yiwang.kernel import clock
from yiwang.kernel.errors import DomainError
from yiwang.kernel.paging import Page
from yiwang.web.components import (
    Cell,
    Column,
    Crumbs,
    Empty,
    ErrorSummary,
    Fact,
    Facts,
    Link,
    LinkButton,
    Pagination,
    Row,
    Table,
    Tag,
    Tone,
)
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go, safe_next

_OTHER = "other"
_MINUTES = ("1", "5", "10", "30")


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card of the wallet as the page draws it."""

    card: WalletCard
    state: Tag
    until: str
    warning: str


@login_required
@require_GET
def wallet(request: HttpRequest) -> HttpResponse:
    """All licences of the viewer, or of whom they act for."""
    standing = identity.standing_of(request)
    asked = {"q": request.GET.get("q", "").replace("\x00", "").strip()[:80], "ended": request.GET.get("ended", "")}
    ended = {"1": True, "0": False}.get(asked["ended"])
    page = queries.wallet(viewer=standing.actor, text=asked["q"], ended=ended, cursor=request.GET.get("cursor"))
    pages = Pagination.of(page, path=request.path, params=asked)
    context = {
        "crumbs": Crumbs((Link(_("首页"), "/"), Link(_("我的"), "/mine/")), _("我的证照")),
        "cards": tuple(_card(each) for each in page.items),
        "asked": asked,
        "pages": pages if pages.needed else None,
        "empty": _empty(any(asked.values()), shut=not identity.acts_within(scope_key=OWN, viewer=standing.actor)),
        "whose": standing.acting.name if standing.acting else "",
        "pulls": queries.pulls(viewer=standing.actor),
    }
    return render(request, "licences/wallet.html", context)


@login_required
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Ask the departments what they keep for the viewer; what came of it is told on the page from which it was asked."""
    found = commands.find_own(by=identity.actor_of(request), at=clock.now())
    for title, sentence in found.failed:
        messages.warning(request, _("%(title)s：%(sentence)s") % {"title": title, "sentence": sentence})
    if found.named:
        messages.success(request, _("部门登记的证照已经更新，在下面的列表里。"))
    elif not found.failed:
        messages.info(request, _("各部门没有查到更多的证照，或者刚刚才查过。"))
    return go(request, safe_next(request, request.POST.get("next", ""), reverse("licences:wallet")))


def _card(card: WalletCard) -> ShownCard:
    warning = ""
    if card.ends_soon and card.valid_until:
        left = (card.valid_until - clock.today()).days
        warning = (
            ngettext("还有 %(days)d 天到期", "还有 %(days)d 天到期", left) % {"days": left}
            if left
            else _("今天是有效期最后一天")
        )
    return ShownCard(card, words.state(card.state), words.day(card.valid_until), warning)


def _empty(asked: bool, *, shut: bool) -> Empty:
    if shut:
        return Empty(
            _("这里看不到对方的证照"), _("您只受托办理指定的事项；全部事项都受托的人才能查看和出示对方的证照。")
        )
    if asked:
        return Empty(
            _("没有符合条件的证照"),
            _("换个词，或者看全部证照。"),
            LinkButton(_("看全部"), reverse("licences:wallet"), "second"),
        )
    return Empty(
        _("还没有电子证照"),
        _("您办的事签发了证照，或者颁发机构把您以前的证照归集进来，都会出现在这里。"),
        LinkButton(_("去办事"), "/"),
    )


@login_required
@require_GET
def licence(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """One licence: what it says, its files, who used it, its versions and its life."""
    viewer = identity.actor_of(request)
    page = queries.licence(licence_id=licence_id, viewer=viewer)
    words.look(viewer, licence_id)
    used = queries.uses(licence_id=licence_id, viewer=viewer, cursor=request.GET.get("cursor"))
    shown = queries.showings(licence_id=licence_id, viewer=viewer)
    brief = page.brief
    context = {
        "page": page,
        "brief": brief,
        "crumbs": Crumbs((Link(_("首页"), "/"), Link(_("我的证照"), reverse("licences:wallet"))), brief.title),
        "marks": words.marks(brief),
        "facts": words.fields(page.fields),
        "common": _common(page),
        "grade": words.grade(brief.grade),
        "can_show": brief.state is LicenceState.IN_FORCE and _is_own(request, page),
        "versions": versions_table(page.versions),
        "uses": uses_table(used, request.path),
        "showings": _showings(shown),
        "history": words.history(page),
        "making": brief.state is LicenceState.MAKING,
    }
    return render(request, "licences/licence.html", context)


def _is_own(request: HttpRequest, page: LicencePage) -> bool:
    viewer = identity.actor_of(request)
    if page.holder is None or viewer.is_official:
        return False
    if viewer.on_behalf is None:
        return page.holder.id == viewer.person_id
    return page.holder.subject == viewer.on_behalf and identity.acts_within(scope_key=OWN, viewer=viewer)


def _common(page: LicencePage) -> Facts:
    facts = [
        Fact(_("持有人"), page.holder_name),
        Fact(_("颁发机构"), page.brief.issuer_name),
        Fact(_("有效期"), words.span(page.brief.valid_from, page.brief.valid_until)),
        Fact(_("证照标识"), page.identifier),
    ]  # fmt: skip
    if page.as_of:
        facts.append(Fact(_("数据时间"), words.moment(page.as_of)))
    return Facts(tuple(facts), tight=True)


def versions_table(rows: tuple[VersionRow, ...]) -> Table:
    """The versions with their files, the newest first."""
    columns = (
        Column(_("版本"), number=True),
        Column(_("状态")),
        Column(_("决定时间")),
        Column(_("变更原因")),
        Column(_("文件")),
    )
    return Table.of(
        _("版本"),
        columns,
        tuple(
            Row((
                row.number, words.version_state(row), words.moment(row.decided_at), row.reason or _("首次签发"),
                Cell(_("下载 OFD"), href=reverse("files:download", args=[row.ofd_file_id])) if row.ofd_file_id else "—",
            ))
            for row in rows
        ),
    )  # fmt: skip


def uses_table(page: Page[UseRow], path: str) -> Table:
    """Who used the licence, what for, on what ground; page by page."""
    pages = Pagination.of(page, path=path)
    columns = (Column(_("时间")), Column(_("使用单位")), Column(_("用途")), Column(_("依据")))
    rows = tuple(
        Row((
            words.moment(row.at), Cell(row.organisation or _("办事平台"), row.words), words.purpose(row.purpose), _basis(row),
        ))
        for row in page.items
    )  # fmt: skip
    return Table.of(
        _("谁用过这个证照"),
        columns,
        rows,
        empty=Empty(_("还没有人用过"), _("每次办事使用这个证照，这里都会留下记录。")),
        pages=pages if pages.needed else None,
    )


def _basis(row: UseRow) -> Cell:
    basis = privacy.basis_of(row.basis)
    return Cell(_(basis.title) if basis else row.basis, row.ground)


def _showings(rows: tuple[ShowingRow, ...]) -> Table | None:
    if not rows:
        return None
    columns = (Column(_("出示时间")), Column(_("用途")), Column(_("结果")), Column(_("查验方")))
    return Table.of(
        _("出示记录"),
        columns,
        tuple(Row((words.moment(row.at), row.purpose, _outcome(row), row.checker or "—")) for row in rows),
    )


def _outcome(row: ShowingRow) -> Tag:
    if row.checked_at:
        return Tag(_("已查验"), Tone.OK)
    if row.withdrawn_at:
        return Tag(_("已收回"), Tone.PLAIN)
    return Tag(_("等待查验"), Tone.BLUE) if row.ends_at > clock.now() else Tag(_("已过期"), Tone.PLAIN)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """Choose a purpose and a time; POST makes the code, which is told on this one page."""
    viewer = identity.actor_of(request)
    page = queries.licence(licence_id=licence_id, viewer=viewer)
    words.look(viewer, licence_id)
    given = {name: request.POST.get(name, "").strip()[:60] for name in ("purpose", "words", "minutes")}
    fault = _unsaid(given) if request.method == "POST" else ""
    if request.method == "POST" and not fault:
        chosen = given["purpose"] if given["purpose"] != _OTHER else ""
        minutes = int(given["minutes"]) if given["minutes"] in _MINUTES else 0
        try:
            made = commands.show(
                licence_id=licence_id,
                purpose=given["words"],
                purpose_key=chosen,
                minutes=minutes,
                by=viewer,
                at=clock.now(),
            )
        except DomainError as refused:
            if refused.kind not in {409, 422, 429}:
                raise
            fault = refused.sentence(_)
        else:
            return _told(request, page, made)
    fields = _fields(page, given, fault)
    context = {
        "page": page,
        "fields": fields,
        "errors": ErrorSummary.of(fields) if fault else None,
        "crumbs": _crumbs(page, _("出示")),
    }
    return render(request, "licences/show.html", context, status=422 if fault else 200)


def _unsaid(given: dict[str, str]) -> str:
    """What is missing, as a sentence."""
    if not given["purpose"]:
        return _("请选择用来办什么。")
    return _("请写明其他用途。") if given["purpose"] == _OTHER and not given["words"] else ""


def _fields(page: LicencePage, given: dict[str, str], fault: str) -> tuple[Field, ...]:
    labels = {each.fact: each.label for each in page.spec.fields}
    options = tuple(
        Choice(
            each.key,
            each.name if words.chinese() else each.name_en or each.name,
            _("查验方看到：%(fields)s") % {"fields": "、".join(labels[fact] for fact in each.fields if fact in labels)},
        )
        for each in page.spec.purposes
    )
    options += (Choice(_OTHER, _("其他用途"), _("查验方只看到证照名称、持有人、编号、颁发机构和有效期")),)
    unsaid = bool(fault) and given["purpose"] == _OTHER and not given["words"]
    times = tuple(Choice(each, _("%(minutes)s 分钟") % {"minutes": each}) for each in _MINUTES)
    return (
        Field(
            "purpose",
            _("用来办什么"),
            FieldKind.RADIO,
            value=given["purpose"],
            options=options,
            error="" if unsaid else fault,
        ),
        Field(
            "words",
            _("其他用途请写明"),
            value=given["words"],
            required=False,
            maxlength=60,
            hint=_("选“其他用途”时填写，例如：办理宽带安装"),
            error=fault if unsaid else "",
        ),
        Field("minutes", _("几分钟内有效"), FieldKind.RADIO, value=given["minutes"] or "5", options=times),
    )


def _told(request: HttpRequest, page: LicencePage, made: MadeCode) -> HttpResponse:
    link = f"{request.build_absolute_uri(reverse('licences:check'))}#{made.code}"
    context = {
        "page": page,
        "made": made,
        "code": rules.showing.spaced(made.code),
        "drawn": code_of(link),
        "ends": words.moment(made.ends_at)[-5:],
        "ends_at": made.ends_at,
        "check": request.build_absolute_uri(reverse("licences:check")),
        "crumbs": _crumbs(page, _("出示")),
    }
    return render(request, "licences/code.html", context)


def _crumbs(page: LicencePage, here: str) -> Crumbs:
    return Crumbs(
        (
            Link(_("我的证照"), reverse("licences:wallet")),
            Link(page.brief.title, reverse("licences:licence", args=[page.brief.id])),
        ),
        here,
    )


def code_of(link: str) -> SafeString:
    """A QR code as an inline drawing; what it says stands beside it in digits."""
    drawn = segno.make(link, error="m").svg_inline(scale=4, border=2, omitsize=True, svgclass="y-qr", lineclass=None)
    return mark_safe(drawn)  # noqa: S308  drawn by us from an address of ours


@login_required
@require_POST
def withdraw(request: HttpRequest, showing_id: UUID) -> HttpResponse:
    """Take a code back before somebody uses it."""
    commands.withdraw_showing(showing_id=showing_id, by=identity.actor_of(request), at=clock.now())
    messages.success(request, _("出示码已收回。"))
    return go(request, reverse("licences:wallet"))
