"""One page of the form."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yiwang.commons.forms import commands as forms
from yiwang.commons.forms import queries as form_queries
from yiwang.commons.forms.contracts import DraftConflict, say
from yiwang.commons.forms.queries import Turn
from yiwang.kernel import clock
from yiwang.serve.portal.views.applying.work import CHECK, Work, frame, language, open_work, signed_in
from yiwang.web.components.lists import Fact, Facts
from yiwang.web.responses import is_htmx

_LONGEST_NUMBER = 9


@signed_in
def step(request: HttpRequest, draft_id: UUID, step: str) -> HttpResponse:
    """Ask; on POST save what was typed, and go on when nothing is missing. htmx asks what the answers change."""
    work = open_work(request, draft_id)
    if step not in {each.key for each in work.definition.steps} or (work.replaced and request.method != "POST"):
        return redirect("portal:apply", draft_id=draft_id)
    if request.method != "POST":
        return _page(request, work, step)
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
        return render(request, "portal/step_fields.html", {"view": _view(work, step, turn)})
    return _saved(request, work, step, turn)


def revision_of(request: HttpRequest, default: int) -> int:
    """The draft's revision that the posted page showed."""
    posted = request.POST.get("revision", "")
    readable = posted.isascii() and posted.isdigit() and len(posted) <= _LONGEST_NUMBER
    return int(posted) if readable else default


def _posted(data: QueryDict) -> dict[str, list[str]]:
    return {name: [str(each) for each in data.getlist(name)] for name in data}


def _saved(request: HttpRequest, work: Work, step: str, turn: Turn) -> HttpResponse:
    try:
        forms.save_draft(
            draft_id=work.draft.id,
            values=turn.values,
            expected_revision=revision_of(request, work.draft.revision),
            step=step,
            by=work.viewer,
            at=clock.now(),
        )
    except DraftConflict as conflict:
        return _page(request, work, step, turn=turn, conflict=conflict, status=409)
    if work.replaced:
        return redirect("portal:renewal", draft_id=work.draft.id)
    if "stop" in request.POST:
        messages.success(request, _("已保存。下次从「我的」接着填。"))
        return redirect("portal:counter_person" if work.at_counter else "portal:home")
    work = open_work(request, work.draft.id)
    if not turn.complete:
        return _page(request, work, step, turn=turn, status=422 if turn.faults else 200)
    return _onward(request, work, step)


def _onward(request: HttpRequest, work: Work, step: str) -> HttpResponse:
    if work.refused:
        return redirect("portal:ineligible", draft_id=work.draft.id)
    if _to_check(request):
        return redirect("portal:check", draft_id=work.draft.id)
    following = work.steps[work.steps.index(step) + 1] if step in work.steps else work.steps[0]
    return redirect("portal:step", draft_id=work.draft.id, step=following)


def _to_check(request: HttpRequest) -> bool:
    """Whether one came from the check page to change an answer."""
    return CHECK in {request.POST.get("to"), request.GET.get("to")}


def _view(work: Work, step: str, turn: Turn | None) -> form_queries.StepView:
    return form_queries.render(
        definition=work.definition,
        step=step,
        state=turn.state if turn else work.state,
        answers=turn.answers if turn else work.draft.answers,
        viewer=work.viewer,
        faults=turn.faults if turn else (),
        posted=turn.posted if turn else None,
        language=language(),
        refresh_url=work.address(step),
    )


def _page(
    request: HttpRequest,
    work: Work,
    step: str,
    *,
    turn: Turn | None = None,
    conflict: DraftConflict | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **frame(work, step),
        "view": _view(work, step, turn),
        "revision": conflict.revision if conflict else work.draft.revision,
        "conflict": _both(work, conflict) if conflict else None,
        "to_check": _to_check(request),
    }
    return render(request, "portal/step.html", context, status=status)


def _both(work: Work, conflict: DraftConflict) -> Facts:
    """What was typed here and what another page saved, side by side."""

    def line(name: str, yours: Any, kept: Any) -> Fact:
        fact = work.definition.questions[name].fact
        told = _("这里：%(yours)s；另一页：%(kept)s") % {
            "yours": form_queries.display(fact=fact, value=yours, language=language()) or _("空"),
            "kept": form_queries.display(fact=fact, value=kept, language=language()) or _("空"),
        }
        return Fact(say(fact.label, language()), told)

    return Facts(tuple(line(each.fact, each.yours, each.kept) for each in conflict.differences))
