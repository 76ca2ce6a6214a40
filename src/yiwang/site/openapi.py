"""What the OpenAPI text says beyond the types: every status that an operation may answer, as a problem document (RFC 9457).

Programs are told before they meet it; the tests ask each operation and take an untold status for a fault.
"""

from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from yiwang.kernel.untrusted import read_json

PROBLEM: Final[dict[str, Any]] = {
    "title": "Problem",
    "description": "RFC 9457. `code` is stable; `title` and `detail` are sentences in the reader's language.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "reason"],
                "properties": {"name": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
    },
}
_CONTENT: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
CALLER: Final = "CallerToken"
BEARER: Final = {"type": "http", "scheme": "bearer", "description": "登记的调用方的令牌"}
_WORDS: Final = {
    400: "The request is no readable text, or no JSON within the limits.",
    401: "Nobody is logged in, or the token is not known.",
    403: "Not among the rights of who asks.",
    404: "No such thing, or not for the eyes of who asks.",
    409: "Its state does not allow it.",
    413: "More than is read.",
    422: "A parameter or the body is wrong; `errors` says where.",
    429: "Too many requests.",
}


class StrictParser(Parser):
    """Bodies as JSON within limits (`kernel.untrusted`)."""

    def parse_body(self, request: HttpRequest) -> Any:
        return read_json(request.body)


class Api(NinjaAPI):
    """The REST root; its OpenAPI text also tells the refusals."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        parts = document["components"]
        parts.setdefault("schemas", {})["Problem"] = PROBLEM
        parts.setdefault("securitySchemes", {})[CALLER] = BEARER
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                for status in _refusals(path, method, operation):
                    operation["responses"].setdefault(status, {"description": _WORDS[status]})
                for status, answer in operation["responses"].items():
                    if status >= HTTPStatus.BAD_REQUEST:
                        answer.setdefault("content", _CONTENT)
        return document


def _refusals(path: str, method: str, operation: dict[str, Any]) -> list[int]:
    """By the shape of the operation; what only some may answer stands at the operation itself (`openapi_extra`)."""
    found = [400, 403]
    if operation.get("security"):
        found.append(401)
    if "{" in path:
        found.append(404)
    if operation.get("parameters") or operation.get("requestBody"):
        found.append(422)
    if operation.get("requestBody"):
        found.append(413)
    if method != "get":
        found.append(409)
    return sorted(found)
