"""The REST root `/api/v1/`: the contexts' routers, one error mapping (RFC 9457), OpenAPI 3.1."""

from importlib import import_module
from typing import Final

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja.errors import HttpError, ValidationError
from ninja.security import SessionAuth

from yiwang.kernel.errors import DomainError, Forbidden, Invalid, Malformed, NotFound, Unauthenticated, problem
from yiwang.kernel.text import gettext_noop as _
from yiwang.kernel.untrusted import MOST_BYTES, TooLong
from yiwang.site.contexts import modules
from yiwang.site.limits import BodyTooLarge
from yiwang.site.openapi import Api, StrictParser


class CsrfFailed(Forbidden):
    """A change that comes with a session's cookie but without its token."""

    code = "site.csrf"
    message = _("请求没有带上防伪造的令牌，没有执行。")
    next_step = _("请在 X-CSRFToken 头里带上 csrftoken Cookie 的值后重新发送。")


_BY_STATUS: Final[dict[int, type[DomainError]]] = {400: Malformed, 401: Unauthenticated, 403: CsrfFailed, 404: NotFound}

api = Api(
    title="Yiwang",
    version="1",
    urls_namespace="api",
    auth=SessionAuth(csrf=True),
    docs_url=None,
    description="一网开放接口",
    parser=StrictParser(),
)
for _name in modules("rest"):
    api.add_router("", import_module(_name).router)


def _answer(request: HttpRequest, error: DomainError) -> HttpResponse:
    response = api.create_response(request, problem(error, instance=request.path, translate=gettext), status=error.kind)
    response["Content-Type"] = "application/problem+json"
    return response


@api.exception_handler(DomainError)
def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    return _answer(request, error)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = {".".join(map(str, fault["loc"][1:])) or "body": fault["msg"] for fault in error.errors}
    return _answer(request, Invalid(fields=fields))


@api.exception_handler(HttpError)
def _declined(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the library refuses by itself: no session, no token, an unreadable body."""
    if isinstance(error.__cause__, TooLong):
        return _answer(request, BodyTooLarge(limit=MOST_BYTES // 1024 // 1024))
    return _answer(request, _BY_STATUS.get(error.status_code, Malformed)())


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return _answer(request, NotFound())


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return _answer(request, BodyTooLarge(limit=MOST_BYTES // 1024 // 1024))
