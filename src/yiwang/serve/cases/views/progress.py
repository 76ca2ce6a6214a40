"""The applicant's pages: progress, results, correction, withdrawal."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock
from yiwang.serve.cases import commands, queries
from yiwang.serve.cases.contracts import CaseKind, CaseStatus, CaseView, DocumentKind, MemberView
from yiwang.serve.cases.views import drawing, evidence, papers, sheets, words
from yiwang.serve.cases.views.speaking import spoken
from yiwang.web import components as ui
from yiwang.web.responses import go

_LATEST = 6


@login_required
@require_GET
def progress(request: HttpRequest, number: str) -> HttpResponse:
    """Where the applicant's case stands."""
    viewer = identity.actor_of(request)
    view = queries.case(number=number, viewer=viewer)
    if viewer.is_official:
        return redirect("cases:case", number=number)
    view = spoken(view, viewer)
    told = _told(view, evidence.links(view, viewer))
    context = {
        "case": view,
        "is_bundle": view.kind is CaseKind.BUNDLE,
        "crumbs": _crumbs(view),
        "progress": ui.Progress(view.done, len(view.members), _done_words(view)) if view.members else None,
        "summary": _summary(view),
        "light": words.due_light(view.status, view.result, view.clock),
        "due_words": words.day_words(view.promised_due) if view.promised_due else "",
        "left_words": words.left_words(view.clock),
        "promised_words": words.days_words(view.promised_days),
        "closed_words": _("%(day)s办结") % {"day": words.day_words(view.closed_at)} if view.closed_at else "",
        "submitted_words": words.moment_words(view.submitted_at),
        "asks": _asks(view, request),
        "lanes": drawing.lanes(view) if view.members else None,
        "clock": drawing.clock_component(view),
        "timeline": ui.Timeline(told.events[:_LATEST]),
        "evidence_url": evidence.address(view),
        "earlier": ui.Timeline(told.events[_LATEST:]) if told.events[_LATEST:] else None,
        "facts": (facts := papers.facts(view, whole="whole" in request.GET)),
        "facts_words": _("%(n)d 项") % {"n": len(facts.facts)} if facts else "",
        "whole": "whole" in request.GET,
        "materials": papers.materials(view, official=False),
        "results": tuple(drawing.licence(view.number, result) for result in view.results),
        "member_results": tuple(
            drawing.licence(view.number, result) for member in view.members for result in member.results
        ),
        "materials_words": papers.materials_words(view.materials),
        "refusal": papers.refusal(view),
        "diagram": drawing.process(view),
        "documents": sheets.table(view.documents, official=False),
        "delivery_words": _delivery_words(view),
        "delivery_url": reverse("cases:delivery", args=[view.parent_number or view.number]),
        "can_withdraw": view.kind is not CaseKind.MEMBER and not view.status.is_final and view.decided_at is None,
        "withdraw_dialog": _withdraw_dialog(view),
    }
    return render(request, "cases/progress.html", context)


def _told(view: CaseView, receipts: drawing.Receipts) -> ui.Timeline:
    if view.members:
        return drawing.bundle_timeline(view, receipts)
    return drawing.timeline(view.events, official=False, case_id=view.id, receipts=receipts)


