"""Addresses for the tests of the design system alone."""

from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from yiwang.kernel.errors import Forbidden, Invalid, Unauthenticated
from yiwang.web.components import Completion, SearchBox
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


def searching(request: HttpRequest) -> HttpResponse:
    box = SearchBox("/searching/", "您想办什么事", complete_url="/completions/")
    return HttpResponse(
        Template(
            '{% extends "web/portal_base.html" %}{% load yw %}{% block content %}{% yw box %}{% endblock %}'
        ).render(RequestContext(request, {"box": box}))
    )


def completions(request: HttpRequest) -> HttpResponse:
    asked = request.GET["q"]
    names = [name for name in ("新生儿出生一件事", "出生登记", "退休一件事") if asked in name]
    lines = tuple(Completion(f"/style/?{place}", ((name, False),), "事项") for place, name in enumerate(names))
    return HttpResponse(Template("{% load yw %}{% yw lines %}").render(RequestContext(request, {"lines": lines})))


urlpatterns = [
    path("", include("yiwang.web.urls")),
    path("refuses/", refuses),
    path("work/refuses/", refuses),
    path("invalid/", csrf_exempt(invalid)),
    path("anonymous/", anonymous),
    path("breaks/", breaks),
    path("widened/", widened),
    path("searching/", searching),
    path("completions/", completions),
]
handler400 = "yiwang.web.errors.bad_request"
handler403 = "yiwang.web.errors.permission_denied"
handler404 = "yiwang.web.errors.page_not_found"
handler500 = "yiwang.web.errors.server_error"
