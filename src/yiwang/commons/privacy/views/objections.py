"""「我的异议」: what was objected to, by when an answer is due, and the answer with what one can do after it."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiwang.commons.identity import queries as identity
from yiwang.commons.privacy import queries
from yiwang.commons.privacy.contracts import ObjectionView
from yiwang.commons.privacy.views import words
from yiwang.web.components import Empty, LinkButton, Pagination


@login_required
@require_GET
def objections(request: HttpRequest) -> HttpResponse:
    """The viewer's objections, newest first."""
    page = queries.objections_of(viewer=identity.actor_of(request), cursor=request.GET.get("cursor"))
    pages = Pagination.of(page, path=request.path, params={})
    context = {
        "crumbs": words.crumbs(_("我的异议")),
        "tabs": words.tabs(request),
        "lines": [line(each) for each in page.items],
        "pages": pages if pages.needed else None,
        "empty": Empty(
            _("您没有提出过异议"),
            _("如果觉得哪次查看不应该，可以在那条记录上提出异议。"),
            LinkButton(_("谁看过我的信息"), reverse("privacy:accesses"), "second"),
        ),
    }
    return render(request, "privacy/objections.html", context)


@login_required
@require_GET
def objection(request: HttpRequest, objection_id: UUID) -> HttpResponse:
    """One objection of the viewer's."""
    view = queries.objection(objection_id=objection_id, viewer=identity.actor_of(request))
    context = {"crumbs": words.crumbs(_("我的异议")), "one": line(view)}
    return render(request, "privacy/objection.html", context)


def line(view: ObjectionView, *, own: bool = True) -> dict[str, object]:
    """An objection for a page, the holder's or the officer's."""
    return {
        "href": reverse("privacy:objection", args=[view.id]),
        "answer_href": reverse("privacy:answer", args=[view.id]),
        "holder": view.holder_name,
        "to": view.organisation,
        "entry": words.shown(view.entry, own=own) if view.entry else None,
        "words": view.words,
        "raised": words.moment(view.raised_at),
        "due": words.day(view.due_on),
        "overdue": view.overdue,
        "tag": words.objection_tag(view),
        "answer": view.answer,
        "answered": words.moment(view.answered_at) if view.answered_at else "",
    }