@login_required
@require_GET
def of_id(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The page of a case by its id, for lists that know nothing else."""
    found = queries.brief(case_id=case_id, viewer=identity.actor_of(request))
    return redirect("cases:progress", number=found.parent_number or found.number)


@login_required
@require_GET
def result(request: HttpRequest, number: str, result_id: UUID) -> HttpResponse:
    """A result as a printable sheet."""
    view, found = queries.result(number=number, result_id=result_id, viewer=identity.actor_of(request))
    context = {
        "case": view,
        "crumbs": _result_crumbs(view),
        "back_number": view.parent_number or view.number,
        "result": found,
        "sheet": papers.result_sheet(view, found),
        "card": drawing.licence(view.parent_number or view.number, found),
        "facts": papers.result_facts(found),
    }
    return render(request, "cases/result.html", context)


@login_required
@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """The applicant takes the case back."""
    viewer = identity.actor_of(request)
    view = queries.case(number=number, viewer=viewer)
    commands.withdraw(case_id=view.id, reason=request.POST.get("reason", ""), by=viewer, at=clock.now())
    messages.success(request, _("申请已撤回。"))
    return go(request, reverse("cases:progress", args=[number]))


def _crumbs(view: CaseView) -> ui.Crumbs:
    links = [ui.Link(_("我的"), "/mine/")]
    if view.parent_number:
        links.append(ui.Link(view.parent_title, reverse("cases:progress", args=[view.parent_number])))
    return ui.Crumbs(tuple(links), _("办理进度"))


def _result_crumbs(view: CaseView) -> ui.Crumbs:
    number, title = view.parent_number or view.number, view.parent_title or view.title
    return ui.Crumbs(
        (ui.Link(_("我的"), "/mine/"), ui.Link(title, reverse("cases:progress", args=[number]))), _("办理结果")
    )


def _done_words(view: CaseView) -> str:
    return _("%(all)d 个事项，已办结 %(done)d 个") % {"all": len(view.members), "done": view.done}


def _delivery_words(view: CaseView) -> str:
    """How the results will come; empty where none will any more."""
    if view.kind is CaseKind.MEMBER:
        return ""
    waiting = not view.status.is_final or any(each.kind is DocumentKind.GRANT for each in view.documents)
    if not waiting:
        return ""
    how = _(view.delivery_channel.label)
    if not view.members:
        return how
    return words.listed([how, _("全部结果一次送达") if view.delivery_together else _("每个事项办结就送达")])


def _summary(view: CaseView) -> str:
    if not view.members:
        return ""
    waiting = sum(member.case.status is CaseStatus.CORRECTION for member in view.members)
    later = sum(member.case.status is CaseStatus.WAITING for member in view.members)
    running = len(view.members) - view.done - waiting - later
    parts = [_done_words(view)]
    if running:
        parts.append(_("办理中 %(n)d 个") % {"n": running})
    if later:
        parts.append(_("等待前序事项 %(n)d 个") % {"n": later})
    if waiting:
        parts.append(_("等您补正 %(n)d 个") % {"n": waiting})
    return words.listed(parts)


def _asks(view: CaseView, request: HttpRequest) -> tuple[ui.Note, ...]:
    """What the applicant is asked to do now, each with its button."""
    viewer = identity.actor_of(request)
    found = []
    wanted = [(member.case.id, member.case.title, member.last_note) for member in view.members if _asked(member)]
    if view.status is CaseStatus.CORRECTION:
        wanted.append((view.id, view.title, papers.last_notice(view)))
    for case_id, title, said in wanted:
        parent_id = view.id if case_id != view.id else None
        tasks = queries.tasks_of(case_id=case_id, parent_id=parent_id, viewer=viewer)
        action = ui.LinkButton(_("去补正"), reverse("cases:correct", args=[tasks[0]])) if tasks else None
        heading = _("请补正材料：%(title)s") % {"title": title}
        found.append(ui.Note(said or _("请补齐材料。"), heading, ui.Tone.WARN, action))
    if view.special:
        until = _("，预计到 %(day)s") % {"day": words.day_words(view.special_until)} if view.special_until else ""
        said = _("%(name)s所需时间不计入办理期限%(until)s。") % {"name": view.special, "until": until}
        found.append(ui.Note(said, _("正在进行特别程序"), ui.Tone.BLUE, wide=True))
    return (*found, *_to_follow(view))


def _to_follow(view: CaseView) -> tuple[ui.Note, ...]:
    """What is to be handed in after conditional acceptance, here and in the members."""
    wanted = [(view.number, view.title, view.deferred_until)] if view.deferred_until else []
    wanted += [(m.case.number, m.case.title, m.deferred_until) for m in view.members if m.deferred_until]
    return tuple(
        ui.Note(
            _("已经容缺受理。请在 %(day)s前补交缺少的材料，补齐之前不作决定。") % {"day": words.day_words(until)},
            _("请补交材料：%(title)s") % {"title": title},
            ui.Tone.WARN,
            ui.LinkButton(_("去补交"), reverse("cases:follow", args=[number])),
        )
        for number, title, until in wanted
        if until is not None
    )


def _asked(member: MemberView) -> bool:
    return member.case.status is CaseStatus.CORRECTION


def _withdraw_dialog(view: CaseView) -> ui.Dialog:
    return ui.Dialog(
        "withdraw",
        _("撤回申请"),
        _("撤回后，还没有作出决定的事项都会停止办理，需要时请重新申请。"),
        ui.Button(_("确认撤回"), "danger"),
        reverse("cases:withdraw", args=[view.number]),
        keep=_("继续办理"),
    )
