"""What the endpoints answer with: JSON that nobody keeps, addresses of this issuer, and leaving for another site."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from yiwang.commons.identity.engine.openid import with_parameters
from yiwang.kernel.settings import settings


def issuer_of(request: HttpRequest, /) -> str:
    """Who we are to client systems: the public address where one is set, else the host that was asked and is served here."""
    public = settings().public_url.rstrip("/")
    return f"{public or request.build_absolute_uri('/').rstrip('/')}/oidc"


def said(body: Any, status: int = 200, **headers: str) -> HttpResponse:
    """JSON that no cache keeps (RFC 6749, 5.1)."""
    response = JsonResponse(body, status=status)
    response["Cache-Control"], response["Pragma"] = "no-store", "no-cache"
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


def fault(code: str, words: str = "", status: int = 400, **headers: str) -> HttpResponse:
    """An OAuth error (RFC 6749, 5.2)."""
    return said({"error": code, **({"error_description": words} if words else {})}, status, **headers)


def leave(request: HttpRequest, url: str, name: str, /) -> HttpResponse:
    """Lead to a registered address of a client system.

    Browsers let the answer to a form go only where the page's policy allows, through all redirects; a request that a page
    of our own began is answered by a page that goes on by itself.
    """
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        response = render(request, "identity/openid/leaving.html", {"url": url, "name": name})
        response["Refresh"] = f"0; url={url}"
    else:
        response = HttpResponse(status=303 if request.method == "POST" else 302)
        response["Location"] = url
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def answer(request: HttpRequest, redirect_uri: str, name: str, /, **more: str | None) -> HttpResponse:
    """An authorization response: it names its issuer (RFC 9207), so that a client of several can't be mixed up."""
    given = {key: value for key, value in more.items() if value}
    return leave(request, with_parameters(redirect_uri, {**given, "iss": issuer_of(request)}), name)
