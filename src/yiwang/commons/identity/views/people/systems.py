"""`/work/accounts/systems/`: the personnel systems of departments that keep accounts by SCIM."""

from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.identity.commands import personnel
from yiwang.commons.identity.commands.personnel import NewToken
from yiwang.commons.identity.contracts import InvalidIdentity
from yiwang.commons.identity.contracts.people import Reach, SystemRow
from yiwang.commons.identity.queries import accounts_admin, actor_of
from yiwang.commons.identity.queries import personnel as reading
from yiwang.commons.identity.views.people import words
from yiwang.commons.identity.views.people.imports import chosen_reach, reach_choices
from yiwang.kernel import clock
from yiwang.web.components import (
    Cell,
    Column,
    Crumbs,
    Empty,
    ErrorSummary,
    Fact,
    Facts,
    Link,
    Pagination,
    Row,
    Table,
    Tag,
    Tone,
)
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go

_USUAL = timedelta(days=180)


@words.for_administrators
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Systems in reach."""
    page = reading.personnel_systems(viewer=actor_of(request), cursor=request.GET.get("cursor"))
    pages = Pagination.of(page, path=request.path, params={})
    columns = (
        Column(_("系统")),
        Column(_("范围")),
        Column(_("状态")),
        Column(_("维护账号"), number=True),
        Column(_("有效期至")),
    )
    table = Table.of(
        _("人事系统"), columns, tuple(_row(each) for each in page.items), boxed=True,
        empty=Empty(_("还没有接入人事系统"), _("接入后，人员的入职、调动、离职由单位的人事系统自动办理。")),
        pages=pages if pages.needed else None,
    )  # fmt: skip
    return render(request, "identity/people/systems.html", {"tabs": words.tabs("systems"), "table": table})


def _row(row: SystemRow) -> Row:
    name = Cell(row.name, "", reverse("people:system", args=[row.id]))
    return Row((name, words.place(row.organisation), _state(row), row.accounts, row.valid_to.isoformat()))


def _state(row: SystemRow) -> Tag:
    if row.ended:
        return Tag(_("已停用"), Tone.BAD)
    return Tag(_("在用"), Tone.OK) if row.in_force else Tag(_("已过期"), Tone.WARN)


def _crumbs(here: str) -> Crumbs:
    return Crumbs((Link(_("人事系统"), reverse("people:systems")),), here)


@words.for_administrators
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Let a system in; the page that follows shows its token."""
    viewer = actor_of(request)
    known = accounts_admin.reaches(viewer=viewer)
    given, faults = words.asked(request, "name", "reach", "valid_to"), dict[str, str]()
    roles = tuple(request.POST.getlist("roles"))[:50]
    if request.method == "POST":
        chosen = chosen_reach(known, given["reach"])
        if chosen is None:
            faults["reach"] = _("请选择范围。")
        else:
            try:
                made = personnel.register_system(
                    name=given["name"], organisation_id=chosen.organisation.id, tree=chosen.tree, roles=roles,
                    valid_to=_day(given["valid_to"]), by=viewer, at=clock.now(),
                )  # fmt: skip
            except InvalidIdentity as refused:
                faults = {name: _(said) for name, said in refused.fields.items()}
            else:
                return _told(request, made)
    fields = _fields(request, known, given, roles, faults)
    context = {
        "title": _("接入人事系统"), "verb": _("接入"), "fields": fields, "crumbs": _crumbs(_("接入人事系统")),
        "consequence": _("系统按 SCIM 2.0 办理这个范围内的开户、任职和离职；管理账号和权限的岗位不能由系统授予。"),
        "errors": ErrorSummary.of(fields) if faults else None, "page": None, "grave": False,
    }  # fmt: skip
    return render(request, "identity/people/step.html", context, status=422 if faults else 200)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


def _fields(
    request: HttpRequest,
    known: tuple[Reach, ...],
    given: dict[str, str],
    roles: tuple[str, ...],
    faults: dict[str, str],
) -> tuple[Field, ...]:
    viewer = actor_of(request)
    choices = reach_choices(known)
    offered = dict[str, tuple[str, str, str]]()
    for each in known:
        rows = accounts_admin.roles_within(organisation_id=each.organisation.id, tree=each.tree, viewer=viewer)
        offered |= {row[0]: row for row in rows}
    until = given["valid_to"] or (clock.today() + _USUAL).isoformat()
    return (
        Field("name", _("系统名称"), value=given["name"], error=faults.get("name", ""), maxlength=60),
        Field("reach", _("范围"), FieldKind.SELECT, value=given["reach"] or (choices[0].value if choices else ""),
              options=choices, error=faults.get("reach", "")),
        Field("roles", _("可以授予的岗位"), FieldKind.CHECKBOX, value=roles, error=faults.get("roles", ""),
              options=words.role_choices(tuple(offered.values()))),
        Field("valid_to", _("令牌有效期至"), FieldKind.DATE, value=until, error=faults.get("valid_to", ""),
              hint=_("最长一年，到期前更换。")),
    )  # fmt: skip


def _told(request: HttpRequest, made: NewToken) -> HttpResponse:
    """The token stands on this answer only."""
    row = reading.personnel_system(system_id=made.system_id, viewer=actor_of(request))
    context = {
        "row": row, "token": made.token, "address": request.build_absolute_uri("/scim/v2"), "crumbs": _crumbs(row.name),
    }  # fmt: skip
    return render(request, "identity/people/token.html", context)


@words.for_administrators
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, system_id: UUID) -> HttpResponse:
    """One system: its bounds; another token, or the end."""
    viewer = actor_of(request)
    row = reading.personnel_system(system_id=system_id, viewer=viewer)
    if request.method == "POST" and request.POST.get("do") == "renew":
        until = clock.today() + _USUAL
        return _told(request, personnel.renew_token(system_id=system_id, valid_to=until, by=viewer, at=clock.now()))
    if request.method == "POST" and request.POST.get("do") == "end":
        personnel.end_system(system_id=system_id, by=viewer, at=clock.now())
        messages.success(request, _("已停用。已有的账号不变。"))
        return go(request, reverse("people:system", args=[system_id]))
    titles = {key: words.title(zh, en) for key, zh, en in accounts_admin.roles_offered(viewer=viewer)}
    facts = Facts((
        Fact(_("范围"), words.place(row.organisation)),
        Fact(_("可以授予的岗位"), _("、").join(titles.get(key, key) for key in row.roles)),
        Fact(_("令牌有效期至"), row.valid_to.isoformat()),
        Fact(_("维护账号"), str(row.accounts), number=True),
        Fact(_("服务地址"), request.build_absolute_uri("/scim/v2")),
    ))  # fmt: skip
    context = {"row": row, "state": _state(row), "facts": facts, "crumbs": _crumbs(row.name)}
    return render(request, "identity/people/system.html", context)
