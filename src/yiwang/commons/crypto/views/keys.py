"""`/work/crypto/`: all keys; one key with its versions, history and uses; the form of each step of its life."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.crypto import commands, queries, rules
from yiwang.commons.crypto.contracts import (
    DESTROY,
    MANAGE,
    KeyId,
    KeyPage,
    KeyRow,
    KeyState,
    KeyVerb,
    Operation,
    Purpose,
    ReasonMissing,
    StepRow,
    VersionRow,
)
from yiwang.commons.crypto.views import words
from yiwang.kernel import clock
from yiwang.kernel.errors import DomainError
from yiwang.web.components import (
    Cell,
    Column,
    Crumbs,
    Empty,
    ErrorSummary,
    Event,
    Fact,
    Facts,
    Link,
    LinkButton,
    Pagination,
    Row,
    Table,
    Tag,
    Timeline,
    Tone,
)
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go


@login_required
@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """Keys found by words, state and purpose, the newest first."""
    viewer = words.viewer_of(request)
    asked = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "state", "purpose")}
    page = queries.keys(
        viewer=viewer, text=asked["q"], state=asked["state"], purpose=asked["purpose"], cursor=request.GET.get("cursor")
    )
    columns = (
        Column(_("密钥")), Column(_("用途")), Column(_("算法")), Column(_("状态")), Column(_("版本"), number=True),
        Column(_("下次轮换")), Column(_("近 30 天使用"), number=True),
    )  # fmt: skip
    pages = Pagination.of(page, path=request.path, params=asked)
    table = Table.of(
        _("密钥"), columns, tuple(_row(row) for row in page.items), keys=True, boxed=True,
        empty=_empty(any(asked.values())), pages=pages if pages.needed else None,
    )  # fmt: skip
    context = {
        "tabs": words.tabs("keys"),
        "asked": asked,
        "table": table,
        "states": tuple((state.value, tag.words) for state, tag in words.STATES.items()),
        "purposes": tuple((purpose.value, said) for purpose, said in words.PURPOSES.items()),
        "begin": LinkButton(_("新建密钥"), reverse("crypto:create"), "second", "plus")
        if MANAGE in queries.rights(viewer=viewer)
        else None,
    }
    return render(request, "crypto/keys.html", context)


def _row(row: KeyRow) -> Row:
    cells = (
        Cell(row.name, row.application, reverse("crypto:key", args=[row.id])),
        words.PURPOSES[row.purpose],
        words.algorithm(row.algorithm),
        words.STATES[row.state],
        row.version,
        words.due(row.next_rotation_at) if row.state is KeyState.ACTIVE else "—",
        words.number(row.uses),
    )
    return Row(cells, id=str(row.id), label=row.name)


def _empty(filtered: bool) -> Empty:
    if filtered:
        return Empty(_("没有符合条件的密钥"), _("换个词，或放宽条件再找。"))
    return Empty(_("还没有密钥"), _("运行 yiwang migrate 会建立平台自己的密钥；应用的密钥在这里新建。"))


@login_required
@require_GET
def key(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """One key: what it is, its versions, what happened to it, who uses it."""
    viewer = words.viewer_of(request)
    page = queries.key_page(key_id=key_id, viewer=viewer)
    held = queries.rights(viewer=viewer)
    context = {
        "page": page,
        "crumbs": Crumbs((Link(_("密码资源"), reverse("crypto:keys")),), page.row.name),
        "state": words.STATES[page.row.state],
        "facts": _facts(page),
        "versions": _versions(page.versions),
        "reencrypts": page.row.purpose is Purpose.FIELDS
        and any(each.replaced_at and not each.retired_at for each in page.versions),
        "history": Timeline(tuple(_event(each) for each in page.steps)),
        "uses": _uses(page),
        "actions": _actions(page, held),
    }
    return render(request, "crypto/key.html", context)


def _facts(page: KeyPage) -> Facts:
    row = page.row
    days = _("每 %(days)d 天") % {"days": page.rotate_days} if page.rotate_days else _("人工轮换")
    return Facts(
        (
            Fact(_("用途"), words.PURPOSES[row.purpose]),
            Fact(_("应用"), row.application),
            Fact(_("负责"), row.owner),
            Fact(_("套件和算法"), f"{words.SUITES[row.suite]} · {words.algorithm(row.algorithm)}"),
            Fact(_("轮换周期"), days),
            Fact(_("下次轮换"), words.due(row.next_rotation_at)),
            Fact(_("创建"), words.moment(row.created_at)),
        ),
        tight=True,
    )


def _versions(rows: tuple[VersionRow, ...]) -> Table:
    columns = (
        Column(_("版本"), number=True), Column(_("状态")), Column(_("算法")), Column(_("标识")), Column(_("生效")),
        Column(_("主密钥")), Column(_("使用"), number=True),
    )  # fmt: skip
    made = tuple(
        Row(
            (
                each.number,
                _standing(each),
                words.algorithm(each.algorithm),
                Cell(
                    each.label, _("公钥 SM3 %(start)s…") % {"start": each.fingerprint[:16]} if each.fingerprint else ""
                ),
                words.moment(each.effective_at),
                each.master or "—",
                words.number(each.uses),
            ),
            id=str(each.id),
            label=str(each.number),
        )
        for each in rows
    )
    return Table.of(_("版本"), columns, made)


def _standing(row: VersionRow) -> Tag:
    if row.destroyed_at:
        return Tag(_("已销毁"), Tone.PLAIN)
    if row.effective_at > clock.now():
        return Tag(_("待生效"), Tone.BLUE)
    if row.retired_at:
        return Tag(_("不再需要"), Tone.PLAIN)
    return (
        Tag(_("旧版本"), Tone.PLAIN) if row.replaced_at and row.replaced_at <= clock.now() else Tag(_("现用"), Tone.OK)
    )


def _event(step: StepRow) -> Event:
    about = _("第 %(version)d 版") % {"version": step.version} if step.version else _("全部版本")
    told = "，".join(each for each in (about, step.by or _("系统")) if each)
    return Event(
        words.STEPS[step.verb], words.moment(step.at), step.at, f"{told}{'：' + step.reason if step.reason else ''}"
    )


def _uses(page: KeyPage) -> Table:
    columns = (
        Column(_("日期")), Column(_("应用")), Column(_("使用方式")), Column(_("版本"), number=True), Column(_("次数"), number=True),
    )  # fmt: skip
    rows = tuple(
        Row((f"{use.day:%Y-%m-%d}", use.application, words.OPERATIONS[Operation(use.operation)], use.version, words.number(use.count)))
        for use in page.uses
    )  # fmt: skip
    return Table.of(
        _("近 30 天的使用"), columns, rows, empty=Empty(_("近 30 天没有使用过"), _("用量每半分钟汇总一次。"))
    )


def _actions(page: KeyPage, held: frozenset[str]) -> tuple[LinkButton, ...]:
    order = (KeyVerb.ROTATE, KeyVerb.ACTIVATE, KeyVerb.RESUME, KeyVerb.SUSPEND, KeyVerb.RETIRE, KeyVerb.DESTROY)
    offered = [
        verb for verb in order if verb in page.verbs and (DESTROY if verb is KeyVerb.DESTROY else MANAGE) in held
    ]
    return tuple(
        LinkButton(
            words.VERBS[verb],
            reverse("crypto:step", args=[page.row.id, verb.value]),
            "second" if number == 0 else "quiet",
        )
        for number, verb in enumerate(offered)
    )


_DO: dict[KeyVerb, Callable[..., object]] = {
    KeyVerb.ACTIVATE: commands.activate_key,
    KeyVerb.SUSPEND: commands.suspend_key,
    KeyVerb.RESUME: commands.resume_key,
    KeyVerb.ROTATE: commands.rotate_key,
    KeyVerb.RETIRE: commands.retire_key,
    KeyVerb.DESTROY: commands.destroy_key,
}
_WITHOUT_REASON = frozenset((KeyVerb.ACTIVATE, KeyVerb.RESUME, KeyVerb.ROTATE))


@login_required
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, key_id: UUID, verb: str) -> HttpResponse:
    """Say what a step brings and ask for the reason; POST takes it."""
    if verb not in {each.value for each in _DO}:
        raise Http404
    chosen, viewer = KeyVerb(verb), words.viewer_of(request)
    page = queries.key_page(key_id=key_id, viewer=viewer)
    reason, fault = request.POST.get("reason", "")[:2000], ""
    if request.method == "POST":
        try:
            _DO[chosen](key_id=KeyId(key_id), reason=reason, by=viewer, at=clock.now())
        except ReasonMissing as refused:
            fault = refused.sentence(_)
        else:
            messages.success(
                request, _("%(verb)s：%(key)s，已完成。") % {"verb": words.VERBS[chosen], "key": page.row.name}
            )
            return go(request, reverse("crypto:key", args=[key_id]))
    field = Field("reason", _("操作理由"), FieldKind.TEXTAREA, value=reason, error=fault, required=chosen not in _WITHOUT_REASON,
                  hint=_("会留在密钥的经过和存证里。"), maxlength=2000, rows=3)  # fmt: skip
    context = {
        "page": page,
        "verb": words.VERBS[chosen],
        "consequence": words.CONSEQUENCES[chosen],
        "grave": chosen in {KeyVerb.RETIRE, KeyVerb.DESTROY},
        "allowed": chosen in page.verbs,
        "fields": (field,),
        "errors": ErrorSummary.of((field,)) if fault else "",
        "crumbs": Crumbs(
            (Link(_("密码资源"), reverse("crypto:keys")), Link(page.row.name, reverse("crypto:key", args=[key_id]))),
            words.VERBS[chosen],
        ),
    }
    return render(request, "crypto/step.html", context, status=422 if fault else 200)


@login_required
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Make a key for an application."""
    viewer = words.viewer_of(request)
    queries.check_manage(viewer=viewer)
    names = ("name", "purpose", "application", "owner", "suite", "rotate_days")
    given = {name: request.POST.get(name, "").strip()[:120] for name in names}
    faults: dict[str, str] = {}
    if request.method == "POST":
        faults = _faults(given)
        if not faults:
            try:
                made = commands.create_key(
                    name=given["name"], owner=given["owner"], purpose=Purpose(given["purpose"]),
                    application=given["application"], suite=given["suite"],
                    rotate_days=int(given["rotate_days"]) if given["rotate_days"] else None, by=viewer, at=clock.now(),
                )  # fmt: skip
            except DomainError as refused:
                if refused.kind not in {409, 422, 429}:
                    raise
                faults["name"] = refused.sentence(_)
            else:
                messages.success(request, _("已新建密钥 %(key)s。") % {"key": given["name"]})
                return go(request, reverse("crypto:key", args=[made]))
    fields = _fields(given, faults)
    context = {
        "fields": fields,
        "errors": ErrorSummary.of(fields) if faults else "",
        "crumbs": Crumbs((Link(_("密码资源"), reverse("crypto:keys")),), _("新建密钥")),
    }
    return render(request, "crypto/create.html", context, status=422 if faults else 200)


