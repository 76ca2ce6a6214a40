"""Where the applicant hands in what is missing: after a correction notice, and after conditional acceptance."""

from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.serve.cases import commands, queries
from yiwang.serve.cases.contracts import (
    CaseView,
    DeferredView,
    DeskTask,
    MaterialBy,
    MaterialInput,
    MaterialUpload,
    NothingSupplied,
)
from yiwang.serve.cases.views import papers, words
from yiwang.web import components as ui
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go


@login_required
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """What is missing, and where to hand it in."""
    viewer = identity.actor_of(request)
    desk = queries.desk_task(task_id=task_id, viewer=viewer)
    view = queries.case(number=desk.number, viewer=viewer)
    if request.method == "POST":
        try:
            return _supply(request, task_id, view)
        except NothingSupplied as refused:
            return _correction_page(request, view, desk, refused)
    return _correction_page(request, view, desk)


def _correction_page(
    request: HttpRequest, view: CaseView, desk: DeskTask, refused: NothingSupplied | None = None
) -> HttpResponse:
    wanted = _wanted(view, identity.actor_of(request))
    fields = tuple(_upload_field(code, name) for code, name in wanted)
    offered = _pledge_field(view, identity.actor_of(request))
    fields = (*fields, offered) if offered else fields
    fields = tuple(replace(each, required=len(fields) == 1) for each in fields)
    errors = ui.ErrorSummary.of(fields, refused.sentence(_)) if refused else None
    notice = papers.last_document(view, "correction")
    context = {
        "case": view,
        "fields": fields,
        "asked": tuple(papers.asked(view)),
        "desk": desk,
        "errors": errors,
        "back_url": reverse("cases:progress", args=[view.parent_number or view.number]),
        "notice": ui.Link(f"{notice.title} {notice.number}", reverse("cases:document", args=[notice.id]), icon="paper")
        if notice
        else None,
    }
    return render(request, "cases/correct.html", context, status=422 if refused else 200)


def _wanted(view: CaseView, viewer: Actor) -> list[tuple[str, str]]:
    """What a correction may bring: anew what was handed in, and what the situation asks for and is not there."""
    again = [(each.material, each.name) for each in papers.correctable(view)]
    return [*again, *queries.not_handed_in(case_id=view.id, viewer=viewer)]


def _pledge_field(view: CaseView, viewer: Actor) -> Field | None:
    """The materials that a signed pledge may stand for, with what is told before signing."""
    terms = queries.terms(matter_id=view.matter_ids[0] if view.matter_ids else None)
    if terms.pledge is None:
        return None
    there = {each.material for each in view.materials} | {each.material for each in view.pledges}
    options = tuple(
        Choice(code, terms.requirements[code].name, terms.pledge.text)
        for code in terms.pledge.materials
        if code in terms.requirements and code not in there
    )
    if not options:
        return None
    bar = queries.pledge_bar(case_id=view.id, viewer=viewer)
    told = _("勾选即为签署告知承诺书，并声明不属于不适用的情形。不实承诺的后果：%(words)s") % {
        "words": terms.pledge.consequences
    }
    return Field(
        "pledge", _("用书面承诺代替"), FieldKind.CHECKBOX, (), required=False, options=options,
        hint=f"{told.rstrip('。')}。{terms.excluded}", refused=words.bar_words(bar) if bar else "",
    )  # fmt: skip


def _supply(request: HttpRequest, task_id: UUID, view: CaseView) -> HttpResponse:
    pledged = [MaterialInput(code, by=MaterialBy.PLEDGE) for code in request.POST.getlist("pledge")]
    by = identity.actor_of(request)
    wanted = _wanted(view, by)
    commands.supply_correction(
        task_id=task_id, case_id=view.id, materials=_named(pledged, view), uploads=_uploads(request, wanted), by=by,
        at=clock.now(),
    )  # fmt: skip
    messages.success(request, _("补正材料已提交，受理人员会继续办理。"))
    return go(request, reverse("cases:progress", args=[view.parent_number or view.number]))


def _named(pledged: Sequence[MaterialInput], view: CaseView) -> tuple[MaterialInput, ...]:
    terms = queries.terms(matter_id=view.matter_ids[0] if view.matter_ids else None)
    names = {code: each.name for code, each in terms.requirements.items()}
    return tuple(MaterialInput(each.material, names.get(each.material, ""), each.by) for each in pledged)


@login_required
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """Materials that may follow after conditional acceptance (容缺后补)."""
    viewer = identity.actor_of(request)
    view = queries.case(number=number, viewer=viewer)
    missing = tuple(each for each in view.deferred if each.supplied_at is None)
    refused: NothingSupplied | None = None
    if request.method == "POST":
        uploads = _uploads(request, [(each.material, each.name) for each in missing])
        try:
            commands.supply_deferred(case_id=view.id, uploads=uploads, by=viewer, at=clock.now())
            messages.success(request, _("材料已提交，承办人员会继续办理。"))
            return go(request, reverse("cases:progress", args=[number]))
        except NothingSupplied as error:
            refused = error
    fields = tuple(_upload_field(each.material, each.name, _until(each)) for each in missing)
    context = {
        "case": view,
        "fields": fields,
        "errors": ui.ErrorSummary.of(fields, refused.sentence(_)) if refused else None,
        "back_url": reverse("cases:progress", args=[number]),
    }
    return render(request, "cases/follow.html", context, status=422 if refused else 200)


def _until(each: DeferredView) -> str:
    day = words.day_words(each.due)
    return (
        _("已过 %(day)s的期限，作出决定之前仍然可以补交") % {"day": day}
        if each.lapsed
        else _("请在 %(day)s前补交") % {"day": day}
    )


def _uploads(request: HttpRequest, wanted: Sequence[tuple[str, str]]) -> list[MaterialUpload]:
    return [
        MaterialUpload(code, name, cast("BinaryIO", upload), upload.name or code)
        for code, name in wanted
        for upload in request.FILES.getlist(f"material-{code}")
    ]


def _upload_field(code: str, name: str, hint: str = "") -> Field:
    return Field(f"material-{code}", name, FieldKind.FILE, hint=hint, required=False, multiple=True,
                 accept="image/jpeg,image/png,application/pdf", accept_words=_("JPG、PNG 或 PDF"))  # fmt: skip
