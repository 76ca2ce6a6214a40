"""Refuses requests that are larger than any upload may be, before their body is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from yiwang.kernel.errors import DomainError, ErrorKind
from yiwang.kernel.text import gettext_noop as _
from yiwang.web.errors import refusal


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
            return refusal(request, BodyTooLarge(limit=settings.BODY_LIMIT // 1024 // 1024))
        return self.get_response(request)
