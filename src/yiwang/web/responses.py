"""Answers that htmx understands, and the same answers for a browser without script."""

import base64
import json
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from yiwang.web.components import Undo

_UNDO = "undo:"


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asked for a fragment (a boosted link wants the whole page)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Lead to `url`: a redirect (303), or HX-Redirect for htmx."""
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url, status=303) if request.method == "POST" else HttpResponseRedirect(url)


def to_login(request: HttpRequest, login_url: str) -> HttpResponse:
    """Lead to the log-in page and afterwards back to the page that is open."""
    here = request.headers.get("HX-Current-URL", "") if is_htmx(request) else request.get_full_path()
    return go(request, f"{resolve_url(login_url)}?{urlencode({'next': safe_next(request, here)})}")


def with_toast(response: HttpResponse, words: str, *, tone: str = "") -> HttpResponse:
    """Let the page that is open show a toast after an htmx answer."""
    response["HX-Trigger"] = json.dumps({"yw:toast": {"words": str(words), "tone": tone}})
    return response


def say_undoable(request: HttpRequest, said: str, undo: Undo) -> None:
    """A toast on the next page that says what was done and takes it back by one press."""
    kept = json.dumps([str(undo.words), undo.action, undo.hidden], ensure_ascii=True)
    messages.success(request, said, extra_tags=_UNDO + base64.urlsafe_b64encode(kept.encode()).decode())


def undo_of(tags: str) -> Undo | None:
    """What `say_undoable` put into a message's tags."""
    for tag in tags.split():
        if tag.startswith(_UNDO):
            words, action, hidden = json.loads(base64.urlsafe_b64decode(tag.removeprefix(_UNDO)))
            return Undo(words, action, tuple((name, value) for name, value in hidden))
    return None


def safe_next(request: HttpRequest, url: str, default: str = "/") -> str:
    """`url` when it stays on this host, otherwise `default`."""
    allowed = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if url and allowed else default
