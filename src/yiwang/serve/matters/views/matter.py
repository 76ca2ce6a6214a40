"""One matter for its steward: versions side by side, what the quality rules say, and its life by date."""

from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yiwang.commons.identity.queries import actor_of
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import Invalid
from yiwang.serve.matters import commands, queries, rules
from yiwang.serve.matters.contracts import CatalogueRow, Difference, MatterState
from yiwang.serve.matters.rules import MatterAction
from yiwang.serve.matters.views.words import day, days_words, range_words, state_tag, type_words
from yiwang.web.components import Crumbs, Empty, ErrorSummary, Link
from yiwang.web.components.lists import Cell, Column, Fact, Facts, Row, Table
from yiwang.web.components.marks import Tag, Tone
from yiwang.web.fields import Choice, Field, FieldKind

_CELL = 400


@login_required
@require_http_methods(["GET", "POST"])
def matter(request: HttpRequest, code: str) -> HttpResponse:
    """The versions of a code. `?before=1&after=2` chooses which stand side by side; POST suspends, resumes, cancels."""
    viewer = actor_of(request)
    if request.method == "POST":
        try:
            messages.success(request, _act(request, code, viewer))
        except Invalid as refused:
            return _page(request, code, viewer, refused)
        return redirect("matters:matter", code=code)
    return _page(request, code, viewer)


def _act(request: HttpRequest, code: str, viewer: Actor) -> str:
    given, at = request.POST, clock.now()
    action = given.get("action", "")
    reason = given.get("reason", "").strip()[:300]
    if action == "resume":
        commands.resume_matter(code=code, by=viewer, at=at)
        return _("已恢复办理。")
    if action == "publish":
        version = _version(given.get("version", ""), 0)
        since = _date(given.get("since", ""), action, "since")
        done = commands.republish_matter(code=code, version=version, since=since, by=viewer, at=at)
        return _("已发布第 %(n)d 版。") % {"n": done.version}
    if not reason:
        raise Invalid(fields={f"{action}-reason": _("请写明原因，申请人会看到")})
    first = _date(given.get("since", ""), action, "since")
    if action == "suspend":
        until = _date(given["until"], action, "until") if given.get("until") else None
        commands.suspend_matter(code=code, since=first, until=until, reason=reason, by=viewer, at=at)
        return _("已安排暂停。")
    if action == "cancel":
        commands.cancel_matter(code=code, on=first, reason=reason, by=viewer, at=at)
        return _("已安排取消。")
    raise Invalid(fields={"action": _("请选择一项")})


