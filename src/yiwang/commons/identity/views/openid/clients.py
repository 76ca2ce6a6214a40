"""「接入系统」: departments ask that a system be connected, others decide, the department takes the secret once."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.contracts.openid import (
    ClientProfileInvalid,
    ClientRequestView,
    ClientState,
    ClientSystemView,
    RequestState,
)
from yiwang.commons.identity.queries import openid as queries
from yiwang.commons.identity.views.openid import profiles
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import Forbidden
from yiwang.web.components import (
    Cell,
    Column,
    Crumbs,
    Empty,
    ErrorSummary,
    Link,
    LinkButton,
    Pagination,
    Row,
    Tab,
    Table,
    Tabs,
    Tag,
    Tone,
)
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go

_TONES: Final = {RequestState.OPEN: Tone.BLUE, RequestState.APPROVED: Tone.OK, RequestState.REFUSED: Tone.PLAIN}


def _official(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For those who ask for systems or decide on them, anywhere."""

    def seen(request: HttpRequest, **names: UUID) -> HttpResponse:
        viewer = identity.actor_of(request)
        if not any(queries.client_rights(viewer=viewer)):
            raise Forbidden
        return view(request, viewer, **names)

    found: Callable[..., HttpResponse] = login_required(never_cache(seen))
    return found


def _tabs(here: str) -> Tabs:
    pages = (("systems", _("系统名单"), "openid:systems"), ("requests", _("申请记录"), "openid:requests"))
    return Tabs(_("接入系统"), tuple(Tab(words, reverse(name), current=key == here) for key, words, name in pages))


@require_GET
@_official
def systems(request: HttpRequest, viewer: Actor) -> HttpResponse:
    """Systems within reach, by name."""
    page = queries.client_systems(viewer=viewer, cursor=request.GET.get("cursor"))
    columns = (
        Column(_("系统名称")), Column(_("主办单位")), Column(_("编号")), Column(_("负责人")), Column(_("状态")),
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                Cell(row.profile.name, row.profile.about, reverse("openid:system", args=[row.id])),
                row.organisation, row.client_id, row.keeper or "—", _state(row),
            ),
            id=str(row.id), label=row.profile.name,
        )
        for row in page.items
    )  # fmt: skip
    empty = Empty(_("还没有接入系统"), _("部门提出申请并审核同意后，系统会出现在这里。"))
    return _list(request, viewer, "systems", Table.of(
        _("接入系统"), columns, rows, boxed=True, empty=empty, pages=_pages(request, page),
    ))  # fmt: skip


def _state(row: ClientSystemView) -> Tag:
    if row.state is ClientState.SUSPENDED:
        return Tag(_("已停用"), Tone.WARN)
    if not row.kept:
        return Tag(_("负责人已离任"), Tone.WARN)
    if row.secret_known:
        return Tag(_("密钥待更换"), Tone.WARN)
    if profiles.needs_secret(row):
        return Tag(_("待领密钥"), Tone.BLUE)
    return Tag(_("可以登录"), Tone.OK)


def _pages(request: HttpRequest, page: Any) -> Pagination | None:
    pages = Pagination.of(page, path=request.path, params={})
    return pages if pages.needed else None


def _list(request: HttpRequest, viewer: Actor, here: str, table: Table) -> HttpResponse:
    asks, _decides = queries.client_rights(viewer=viewer)
    begin = LinkButton(_("申请接入"), reverse("openid:new"), "second", "plus") if asks else None
    unkept = queries.count_unkept(viewer=viewer) if here == "systems" else 0
    context = {"tabs": _tabs(here), "table": table, "begin": begin, "unkept": unkept}
    return render(request, "identity/openid/systems.html", context)


@require_GET
@_official
def requests(request: HttpRequest, viewer: Actor) -> HttpResponse:
    """Requests within reach, the newest first."""
    page = queries.client_requests(viewer=viewer, cursor=request.GET.get("cursor"))
    columns = (
        Column(_("系统名称")),
        Column(_("申请单位")),
        Column(_("内容")),
        Column(_("提出时间")),
        Column(_("状态")),
    )
    rows = tuple(
        Row(
            (
                Cell(row.profile.name, row.reason, reverse("openid:request", args=[row.id])), row.organisation,
                _("变更") if row.system_id and row.state is RequestState.OPEN else _("接入"),
                profiles.moment(row.requested_at), Tag(_(row.state.label), _TONES[row.state]),
            ),
            id=str(row.id), label=row.profile.name,
        )
        for row in page.items
    )  # fmt: skip
    empty = Empty(_("没有申请"), _("点“申请接入”为本单位的系统提出申请。"))
    return _list(request, viewer, "requests", Table.of(
        _("接入申请"), columns, rows, boxed=True, empty=empty, pages=_pages(request, page),
    ))  # fmt: skip


@require_http_methods(["GET", "POST"])
@_official
def new(request: HttpRequest, viewer: Actor) -> HttpResponse:
    """Ask that a system of one's organisation be connected."""
    return _form(request, viewer, None)


@require_http_methods(["GET", "POST"])
@_official
def change(request: HttpRequest, viewer: Actor, system_id: UUID) -> HttpResponse:
    """Ask that a connected system be changed; it stays as it is until somebody agrees."""
    return _form(request, viewer, queries.client_system(system_id=system_id, viewer=viewer))


