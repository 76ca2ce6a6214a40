"""What administrators do with accounts: admit, move, appoint, let go, take back, reset, unlock. Each says first what follows."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yiwang.commons.identity.commands import joiners, rights
from yiwang.commons.identity.contracts import TooManyAttempts, UnknownRecord
from yiwang.commons.identity.contracts.people import HeldOffice, LeaveGround, NotAdmitted, OfficialExists, OfficialPage
from yiwang.commons.identity.policies import APPOINT
from yiwang.commons.identity.queries import accounts_admin, actor_of
from yiwang.commons.identity.views.people import words
from yiwang.commons.identity.views.people.posts import KNOWING, idle_post, knowing_field
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import Conflict, DomainError, Invalid
from yiwang.kernel.text import gettext_noop
from yiwang.web.components import Crumbs, ErrorSummary, Link
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go

_FIELDS = ("name", "id_number", "mobile", "username", "organisation", "role", KNOWING)
_MISSING = {
    "name": gettext_noop("请填写姓名。"),
    "username": gettext_noop("请填写用户名。"),
    "organisation": gettext_noop("请选择单位。"),
    "role": gettext_noop("请选择岗位。"),
}


@words.for_administrators
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Open an account for somebody who joins; the page that follows shows the link to hand over."""
    viewer = actor_of(request)
    given = words.asked(request, *_FIELDS)
    faults: dict[str, str] = {}
    if request.method == "POST":
        faults = _missing(given, "name", "username", "organisation", "role") or idle_post(viewer, given)
        if not faults:
            try:
                made = joiners.join(
                    name=given["name"], username=given["username"], id_number=given["id_number"],
                    mobile=given["mobile"], organisation_id=_place(given["organisation"]), role=given["role"],
                    by=viewer, at=clock.now(),
                )  # fmt: skip
            except (OfficialExists, NotAdmitted) as refused:
                faults = _named(refused, "id_number")
            except (Invalid, Conflict, TooManyAttempts) as refused:
                faults = _named(refused, "username")
            else:
                return _handed_over(request, made, viewer)
    fields = (
        Field("name", _("姓名"), value=given["name"], error=faults.get("name", ""), maxlength=80, autocomplete="off"),
        Field("id_number", _("身份证件号码"), FieldKind.ID_NUMBER, value=given["id_number"], required=False,
              error=faults.get("id_number", ""), hint=_("填写后，系统会认出已登记的人，避免一人两户。")),
        Field("mobile", _("手机号码"), FieldKind.PHONE, value=given["mobile"], required=False, error=faults.get("mobile", "")),
        Field("username", _("用户名"), value=given["username"], error=faults.get("username", ""), maxlength=64,
              autocomplete="off", hint=_("小写字母、数字、点、横线，例如工号。")),
        *_post_fields(viewer, given, faults),
    )  # fmt: skip
    said = _("账号开好后没有密码，请把下一页的启用链接交给本人。")
    return _ask(request, _("新人入职"), _("开户"), fields, faults, said)


def _missing(given: dict[str, str], *names: str) -> dict[str, str]:
    return {name: _(_MISSING[name]) for name in names if not given.get(name)}


def _named(refused: DomainError, otherwise: str) -> dict[str, str]:
    """Which field a refusal is about."""
    if isinstance(refused, Invalid) and refused.fields:
        return {name: _(said) for name, said in refused.fields.items()}
    return {otherwise: f"{refused.sentence(_)}{refused.advice(_)}"}


def _place(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise UnknownRecord(kind="organisation") from None


def _post_fields(viewer: Actor, given: dict[str, str], faults: dict[str, str]) -> tuple[Field, ...]:
    places = words.place_choices(accounts_admin.organisations_in_reach(viewer=viewer, action=APPOINT))
    roles = words.role_choices(accounts_admin.roles_offered(viewer=viewer))
    blank = (Choice("", _("请选择")),)
    return (
        Field("organisation", _("单位"), FieldKind.SELECT, value=given["organisation"], options=blank + places,
              error=faults.get("organisation", "")),
        Field("role", _("岗位"), FieldKind.SELECT, value=given["role"], options=blank + roles, error=faults.get("role", "")),
        *knowing_field(given, faults),
    )  # fmt: skip


def _ask(
    request: HttpRequest, title: str, verb: str, fields: tuple[Field, ...], faults: dict[str, str], consequence: str,
    *, page: OfficialPage | None = None, grave: bool = False,
) -> HttpResponse:  # fmt: skip
    crumbs = [Link(_("账号管理"), reverse("people:list"))]
    if page is not None:
        crumbs.append(Link(page.row.name, reverse("people:account", args=[page.row.id])))
    context = {
        "title": title, "verb": verb, "fields": fields, "consequence": consequence, "grave": grave,
        "errors": ErrorSummary.of(fields) if faults else None, "crumbs": Crumbs(tuple(crumbs), title),
        "page": page,
    }  # fmt: skip
    return render(request, "identity/people/step.html", context, status=422 if faults else 200)


def _handed_over(request: HttpRequest, account_id: UUID, viewer: Actor) -> HttpResponse:
    """The link stands on this answer only; nobody can call it up again."""
    token = joiners.access_link(account_id=account_id, by=viewer, at=clock.now())
    page = accounts_admin.official_page(account_id=account_id, viewer=viewer)
    address = request.build_absolute_uri(reverse("people_start", args=[token]))
    crumbs = Crumbs((Link(_("账号管理"), reverse("people:list")),), page.row.name)
    return render(request, "identity/people/link.html", {"page": page, "address": address, "crumbs": crumbs})


@words.for_administrators
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, account_id: UUID, verb: str) -> HttpResponse:
    """One of the steps about an account that need at most one choice."""
    if verb not in _STEPS:
        raise Http404
    page = accounts_admin.official_page(account_id=account_id, viewer=actor_of(request))
    return _STEPS[verb](request, page)


