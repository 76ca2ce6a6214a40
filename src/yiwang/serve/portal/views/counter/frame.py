"""What the pages of the counter share: who may open them, who is served, the workplace, the band under the header."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import PersonCard
from yiwang.kernel.actor import Actor
from yiwang.serve.portal import queries
from yiwang.serve.portal.contracts import NobodyServed, NotAtCounter
from yiwang.serve.portal.policies import SERVE
from yiwang.serve.portal.views.applying.work import WORKPLACE, signed_in
from yiwang.web.components import Crumbs, Link
from yiwang.web.registry import ActingFor

_ASKED = "_counter_may_serve"
P = ParamSpec("P")


def may_serve(request: HttpRequest) -> bool:
    """Whether the office of the request is a counter's; asked once a request."""
    found: bool | None = getattr(request, _ASKED, None)
    if found is None:
        viewer = identity.actor_of(request)
        serving = viewer.is_official and viewer.on_behalf is not None
        found = serving or SERVE in identity.held_in_menu(request, SERVE)
        setattr(request, _ASKED, found)
    return found


def at_counter(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Only for clerks. Raises NotAtCounter."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not may_serve(request):
            raise NotAtCounter
        return view(request, *args, **kwargs)

    return signed_in(guarded)


def served(request: HttpRequest) -> tuple[Actor, PersonCard]:
    """The clerk as they act for the person, and the person. Raises NobodyServed."""
    viewer = identity.actor_of(request)
    if viewer.on_behalf is None:
        raise NobodyServed
    return viewer, identity.person(person_id=viewer.on_behalf.id, viewer=viewer)


def workplace_of(request: HttpRequest, viewer: Actor) -> str:
    """The workplace that the clerk has chosen, or the only one there is; empty where no scanner is set up."""
    known = queries.workplaces(viewer=viewer)
    chosen = str(request.session.get(WORKPLACE, ""))
    if chosen in known:
        return chosen
    if len(known) != 1:
        return ""
    request.session[WORKPLACE] = only = next(iter(known))
    return only


def serving_slot(request: HttpRequest) -> ActingFor | None:
    """The band that says whom the clerk serves, on every page, so that nobody files for the wrong person."""
    name = identity.standing_of(request).served
    if not name:
        return None
    words = _("正在窗口为 %(name)s 办理") % {"name": name}
    return ActingFor(words, Link(_("回到办理页"), reverse("portal:counter_person")))


def crumbs(here: str, *links: Link) -> dict[str, Any]:
    """The way back to the counter's first page."""
    return {"crumbs": Crumbs((Link(_("窗口"), reverse("portal:counter")), *links), here)}
