"""Pages of licences."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from yiwang.commons.identity.queries import actor_of
from yiwang.commons.licences import queries


@login_required
@require_GET
def licence(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """One licence."""
    page = queries.licence(licence_id=licence_id, viewer=actor_of(request))
    return HttpResponse(page.brief.title)


@require_GET
def verified(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """The verdict about the sealed file."""
    return licence(request, licence_id)