def _leave(request: HttpRequest, page: OfficialPage) -> HttpResponse:
    viewer, given, faults = actor_of(request), words.asked(request, "ground"), dict[str, str]()
    if request.method == "POST":
        if given["ground"] in set(LeaveGround):
            joiners.leave(account_id=page.row.id, ground=LeaveGround(given["ground"]), by=viewer, at=clock.now())
            return _done(request, page, _("已办理离职，账号已停用。"))
        faults = {"ground": _("请选择离职原因。")}
    options = tuple(Choice(each.value, _(each.label)) for each in LeaveGround)
    field = Field(
        "ground", _("离职原因"), FieldKind.RADIO, value=given["ground"], options=options, error=faults.get("ground", "")
    )
    said = _(
        "全部任职和授权立即结束，登录状态、登录方式和已发放的令牌立即失效，账号停用。认领了还没有办完的待办退回原单位，由其他人认领。"
    )
    return _ask(request, _("办理离职"), _("确认离职"), (field,), faults, said, page=page, grave=True)


def _link(request: HttpRequest, page: OfficialPage) -> HttpResponse:
    if request.method == "POST":
        return _handed_over(request, page.row.id, actor_of(request))
    said = _(
        "原密码、通行密钥、动态口令、备用码和邮箱立即作废，已登录的设备全部退出。您会得到一个只能用一次的链接，请核实是本人后，当面或通过单位通讯录交给本人。"
    )
    title = _("重设密码") if page.row.ready else _("发放启用链接")
    return _ask(request, title, _("生成链接"), (), {}, said, page=page)


def _unlock(request: HttpRequest, page: OfficialPage) -> HttpResponse:
    if request.method == "POST":
        joiners.unlock(account_id=page.row.id, by=actor_of(request), at=clock.now())
        return _done(request, page, _("已解除锁定，可以马上登录。"))
    said = _("密码输错次数过多时，账号会暂停登录一段时间。请先确认是本人要求，再解除。")
    return _ask(request, _("解除锁定"), _("解除"), (), {}, said, page=page)


def _post(request: HttpRequest, page: OfficialPage) -> HttpResponse:
    """Another office, or the first one of somebody who comes back."""
    viewer, given, faults = actor_of(request), words.asked(request, "organisation", "role", KNOWING), dict[str, str]()
    if request.method == "POST":
        faults = _missing(given, "organisation", "role") or idle_post(viewer, given)
        if not faults:
            do = rights.appoint if page.row.is_active else joiners.reinstate
            try:
                do(
                    account_id=page.row.id, organisation_id=_place(given["organisation"]), role=given["role"],
                    by=viewer, at=clock.now(),
                )  # fmt: skip
            except (Invalid, Conflict) as refused:
                faults = _named(refused, "role")
            else:
                return _done(request, page, _("已任职。") if page.row.is_active else _("账号已恢复，请发放启用链接。"))
    fields = _post_fields(viewer, given, faults)
    if page.row.is_active:
        return _ask(request, _("增加任职"), _("任职"), fields, faults, _("原有任职不变。"), page=page)
    said = _("账号重新启用，只有这里选定的任职；以前的权限不会恢复，密码需重新设置。")
    return _ask(request, _("恢复账号"), _("恢复账号"), fields, faults, said, page=page)


@words.for_administrators
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, account_id: UUID, appointment_id: UUID) -> HttpResponse:
    """From one office to another, or out of one."""
    viewer = actor_of(request)
    page = accounts_admin.official_page(account_id=account_id, viewer=viewer)
    held = next((each for each in page.held if each.id == appointment_id and each.in_force), None)
    if held is None:
        raise UnknownRecord(kind="appointment")
    given, faults = words.asked(request, "how", "organisation", "role", KNOWING), dict[str, str]()
    if request.method == "POST":
        if given["how"] == "end":
            rights.end_appointment(appointment_id=appointment_id, by=viewer, at=clock.now())
            return _done(request, page, _("任职已结束。"))
        faults = _missing(given, "organisation", "role") or idle_post(viewer, given)
        if not faults:
            try:
                joiners.move(
                    appointment_id=appointment_id, organisation_id=_place(given["organisation"]), role=given["role"],
                    by=viewer, at=clock.now(),
                )  # fmt: skip
            except (Invalid, Conflict) as refused:
                faults = _named(refused, "role")
            else:
                return _done(request, page, _("已调动。"))
    return _ask(
        request, _("调动"), _("确认调动"), _move_fields(viewer, given, faults), faults, _leaving(held), page=page
    )  # fmt: skip


def _move_fields(viewer: Actor, given: dict[str, str], faults: dict[str, str]) -> tuple[Field, ...]:
    how = (
        Choice("move", _("调到新岗位"), _("选择新的单位和岗位")),
        Choice("end", _("只结束这一任职"), _("不需要选择新的单位和岗位")),
    )
    first = Field("how", _("怎么办理"), FieldKind.RADIO, value=given["how"] or "move", options=how)
    return (first, *_post_fields(viewer, given, faults))


def _leaving(held: HeldOffice) -> str:
    where = f"{words.place(held.organisation)} · {words.title(held.title, held.title_en)}"
    return _("离开：%(post)s。这个岗位的权限立即结束，已登录的设备退出，以新岗位重新登录。") % {"post": where}


def _done(request: HttpRequest, page: OfficialPage, said: str) -> HttpResponse:
    messages.success(request, said)
    return go(request, reverse("people:account", args=[page.row.id]))


_STEPS = {"leave": _leave, "link": _link, "unlock": _unlock, "appoint": _post, "reinstate": _post}
