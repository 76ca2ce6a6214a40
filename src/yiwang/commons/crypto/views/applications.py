"""Applications with what they may use and what they used today; the form of an application's quotas."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.crypto import commands, queries
from yiwang.commons.crypto.contracts import MANAGE, ApplicationRow
from yiwang.commons.crypto.views import words
from yiwang.kernel import clock
from yiwang.web.components import Cell, Column, Crumbs, Empty, ErrorSummary, Link, Pagination, Row, Table, Tag, Tone
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go

_NEARLY = 0.8


@login_required
@require_GET
def applications(request: HttpRequest) -> HttpResponse:
    """All of them by code."""
    viewer = words.viewer_of(request)
    page = queries.applications(viewer=viewer, cursor=request.GET.get("cursor"))
    may = MANAGE in queries.rights(viewer=viewer)
    columns = (
        Column(_("应用")), Column(_("密钥"), number=True), Column(_("密钥数上限"), number=True),
        Column(_("今天使用"), number=True), Column(_("每日配额"), number=True), Column(_("状态")),
        Column(_("操作"), hidden=True),
    )  # fmt: skip
    pages = Pagination.of(page, path=request.path, params={})
    table = Table.of(
        _("应用"), columns, tuple(_row(row, may) for row in page.items), boxed=True,
        empty=Empty(_("还没有应用"), _("为应用创建第一个密钥时会登记它。")), pages=pages if pages.needed else None,
    )  # fmt: skip
    return render(request, "crypto/applications.html", {"tabs": words.tabs("applications"), "table": table})


def _row(row: ApplicationRow, may: bool) -> Row:
    change = Link(_("调整配额"), reverse("crypto:quota", args=[row.code]), about=row.code) if may else ""
    cells = (
        Cell(row.title or row.code, row.code if row.title != row.code else ""),
        row.keys,
        row.key_quota,
        words.number(row.used_today),
        _("不限") if row.daily_quota is None else words.number(row.daily_quota),
        _standing(row),
        change,
    )
    return Row(cells, id=str(row.id), label=row.code)


def _standing(row: ApplicationRow) -> Tag:
    if row.daily_quota is not None and row.used_today >= row.daily_quota:
        return Tag(_("配额用完"), Tone.BAD)
    if row.daily_quota is not None and row.used_today >= _NEARLY * row.daily_quota:
        return Tag(_("将用完"), Tone.WARN)
    return Tag(_("正常"), Tone.OK)


@login_required
@require_http_methods(["GET", "POST"])
def quota(request: HttpRequest, code: str) -> HttpResponse:
    """What an application may use."""
    viewer = words.viewer_of(request)
    queries.check_manage(viewer=viewer)
    row = queries.application(code=code, viewer=viewer)
    given = {
        "title": request.POST.get("title", row.title).strip()[:120],
        "daily": request.POST.get("daily", "" if row.daily_quota is None else str(row.daily_quota)).strip()[:20],
        "keys": request.POST.get("keys", str(row.key_quota)).strip()[:20],
    }
    faults: dict[str, str] = {}
    if request.method == "POST":
        for name, empty_is_fine in (("daily", True), ("keys", False)):
            if not (given[name].isdecimal() and len(given[name]) < 10) and not (empty_is_fine and not given[name]):
                faults[name] = _("请填写数字。")
        if not faults:
            commands.set_quota(
                application=code, daily_quota=int(given["daily"]) if given["daily"] else None,
                key_quota=int(given["keys"]), title=given["title"], by=viewer, at=clock.now(),
            )  # fmt: skip
            messages.success(request, _("已调整 %(application)s 的配额，半分钟内生效。") % {"application": code})
            return go(request, reverse("crypto:applications"))
    fields = (
        Field("title", _("应用名称"), value=given["title"], required=False, maxlength=120),
        Field("daily", _("每日配额"), FieldKind.NUMBER, value=given["daily"], error=faults.get("daily", ""), required=False, unit=_("次"), hint=_("签名、加密、解密合计；不填则不限。"), short=True),
        Field("keys", _("密钥数上限"), FieldKind.NUMBER, value=given["keys"], error=faults.get("keys", ""), unit=_("个"), short=True),
    )  # fmt: skip
    context = {
        "row": row,
        "fields": fields,
        "errors": ErrorSummary.of(fields) if faults else "",
        "crumbs": Crumbs((Link(_("密码资源"), reverse("crypto:keys")), Link(_("应用与配额"), reverse("crypto:applications"))), row.code),
    }  # fmt: skip
    return render(request, "crypto/quota.html", context, status=422 if faults else 200)
