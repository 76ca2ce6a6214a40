"""Applying: the draft begins, one page a step, materials, check your answers, send, receipt.

Everything typed is saved at each step; nothing is sent before the check page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiwang.commons.files import queries as files
from yiwang.commons.files.contracts import MediaType
from yiwang.commons.forms import commands as forms
from yiwang.commons.forms import queries as form_queries
from yiwang.commons.forms.contracts import AnswersInvalid, DraftConflict, DraftView
from yiwang.commons.forms.engine import Definition, State, check, evaluate
from yiwang.commons.identity.queries import actor_of
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import Invalid
from yiwang.serve.cases import queries as cases
from yiwang.serve.cases.contracts import MaterialBy, MaterialInput
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import Bundle, Inclusion, Necessity, TailoredGuide, TailoredMaterial
from yiwang.serve.portal import commands
from yiwang.serve.portal.views.catalogue import home_link
from yiwang.serve.portal.views.guiding import answers_of, forget_answers
from yiwang.serve.portal.views.speaking import say
from yiwang.web.components import BackLink, Crumbs, ErrorSummary, Link, Progress
from yiwang.web.components.lists import Fact, Facts, Task, TaskList
from yiwang.web.components.marks import Provenance, Source, Tag
from yiwang.web.components.time import Step
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import is_htmx

MATERIALS, CHECK = "materials", "check"


@dataclass(frozen=True, slots=True)
class _Work:
    """A draft on its way with all that its pages need."""

    draft: DraftView
    bundle: Bundle
    definition: Definition
    state: State
    viewer: Actor

    @property
    def name(self) -> str:
        return say(self.bundle.name, self.bundle.spec.translations)

    def steps(self) -> list[str]:
        """Pages in order: the form's steps that ask something, then the materials."""
        return [*form_queries.shown_steps(definition=self.definition, state=self.state), MATERIALS]


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


def _work(request: HttpRequest, draft_id: UUID) -> _Work:
    viewer = actor_of(request)
    draft = form_queries.draft(draft_id=draft_id, viewer=viewer)
    definition = form_queries.definition(key=draft.key, version=draft.version, viewer=viewer)
    bundle = matters.bundle(key=draft.key, viewer=viewer)
    return _Work(draft, bundle, definition, evaluate(definition, draft.answers, today=clock.today()), viewer)


@login_required
def begin(request: HttpRequest, key: str) -> HttpResponse:
    """Make a draft of the guide's answers and open its first page. After logging in one comes here by GET."""
    viewer = actor_of(request)
    bundle = matters.bundle(key=key, viewer=viewer)
    answers = answers_of(request, key)
    if matters.guide(bundle=bundle, facts=answers, viewer=viewer).questions_left:
        return redirect("portal:guide", key=key)
    draft_id = forms.start_draft(key=bundle.spec.form, values=answers, by=viewer, at=clock.now())
    forget_answers(request, key)
    return redirect("portal:apply", draft_id=draft_id)


