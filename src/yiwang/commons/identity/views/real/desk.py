"""Officials: the queue of real names that a register could not judge, deciding on one, and looking at a card at the counter."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.identity.commands import assurance as commands
from yiwang.commons.identity.contracts import UnknownRecord
from yiwang.commons.identity.contracts.real_names import CheckDetail, CheckState
from yiwang.commons.identity.policies import real_names as policies
from yiwang.commons.identity.queries import actor_of
from yiwang.commons.identity.queries import assurance as queries
from yiwang.commons.identity.views.real import words
from yiwang.kernel import clock
from yiwang.kernel.errors import Invalid
from yiwang.web.components import (
    Button,
    Cell,
    Column,
    Crumbs,
    Empty,
    ErrorSummary,
    Fact,
    Facts,
    Link,
    Note,
    Row,
    Table,
    Tone,
)
from yiwang.web.components import Pagination as Pages
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go


@login_required
@never_cache
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first."""
    viewer = actor_of(request)
    page = queries.waiting_checks(viewer=viewer, cursor=request.GET.get("cursor"))
    columns = (
        Column(_("姓名")),
        Column(_("身份证件号码")),
        Column(_("核验方式")),
        Column(_("为什么要人工核对")),
        Column(_("提交时间")),
    )
    rows = tuple(
        Row(
            (
                Cell(each.name, href=reverse("real:decide", args=[each.id])),
                each.masked_number,
                words.method(each.method),
                words.REASONS.get(each.reason, ""),
                words.moment(each.asked_at),
            )
        )
        for each in page.items
    )
    empty = Empty(_("没有等待核对的"), _("有新的会出现在这里。"))
    pages = Pages.of(page, path=request.path, params={})
    table = Table.of(
        _("等待核对的实名认证"), columns, rows, empty=empty, keys=True, pages=pages if pages.needed else None
    )
    can = policies.can_confirm_in_person(viewer)
    context = {"table": table, "counter_url": reverse("real:counter") if can else "", "area": "work"}
    return render(request, "identity/real/queue.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """See one in full and decide."""
    viewer = actor_of(request)
    detail = queries.check_detail(check_id=check_id, viewer=viewer)
    given = words.asked(request, "decision", "words", longest=200)
    faults: dict[str, str] = {}
    revealed = request.method == "POST" and request.POST.get("reveal") == "number"
    if revealed:
        commands.reveal_claim(check_id=check_id, by=viewer, at=clock.now())
    elif request.method == "POST":
        if given["decision"] not in {"pass", "refuse"}:
            faults["decision"] = _("请选择核对结果。")
        else:
            passed = given["decision"] == "pass"
            try:
                commands.decide_check(check_id=check_id, passed=passed, words=given["words"], by=viewer, at=clock.now())
            except Invalid as refused:
                faults = {name: _(said) for name, said in refused.fields.items()}
            else:
                messages.success(request, _("已处理，申请人会看到结果。"))
                return go(request, reverse("real:queue"))
    waiting = detail.row.state is CheckState.WAITING
    options = (
        Choice("pass", _("是本人，通过")),
        Choice("refuse", _("核对不通过"), _("申请人会看到您写的原因")),
    )
    fields = (
        Field("decision", _("核对结果"), FieldKind.RADIO, value=given["decision"], options=options, error=faults.get("decision", "")),
        Field("words", _("原因"), FieldKind.TEXTAREA, value=given["words"], required=False, maxlength=200, rows=3,
              hint=_("不通过的必须写，例如“请带身份证到窗口办理”。"), error=faults.get("words", "")),
    )  # fmt: skip
    context = {
        "title": _("核对 %(name)s 的实名认证") % {"name": detail.row.name},
        "crumbs": Crumbs((Link(_("实名核对"), reverse("real:queue")),), detail.row.name),
        "facts": _facts(detail, revealed=revealed),
        "reveal": Button(_("显示完整号码"), "second", "reveal", "number") if waiting and not revealed else None,
        "warning": _warning(detail),
        "fields": fields if waiting else (),
        "summary": ErrorSummary.of(fields) if faults else None,
        "submit": _("提交结果"),
        "back_url": reverse("real:queue"),
        "area": "work",
    }
    return render(request, "identity/real/decide.html", context, status=422 if faults else 200)


def _facts(detail: CheckDetail, *, revealed: bool) -> Facts:
    state, _tone = words.STATES[detail.row.state]
    facts = [
        Fact(_("姓名"), detail.row.name),
        Fact(_("身份证件号码"), detail.id_number if revealed else detail.row.masked_number, number=True),
        Fact(_("账号的手机号码"), detail.mobile or _("没有"), number=bool(detail.mobile)),
        Fact(_("为什么要人工核对"), words.REASONS.get(detail.row.reason, "—")),
        Fact(_("提交时间"), words.moment(detail.row.asked_at)),
        Fact(_("这个号码核验过"), _("%(n)d 次") % {"n": detail.tries}),
        Fact(_("状态"), state),
    ]
    if detail.decided_by:
        names = {"deputy": detail.decided_by, "name": detail.absent}
        facts.append(Fact(_("核对人"), _("%(deputy)s（代 %(name)s）") % names if detail.absent else detail.decided_by))
    return Facts(tuple(facts), tight=True)


def _warning(detail: CheckDetail) -> Note | None:
    if not detail.known_as or detail.own:
        return None
    said = _("平台上这个号码登记为“%(name)s”，属于另一份记录。通过以后，这个账号就能看到那份记录，请务必联系本人核实。")
    return Note(said % {"name": detail.known_as}, _("防止冒用"), Tone.WARN)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def counter(request: HttpRequest) -> HttpResponse:
    """A clerk has looked at the original card of who stands at the counter."""
    viewer = actor_of(request)
    policies.check_confirm_in_person(viewer)
    given = words.asked(request, "username", "name", "id_number")
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            commands.confirm_in_person(**given, by=viewer, at=clock.now())
        except Invalid as refused:
            faults = {name: _(said) for name, said in refused.fields.items()}
        except UnknownRecord:
            faults = {"username": _("没有这个账号，请和办事人核对用户名。")}
        else:
            messages.success(request, _("已当面核验，级别为最高。"))
            return go(request, reverse("real:counter"))
    fields = (
        Field("username", _("办事人的用户名"), value=given["username"], error=faults.get("username", ""), maxlength=64,
              autocomplete="off"),
        Field("name", _("身份证上的姓名"), value=given["name"], error=faults.get("name", ""), maxlength=80, autocomplete="off"),
        Field("id_number", _("身份证件号码"), FieldKind.ID_NUMBER, value=given["id_number"], error=faults.get("id_number", "")),
    )  # fmt: skip
    context = {
        "title": _("窗口当面核验"),
        "crumbs": Crumbs((Link(_("实名核对"), reverse("real:queue")),), _("窗口当面核验")),
        "lead": _("请查看身份证原件，确认是本人，再填写。您的名字会记录在案。"),
        "fields": fields,
        "summary": ErrorSummary.of(fields) if faults else None,
        "submit": _("我已看过原件，确认是本人"),
        "back_url": reverse("real:queue") if policies.can_review(viewer) else "/work/",
        "area": "work",
    }
    return render(request, "identity/real/decide.html", context, status=422 if faults else 200)