def _form(request: HttpRequest, viewer: Actor, system: ClientSystemView | None) -> HttpResponse:
    given = profiles.Given.of(request.POST if request.method == "POST" else None, system)
    faults: dict[str, str] = {}
    place = system.organisation_id if system else viewer.organisation_id
    if request.method == "POST" and place is not None:
        try:
            request_id = commands.request_client(
                profile=given.profile(), organisation_id=place, reason=given.text("reason"),
                system_id=system.id if system else None, by=viewer, at=clock.now(),
            )  # fmt: skip
        except ClientProfileInvalid as error:
            faults = dict(error.fields)
        else:
            messages.success(request, _("申请已经提交，审核后会显示结果。"))
            return go(request, reverse("openid:request", args=[request_id]))
    fields = given.fields({name: _(words) for name, words in faults.items()})
    title = _("变更系统") if system else _("申请接入")
    context = {
        "title": title,
        "fields": fields,
        "errors": ErrorSummary.of(fields) if faults else "",
        "crumbs": Crumbs((Link(_("接入系统"), reverse("openid:systems")),), title),
    }
    return render(request, "identity/openid/form.html", context, status=422 if faults else 200)


@require_http_methods(["GET", "POST"])
@_official
def request_page(request: HttpRequest, viewer: Actor, request_id: UUID) -> HttpResponse:
    """One request: what it asks, and for who may decide the decision."""
    row = queries.client_request(request_id=request_id, viewer=viewer)
    error = ""
    if request.method == "POST":
        approve = request.POST.get("decision") == "approve"
        try:
            found = commands.decide_client_request(
                request_id=request_id,
                approve=approve,
                remarks=request.POST.get("remarks", ""),
                by=viewer,
                at=clock.now(),
            )
        except ClientProfileInvalid as refused:
            error = _(refused.fields.get("remarks", ""))
        else:
            messages.success(request, _("已同意接入。") if approve else _("已告知不同意的原因。"))
            return go(request, reverse("openid:system", args=[found]) if found else request.path)
    return _shown(request, viewer, row, error)


def _shown(request: HttpRequest, viewer: Actor, row: ClientRequestView, error: str) -> HttpResponse:
    _asks, decides = queries.client_rights(viewer=viewer, organisation_id=row.organisation_id)
    opens = row.state is RequestState.OPEN
    own = row.requested_by == viewer.account_id
    remarks = Field(
        "remarks",
        _("审核意见"),
        FieldKind.TEXTAREA,
        hint=_("不同意的，请写明原因。"),
        error=error,
        required=False,
        rows=3,
    )
    context = {
        "row": row,
        "state": Tag(_(row.state.label), _TONES[row.state]),
        "facts": profiles.facts(row.profile, row.organisation),
        "sensitive": profiles.sensitive_words(row.profile),
        "remarks": remarks if decides and opens and not own else None,
        "own": own and opens and decides,
        "system": reverse("openid:system", args=[row.system_id]) if row.system_id else "",
        "crumbs": Crumbs((Link(_("接入系统"), reverse("openid:requests")),), row.profile.name),
    }
    return render(request, "identity/openid/request.html", context, status=422 if error else 200)


@require_http_methods(["GET", "POST"])
@_official
def system(request: HttpRequest, viewer: Actor, system_id: UUID) -> HttpResponse:
    """One system: what it is, its state; suspend it and let it go on, take it over from who looked after it."""
    row = queries.client_system(system_id=system_id, viewer=viewer)
    asks, decides = queries.client_rights(viewer=viewer, organisation_id=row.organisation_id)
    error = ""
    if request.method == "POST" and request.POST.get("take_over"):
        commands.take_over_client(system_id=system_id, by=viewer, at=clock.now())
        messages.success(request, _("已由您负责。"))
        return go(request, request.path)
    if request.method == "POST":
        try:
            if row.state is ClientState.ACTIVE:
                commands.suspend_client(
                    system_id=system_id, reason=request.POST.get("reason", ""), by=viewer, at=clock.now()
                )
            else:
                commands.resume_client(system_id=system_id, by=viewer, at=clock.now())
        except ClientProfileInvalid as refused:
            error = _(refused.fields["reason"])
        else:
            return go(request, request.path)
    context = {
        "row": row,
        "state": _state(row),
        "active": row.state is ClientState.ACTIVE,
        "facts": profiles.facts(row.profile, row.organisation, row.keeper),
        "takes_over": asks and not row.own,
        "connection": profiles.connection(row, request),
        "reason": Field("reason", _("停用原因"), error=error, maxlength=200) if decides else None,
        "change": LinkButton(_("申请变更"), reverse("openid:change", args=[system_id]), "second") if asks else None,
        "secret": reverse("openid:secret", args=[system_id]) if asks and profiles.keeps_secret(row) else "",
        "crumbs": Crumbs((Link(_("接入系统"), reverse("openid:systems")),), row.profile.name),
    }
    return render(request, "identity/openid/system.html", context, status=422 if error else 200)


@require_http_methods(["GET", "POST"])
@_official
def secret(request: HttpRequest, viewer: Actor, system_id: UUID) -> HttpResponse:
    """Take the secret: shown this once. Where there was one it is void from now on, so a page asks first."""
    row = queries.client_system(system_id=system_id, viewer=viewer)
    fresh = ""
    if request.method == "POST":
        fresh = commands.new_client_secret(system_id=system_id, by=viewer, at=clock.now())
    context = {
        "row": row,
        "fresh": fresh,
        "connection": profiles.connection(row, request, fresh),
        "back": reverse("openid:system", args=[system_id]),
        "crumbs": Crumbs((Link(_("接入系统"), reverse("openid:systems")), Link(row.profile.name, reverse("openid:system", args=[system_id]))), _("接入密钥")),
    }  # fmt: skip
    return render(request, "identity/openid/secret.html", context)
