"""Refuses requests that no view could do anything with: larger than any upload may be, or of what is no text."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext

from yiwang.kernel.errors import DomainError, ErrorKind, Malformed, problem
from yiwang.kernel.text import gettext_noop as _
from yiwang.kernel.untrusted import keepable
from yiwang.web.errors import refusal

_PROGRAMS: Final = "/api/"
_FORM: Final = "application/x-www-form-urlencoded"
_PARTS: Final = "multipart/form-data"


class BodyTooLarge(DomainError):
    """The request is larger than the largest upload."""

    code = "site.body_too_large"
    kind = ErrorKind.TOO_LARGE
    message = _("提交的内容超过 {limit} MB，没有接收。")
    next_step = _("请压缩文件或减少页数后再上传，已填写的内容不会丢失。")


class BodyLimitMiddleware:
    """Looks at Content-Length; chunked bodies without one are refused by the server itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.BODY_LIMIT:
            return _turned_away(request, BodyTooLarge(limit=settings.BODY_LIMIT // 1024 // 1024))
        return self.get_response(request)


class TextMiddleware:
    """Refuses a NUL in address, query, cookies and form fields: no column holds one, and each view would fail by itself.

    Stands above the sessions, whose key comes from a cookie. Bodies of programs are read by `kernel.untrusted`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if all(map(keepable, _outside(request))):
            return self.get_response(request)
        request.COOKIES = {}  # the page that says so must not look one of them up
        request.GET = type(request.GET)()
        return _turned_away(request, Malformed())

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Where the check of CSRF would read the form anyway; uploads of programs are left unread."""
        exempt = getattr(view, "csrf_exempt", False)
        if request.content_type != _FORM and (exempt or request.content_type != _PARTS):
            return None
        try:
            fields = request.POST.lists()
        except RequestDataTooBig:
            return None  # whoever reads it next says so
        fine = all(keepable(name) and all(map(keepable, values)) for name, values in fields)
        return None if fine else _turned_away(request, Malformed())


def _outside(request: HttpRequest) -> Iterator[str]:
    yield request.path_info
    for name, values in request.GET.lists():
        yield name
        yield from values
    yield from request.COOKIES.values()


def _turned_away(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A problem document for programs, a page for people."""
    if request.path_info.startswith(_PROGRAMS):
        document = problem(error, instance=_PROGRAMS, translate=gettext)
        return JsonResponse(document, status=int(error.kind), content_type="application/problem+json")
    return refusal(request, error)
