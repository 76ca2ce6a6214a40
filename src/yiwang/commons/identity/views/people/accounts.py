"""`/work/accounts/`: the list of officials' accounts in reach, and one account with all that it holds."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.identity.contracts.people import HeldOffice, OfficialPage, OfficialRow
from yiwang.commons.identity.queries import accounts_admin, actor_of, entry
from yiwang.commons.identity.views.people import words
from yiwang.commons.identity.views.people.rights import rights_table
from yiwang.web.components import (
    Cell,
    Column,
    Crumbs,
    Empty,
    Event,
    Fact,
    Facts,
    Link,
    LinkButton,
    Pagination,
    Row,
    Table,
    Tag,
    Text,
    Timeline,
    Tone,
)
from yiwang.web.responses import go

SEARCH = "people.search"
_STATES: tuple[tuple[str, Text], ...] = (
    ("active", gettext_lazy("未停用")),
    ("waiting", gettext_lazy("待启用（尚未设置密码）")),
    ("posted", gettext_lazy("有任职")),
    ("idle", gettext_lazy("无任职")),
    ("closed", gettext_lazy("已停用")),
)
_TRACES: dict[str, Text] = {
    "logged_in": gettext_lazy("登录"),
    "login_failed": gettext_lazy("登录失败"),
    "logged_out": gettext_lazy("退出"),
}


@words.for_administrators
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """Accounts in reach. What is searched for is posted and kept in the session: a name belongs in no address."""
    here = reverse("people:list")
    if request.method == "POST":
        request.session[SEARCH] = words.asked(request, "q")["q"]
        kept = words.asked(request, "organisation", "role", "state")
        return go(request, here + "?" + "&".join(f"{name}={value}" for name, value in kept.items() if value))
    viewer = actor_of(request)
    search = str(request.session.get(SEARCH, ""))
    chosen = {name: request.GET.get(name, "")[:60] for name in ("organisation", "role", "state")}
    page = accounts_admin.officials_list(
        viewer=viewer, search=search, organisation_id=_identifier(chosen["organisation"]), role=chosen["role"],
        state=chosen["state"], cursor=request.GET.get("cursor"),
    )  # fmt: skip
    pages = Pagination.of(page, path=request.path, params=chosen)
    columns = (Column(_("姓名")), Column(_("任职")), Column(_("状态")), Column(_("开户日期")))
    table = Table.of(
        _("账号"), columns, tuple(_row(row) for row in page.items), keys=True, boxed=True,
        empty=Empty(_("没有符合条件的账号"), _("换个条件再找，或为新来的人开户。")), pages=pages if pages.needed else None,
    )  # fmt: skip
    context = {
        "tabs": words.tabs("list"), "search": search, "chosen": chosen, "table": table, "states": _STATES,
        "organisations": words.place_choices(accounts_admin.organisations_in_reach(viewer=viewer)),
        "roles": words.role_choices(accounts_admin.roles_offered(viewer=viewer)),
    }  # fmt: skip
    return render(request, "identity/people/list.html", context)


def _identifier(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _row(row: OfficialRow) -> Row:
    posts = "；".join(words.post(office) for office in row.offices) or "—"
    name = Cell(row.name, row.username, reverse("people:account", args=[row.id]))
    return Row((name, posts, words.state(row), words.opened(row)))


@words.for_administrators
@require_GET
def account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """One account: who it is, its offices, its rights, its last log-ins, and what can be done."""
    page = accounts_admin.official_page(account_id=account_id, viewer=actor_of(request))
    context = {
        "page": page,
        "row": page.row,
        "marks": words.marks(page.row),
        "crumbs": Crumbs((Link(_("账号管理"), reverse("people:list")),), page.row.name),
        "facts": _facts(page),
        "offices": _offices(page),
        "rights": rights_table(page.rights),
        "history": _history(page),
        "devices": _devices(request, page),
        "actions": _actions(page) if page.may_administer else (),
    }
    return render(request, "identity/people/account.html", context)


def _facts(page: OfficialPage) -> Facts:
    row = page.row
    facts = [
        Fact(_("用户名"), row.username),
        Fact(_("身份证件号码"), page.masked_number or _("未登记"), number=True),
        Fact(_("手机号码"), page.masked_mobile or _("未登记"), number=True),
        Fact(_("密码"), _("已设置") if row.ready else _("尚未设置")),
        Fact(_("开户日期"), words.opened(row)),
    ]
    if page.systems:
        facts.append(Fact(_("由人事系统维护"), _("、").join(page.systems)))
    return Facts(tuple(facts), tight=True)


def _offices(page: OfficialPage) -> Table:
    columns = (
        Column(_("单位")),
        Column(_("岗位")),
        Column(_("起止")),
        Column(_("状态")),
        Column(_("能做什么"), hidden=True),
    )
    rows = tuple(_office(each, page) for each in page.held)
    return Table.of(_("任职"), columns, rows, empty=Empty(_("没有任职"), boxed=False))


def _office(held: HeldOffice, page: OfficialPage) -> Row:
    move: Link | str = ""
    if held.in_force and page.may_administer:
        move = Link(
            _("调动"), reverse("people:move", args=[page.row.id, held.id]), about=words.place(held.organisation)
        )
    period = _("%(first)s 至 %(last)s") % {"first": held.valid_from.isoformat(), "last": words.day(held.valid_to)}
    standing = Tag(_("在任"), Tone.OK) if held.in_force else Tag(_("未生效或已结束"))
    if held.in_force and not held.gives:
        standing = Tag(_("未配置权限"), Tone.WARN)
    return Row((words.place(held.organisation), words.title(held.title, held.title_en), period, standing, move))


def _devices(request: HttpRequest, page: OfficialPage) -> Table | None:
    """Browsers that the account knows, and where it is logged in now; for who may administer it."""
    if not page.may_administer:
        return None
    known = entry.devices(account_id=page.row.id, viewer=actor_of(request))
    rows = tuple(
        Row((Cell(each.name, words.moment(each.last_at)), Tag(_("已登录"), Tone.OK) if each.sessions else ""))
        for each in known[:8]
    )
    columns = (Column(_("设备")), Column(_("状态")))
    return Table.of(_("登录设备"), columns, rows, empty=Empty(_("还没有登录过"), boxed=False))


def _history(page: OfficialPage) -> Timeline:
    return Timeline(tuple(Event(_TRACES[each.what], words.moment(each.at), each.at) for each in page.traces))


def _actions(page: OfficialPage) -> tuple[LinkButton, ...]:
    def to(step: str, label: str, kind: str) -> LinkButton:
        return LinkButton(label, reverse("people:step", args=[page.row.id, step]), kind)

    if not page.row.is_active:
        return (to("reinstate", _("恢复账号"), "second"),)
    link = _("重设密码") if page.row.ready else _("发放启用链接")
    return (
        to("link", link, "second"),
        to("unlock", _("解除锁定"), "quiet"),
        to("appoint", _("增加任职"), "quiet"),
        to("leave", _("办理离职"), "quiet"),
    )


@words.for_administrators
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """All accounts in reach with their offices as CSV, in the columns that an import reads."""
    lines = accounts_admin.accounts_export(viewer=actor_of(request))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="accounts.csv"'
    return answer
