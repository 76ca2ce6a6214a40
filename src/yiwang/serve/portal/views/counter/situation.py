"""The guide as a clerk asks it: all questions on one page, and beside them at once what the answers come to."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiwang.commons.identity.queries import actor_of
from yiwang.kernel import clock
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import Bundle
from yiwang.serve.portal import commands, queries
from yiwang.serve.portal.views.counter.frame import at_counter, crumbs, served
from yiwang.serve.portal.views.guiding import question_field, read_answer
from yiwang.serve.portal.views.situation import answers_of, forget_answers, keep_answers, ticket_of
from yiwang.serve.portal.views.tailoring import tailored_page
from yiwang.web.components import BackLink
from yiwang.web.fields import Field
from yiwang.web.responses import is_htmx

_PREFIX = "q-"


@at_counter
def situation(request: HttpRequest, key: str) -> HttpResponse:
    """Show the questions that still matter with the answers so far; a change answers with the page's body."""
    viewer = actor_of(request)
    bundle = queries.offer(key=key, viewer=viewer)
    answers = answers_of(request, key)
    if request.method == "POST":
        answers = _told(bundle, request.POST, answers)
        answers = matters.still_put(bundle=bundle, answers=answers, viewer=viewer)
        keep_answers(request, key, answers)
        if not is_htmx(request):
            return redirect("portal:counter_situation", key=key)
    template = "portal/counter/situation_body.html" if is_htmx(request) else "portal/counter/situation.html"
    return render(request, template, _context(request, bundle, answers))


def _context(request: HttpRequest, bundle: Bundle, answers: Mapping[str, Any]) -> dict[str, Any]:
    viewer = actor_of(request)
    tailored = matters.guide(bundle=bundle, facts=answers, viewer=viewer)
    left = queries.open_questions(bundle=bundle, guide=tailored, answers=answers, viewer=viewer)
    known = queries.worked_out(bundle=bundle, answers=answers, viewer=viewer)
    verdict = None if left else queries.eligibility(bundle=bundle, facts=known, viewer=viewer)
    opened = queries.unsent(viewer=viewer, key=bundle.spec.form, most=1)
    page = tailored_page(bundle, answers, tailored, verdict, opened)
    back = reverse("portal:counter_person" if viewer.on_behalf else "portal:counter")
    return {
        **page,
        **crumbs(page["name"]),
        "fields": _fields(bundle, answers, {each.fact for each in left}),
        "left": len(left),
        "can_apply": queries.can_apply(bundle),
        "serving": viewer.on_behalf is not None,
        "key": bundle.key,
        "back": BackLink(_("返回"), back),
    }


def _fields(bundle: Bundle, answers: Mapping[str, Any], left: set[str]) -> list[Field]:
    return [
        question_field(each, answers, bundle.spec.translations, name=f"{_PREFIX}{each.fact}", as_heading=False)
        for each in bundle.spec.questions
        if each.fact in answers or each.fact in left
    ]


def _told(bundle: Bundle, posted: QueryDict, before: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as posted, in the order of the questions; what can't be read counts as not answered."""
    told: dict[str, Any] = {}
    for question in bundle.spec.questions:
        text = posted.get(f"{_PREFIX}{question.fact}")
        if text is None:
            if question.fact in before:
                told[question.fact] = before[question.fact]
            continue
        value, error = read_answer(question, text)
        if not error:
            told[question.fact] = value
    return told


@at_counter
@require_POST
def begin(request: HttpRequest, key: str) -> HttpResponse:
    """Keep the answers in a draft of the person; then fill in, or print the notice of what is still to be brought."""
    viewer, _came = served(request)
    bundle = queries.offer(key=key, viewer=viewer)
    answers = answers_of(request, key)
    tailored = matters.guide(bundle=bundle, facts=answers, viewer=viewer)
    left = queries.open_questions(bundle=bundle, guide=tailored, answers=answers, viewer=viewer)
    if left or tailored.blocking:
        return redirect("portal:counter_situation", key=key)
    draft_id = commands.begin_application(
        bundle_key=key, situation=answers, idempotency_key=ticket_of(request, key), by=viewer, at=clock.now()
    )
    forget_answers(request, key)
    if "notice" in request.POST:
        return redirect("portal:counter_notice", draft_id=draft_id)
    return redirect("portal:apply", draft_id=draft_id)
