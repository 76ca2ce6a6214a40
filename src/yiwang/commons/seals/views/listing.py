"""`/work/seals/`: all seals in reach; applying for one; one seal with picture, custody and life; each step of its life."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.identity import queries as identity
from yiwang.commons.seals import commands, queries
from yiwang.commons.seals.contracts import (
    APPLY,
    MayNotApply,
    ReasonMissing,
    SealExists,
    SealKind,
    SealPage,
    SealVerb,
    SealView,
    UseRule,
)
from yiwang.commons.seals.views import words
from yiwang.kernel import clock
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
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go

SAMPLE = Tag(gettext_lazy("样例"), Tone.LINE)


@login_required
@require_GET
def seals(request: HttpRequest) -> HttpResponse:
    """Seals found by words, state and kind, the last changed first."""
    viewer = words.viewer_of(request)
    asked = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "state", "kind", "mine")}
    page = queries.seals(
        viewer=viewer, text=asked["q"], state=asked["state"], kind=asked["kind"], mine=asked["mine"] == "1",
        cursor=request.GET.get("cursor"),
    )  # fmt: skip
    pages = Pagination.of(page, path=request.path, params=asked)
    columns = (Column(_("印章")), Column(_("单位")), Column(_("种类")), Column(_("状态")), Column(_("用印方式")), Column(_("有效期至")))  # fmt: skip
    table = Table.of(
        _("电子印章"), columns, tuple(_row(row) for row in page.items), keys=True, boxed=True,
        empty=_empty(any(asked.values())), pages=pages if pages.needed else None,
    )  # fmt: skip
    may_apply = APPLY in queries.may(viewer=viewer, actions=(APPLY,))
    context = {
        "tabs": words.tabs("seals", viewer),
        "asked": asked,
        "table": table,
        "states": tuple((state.value, tag.words) for state, tag in words.STATES.items()),
        "kinds": tuple((kind.value, said) for kind, said in words.KINDS.items()),
        "begin": LinkButton(_("申请印章"), reverse("seals:apply"), "second", "plus") if may_apply else None,
    }
    return render(request, "seals/seals.html", context)


def _row(row: SealView) -> Row:
    name = Cell(row.name, row.code, reverse("seals:seal", args=[row.id]))
    cells = (
        name, row.organisation, words.KINDS[row.kind], words.STATES[row.state], words.RULES[row.rule],
        words.day(row.valid_until),
    )  # fmt: skip
    return Row(cells, id=str(row.id), label=row.name)


def _empty(filtered: bool) -> Empty:
    if filtered:
        return Empty(_("没有符合条件的印章"), _("换个词，或放宽条件再找。"))
    return Empty(_("还没有电子印章"), _("由本单位的印章管理员申请，登记机关批准后制作。"))


@login_required
@require_GET
def seal(request: HttpRequest, seal_id: UUID) -> HttpResponse:
    """One seal: picture, who keeps it, how it is used, what happened to it, its last uses."""
    viewer = words.viewer_of(request)
    page = queries.seal_page(seal_id=seal_id, viewer=viewer)
    recent = queries.uses(viewer=viewer, seal_id=seal_id, size=5)
    from yiwang.commons.seals.views.uses import use_table

    context = {
        "page": page,
        "crumbs": Crumbs((Link(_("电子印章"), reverse("seals:seals")),), page.seal.name),
        "state": words.STATES[page.seal.state],
        "sample": SAMPLE if page.seal.sample else None,
        "picture": reverse("seals:picture", args=[seal_id]) if page.has_picture else "",
        "facts": _facts(page),
        "keepers": _keepers(page),
        "automations": _automations(page),
        "history": Timeline(tuple(_event(page, n) for n in range(len(page.steps)))),
        "uses": use_table(recent.items, with_seal=False),
        "all_uses": f"{reverse('seals:uses')}?seal={seal_id}",
        "actions": _actions(page),
        "settings": LinkButton(_("设置用印方式"), reverse("seals:rule", args=[seal_id]), "quiet")
        if page.may_authorise
        else None,
    }
    return render(request, "seals/seal.html", context)


def _facts(page: SealPage) -> Facts:
    row = page.seal
    facts = [
        Fact(_("印章编码"), row.code, number=True),
        Fact(_("单位"), row.organisation),
        Fact(_("种类"), words.KINDS[row.kind]),
        Fact(_("用印方式"), words.RULES[row.rule]),
        Fact(_("申请"), f"{words.moment(page.applied_at)} {page.reason}"),
    ]
    if row.valid_from:
        facts += [
            Fact(_("有效期"), _("%(since)s 至 %(until)s") % {"since": words.day(row.valid_from), "until": words.day(row.valid_until)}),
            Fact(_("印模尺寸"), _("%(width)s × %(height)s 毫米") % {"width": f"{row.width_mm:g}", "height": f"{row.height_mm:g}"}),
            Fact(_("证书主体"), page.certificate_subject),
            Fact(_("证书到期"), words.day(page.certificate_until)),
            Fact(_("证书指纹"), page.certificate_fingerprint, number=True),
        ]  # fmt: skip
    if page.destruction_evidence:
        link = Link(_("查看"), reverse("files:download", args=[page.destruction_evidence]), about=_("销毁记录"))
        facts.append(Fact(_("销毁记录"), _("已留存"), change=link))
    return Facts(tuple(facts), tight=True)


def _keepers(page: SealPage) -> Table:
    rows = tuple(
        Row((each.name, words.moment(each.since), words.moment(each.until) if each.until else Tag(_("保管中"), Tone.OK), each.handed_by or _("系统")))
        for each in page.keepers
    )  # fmt: skip
    columns = (Column(_("保管人")), Column(_("接收")), Column(_("移交")), Column(_("经办")))
    nobody = Empty(_("还没有保管人"), _("制作完成后由印章管理员交接。"))
    return Table.of(_("保管"), columns, rows, empty=nobody)


def _automations(page: SealPage) -> Table:
    rows = tuple(
        Row((words.document_kind(each.kind), each.basis, each.approved_by or _("系统"), words.day(each.since), words.day(each.until)))
        for each in page.automations
    )  # fmt: skip
    columns = (Column(_("文件种类")), Column(_("依据")), Column(_("批准人")), Column(_("开始")), Column(_("结束")))
    nothing = Empty(_("没有批准自动用印"), _("本单位负责人可以批准：作出决定后，由系统在哪几种文件上用印。"))
    return Table.of(_("自动用印"), columns, rows, empty=nothing)


def _event(page: SealPage, number: int) -> Event:
    step = page.steps[number]
    said = "：".join(each for each in (step.by or _("系统"), step.reason) if each)
    return Event(words.STEPS[step.verb], words.moment(step.at), step.at, said, now=number == 0)


def _actions(page: SealPage) -> tuple[LinkButton, ...]:
    seal_id = page.seal.id
    offered = []
    if page.may_use:
        offered.append(LinkButton(_("用印"), reverse("seals:use", args=[seal_id]), "first"))
    elif page.may_ask:
        offered.append(LinkButton(_("申请用印"), reverse("seals:use", args=[seal_id]), "first"))
    order = tuple(verb for verb in SealVerb if verb in page.verbs)
    offered += [
        LinkButton(
            words.STEPS[verb],
            reverse("seals:step", args=[seal_id, verb.value]),
            "second" if not offered and number == 0 else "quiet",
        )
        for number, verb in enumerate(order)
    ]
    return tuple(offered)


@login_required
@require_GET
def picture(request: HttpRequest, seal_id: UUID) -> HttpResponse:
    """The picture of the seal, for those who may see the seal."""
    answer = HttpResponse(queries.picture(seal_id=seal_id, viewer=words.viewer_of(request)), content_type="image/png")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


@login_required
@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """Ask for a seal of one's organisation."""
    viewer = words.viewer_of(request)
    if viewer.organisation_id is None or APPLY not in queries.may(viewer=viewer, actions=(APPLY,)):
        raise MayNotApply
    choices = _organisations(viewer)
    given = {name: request.POST.get(name, "").strip()[:2000] for name in ("organisation", "kind", "rule", "reason")}
    faults: dict[str, str] = {}
    if request.method == "POST":
        known = {choice.value for choice in choices}
        if given["organisation"] not in known:
            faults["organisation"] = _("请选择单位。")
        if given["kind"] not in set(SealKind):
            faults["kind"] = _("请选择印章种类。")
        if given["rule"] not in set(UseRule):
            faults["rule"] = _("请选择用印方式。")
        if not given["reason"]:
            faults["reason"] = _("请写明申请事由。")
        if not faults:
            try:
                made = commands.apply_for_seal(
                    organisation_id=UUID(given["organisation"]), kind=SealKind(given["kind"]), rule=UseRule(given["rule"]),
                    reason=given["reason"], sample=queries.sample_allowed(), by=viewer, at=clock.now(),
                )  # fmt: skip
            except SealExists as refused:
                faults["kind"] = refused.sentence(_)
            else:
                messages.success(request, _("已提交申请，等待登记机关批准。"))
                return go(request, reverse("seals:seal", args=[made]))
    given["organisation"] = given["organisation"] or (choices[0].value if choices else "")
    fields = _fields(given, faults, choices)
    context = {
        "fields": fields,
        "errors": ErrorSummary.of(fields) if faults else "",
        "crumbs": Crumbs((Link(_("电子印章"), reverse("seals:seals")),), _("申请印章")),
    }
    return render(request, "seals/apply.html", context, status=422 if faults else 200)


