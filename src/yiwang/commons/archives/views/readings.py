"""Requests to read archives: one's own, those that wait for an archivist, the reading itself."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yiwang.commons.archives import commands, policies, queries
from yiwang.commons.archives.contracts import AccessState, AccessView
from yiwang.commons.archives.views import words
from yiwang.kernel import clock
from yiwang.kernel.errors import DomainError
from yiwang.web.components import Pagination
from yiwang.web.responses import go


@login_required
@require_GET
def accesses(request: HttpRequest) -> HttpResponse:
    """Requests: an archivist's to decide on, anybody's own."""
    viewer = words.viewer_of(request)
    page = queries.accesses(viewer=viewer, cursor=request.GET.get("cursor"))
    keeps = policies.can_keep(viewer)
    pages = Pagination.of(page, path=request.path)
    context = {
        "tabs": words.tabs("accesses"),
        "requests": [_shown(each, keeps=keeps) for each in page.items],
        "pages": pages if pages.needed else None,
    }
    return render(request, "archives/accesses.html", context)


def _shown(each: AccessView, *, keeps: bool) -> dict[str, object]:
    return {
        "row": each,
        "state": words.access_state(each.state),
        "asked": words.moment(each.asked_at),
        "until": words.moment(each.until) if each.until else "",
        "href": reverse("archives:archive", args=[each.archive_id]),
        "decide": reverse("archives:decide", args=[each.id]),
        "read": reverse("archives:read", args=[each.id]) if each.open and each.own else "",
        "decides": keeps and each.state is AccessState.ASKED and not each.own,
    }


@login_required
@require_POST
def decide(request: HttpRequest, access_id: UUID) -> HttpResponse:
    """Approve for some days, or refuse."""
    viewer = words.viewer_of(request)
    days = request.POST.get("days", "7")
    try:
        commands.decide_access(
            access_id=access_id,
            approve=request.POST.get("do") == "approve",
            days=int(days) if days.isdecimal() and len(days) < 4 else 7,
            words=request.POST.get("words", ""),
            by=viewer,
            at=clock.now(),
        )
    except DomainError as refused:
        if refused.kind not in {403, 404, 409, 422}:
            raise
        messages.error(request, f"{refused.sentence(_)}{refused.advice(_)}")
    return go(request, reverse("archives:accesses"))


@login_required
@require_POST
def read(request: HttpRequest, access_id: UUID) -> HttpResponse:
    """Read: the package is handed out, and the holder will see that it was."""
    viewer = words.viewer_of(request)
    digest = commands.read_archive(access_id=access_id, by=viewer, at=clock.now())
    data = queries.stored(digest=digest, viewer=viewer)
    if not data:
        raise Http404
    answer = HttpResponse(data, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{digest[:16]}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer
