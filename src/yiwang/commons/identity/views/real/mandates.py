"""「代办委托」: what one has given and holds; giving one step by step; answering; ending."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.commons.identity.commands import agency as commands
from yiwang.commons.identity.commands import binding
from yiwang.commons.identity.contracts import LEGAL_ENTITY, AlreadyHeld
from yiwang.commons.identity.contracts.real_names import Assurance, BindingRefused, MandateRow, MandateState
from yiwang.commons.identity.queries import acting_choices, actor_of, agency
from yiwang.commons.identity.views.real import words
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import Invalid
from yiwang.kernel.paging import Page
from yiwang.web.components import (
    Button,
    Cell,
    Column,
    Component,
    Dialog,
    Empty,
    Fact,
    Facts,
    LinkButton,
    Note,
    Pagination,
    Row,
    Table,
    Tag,
    Task,
    TaskList,
    Tone,
)
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go

_OPEN = {MandateState.OFFERED, MandateState.ACCEPTED}


def needed(viewer: Actor) -> Note | None:
    """What stands in the way of giving or accepting: no real name yet."""
    if viewer.assurance >= Assurance.CHECKED:
        return None
    action = LinkButton(_("去实名认证"), reverse("real:standing"), "second")
    return Note(_("委托别人、替别人办事，都要先完成实名认证。"), _("请先实名认证"), Tone.WARN, action)


@login_required
@never_cache
@require_GET
def mandates(request: HttpRequest) -> HttpResponse:
    """All of one's own: offers to answer first."""
    viewer = actor_of(request)
    page = agency.mandates_given(viewer=viewer, cursor=request.GET.get("cursor"))
    given, dialogs = given_table(page, viewer)
    pages = Pagination.of(page, path=request.path, params={})
    offers = agency.offers_to(viewer=viewer)
    context = {
        "crumbs": words.home_crumbs(here=_("代办委托")),
        "note": needed(viewer),
        "offers": _offers(offers, viewer) if offers else None,
        "given": given,
        "given_pages": pages if pages.needed else None,
        "held": _held(viewer),
        "dialogs": dialogs,
        "new_url": reverse("real:new"),
        "child_url": reverse("real:child"),
        "entities_url": reverse("real:entities"),
        "area": "portal",
    }
    return render(request, "identity/real/mandates.html", context)


def _offers(offers: tuple[MandateRow, ...], viewer: Actor) -> TaskList:
    return TaskList(
        tuple(
            Task(
                _("%(who)s 请您代办") % {"who": each.principal},
                reverse("real:mandate", args=[each.id]),
                Tag(_("去答复"), Tone.BLUE),
                detail=_("%(scopes)s，至 %(day)s")
                % {"scopes": words.scopes(each.scopes, viewer), "day": each.valid_to},
            )
            for each in offers
        )
    )


def _held(viewer: Actor) -> Component:
    choices = acting_choices(viewer=viewer)
    if not choices:
        return Empty(_("还不能替别人办事"), _("有人委托您，或者您添加了孩子、关联了企业，会出现在这里。"), boxed=False)
    return TaskList(
        tuple(
            Task(
                each.name,
                reverse("identity:acting"),
                Tag(_("替其办事"), Tone.BLUE),
                detail=_("%(kind)s，至 %(date)s") % {"kind": words.KINDS[each.kind], "date": each.valid_to}
                if each.valid_to
                else words.KINDS[each.kind],
            )
            for each in choices
        )
    )


def given_table(page: Page[MandateRow], viewer: Actor) -> tuple[Table, tuple[Dialog, ...]]:
    """Who may act for one, with what ends it."""
    dialogs, rows = [], []
    columns = (
        Column(_("代办人")),
        Column(_("可以办什么")),
        Column(_("截止日期")),
        Column(_("状态")),
        Column(_("能做什么")),
    )
    for each in page.items:
        action: Component | str = "—"
        if each.state in _OPEN:
            action = Button(_("不再委托"), "quiet", type="button", opens=f"end-{each.id}")
            dialogs.append(_ending(each))
        detail = Cell(each.agent, href=reverse("real:mandate", args=[each.id]))
        row = (
            detail,
            words.scopes(each.scopes, viewer),
            each.valid_to.isoformat(),
            Cell(words.mandate_mark(each.state)),
            Cell(action),
        )
        rows.append(Row(row))
    empty = Empty(_("还没有委托过别人"), _("委托以后，对方要实名登录确认才生效。"), boxed=False)
    return Table.of(_("我委托的人"), columns, tuple(rows), empty=empty), tuple(dialogs)