def _date(text: str, action: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(fields={f"{action}-{name}": _("请填写日期，例如 2026-11-09")}) from None


def _page(request: HttpRequest, code: str, viewer: Actor, refused: Invalid | None = None) -> HttpResponse:
    versions = queries.versions(code=code, viewer=viewer)
    newest = versions[0]
    after = _version(request.GET.get("after", ""), newest.version)
    before = _version(request.GET.get("before", ""), after - 1)
    compared = queries.differences(code=code, before=before, after=after, viewer=viewer)
    errors = dict(refused.fields) if refused else {}
    forms = {
        action: _fields(action, request, errors)
        for action in ("suspend", "cancel")
        if rules.next_state(newest.state, MatterAction(action)) is not None
    }
    context = {
        "crumbs": Crumbs((Link(_("事项清单"), reverse("matters:catalogue")),), newest.name),
        "row": newest,
        "state": state_tag(newest.state),
        "facts": _facts(newest),
        "versions": _versions(versions, before, after),
        "quality": queries.quality(matter_id=newest.id, viewer=viewer),
        "differences": _differences(compared, before, after, whole="whole" in request.GET),
        "whole_url": f"?{urlencode({'before': before, 'after': after, 'whole': 1})}"
        if "whole" not in request.GET
        else "",
        "suspend": forms.get("suspend"),
        "cancel": forms.get("cancel"),
        "publish": _publish_fields(versions, request, errors),
        "resumes": newest.suspended_from is not None,
        "errors": ErrorSummary.of(
            tuple(field for fields in forms.values() for field in fields), *_loose(errors, refused)
        ),
    }
    return render(request, "matters/matter.html", context, status=422 if refused else 200)


def _loose(errors: dict[str, str], refused: Invalid | None) -> list[str]:
    """What belongs to no field."""
    return [str(refused)] if refused is not None and not errors else [errors["action"]] if "action" in errors else []


def _version(text: str, default: int) -> int:
    return int(text) if text.isdigit() and len(text) < 6 else default


def _facts(row: CatalogueRow) -> Facts:
    days = _("没有写明") if row.promised_days is None else days_words(row.promised_days)
    facts = [
        Fact(_("编码"), row.code, number=True),
        Fact(_("实施主体"), row.department or "—"),
        Fact(_("事项类型"), type_words(row.type) or "—"),
        Fact(_("承诺时限"), days),
        Fact(_("在线办理"), _("在本平台办理") if row.handled_here else _("只公布，不在本平台办理")),
    ]
    if range_words(row):
        facts.append(Fact(_("日期"), range_words(row)))
    if row.reason:
        facts.append(Fact(_("原因"), row.reason))
    return Facts(tuple(facts), tight=True)


def _versions(versions: tuple[CatalogueRow, ...], before: int, after: int) -> Table:
    def row(each: CatalogueRow) -> Row:
        shown = each.version in {before, after}
        words = _("第 %(n)d 版") % {"n": each.version}
        href = f"?{urlencode({'before': each.version - 1, 'after': each.version})}#compare"
        return Row(
            (
                Cell(words, note=_("正在比较") if shown else "", href=href),
                state_tag(each.state),
                day(each.published_at.astimezone(clock.CHINA).date()) if each.published_at else "",
            )
        )

    columns = (Column(_("版本")), Column(_("状态")), Column(_("发布")))
    return Table.of(_("历次版本"), columns, tuple(row(each) for each in versions))


def _differences(found: tuple[Difference, ...], before: int, after: int, *, whole: bool) -> Table:
    shown = [each for each in found if each.changed or whole or not before]
    chinese = (get_language() or "zh").startswith("zh")
    rows = tuple(
        Row(
            (
                rules.place_words(each.place) if chinese else each.place,
                each.before[:_CELL] or "—",
                Cell(each.after[:_CELL] or "—"),
                Tag(_("不同"), Tone.WARN) if each.changed and before else None,
            )
        )
        for each in shown
    )
    columns = (
        Column(_("栏目")),
        Column(_("第 %(n)d 版") % {"n": before} if before else _("之前")),
        Column(_("第 %(n)d 版") % {"n": after}),
        Column(_("比较"), hidden=True),
    )
    return Table.of(_("两版对照"), columns, rows, empty=Empty(_("两版内容相同"), boxed=False))


def _publish_fields(
    versions: tuple[CatalogueRow, ...], request: HttpRequest, errors: dict[str, str]
) -> tuple[Field, ...]:
    """Which former version to put in force again, and from which day; nothing where there is none."""
    former = [each for each in versions if each.promised_days is not None and each.state is MatterState.WITHDRAWN]
    if not former:
        return ()
    mine = request.method == "POST" and request.POST.get("action") == "publish"
    since = request.POST.get("since", "") if mine else clock.today().isoformat()
    choices = tuple(Choice(str(each.version), _("第 %(n)d 版") % {"n": each.version}) for each in former)
    chosen = request.POST.get("version", "") if mine else choices[0].value
    return (
        Field(
            name="version", label=_("版本"), kind=FieldKind.SELECT, options=choices, value=chosen, id_prefix="publish-"
        ),
        Field(
            name="since",
            label=_("生效日期"),
            kind=FieldKind.DATE,
            value=since,
            error=errors.get("publish-since", ""),
            hint=_("在这一天之前，现行版本继续有效。"),
            id_prefix="publish-",
        ),
    )


def _fields(action: str, request: HttpRequest, errors: dict[str, str]) -> tuple[Field, ...]:
    mine = request.method == "POST" and request.POST.get("action") == action
    given = request.POST if mine else {}

    def field(
        name: str, label: str, kind: FieldKind, *, hint: str = "", required: bool = True, value: str = ""
    ) -> Field:
        return Field(
            name=name,
            label=label,
            kind=kind,
            value=str(given.get(name, value)),
            hint=hint,
            error=errors.get(f"{action}-{name}", ""),
            required=required,
            id_prefix=f"{action}-",
            maxlength=300 if kind is FieldKind.TEXTAREA else None,
            rows=2,
        )

    today = clock.today().isoformat()
    reason = field("reason", _("原因"), FieldKind.TEXTAREA, hint=_("申请人会看到。"))
    if action == "cancel":
        return field("since", _("取消日期"), FieldKind.DATE, hint=_("从这一天起不再受理。"), value=today), reason
    return (
        field("since", _("暂停的第一天"), FieldKind.DATE, value=today),
        field("until", _("暂停的最后一天"), FieldKind.DATE, hint=_("不填：到恢复办理为止。"), required=False),
        reason,
    )