def _faults(given: dict[str, str]) -> dict[str, str]:
    faults = {
        name: _("名称用小写字母、数字、点、横线和下划线，以字母开头，最多 60 个字符。")
        for name in ("name", "application")
        if not rules.is_name(given[name])
    }
    if given["purpose"] not in {Purpose.DATA.value, Purpose.SIGNING.value}:
        faults["purpose"] = _("请选择用途。")
    if not given["owner"]:
        faults["owner"] = _("请填写由谁负责。")
    days = given["rotate_days"]
    if days and not (days.isdecimal() and len(days) <= 5 and 1 <= int(days) <= 36500):
        faults["rotate_days"] = _("请填写 1 到 36500 之间的天数。")
    return faults


def _fields(given: dict[str, str], faults: dict[str, str]) -> tuple[Field, ...]:
    from yiwang.web.fields import Choice

    purposes = tuple(Choice(each.value, words.PURPOSES[each]) for each in (Purpose.SIGNING, Purpose.DATA))
    suites = tuple(Choice(name, said) for name, said in words.SUITES.items())
    return (
        Field("name", _("密钥名称"), value=given["name"], error=faults.get("name", ""), hint=_("例如 seals.main，以后不能再改。"), maxlength=60),
        Field("purpose", _("用途"), FieldKind.RADIO, value=given["purpose"], error=faults.get("purpose", ""), options=purposes),
        Field("application", _("应用"), value=given["application"], error=faults.get("application", ""), hint=_("使用这个密钥的应用代码，例如 seals。新的应用会一并登记。"), maxlength=60),
        Field("owner", _("由谁负责"), value=given["owner"], error=faults.get("owner", ""), hint=_("单位或岗位。"), maxlength=120),
        Field("suite", _("密码套件"), FieldKind.SELECT, value=given["suite"], required=False, options=suites, hint=_("不选则按平台设置。")),
        Field("rotate_days", _("轮换周期"), FieldKind.NUMBER, value=given["rotate_days"], error=faults.get("rotate_days", ""), required=False, unit=_("天"), hint=_("不填则人工轮换。"), short=True),
    )  # fmt: skip