def _ending(row: MandateRow) -> Dialog:
    said = _("撤回后，%(name)s 立即不能再代办。已经提交的申请不受影响。") % {"name": row.agent}
    confirm = Button(_("撤回委托"), "danger")
    return Dialog(
        f"end-{row.id}", _("要撤回这份委托吗？"), said, confirm, reverse("real:end", args=[row.id]), _("先不撤回")
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def mandate(request: HttpRequest, mandate_id: UUID) -> HttpResponse:
    """One mandate; who is asked answers here."""
    viewer = actor_of(request)
    row = agency.mandate(mandate_id=mandate_id, viewer=viewer)
    if request.method == "POST":
        accept = request.POST.get("answer") == "accept"
        commands.answer_mandate(mandate_id=mandate_id, accept=accept, by=viewer, at=clock.now())
        said = _("已经接受，现在可以代 %(who)s 办事。") if accept else _("已经谢绝 %(who)s 的委托。")
        messages.success(request, said % {"who": row.principal})
        return go(request, reverse("real:mandates"))
    asked = row.state is MandateState.OFFERED and row.id in {each.id for each in agency.offers_to(viewer=viewer)}
    buttons: tuple[Button, ...] = ()
    if asked:
        buttons = (
            Button(_("接受委托"), "first", "answer", "accept"),
            Button(_("不接受"), "second", "answer", "decline"),
        )
    dialogs: tuple[Dialog, ...] = ()
    if row.state in _OPEN and not asked:
        buttons = (Button(_("结束这份委托"), "second", type="button", opens=f"end-{row.id}"),)
        dialogs = (_ending(row),)
    context = {
        "title": _("%(who)s 请您代办") % {"who": row.principal} if asked else _("委托书"),
        "lead": _("接受以后，您可以在下面的范围里替对方办事，每一步都记录双方的名字。") if asked else "",
        "crumbs": words.home_crumbs(words.mandates_link(), here=_("委托书")),
        "facts": facts_of(row, viewer),
        "buttons": buttons,
        "dialogs": dialogs,
        "action": request.path,
        "area": "portal",
    }
    return render(request, "identity/real/mandate.html", context)


def facts_of(row: MandateRow, viewer: Actor) -> Facts:
    """Both names, the bounds, the state."""
    facts = [
        Fact(_("委托人"), row.principal),
        Fact(_("代办人"), row.agent),
        Fact(_("可以办什么"), words.scopes(row.scopes, viewer)),
        Fact(_("截止日期"), row.valid_to.isoformat()),
        Fact(_("状态"), words.mandate_mark(row.state)),
        Fact(_("发出时间"), words.moment(row.offered_at)),
    ]
    if row.principal_ref.kind == LEGAL_ENTITY:
        facts.insert(1, Fact(_("经办的法定代表人"), row.given_by))
    if row.ended_at:
        facts.append(Fact(_("结束时间"), words.moment(row.ended_at)))
    return Facts(tuple(facts))


@login_required
@require_POST
def end(request: HttpRequest, mandate_id: UUID) -> HttpResponse:
    """Withdraw or lay down; at once."""
    viewer = actor_of(request)
    row = agency.mandate(mandate_id=mandate_id, viewer=viewer)
    commands.end_mandate(mandate_id=mandate_id, by=viewer, at=clock.now())
    messages.success(request, _("已经结束，立即生效。"))
    if row.principal_ref.kind == LEGAL_ENTITY and row.principal_ref.id in {
        each.id for each in agency.bound_entities(viewer=viewer)
    }:
        return go(request, reverse("real:entity", args=[row.principal_ref.id]))
    return go(request, reverse("real:mandates"))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def child(request: HttpRequest) -> HttpResponse:
    """Add a child: by its ID number, or by its birth certificate."""
    viewer = actor_of(request)
    given = words.asked(request, "name", "id_number", "birth_certificate")
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            binding.bind_child(**given, by=viewer, at=clock.now())
        except Invalid as refused:
            faults = {name: _(said) for name, said in refused.fields.items()}
        except (BindingRefused, AlreadyHeld) as refused:
            faults = {"name": f"{refused.sentence(_)}{refused.advice(_)}"}
        else:
            messages.success(request, _("已添加，现在可以替孩子办事，到孩子 18 岁为止。"))
            return go(request, reverse("real:mandates"))
    fields = (
        Field("name", _("孩子的姓名"), value=given["name"], error=faults.get("name", ""), maxlength=80, autocomplete="off"),
        Field("id_number", _("孩子的身份证件号码"), FieldKind.ID_NUMBER, value=given["id_number"], required=False,
              error=faults.get("id_number", "")),
        Field("birth_certificate", _("出生医学证明编号"), value=given["birth_certificate"], required=False, maxlength=40,
              hint=_("孩子还没有身份证件号码的，填这一项；编号在“我的证照”里能看到。"), error=faults.get("birth_certificate", ""), autocomplete="off"),
    )  # fmt: skip
    return words.form_page(
        request,
        title=_("添加孩子"),
        fields=fields,
        crumbs=words.home_crumbs(words.mandates_link(), here=_("添加孩子")),
        back_url=reverse("real:mandates"),
        submit=_("核对并添加"),
        lead=_("系统会和登记信息核对您是不是孩子的父母。"),
    )
