"""Where a draft begins, is taken up again, is found to lead nowhere, or is given up."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.commons.forms import commands as forms
from yiwang.commons.forms import queries as form_queries
from yiwang.commons.forms.contracts import say
from yiwang.commons.identity.contracts import MayNotRepresent
from yiwang.commons.identity.queries import actor_of
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.serve.cases import queries as cases
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import Bundle, BundleNotFound
from yiwang.serve.portal import commands, queries
from yiwang.serve.portal.views.applying.proving import real_name_page
from yiwang.serve.portal.views.applying.work import MATERIALS, Work, language, open_work, signed_in
from yiwang.serve.portal.views.situation import answers_of, forget_answers, ticket_of
from yiwang.serve.portal.views.speaking import address
from yiwang.web.components import BackLink


@signed_in
def begin(request: HttpRequest, key: str) -> HttpResponse:
    """Make a draft of the guide's answers, once, and open it. After logging in one comes here by GET.

    Without answers (they were used, or the page is loaded again) it leads to the draft that is open, else to the guide.
    """
    return _begin(request, matters.bundle(key=key, viewer=actor_of(request)))


@signed_in
def matter_begin(request: HttpRequest, code: str) -> HttpResponse:
    """The same for a single matter; where nothing is asked before, at once."""
    viewer = actor_of(request)
    return _begin(request, queries.single(matter=matters.matter(code=code, viewer=viewer), viewer=viewer))


def _begin(request: HttpRequest, bundle: Bundle) -> HttpResponse:
    viewer, key = actor_of(request), bundle.key
    answers = answers_of(request, key)
    tailored = matters.guide(bundle=bundle, facts=answers, viewer=viewer)
    unasked = not answers and not bundle.spec.questions
    if not unasked and (not answers or tailored.questions_left):
        opened = () if answers else queries.unsent(viewer=viewer, key=bundle.spec.form, most=1)
        return redirect("portal:apply", draft_id=opened[0].draft_id) if opened else redirect(address(bundle, "guide"))
    if tailored.blocking:
        return redirect(address(bundle, "guide"))
    if not cases.may_file(bundle=bundle, guide=tailored, viewer=viewer):
        raise MayNotRepresent
    needed = cases.real_name_needed(bundle=bundle, guide=tailored, viewer=viewer)
    if needed is not None:
        return real_name_page(request, bundle, needed, request.path)
    draft_id = commands.begin_application(
        bundle_key=key, situation=answers, idempotency_key=ticket_of(request, key), by=viewer, at=clock.now()
    )
    forget_answers(request, key)
    return redirect("portal:apply", draft_id=draft_id)


@signed_in
def apply(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Go on where one stopped: the first page with something missing."""
    work = open_work(request, draft_id)
    if work.replaced:
        return redirect("portal:renewal", draft_id=draft_id)
    if work.refused:
        return redirect("portal:ineligible", draft_id=draft_id)
    return redirect("portal:step", draft_id=draft_id, step=first_unfinished(work))


def first_unfinished(work: Work) -> str:
    """The first page where something is missing or wrong, else the materials."""
    wrong = {fault.fact for fault in work.faults()}
    steps = (work.definition.step(key) for key in work.steps if key != MATERIALS)
    return next((step.key for step in steps if wrong.intersection(step.names)), MATERIALS)


@signed_in
def ineligible(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Why it can't be handled online, and what to do instead. The draft stays: an answer may be wrong."""
    work = open_work(request, draft_id)
    verdict = work.eligibility
    if verdict is None or not verdict.refused:
        return redirect("portal:apply", draft_id=draft_id)
    first = work.steps[0]
    context = {
        "name": work.say(work.bundle.name),
        "advice": work.say(verdict.advice),
        "consult": work.bundle.spec.consult or "12345",
        "change_url": work.address(first),
        "discard_url": reverse("portal:discard", args=[draft_id]),
        "back": BackLink(_("上一步"), work.address(first)),
    }
    return render(request, "portal/ineligible.html", context)


@signed_in
def discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Ask, then forget the draft with its uploads. With `restart` the guide begins again."""
    viewer = actor_of(request)
    draft = form_queries.draft(draft_id=draft_id, viewer=viewer)
    restart = "restart" in request.POST or "restart" in request.GET
    if request.method == "POST":
        forms.discard_draft(draft_id=draft_id, by=viewer, at=clock.now())
        messages.success(request, _("已删除没有提交的申请。"))
        if viewer.is_official:
            return redirect("portal:counter_person")
        return _anew(draft.key, viewer) if restart else redirect("portal:home")
    definition = form_queries.definition(key=draft.key, version=draft.version, viewer=viewer)
    context = {
        "name": say(definition.title, language()),
        "saved_at": draft.updated_at,
        "restart": restart,
        "keep_url": reverse("portal:apply", args=[draft_id]),
        "back": BackLink(_("返回"), reverse("portal:drafts")),
    }
    return render(request, "portal/discard.html", context)


def _anew(key: str, viewer: Actor) -> HttpResponse:
    """To the guide of what the deleted draft applied for, or home where it is no longer offered."""
    try:
        return redirect(address(queries.offer(key=key, viewer=viewer), "guide"))
    except BundleNotFound:
        return redirect("portal:home")
