"""「请假与代理」: who is away, who does their work meanwhile, and working for somebody who is away."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.commons.flow import commands, queries
from yiwang.commons.flow.contracts import ADMINISTER, DelegationRefused, DelegationRow, NotYourTask, UnknownDelegation
from yiwang.commons.flow.views import words
from yiwang.commons.flow.views.administration import frame
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import AccountCard, Office
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.web.components import Cell, Column, Crumbs, Empty, ErrorSummary, Link, Pagination, Row, Table, Tag, Tone
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go

_Post = tuple[AccountCard, Office]


@login_required
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """The list, and the form that sets a deputy: for oneself, or by an administrator for the offices in reach."""
    viewer = words.viewer_of(request)
    if not viewer.is_official:
        raise NotYourTask
    absent = identity.standing_of(request).absent
    posts = () if absent else _posts(request, viewer)
    given = request.POST if request.method == "POST" else request.GET
    post = next(
        (each for each in posts if str(each[1].appointment_id) == given.get("post")), posts[0] if posts else None
    )
    errors: dict[str, str] = {}
    if request.method == "POST":
        if post is None:
            raise NotYourTask
        errors = _delegated(request, post, viewer)
        if not errors:
            return go(request, reverse("flow:leave"))
    fields = _fields(request, posts, post, viewer, errors) if post else ()
    page = queries.delegations(viewer=viewer, cursor=request.GET.get("cursor"))
    pages = Pagination.of(page, path=request.path)
    context = {
        "crumbs": Crumbs((Link(_("待办"), reverse("flow:inbox")),), _("请假与代理")),
        "absent": absent,
        "deputising": () if absent else queries.deputising(viewer=viewer),
        "rows": page.items,
        "table": _table(page.items),
        "pages": pages if pages.needed else None,
        "revocable": [row for row in page.items if row.can_revoke],
        "choices": _post_field(posts, post) if len(posts) > 1 else None,
        "post": post,
        "fields": fields,
        "errors": ErrorSummary.of(fields, *(said for name, said in errors.items() if name in {"post", "scope"}))
        if errors
        else None,
    }
    return render(request, "flow/leave.html", context, status=422 if errors else 200)


@login_required
@require_POST
def end_leave(request: HttpRequest, delegation_id: UUID) -> HttpResponse:
    """Revoke a delegation."""
    commands.revoke_delegation(delegation_id=delegation_id, by=words.viewer_of(request), at=clock.now())
    messages.success(request, _("已撤销代理。"))
    return go(request, reverse("flow:leave"))


@login_required
@require_POST
def stand_in(request: HttpRequest) -> HttpResponse:
    """Begin to work for an absent colleague, or as oneself again."""
    viewer = words.viewer_of(request)
    chosen = request.POST.get("delegation", "")
    if not chosen:
        commands.stand_in(delegation_id=None, by=viewer, at=clock.now())
        request.session.pop(identity.SESSION_STAND_IN, None)
        messages.success(request, _("已结束代理，您现在以自己的岗位办理。"))
    else:
        try:
            delegation_id = UUID(chosen)
        except ValueError:
            raise UnknownDelegation from None
        commands.stand_in(delegation_id=delegation_id, by=viewer, at=clock.now())
        request.session[identity.SESSION_STAND_IN] = str(delegation_id)
    identity.forget_standing(request)
    return go(request, reverse("flow:inbox"))


def _posts(request: HttpRequest, viewer: Actor) -> tuple[_Post, ...]:
    """One's own offices first, then those that the viewer administers."""
    own = identity.posts(viewer=viewer)
    if ADMINISTER not in frame.rights(request):
        return own
    known = {office.appointment_id for _card, office in own}
    return (
        *own,
        *(each for each in identity.posts(viewer=viewer, action=ADMINISTER) if each[1].appointment_id not in known),
    )


