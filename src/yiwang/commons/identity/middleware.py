"""Puts `request.actor` on each request, lets the browser keep what it is known by, and refuses to go on acting for somebody for whom one may act no more."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from yiwang.commons.identity import queries
from yiwang.commons.identity.adapters.entry import fresh_token
from yiwang.web.registry import Area, shell
from yiwang.web.responses import go

_KNOWN_FOR = 400 * 86_400
"""Seconds a browser stays known after a log-in: the longest that browsers keep a cookie."""


class ActorMiddleware:
    """`request.actor` is worked out when it is first asked for: no query on anonymous pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: queries.actor_of(request))  # type: ignore[attr-defined]  # ours, on Django's request
        response = self.get_response(request)
        token = fresh_token(request)
        if token:
            response.set_cookie(
                queries.DEVICE_COOKIE,
                token,
                max_age=_KNOWN_FOR,
                httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
            )
        return response

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Nobody acts for themself believing to act for another: the page that says so comes first."""
        if request.session.get(queries.SESSION_STAND_IN) and queries.standing_of(request).acting_ended:
            del request.session[queries.SESSION_STAND_IN]
            queries.forget_standing(request)
            messages.warning(request, _("代理已经结束，您现在以自己的岗位办理。"))
            return go(request, shell.home_url[Area.WORK])
        if not request.session.get(queries.SESSION_ACTING) or not queries.standing_of(request).acting_ended:
            return None
        del request.session[queries.SESSION_ACTING]
        queries.forget_standing(request)
        messages.warning(request, _("代办关系已经结束，您现在为自己办事。"))
        return go(request, reverse("identity:acting"))