def _organisations(viewer: Any) -> tuple[Choice, ...]:
    ids = queries.applies_for(viewer=viewer)
    names = identity.organisation_names(organisation_ids=ids, viewer=viewer)
    return tuple(Choice(str(each), names[each].name) for each in ids if each in names)


def _fields(given: dict[str, str], faults: dict[str, str], choices: tuple[Choice, ...]) -> tuple[Field, ...]:
    kinds = tuple(Choice(each.value, said) for each, said in words.KINDS.items())
    rules = (
        Choice(UseRule.TWO.value, words.RULES[UseRule.TWO], _("推荐：申请人和批准人互相监督。")),
        Choice(UseRule.ONE.value, words.RULES[UseRule.ONE], _("适合窗口随时出具的证明。")),
    )
    return (
        Field("organisation", _("用章单位"), FieldKind.SELECT, value=given["organisation"], error=faults.get("organisation", ""), options=choices),
        Field("kind", _("印章种类"), FieldKind.RADIO, value=given["kind"], error=faults.get("kind", ""), options=kinds, hint=_("每个单位每种印章只有一枚在用。")),
        Field("rule", _("用印方式"), FieldKind.RADIO, value=given["rule"] or UseRule.TWO.value, error=faults.get("rule", ""), options=rules),
        Field("reason", _("申请事由"), FieldKind.TEXTAREA, value=given["reason"], error=faults.get("reason", ""), maxlength=2000, rows=3),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, seal_id: UUID) -> HttpResponse:
    """How the organisation lets its seal be used, by its head."""
    viewer = words.viewer_of(request)
    page = queries.seal_page(seal_id=seal_id, viewer=viewer)
    here = reverse("seals:rule", args=[seal_id])
    fault = ""
    if request.method == "POST":
        try:
            _change(request, seal_id, viewer)
        except ReasonMissing as refused:
            fault = refused.sentence(_)
        else:
            messages.success(request, _("已更改用印方式。"))
            return go(request, here)
    options = tuple(Choice(each.value, said) for each, said in words.RULES.items())
    kinds = tuple(Choice(kind, words.document_kind(kind)) for kind in queries.document_kinds())
    open_kinds = tuple(each for each in page.automations if each.until is None)
    fields = (
        Field("kind", _("文件种类"), FieldKind.SELECT, value=request.POST.get("kind", ""), options=kinds),
        Field("basis", _("依据"), value=request.POST.get("basis", "")[:200], error=fault, hint=_("本单位哪一份决定或制度准许自动用印。"), maxlength=200),
    )  # fmt: skip
    context = {
        "page": page,
        "rules": (Field("rule", _("用印方式"), FieldKind.RADIO, value=page.seal.rule.value, options=options),),
        "fields": fields,
        "open": tuple((each.kind, words.document_kind(each.kind), each.basis) for each in open_kinds),
        "errors": ErrorSummary.of(fields) if fault else "",
        "crumbs": Crumbs(
            (Link(_("电子印章"), reverse("seals:seals")), Link(page.seal.name, reverse("seals:seal", args=[seal_id]))),
            _("用印方式"),
        ),
    }
    return render(request, "seals/rule.html", context, status=422 if fault else 200)


def _change(request: HttpRequest, seal_id: Any, viewer: Any) -> None:
    verb, kind = request.POST.get("do", ""), request.POST.get("kind", "")
    if verb == "end":
        commands.end_automatic(seal_id=seal_id, kind=kind[:60], by=viewer, at=clock.now())
    elif verb == "allow":
        commands.allow_automatic(
            seal_id=seal_id, kind=kind, basis=request.POST.get("basis", ""), by=viewer, at=clock.now()
        )
    elif request.POST.get("rule") in set(UseRule):
        commands.set_rule(seal_id=seal_id, rule=UseRule(request.POST["rule"]), by=viewer, at=clock.now())
