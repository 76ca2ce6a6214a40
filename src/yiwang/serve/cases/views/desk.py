"""The officials' pages: the case with everything that a decision needs, the desk at a task, the list."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.commons.flow import commands as flow
from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import Invalid
from yiwang.serve.cases import commands, queries
from yiwang.serve.cases.contracts import CaseNotFound, CaseStatus, CaseView, DeskTask, RevealPurpose, TaskChoice
from yiwang.serve.cases.queries import licensing
from yiwang.serve.cases.views import drawing, licences, papers, procedures, sheets, words
from yiwang.serve.cases.views.speaking import spoken
from yiwang.web import components as ui
from yiwang.web.components import Attr
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go, is_htmx

_SUBMIT = {
    "decide": gettext_lazy("作出决定"),
    "inspect": gettext_lazy("记录核查结果"),
    "produce": gettext_lazy("出具结果"),
}
_AT = {
    CaseStatus.WAITING: 1,
    CaseStatus.SUBMITTED: 2,
    CaseStatus.RECEIVED: 3,
    CaseStatus.CORRECTION: 3,
    CaseStatus.ACCEPTED: 4,
    CaseStatus.REVIEWING: 4,
    CaseStatus.DECIDED: 6,
}


@login_required
@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    """A case; with the desk where the official has an open task on it."""
    viewer = identity.actor_of(request)
    view = queries.case(number=number, viewer=viewer)
    if not viewer.is_official:
        return redirect("cases:progress", number=number)
    tasks = queries.tasks_of(case_id=view.id, parent_id=_parent_id(view, viewer), viewer=viewer)
    desk = queries.desk_task(task_id=tasks[0], viewer=viewer) if tasks else None
    return _page(request, view, desk)


@login_required
@require_http_methods(["GET", "POST"])
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """The desk at a task: shown, or done."""
    viewer = identity.actor_of(request)
    if not viewer.is_official:
        return redirect("cases:correct", task_id=task_id)
    if request.method == "POST":
        return _handle(request, task_id, viewer)
    desk = queries.desk_task(task_id=task_id, viewer=viewer)
    return _page(request, queries.case(number=desk.number, viewer=viewer), desk)


@login_required
@require_GET
def preview(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """The instrument as it would read with what is entered now."""
    viewer = identity.actor_of(request)
    desk = queries.desk_task(task_id=task_id, viewer=viewer)
    return render(request, "cases/preview.html", {"sheet": _sheet(desk, request)})


@login_required
@require_POST
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """The whole numbers, once, for a purpose that is kept; opening the page again hides them."""
    viewer = identity.actor_of(request)
    view = queries.case(number=number, viewer=viewer)
    refused: Invalid | None = None
    try:
        asking = replace(viewer, purpose=request.POST.get("purpose", ""))
        commands.reveal_numbers(case_id=view.id, by=asking, at=clock.now())
    except Invalid as error:
        refused = error
    status = 422 if refused else 200
    if is_htmx(request):
        shown = spoken(view, viewer)
        context = {"case": shown, **_facts(shown, whole=refused is None, refused=refused)}
        return _never_kept(render(request, "cases/facts.html", context, status=status))
    tasks = queries.tasks_of(case_id=view.id, parent_id=_parent_id(view, viewer), viewer=viewer)
    desk = queries.desk_task(task_id=tasks[0], viewer=viewer) if tasks else None
    return _never_kept(_page(request, view, desk, status=status, whole=refused is None, purpose=refused))


def _never_kept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response


def _facts(view: CaseView, *, whole: bool, refused: Invalid | None) -> dict[str, Any]:
    """The answers; where numbers are hidden, the question for what they are to be shown."""
    hides = not whole and papers.hides_numbers(view)
    asked = Field(
        "purpose", _("用途"), FieldKind.SELECT, error=_(refused.fields["purpose"]) if refused else "",
        options=tuple(Choice(each.value, _(each.label)) for each in RevealPurpose),
        hint=_("查看人、时间和用途会被记录，申请人可以查询。"),
    )  # fmt: skip
    return {
        "facts": papers.facts(view, official=True, whole=whole),
        "whole": whole,
        "purpose": asked if hides else None,
        "asks_purpose": refused is not None,
    }


def _handle(request: HttpRequest, task_id: UUID, viewer: Actor) -> HttpResponse:
    desk = queries.desk_task(task_id=task_id, viewer=viewer)
    if "claim" in request.POST:
        flow.claim(task_id=task_id, by=viewer, at=clock.now())
        messages.success(request, _("已签收，由您办理。"))
        return go(request, request.path)
    chosen = request.POST.get("choice", "")
    try:
        _check_chosen(chosen, desk)
        commands.handle_task(
            task_id=task_id,
            case_id=desk.case_id,
            choice=TaskChoice(chosen),
            ground=_ground(request.POST),
            reason=request.POST.get("reason", "").strip(),
            opinion=request.POST.get("opinion", "").strip(),
            fields={fact: request.POST.get(f"fact-{fact}", "").strip() for fact, _label in desk.fields},
            deferred=request.POST.getlist("deferred"),
            by=viewer,
            at=clock.now(),
        )
    except Invalid as refused:
        view = queries.case(number=desk.number, viewer=viewer)
        return _page(request, view, desk, refused, status=422)
    done = next(choice.label for choice in desk.choices if choice.choice.value == chosen)
    messages.success(request, _("%(number)s：%(done)s") % {"number": desk.number, "done": _(done)})
    return go(request, reverse("flow:inbox"))


def _ground(given: QueryDict) -> str:
    """The laws that were ticked and what was added to them, as a document names them."""
    return "、".join(
        dict.fromkeys(each.strip() for each in (*given.getlist("law"), given.get("ground", "")) if each.strip())
    )


def _check_chosen(chosen: str, desk: DeskTask) -> None:
    if chosen not in {choice.choice.value for choice in desk.choices}:
        raise Invalid(fields={"choice": _("请选择一项")})


def _page(
    request: HttpRequest,
    view: CaseView,
    desk: DeskTask | None,
    refused: Invalid | None = None,
    status: int = 200,
    *,
    whole: bool = False,
    purpose: Invalid | None = None,
) -> HttpResponse:
    viewer = identity.actor_of(request)
    sheet = _sheet(desk, request) if desk and desk.form_key not in {"produce", "inspect"} else None
    rights = queries.rights(case_id=view.id, viewer=viewer)
    view = spoken(view, viewer)
    errors = dict(refused.fields) if refused else {}
    fields = _fields(view, desk, request, errors) if desk else ()
    fields = fields[:1] if desk and desk.blocked else fields
    used = licensing.licences_used(case_id=view.id, viewer=viewer)
    context = {
        "case": view,
        "desk": desk,
        "crumbs": _crumbs(view),
        "light": _light(view),
        "due_words": _due_words(view),
        **_facts(view, whole=whole, refused=purpose),
        "materials": papers.materials(
            view,
            official=True,
            checks="check" in rights,
            originals=frozenset(each.material for each in used if each.needs_original),
        ),
        "licences": licences.table(used),
        "licence_notes": licences.warnings(used),
        "licence_contents": licences.contents(used),
        "documents": sheets.table(view.documents, official=True, may_deliver="deliver" in rights),
        "steps": procedures.offered(view, rights),
        "pledges": (
            *(procedures.unchecked(view) if "check_pledge" in rights else ()),
            *(procedures.barring(view) if "restore_trust" in rights else ()),
        ),
        "special": _special(view),
        "follow": _follow(view),
        "materials_words": papers.materials_words(view.materials),
        "stages": _stages(view),
        "diagram": drawing.process(view),
        "clock": drawing.clock_component(view),
        "acceptance": ui.Note(said, tone=ui.Tone.BLUE, wide=True) if (said := _acceptance(view)) else None,
        "timeline": drawing.timeline(view.events, official=True),
        "lanes": drawing.lanes(view) if view.members else None,
        "results": tuple(drawing.licence(view.number, result) for result in view.results),
        "fields": fields,
        "errors": ui.ErrorSummary.of(fields, *([refused.sentence(_)] if refused and not errors else []))
        if refused
        else None,
        "laws": tuple(ui.Basis(f"{law.name}{law.clause}", law.text) for law in view.laws),
        "sheet": sheet,
        "blocked": ui.Note(_(desk.blocked), tone=ui.Tone.WARN) if desk and desk.blocked else None,
        "submit": ui.Button(_SUBMIT.get(desk.form_key, _("提交")) if desk else "", name="do", value="handle"),
    }
    return render(request, "cases/case.html", context, status=status)


def _fields(view: CaseView, desk: DeskTask, request: HttpRequest, errors: dict[str, str]) -> tuple[Field, ...]:
    posted = request.POST
    live = (
        Attr("hx-get", reverse("cases:preview", args=[desk.task_id])),
        Attr("hx-target", "#preview"),
        Attr("hx-include", "closest form"),
        Attr("hx-sync", "closest form:queue last"),  # an answer that comes late must not hide what was entered since
    )
    chosen = posted.get("choice") or next((c.choice.value for c in desk.choices if c.allowed), "")
    options = tuple(Choice(c.choice.value, _(c.label), _(c.hint), _(c.refusal)) for c in desk.choices)
    fields = [
        Field(
            "choice",
            _("办理意见"),
            FieldKind.RADIO,
            chosen,
            error=errors.get("choice", ""),
            options=options,
            attrs=live,
        )
    ]
    fields += [
        Field(f"fact-{fact}", label, value=posted.get(f"fact-{fact}", ""), error=errors.get(fact, ""),
              hint=_("准予时必须填写，会写入办理结果"), required=False)
        for fact, label in desk.fields
    ]  # fmt: skip
    if desk.form_key == "inspect":
        return (*fields, _findings(posted, errors), _opinion(posted))
    if desk.form_key not in {"accept", "decide"}:
        return tuple(fields)
    if desk.deferrable:
        fields.append(
            Field("deferred", _("可以后补的材料"), FieldKind.CHECKBOX, tuple(posted.getlist("deferred")),
                  _("选择“容缺受理”时勾选，会写进告知书"), errors.get("deferred", ""), required=False,
                  options=tuple(Choice(code, name) for code, name in desk.deferrable), attrs=live)
        )  # fmt: skip
    fields.append(
        Field("reason", _("理由或需要补正的内容"), FieldKind.TEXTAREA, posted.get("reason", ""),
              _("会写进文书，申请人能看到。不予和补正必须填写；补正的，每行一项，一次写全。"), errors.get("reason", ""),
              required=False, rows=3, attrs=(*live, Attr("hx-trigger", "change")))
    )  # fmt: skip
    named = tuple(f"《{law.name}》{law.clause}" for law in view.laws)
    if named:
        ticked = tuple(posted.getlist("law")) if posted else named
        options = tuple(Choice(name, name) for name in dict.fromkeys(named))
        fields.append(Field("law", _("依据"), FieldKind.CHECKBOX, ticked, error=errors.get("ground", ""), options=options,
                            required=False, attrs=live))  # fmt: skip
    return (
        *fields,
        Field("ground", _("其他依据") if named else _("依据"), FieldKind.TEXTAREA, posted.get("ground", ""),
              error="" if named else errors.get("ground", ""), required=False, rows=2),
        _opinion(posted),
    )  # fmt: skip


def _findings(posted: QueryDict, errors: dict[str, str]) -> Field:
    return Field("reason", _("核查情况"), FieldKind.TEXTAREA, posted.get("reason", ""),
                 _("何时、何人、看到什么。申请人能看到；不通过的必须写明不符合的地方。"), errors.get("reason", ""),
                 required=False, rows=3)  # fmt: skip


def _opinion(posted: QueryDict) -> Field:
    return Field("opinion", _("内部意见"), FieldKind.TEXTAREA, posted.get("opinion", ""),
                 _("申请人看不到，归档时保留。"), required=False, rows=2)  # fmt: skip


def _sheet(desk: DeskTask, request: HttpRequest) -> ui.Sheet | None:
    given = request.POST or request.GET
    first = next((c.choice.value for c in desk.choices if c.allowed), TaskChoice.GRANT.value)
    chosen = given.get("choice") or first
    known = {each.value for each in TaskChoice}
    draft = queries.draft_choice(
        case_id=desk.case_id,
        choice=TaskChoice(chosen) if chosen in known else TaskChoice.GRANT,
        ground=_ground(given),
        reason=given.get("reason", ""),
        deferred=given.getlist("deferred"),
        viewer=identity.actor_of(request),
    )
    return sheets.draft_sheet(draft) if draft else None


def _parent_id(view: CaseView, viewer: Actor) -> UUID | None:
    if not view.parent_number:
        return None
    try:
        return queries.brief(case_id=view.id, viewer=viewer).parent_id
    except CaseNotFound:
        return None


def _crumbs(view: CaseView) -> ui.Crumbs:
    links = [ui.Link(_("待办"), reverse("flow:inbox")), ui.Link(_("办件"), reverse("cases:list"))]
    return ui.Crumbs(tuple(links), f"{view.parent_title} {view.parent_number}" if view.parent_number else view.number)


def _light(view: CaseView) -> ui.Due:
    if view.promised_due and not view.status.is_final:
        light = words.due_light(view.status, view.result, view.clock)
        return ui.Due(light.state, _("%(day)s到期") % {"day": words.day_words(view.promised_due)})
    return words.due_light(view.status, view.result, view.clock)


def _due_words(view: CaseView) -> str:
    if view.clock.due is None:
        return _("承诺受理后 %(n)s") % {"n": words.days_words(view.promised_days)}
    used = sum(step.number is not None and "used" in step.state for step in view.clock.steps)
    return _("承诺 %(all)s，已用 %(used)d 个，%(left)s") % {
        "all": words.days_words(view.promised_days), "used": used, "left": words.left_words(view.clock),
    }  # fmt: skip


def _acceptance(view: CaseView) -> str:
    clock_ = view.acceptance
    if clock_.due is None or view.accepted_at is not None or view.status.is_final:
        return ""
    return _("应当在 %(day)s前受理或者一次性告知补正，%(left)s（行政许可法第三十二条）") % {
        "day": words.day_words(clock_.due), "left": words.left_words(clock_),
    }  # fmt: skip


def _special(view: CaseView) -> ui.Note | None:
    if not view.special:
        return None
    until = _("预计到 %(day)s结束。") % {"day": words.day_words(view.special_until)} if view.special_until else ""
    said = _("正在进行%(name)s，办理期限停止计算。%(until)s") % {"name": view.special, "until": until}
    return ui.Note(said, tone=ui.Tone.BLUE, wide=True)


def _follow(view: CaseView) -> ui.Note | None:
    """What is still to follow after conditional acceptance, and until when."""
    missing = [each for each in view.deferred if each.supplied_at is None]
    if not missing or view.status.is_final:
        return None
    told = "；".join(_("%(name)s（%(day)s前）") % {"name": m.name, "day": words.day_words(m.due)} for m in missing)
    lapsed = any(each.lapsed for each in missing)
    title = _("容缺材料逾期没有补齐，可以作出不予决定") if lapsed else _("等待容缺材料，补齐之前不能作出决定")
    return ui.Note(told, title, ui.Tone.WARN, wide=True)


def _stages(view: CaseView) -> ui.Progress:
    names = (_("提交"), _("收件"), _("受理"), _("审查"), _("决定"), _("办结"))
    done = len(names) if view.status.is_final else _AT.get(view.status, 1)
    return ui.Progress(done, len(names), _(view.status.label), tuple(ui.Step(name) for name in names))