@login_required
def apply(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Go on where one stopped: the first page with something missing."""
    work = _work(request, draft_id)
    wrong = {fault.fact for fault in check(work.definition, work.state, work.draft.answers)}
    for key in work.steps()[:-1]:
        if any(name in wrong for name in work.definition.step(key).names):
            return redirect("portal:step", draft_id=draft_id, step=key)
    return redirect("portal:step", draft_id=draft_id, step=MATERIALS)


@login_required
def step(request: HttpRequest, draft_id: UUID, step: str) -> HttpResponse:
    """One page of the form. Saves what was typed; goes on when nothing is missing."""
    work = _work(request, draft_id)
    if step not in {each.key for each in work.definition.steps}:
        return redirect("portal:apply", draft_id=draft_id)
    if request.method != "POST":
        return _show(request, work, step)
    turn = form_queries.turn(
        definition=work.definition,
        step=step,
        answers=work.draft.answers,
        posted=_posted(request.POST),
        viewer=work.viewer,
        today=clock.today(),
        applicant=form_queries.applicant_facts(viewer=work.viewer),
    )
    if is_htmx(request):
        shown = form_queries.render(
            definition=work.definition, step=step, state=turn.state, answers=turn.answers, viewer=work.viewer,
            posted=turn.posted, language=_language(), refresh_url=request.path,
        )  # fmt: skip
        return render(request, "portal/step_fields.html", {"view": shown})
    try:
        forms.save_draft(
            draft_id=draft_id, values=turn.values, expected_revision=_revision(request, work), step=step,
            by=work.viewer, at=clock.now(),
        )  # fmt: skip
    except DraftConflict as conflict:
        return _show(request, work, step, turn=turn, conflict=conflict, status=409)
    if "stop" in request.POST:
        messages.success(request, _("已保存。下次从「我的」接着填。"))
        return redirect("portal:home")
    work = _work(request, draft_id)
    if not turn.complete:
        return _show(request, work, step, turn=turn, status=422 if turn.faults else 200)
    if request.POST.get("to") == CHECK or request.GET.get("to") == CHECK:
        return redirect("portal:check", draft_id=draft_id)
    order = work.steps()
    following = order[order.index(step) + 1] if step in order else order[0]
    return redirect("portal:step", draft_id=draft_id, step=following)


def _posted(data: QueryDict) -> dict[str, list[str]]:
    return {name: [str(each) for each in data.getlist(name)] for name in data}


def _revision(request: HttpRequest, work: _Work) -> int:
    posted = request.POST.get("revision", "")
    return int(posted) if posted.isdigit() else work.draft.revision


def _show(
    request: HttpRequest,
    work: _Work,
    step: str,
    *,
    turn: form_queries.Turn | None = None,
    conflict: DraftConflict | None = None,
    status: int = 200,
) -> HttpResponse:
    view = form_queries.render(
        definition=work.definition,
        step=step,
        state=turn.state if turn else work.state,
        answers=turn.answers if turn else work.draft.answers,
        viewer=work.viewer,
        faults=turn.faults if turn else (),
        posted=turn.posted if turn else None,
        language=_language(),
        refresh_url=reverse("portal:step", args=[work.draft.id, step]),
    )
    context = {
        **_frame(work, step),
        "view": view,
        "revision": conflict.revision if conflict else work.draft.revision,
        "conflict": _both(work, conflict) if conflict else None,
        "to_check": request.GET.get("to") == CHECK,
    }
    return render(request, "portal/step.html", context, status=status)


def _both(work: _Work, conflict: DraftConflict) -> Facts:
    """What was typed here and what another page saved, side by side."""

    def line(name: str, yours: Any, kept: Any) -> Fact:
        fact = work.definition.questions[name].fact
        told = _("这里：%(yours)s；另一页：%(kept)s") % {
            "yours": form_queries.display(fact=fact, value=yours, language=_language()) or _("空"),
            "kept": form_queries.display(fact=fact, value=kept, language=_language()) or _("空"),
        }
        return Fact(fact.label.get(_language(), fact.label["zh"]), told)

    return Facts(tuple(line(each.fact, each.yours, each.kept) for each in conflict.differences))


def _frame(work: _Work, step: str) -> dict[str, Any]:
    order = work.steps()
    place = order.index(step) if step in order else 0
    titles = {each.key: each.title.get(_language()) or each.title["zh"] for each in work.definition.steps}
    titles[MATERIALS] = _("材料")
    named = [Step(titles[key], reverse("portal:step", args=[work.draft.id, key])) for key in order] + [
        Step(_("核对并提交"))
    ]
    before = (
        reverse("portal:step", args=[work.draft.id, order[place - 1]])
        if place
        else reverse("portal:bundle", args=[work.bundle.key])
    )
    return {
        "work": work,
        "name": work.name,
        "draft_id": work.draft.id,
        "progress": Progress(place + 1, len(named), steps=tuple(named)),
        "back": BackLink(_("上一步"), before),
    }


@login_required
def materials(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """What must be uploaded, and what need not be and why."""
    work = _work(request, draft_id)
    guide = _guide(work)
    errors: Mapping[str, str] = {}
    if request.method == "POST":
        if "remove_file" in request.POST:
            material, _sep, file_id = request.POST["remove_file"].partition(":")
            forms.remove_file(
                draft_id=draft_id, material=material, file_id=UUID(file_id), by=work.viewer, at=clock.now()
            )
            return redirect("portal:step", draft_id=draft_id, step=MATERIALS)
        errors = _take_files(request, work, guide)
        work = _work(request, draft_id)
        errors = errors or _missing(work, guide)
        if not errors:
            return redirect("portal:check", draft_id=draft_id)
    needs = cases.material_needs(guide=guide, facts=_facts(work), viewer=work.viewer)
    fields = _material_fields(work, guide, needs, errors)
    context = {
        **_frame(work, MATERIALS),
        "fields": fields,
        "errors": ErrorSummary.of(fields),
        "exempt": _exempt(work, guide, needs),
    }
    return render(request, "portal/materials.html", context, status=422 if errors else 200)


def _take_files(request: HttpRequest, work: _Work, guide: TailoredGuide) -> dict[str, str]:
    """Store files that came with the form (browsers without script); refusals by material."""
    errors: dict[str, str] = {}
    for material in guide.materials:
        for file in request.FILES.getlist(f"material.{material.code}"):
            try:
                forms.add_file(
                    draft_id=work.draft.id, material=material.code, stream=file, name=file.name or "",  # type: ignore[arg-type]
                    types=_types(material), max_bytes=material.max_bytes, by=work.viewer, at=clock.now(),
                )  # fmt: skip
            except Invalid as refusal:
                errors[material.code] = refusal.sentence(_)
    return errors


def _types(material: TailoredMaterial) -> tuple[MediaType, ...]:
    return tuple(each for each in MediaType if each.extension in material.types or each.value in material.types)


def _guide(work: _Work) -> TailoredGuide:
    return matters.guide(bundle=work.bundle, facts=_facts(work), viewer=work.viewer)


def _facts(work: _Work) -> dict[str, Any]:
    return {name: answer.value for name, answer in work.draft.answers.items()}


def _to_upload(guide: TailoredGuide, needs: Mapping[str, MaterialInput | None]) -> list[TailoredMaterial]:
    return [each for each in guide.materials if each.inclusion is not Inclusion.NO and needs.get(each.code) is None]


def _missing(work: _Work, guide: TailoredGuide) -> dict[str, str]:
    needs = cases.material_needs(guide=guide, facts=_facts(work), viewer=work.viewer)
    return {
        each.code: _("请上传%(name)s") % {"name": say(each.name, work.bundle.spec.translations)}
        for each in _to_upload(guide, needs)
        if each.necessity is Necessity.REQUIRED and not work.draft.files.get(each.code)
    }


def _material_fields(
    work: _Work, guide: TailoredGuide, needs: Mapping[str, MaterialInput | None], errors: Mapping[str, str]
) -> list[Field]:
    wanted = [file_id for ids in work.draft.files.values() for file_id in ids]
    held = files.described(file_ids=wanted, viewer=work.viewer)
    return [
        form_queries.material_field(
            spec=form_queries.MaterialSpec(
                key=each.code,
                label={"zh": each.name, "en": say(each.name, work.bundle.spec.translations)},
                types=_types(each),
                max_bytes=each.max_bytes,
                required=each.necessity is Necessity.REQUIRED,
                help={"zh": each.note or each.standard},
            ),
            draft=work.draft,
            files=held,
            error=errors.get(each.code, ""),
            language=_language(),
        )
        for each in _to_upload(guide, needs)
    ]


def _exempt(work: _Work, guide: TailoredGuide, needs: Mapping[str, MaterialInput | None]) -> TaskList | None:
    names = {member.key: say(member.matter.name, work.bundle.spec.translations) for member in work.bundle.members}
    tasks = []
    for each in guide.materials:
        given = needs.get(each.code)
        if each.inclusion is Inclusion.NO or given is None:
            continue
        mark = {
            MaterialBy.MEMBER_OUTPUT: Provenance(
                Source.COMPUTED, _("「%(name)s」的结果，自动带入") % {"name": names.get(each.origin, "")}
            ),
            MaterialBy.FORM: Provenance(Source.TYPED, _("您在线填写的表单就是")),
        }.get(given.by, Provenance(Source.SHARED, _("系统核验，免交")))
        tasks.append(Task(say(each.name, work.bundle.spec.translations), tag=Tag(_("免交")), provenance=mark))
    return TaskList(tuple(tasks)) if tasks else None


@login_required
def check_answers(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Everything at one look, each with its source and a link to change it; then send."""
    error = ""
    if request.method == "POST":
        if request.POST.get("confirmed"):
            return _send(request, draft_id)
        error = _("请先确认填写的内容真实")
    work = _work(request, draft_id)
    faults = check(work.definition, work.state, work.draft.answers)
    if faults:
        return redirect("portal:apply", draft_id=draft_id)
    guide = _guide(work)
    if _missing(work, guide):
        return redirect("portal:step", draft_id=draft_id, step=MATERIALS)
    groups = form_queries.summary(
        definition=work.definition, state=work.state, answers=work.draft.answers, viewer=work.viewer,
        change_url=lambda key: f"{reverse('portal:step', args=[draft_id, key])}?to={CHECK}", language=_language(),
    )  # fmt: skip
    confirm = Field(
        name="confirmed",
        label=_("确认"),
        kind=FieldKind.CONFIRM,
        options=(Choice("yes", _("我确认以上内容真实、完整，愿意承担相应的法律责任")),),
        error=error,
    )
    needs = cases.material_needs(guide=guide, facts=_facts(work), viewer=work.viewer)
    context = {
        **_frame(work, MATERIALS),
        "progress": Progress(
            len(work.steps()) + 1, len(work.steps()) + 1, steps=_frame(work, MATERIALS)["progress"].steps
        ),
        "back": BackLink(_("上一步"), reverse("portal:step", args=[draft_id, MATERIALS])),
        "groups": [(group.title, Facts(group.facts)) for group in groups],
        "uploads": _uploads(work, guide, needs),
        "exempt": _exempt(work, guide, needs),
        "confirm": confirm,
        "errors": ErrorSummary.of((confirm,)),
        "revision": work.draft.revision,
        "members": [
            say(each.name, work.bundle.spec.translations) for each in guide.members if each.inclusion is Inclusion.YES
        ],
    }
    return render(request, "portal/check.html", context, status=422 if error else 200)


def _uploads(work: _Work, guide: TailoredGuide, needs: Mapping[str, MaterialInput | None]) -> TaskList | None:
    held = files.described(file_ids=[i for ids in work.draft.files.values() for i in ids], viewer=work.viewer)
    tasks = [
        Task(
            say(each.name, work.bundle.spec.translations),
            detail="、".join(held[i].name for i in work.draft.files.get(each.code, ()) if i in held) or _("没有上传"),
        )
        for each in _to_upload(guide, needs)
    ]
    return TaskList(tuple(tasks)) if tasks else None


def _send(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Send by what the page says alone: after success the draft is gone, and a second press must lead to the same case."""
    revision = request.POST.get("revision", "")
    try:
        case_id = commands.send_application(
            draft_id=draft_id,
            bundle_key=request.POST.get("bundle", ""),
            expected_revision=int(revision) if revision.isdigit() else 0,
            idempotency_key=f"application:{draft_id}",
            by=actor_of(request),
            at=clock.now(),
        )
    except AnswersInvalid:
        return redirect("portal:apply", draft_id=draft_id)
    except DraftConflict:
        messages.warning(request, _("内容在另一页改过，请再核对一次。"))
        return redirect("portal:check", draft_id=draft_id)
    return redirect("portal:receipt", case_id=case_id)


@login_required
def receipt(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Sent: the number, what happens now, until when."""
    viewer = actor_of(request)
    case = cases.case(number=cases.number_of(case_id=case_id, viewer=viewer), viewer=viewer)
    return render(
        request,
        "portal/receipt.html",
        {
            "crumbs": Crumbs((home_link(), Link(_("我的"), reverse("flow:mine"))), _("已提交")),
            "case": case,
        },
    )


@login_required
@require_POST
def discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Forget the draft."""
    forms.discard_draft(draft_id=draft_id, by=actor_of(request), at=clock.now())
    messages.success(request, _("已删除没有提交的申请。"))
    return redirect("portal:home")
