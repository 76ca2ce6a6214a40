"""Check your answers, send once, receipt."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.commons.forms import queries as form_queries
from yiwang.commons.forms.contracts import AnswersInvalid, DraftConflict
from yiwang.commons.identity.contracts.real_names import RealNameNeeded
from yiwang.commons.identity.queries import actor_of, standing_of
from yiwang.commons.licences.contracts import NotUsable
from yiwang.commons.privacy.contracts import ConsentMissing
from yiwang.kernel import clock
from yiwang.kernel.errors import IdempotencyMismatch
from yiwang.serve.cases import queries as cases
from yiwang.serve.cases.contracts import MaterialMissing, MatterHalted
from yiwang.serve.matters.contracts import BundleNotFound, Inclusion
from yiwang.serve.portal import commands
from yiwang.serve.portal.contracts import AlreadySent, FormReplaced, NotEligible, SignatureMissing
from yiwang.serve.portal.views.applying.materials import exempt, missing, uploads
from yiwang.serve.portal.views.applying.prechecking import precheck
from yiwang.serve.portal.views.applying.proving import real_name_page
from yiwang.serve.portal.views.applying.steps import revision_of
from yiwang.serve.portal.views.applying.work import (
    CHECK,
    MATERIALS,
    WORKPLACE,
    Work,
    frame,
    language,
    open_work,
    signed_in,
)
from yiwang.serve.portal.views.catalogue import home_link
from yiwang.serve.portal.views.halting import halted_notes
from yiwang.web.components import Crumbs, ErrorSummary, Link, Note
from yiwang.web.components.lists import Facts
from yiwang.web.fields import Choice, Field, FieldKind

_LONGEST_COUNT = 5


@signed_in
def check_answers(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Everything at one look, each with its source and a link to change it; then send.

    Sending goes by what the page says alone: after success the draft is gone, and a second press leads to the same case.
    """
    if request.method == "POST" and request.POST.get("confirmed"):
        try:
            return _send(request, draft_id)
        except RealNameNeeded:
            return _prove(request, draft_id)
    work = open_work(request, draft_id)
    if work.replaced or work.refused or work.faults():
        return redirect("portal:apply", draft_id=draft_id)
    if missing(work):
        return redirect("portal:step", draft_id=draft_id, step=MATERIALS)
    return _page(request, work, _("请先确认填写的内容真实") if request.method == "POST" else "")


def _page(request: HttpRequest, work: Work, error: str, unsigned: str = "") -> HttpResponse:
    groups = form_queries.summary(
        definition=work.definition,
        state=work.state,
        answers=work.draft.answers,
        viewer=work.viewer,
        change_url=lambda key: f"{work.address(key)}?to={CHECK}",
        language=language(),
    )
    confirm = Field(
        name="confirmed",
        label=_("确认"),
        kind=FieldKind.CONFIRM,
        options=(Choice("yes", _("我确认以上内容真实、完整，愿意承担相应的法律责任")),),
        error=error,
    )
    fields = (*(_signature(request, unsigned) if work.at_counter else ()), confirm)
    verdict = work.eligibility
    context = {
        **frame(work, CHECK),
        "groups": [(group.title, Facts(group.facts)) for group in groups],
        "uploads": uploads(work),
        "exempt": exempt(work),
        "advice": Note(work.say(verdict.advice)) if verdict and verdict.is_partial and verdict.advice else None,
        "halted": halted_notes(work.guide, work.words),
        "blocked": bool(work.guide.blocking),
        "fields": fields,
        "errors": ErrorSummary.of(fields),
        "precheck": precheck(work) if work.at_counter else None,
        "form_url": reverse("portal:counter_form", args=[work.draft.id]) if work.at_counter else "",
        "revision": work.draft.revision,
        "members": [work.say(each.name) for each in work.guide.members if each.inclusion is Inclusion.YES],
    }
    return render(request, "portal/check.html", context, status=422 if error or unsigned else 200)


def _signature(request: HttpRequest, error: str) -> tuple[Field, ...]:
    """At the counter: the applicant has signed on paper, and how many sheets were taken in."""
    return (
        Field(
            name="signed",
            label=_("签字"),
            kind=FieldKind.CONFIRM,
            value="yes" if request.POST.get("signed") else "",
            options=(Choice("yes", _("申请人已在打印的申请表上签字")),),
            error=error if not request.POST.get("signed") else "",
        ),
        Field(
            name="papers",
            label=_("收到的纸质材料"),
            kind=FieldKind.NUMBER,
            value=request.POST.get("papers", ""),
            unit=_("页"),
            hint=_("含签字的申请表"),
            minimum="1",
            error=error if request.POST.get("signed") else "",
        ),
    )


def _papers(request: HttpRequest) -> int:
    posted = request.POST.get("papers", "").strip()
    return int(posted) if posted.isascii() and posted.isdigit() and len(posted) < _LONGEST_COUNT else 0


def _send(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    try:
        case_id = commands.send_application(
            draft_id=draft_id,
            expected_revision=revision_of(request, 0),
            signed=bool(request.POST.get("signed")),
            papers=_papers(request),
            workplace=str(request.session.get(WORKPLACE, "")),
            agent=standing_of(request).agent,
            idempotency_key=f"application:{draft_id}",
            by=actor_of(request),
            at=clock.now(),
        )
    except (AnswersInvalid, FormReplaced, NotEligible, BundleNotFound):
        return redirect("portal:apply", draft_id=draft_id)
    except SignatureMissing as refusal:
        return _page(request, open_work(request, draft_id), "", refusal.sentence(_))
    except MatterHalted:
        return redirect("portal:check", draft_id=draft_id)
    except (MaterialMissing, ConsentMissing, NotUsable) as refusal:
        if not isinstance(refusal, MaterialMissing):  # the page of materials says by itself what is missing
            messages.warning(request, refusal.sentence(_))
        return redirect("portal:step", draft_id=draft_id, step=MATERIALS)
    except DraftConflict:
        messages.warning(request, _("内容在另一页改过，请再核对一次。"))
        return redirect("portal:check", draft_id=draft_id)
    except IdempotencyMismatch:
        raise AlreadySent from None
    at_counter = actor_of(request).is_official
    return redirect("portal:counter_receipt" if at_counter else "portal:receipt", case_id=case_id)


def _prove(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The draft waits on this page until its owner has the level of real name that a matter asks for."""
    work, here = open_work(request, draft_id), reverse("portal:check", args=[draft_id])
    needed = cases.real_name_needed(bundle=work.bundle, guide=work.guide, viewer=actor_of(request))
    return real_name_page(request, work.bundle, needed, here) if needed is not None else redirect(here)


@signed_in
def receipt(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Sent: the number, what happens now, until when."""
    context = {
        "crumbs": Crumbs((home_link(), Link(_("我的"), reverse("flow:mine"))), _("已提交")),
        "case": cases.brief(case_id=case_id, viewer=actor_of(request)),
    }
    return render(request, "portal/receipt.html", context)
