"""The REST root `/api/v1/`: the contexts' routers, one error mapping (RFC 9457), OpenAPI 3.1."""

from importlib import import_module

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.security import SessionAuth

from yiwang.kernel.errors import DomainError, Invalid, problem
from yiwang.site.contexts import modules

api = NinjaAPI(
    title="Yiwang",
    version="1",
    urls_namespace="api",
    auth=SessionAuth(csrf=True),
    docs_url=None,
    description="一网开放接口",
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
def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = {".".join(map(str, fault["loc"][1:])) or "body": fault["msg"] for fault in error.errors}
    return _answer(request, Invalid(fields=fields))
