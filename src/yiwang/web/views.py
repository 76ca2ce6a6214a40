"""The living style page, and the switch to large print."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.web.responses import safe_next
from yiwang.web.samples import fields, sections
from yiwang.web.shell import PRINT_COOKIE

YEAR = 365 * 24 * 60 * 60


@require_GET
def style(request: HttpRequest) -> HttpResponse:
    """Every component with sample content."""
    return render(request, "web/style.html", {"sections": sections(), "fields": fields()})


@require_POST
def print_size(request: HttpRequest) -> HttpResponse:
    """Remember large or normal print in a cookie and go back."""
    response = HttpResponseRedirect(safe_next(request, request.POST.get("next", "")))
    size = "large" if request.POST.get("print") == "large" else "normal"
    response.set_cookie(PRINT_COOKIE, size, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response
