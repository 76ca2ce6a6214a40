"""The guide: one question a page, only those whose answer still changes what this applicant needs.

Answers stay in the session until an application begins; changing one drops only those that hang on it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiwang.commons.forms import queries as form_queries
from yiwang.commons.forms.contracts import Answer
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.queries import actor_of
from yiwang.kernel.actor import Actor
from yiwang.serve.matters import queries
from yiwang.serve.matters.contracts import Bundle, SituationQuestion
from yiwang.serve.portal.contracts import NotOffered
from yiwang.serve.portal.queries import can_apply, eligibility, open_questions, said_before, single, unsent, worked_out
from yiwang.serve.portal.views.applying.work import language
from yiwang.serve.portal.views.situation import answers_of, forget_answers, keep_answers
from yiwang.serve.portal.views.speaking import address, say
from yiwang.serve.portal.views.tailoring import answered, back_to, common, tailored_page
from yiwang.web.components import BackLink, ErrorSummary, Provenance, Source
from yiwang.web.fields import Choice, Field, FieldKind

_YES_NO = {"yes": True, "no": False}
_TYPED = {
    "number": FieldKind.NUMBER,
    "integer": FieldKind.NUMBER,
    "date": FieldKind.DATE,
    "text": FieldKind.TEXT,
}
_LONGEST = 200
_DIGITS = 16


def guide(request: HttpRequest, key: str) -> HttpResponse:
    """Ask the next question, or show what it comes to. `?about=<fact>` asks one again."""
    return _guide(request, queries.bundle(key=key, viewer=actor_of(request)))


def matter_guide(request: HttpRequest, code: str) -> HttpResponse:
    """The same for a single matter; one without questions shows at once what it needs."""
    viewer = actor_of(request)
    bundle = single(matter=queries.matter(code=code, viewer=viewer), viewer=viewer)
    if not can_apply(bundle):
        raise NotOffered(name=bundle.name)
    return _guide(request, bundle)


def _guide(request: HttpRequest, bundle: Bundle) -> HttpResponse:
    viewer = actor_of(request)
    answers = answers_of(request, bundle.key)
    if request.method == "POST":
        return _take(request, bundle, answers)
    tailored = queries.guide(bundle=bundle, facts=answers, viewer=viewer)
    left = open_questions(bundle=bundle, guide=tailored, answers=answers, viewer=viewer)
    asked = _asked(bundle, request.GET.get("about", "")) or next(iter(left), None)
    if asked is not None:
        earlier = {} if asked.fact in answers else said_before(bundle=bundle, viewer=viewer)
        page = _question(bundle, asked, answers, len(left), earlier=earlier.get(asked.fact))
        return render(request, "portal/question.html", page)
    known = worked_out(bundle=bundle, answers=answers, viewer=viewer)
    verdict = eligibility(bundle=bundle, facts=known, viewer=viewer)
    opened = unsent(viewer=viewer, key=bundle.spec.form, most=1)
    return render(request, "portal/tailored.html", tailored_page(bundle, answers, tailored, verdict, opened))


def _take(request: HttpRequest, bundle: Bundle, answers: Mapping[str, Any]) -> HttpResponse:
    viewer = actor_of(request)
    asked = _asked(bundle, request.POST.get("about", ""))
    if asked is None:
        return redirect(address(bundle, "guide"))
    value, error = read_answer(asked, request.POST.get("answer", ""))
    if error:
        tailored = queries.guide(bundle=bundle, facts=answers, viewer=viewer)
        left = open_questions(bundle=bundle, guide=tailored, answers=answers, viewer=viewer)
        page = _question(bundle, asked, answers, len(left), error)
        return render(request, "portal/question.html", page, status=422)
    if answers.get(asked.fact) != value or asked.fact not in answers:
        told = {**answers, asked.fact: value}
        keep_answers(request, bundle.key, queries.still_put(bundle=bundle, answers=told, viewer=viewer))
    return redirect(address(bundle, "guide"))


@require_POST
def guide_again(request: HttpRequest, key: str) -> HttpResponse:
    """Forget the answers and begin again."""
    forget_answers(request, key)
    return redirect("portal:guide", key=key)


@require_POST
def matter_guide_again(request: HttpRequest, code: str) -> HttpResponse:
    """The same for a single matter."""
    forget_answers(request, code)
    return redirect("portal:matter_guide", code=code)


def _asked(bundle: Bundle, fact: str) -> SituationQuestion | None:
    return next((each for each in bundle.spec.questions if each.fact == fact), None)


def read_answer(question: SituationQuestion, posted: str) -> tuple[Any, str]:
    """(value, "") or (None, what is wrong)."""
    if question.type in _TYPED:
        return _read_typed(question.type, posted.strip())
    if question.type == "region":
        known = posted.isascii() and identity.regions_by_code(codes=[posted], viewer=Actor.anonymous())
        return (posted, "") if known else (None, _("请选择到街道（镇）"))
    if question.type == "boolean":
        return (_YES_NO[posted], "") if posted in _YES_NO else (None, _("请选择“是”或“否”"))
    allowed = {str(option.value): option.value for option in question.options}
    return (allowed[posted], "") if posted in allowed else (None, _("请选择一项"))


def _read_typed(type_: str, posted: str) -> tuple[Any, str]:
    if type_ == "text":
        return (
            (posted, "")
            if 0 < len(posted) <= _LONGEST and posted.isprintable()
            else (None, _("请填写，不超过 200 个字"))
        )
    try:
        if type_ == "date":
            return date.fromisoformat(posted).isoformat(), ""
        return (int(posted), "") if len(posted) < _DIGITS else (None, _("请填写整数"))
    except ValueError:
        return None, _("请填写日期，例如 2026-11-09") if type_ == "date" else _("请填写整数")


def question_field(
    question: SituationQuestion,
    answers: Mapping[str, Any],
    words: Mapping[str, str],
    *,
    error: str = "",
    name: str = "answer",
    as_heading: bool = True,
) -> Field:
    """A question of the guide as a field, showing what was answered."""
    value = answers.get(question.fact, "")
    if question.type == "region":
        return form_queries.region_field(
            name=name,
            label=say(question.text, words),
            value=str(value),
            viewer=Actor.anonymous(),
            language=language(),
            hint=say(question.help, words),
            error=error,
            as_heading=as_heading,
        )
    options = tuple(
        Choice(str(option.value), say(option.label, words), say(option.hint, words)) for option in question.options
    )
    if question.type == "boolean":
        options = (Choice("yes", _("是")), Choice("no", _("否")))
        value = {True: "yes", False: "no"}.get(value, "")
    return Field(
        name=name,
        label=say(question.text, words),
        kind=_TYPED.get(question.type, FieldKind.RADIO),
        value=str(value),
        options=options,
        hint=say(question.help, words),
        error=error,
        as_heading=as_heading,
    )


def _question(
    bundle: Bundle,
    asked: SituationQuestion,
    answers: Mapping[str, Any],
    left: int,
    error: str = "",
    *,
    earlier: Answer | None = None,
) -> dict[str, Any]:
    """`earlier`: what the person answered in an earlier application, shown as chosen and told as such."""
    shown = {**answers, asked.fact: earlier.value} if earlier else answers
    field = question_field(asked, shown, bundle.spec.translations, error=error)
    if earlier:
        field = replace(
            field, provenance=Provenance(Source.EARLIER, _("您以前办事时填写：%(case)s") % {"case": earlier.text})
        )
    return {
        **common(bundle),
        "asked": asked,
        "field": field,
        "errors": ErrorSummary.of((field,)),
        "back": _back(bundle, asked.fact, list(answers)),
        "left": left,
        "answered": answered(bundle, {fact: value for fact, value in answers.items() if fact != asked.fact}),
    }


def _back(bundle: Bundle, fact: str, given: list[str]) -> BackLink:
    """To the question before this one, else to the bundle."""
    earlier = given[: given.index(fact)] if fact in given else given
    return back_to(bundle, earlier[-1] if earlier else "")