def _delegated(request: HttpRequest, post: _Post, viewer: Actor) -> dict[str, str]:
    card, office = post
    form = request.POST
    errors: dict[str, str] = {}
    first, last = _day(form.get("valid_from", "")), _day(form.get("valid_to", ""))
    if first is None:
        errors["valid_from"] = _("请选择开始日期")
    if last is None:
        errors["valid_to"] = _("请选择结束日期")
    able = {str(each.id): each for each in identity.colleagues(viewer=viewer, organisation_id=office.organisation.id)}
    deputy = able.get(form.get("to", ""))
    if deputy is None:
        errors["to"] = _("请选择代理人")
    if not form.get("reason", "").strip():
        errors["reason"] = _("请写明原因，例如“年休假”")
    if errors or first is None or last is None or deputy is None:
        return errors
    try:
        commands.delegate(
            from_account=card.id,
            to_account=deputy.id,
            organisation_id=office.organisation.id,
            role=office.role,
            valid_from=first,
            valid_to=last,
            reason=form.get("reason", "")[:200],
            scope=form.get("scope") or "*",
            by=viewer,
            at=clock.now(),
        )
    except DelegationRefused as refused:
        return {name: _(sentence) for name, sentence in refused.fields.items()}
    messages.success(
        request, _("已登记：%(days)s由 %(name)s 代理。") % {"days": _days(first, last), "name": deputy.name}
    )
    return {}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _days(first: date, last: date) -> str:
    if first == last:
        return first.isoformat()
    return _("%(first)s 至 %(last)s") % {"first": first.isoformat(), "last": last.isoformat()}


def _post_field(posts: tuple[_Post, ...], post: _Post | None) -> Field:
    options = tuple(
        Choice(str(office.appointment_id), f"{card.name}，{office.organisation.label}，{office.role_title}")
        for card, office in posts
    )
    return Field(
        "post",
        _("谁的岗位"),
        FieldKind.SELECT,
        str(post[1].appointment_id) if post else "",
        options=options,
    )


def _fields(
    request: HttpRequest, posts: tuple[_Post, ...], post: _Post, viewer: Actor, errors: dict[str, str]
) -> tuple[Field, ...]:
    del posts
    card, office = post
    given = request.POST
    able = identity.colleagues(viewer=viewer, organisation_id=office.organisation.id)
    options = tuple(Choice(str(each.id), f"{each.name}（{each.username}）") for each in able if each.id != card.id)
    matters = (
        [facet for facet in queries.inbox_summary(viewer=viewer).matters if ":" in facet.value]
        if card.id == viewer.account_id
        else []
    )
    scopes = (Choice("*", _("全部工作")), *(Choice(each.value, each.label) for each in matters))
    fields = [
        Field("to", _("代理人"), FieldKind.SELECT, given.get("to", ""), _("代理人只能做请假人能做的事，不能再转给别人代理。"),
              errors.get("to", ""), options=options),
        Field("valid_from", _("从哪一天"), FieldKind.DATE, given.get("valid_from", clock.today().isoformat()),
              error=errors.get("valid_from", "")),
        Field("valid_to", _("到哪一天"), FieldKind.DATE, given.get("valid_to", ""), _("包括这一天。到期自动结束，也可以提前撤销。"),
              errors.get("valid_to", "")),
        Field("reason", _("原因"), value=given.get("reason", ""), hint=_("例如“年休假”。代理人和管理员能看到。"),
              error=errors.get("reason", ""), maxlength=200),
    ]  # fmt: skip
    if len(scopes) > 1:
        fields.insert(
            1, Field("scope", _("代理哪些工作"), FieldKind.SELECT, given.get("scope", "*"), error=errors.get("scope", ""),
                     options=scopes),
        )  # fmt: skip
    return tuple(fields)


def _table(rows: tuple[DelegationRow, ...]) -> Table:
    columns = (Column(_("请假人")), Column(_("代理人")), Column(_("日期")), Column(_("原因")), Column(_("状态")))
    return Table.of(
        _("请假与代理"),
        columns,
        tuple(
            Row(
                (
                    Cell(row.from_name, row.organisation),
                    Cell(row.to_name, "" if row.scope == "*" else _("只代理部分工作")),
                    _days(row.valid_from, row.valid_to),
                    Cell(row.reason, _("%(name)s 登记") % {"name": row.created_by}),
                    _state(row),
                ),
                id=str(row.id),
            )
            for row in rows
        ),
        empty=Empty(_("还没有登记过请假代理"), _("请假前登记，您的待办就有人按时办。"), boxed=False),
    )


def _state(row: DelegationRow) -> Tag:
    today = clock.today()
    if row.revoked_at is not None:
        return Tag(_("已撤销"), Tone.PLAIN)
    if row.valid_to < today:
        return Tag(_("已结束"), Tone.PLAIN)
    return Tag(_("代理中"), Tone.BLUE) if row.valid_from <= today else Tag(_("未开始"), Tone.LINE)
