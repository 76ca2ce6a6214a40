"""What every answer gets: a request id, a strict content security policy, and one page for every refusal.

`ShellMiddleware` stands near the top, `ErrorMiddleware` last, nearest to the views.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

from yiwang.kernel.errors import DomainError
from yiwang.kernel.ids import new_id
from yiwang.web.errors import refusal

GetResponse = Callable[[HttpRequest], HttpResponse]
View = TypeVar("View", bound=Callable[..., Any])

POLICY: dict[str, tuple[str, ...]] = {
    "default-src": ("'self'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "img-src": ("'self'", "data:"),
    "font-src": ("'self'",),
    "connect-src": ("'self'",),
    "object-src": ("'none'",),
    "base-uri": ("'none'",),
    "form-action": ("'self'",),
    "frame-ancestors": ("'none'",),
}
PERMISSIONS = "camera=(), microphone=(), geolocation=(self), payment=(), usb=(), browsing-topics=()"
LOOSE = re.compile(r"'unsafe-(inline|eval|hashes)'|\*")
WELL_FORMED_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def extends_csp(**sources: Iterable[str]) -> Callable[[View], View]:
    """Let one view load from more places: `@extends_csp(worker_src=("'self'", "blob:"))`.

    Raises ValueError for 'unsafe-…' and wildcards: no page needs them.
    """
    extra = {name.replace("_", "-"): tuple(values) for name, values in sources.items()}
    for values in extra.values():
        for value in values:
            if LOOSE.search(value):
                raise ValueError(f"{value} would undo the policy")

    def mark(view: View) -> View:
        view.csp_extra = extra  # type: ignore[attr-defined]
        return view

    return mark


def policy(extra: dict[str, tuple[str, ...]] | None = None) -> str:
    """The header's value: our policy, widened by `extra`."""
    merged = dict(POLICY)
    for name, values in (extra or {}).items():
        kept = tuple(value for value in merged.get(name, ()) if value != "'none'")
        merged[name] = (*kept, *(value for value in values if value not in kept))
    return "; ".join(f"{name} {' '.join(values)}" for name, values in merged.items())


class ShellMiddleware:
    """Gives each request an id that pages, logs and the proxy share; sets the security headers of each answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-ID", "")
        request_id = offered if WELL_FORMED_ID.fullmatch(offered) else new_id().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        extra = getattr(request, "csp_extra", None)
        response.headers.setdefault("Content-Security-Policy", policy(extra))
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any) -> None:
        extra = getattr(view, "csp_extra", None) or getattr(getattr(view, "view_class", None), "csp_extra", None)
        request.csp_extra = extra  # type: ignore[attr-defined]


class ErrorMiddleware:
    """Maps a DomainError that a view let through to its page, or to a toast where htmx asked."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refusal(request, exception) if isinstance(exception, DomainError) else None
