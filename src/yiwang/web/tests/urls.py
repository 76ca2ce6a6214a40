"""Addresses for the tests of the design system alone."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from yiwang.kernel.errors import Forbidden, Invalid, Unauthenticated
from yiwang.web.middleware import extends_csp


def refuses(_request: HttpRequest) -> HttpResponse:
    raise Forbidden


def invalid(_request: HttpRequest) -> HttpResponse:
    raise Invalid(fields={"tel": "<b>手机号码</b>少 1 位"})


def anonymous(_request: HttpRequest) -> HttpResponse:
    raise Unauthenticated


def breaks(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


@extends_csp(worker_src=("'self'", "blob:"), img_src=("https://tiles.example",))
def widened(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("map")


urlpatterns = [
    path("", include("yiwang.web.urls")),
    path("refuses/", refuses),
    path("work/refuses/", refuses),
    path("invalid/", csrf_exempt(invalid)),
    path("anonymous/", anonymous),
    path("breaks/", breaks),
    path("widened/", widened),
]
handler400 = "yiwang.web.errors.bad_request"
handler403 = "yiwang.web.errors.permission_denied"
handler404 = "yiwang.web.errors.page_not_found"
handler500 = "yiwang.web.errors.server_error"
