"""What the pages of the counter share: who may open them, who is served, the workplace, the band under the header."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import LEGAL_ENTITY, EntityCard, PersonCard
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.codes import mask_id_number, mask_mobile
from yiwang.serve.portal import queries
from yiwang.serve.portal.contracts import NobodyServed, NotAtCounter
from yiwang.serve.portal.policies import SERVE
from yiwang.serve.portal.views.applying.work import WORKPLACE, signed_in
from yiwang.web.components import Crumbs, Link
from yiwang.web.components.lists import Fact, Facts
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


@dataclass(frozen=True, slots=True)
class Served:
    """Whom the clerk serves, as the pages show it. `agent`: who stands there for a legal entity, with what they act on."""

    subject: SubjectRef
    name: str
    facts: Facts
    agent: str = ""

    @property
    def is_entity(self) -> bool:
        return self.subject.kind == LEGAL_ENTITY


def served(request: HttpRequest) -> tuple[Actor, Served]:
    """The clerk as they act for the person or legal entity, and whom they serve. Raises NobodyServed."""
    standing = identity.standing_of(request)
    viewer = standing.actor
    if viewer.on_behalf is None:
        raise NobodyServed
    if viewer.on_behalf.kind == LEGAL_ENTITY:
        card = identity.entity(entity_id=viewer.on_behalf.id, viewer=viewer)
        return viewer, Served(
            viewer.on_behalf, card.name, entity_facts(card, agent_words(request)), agent_words(request)
        )
    person = identity.person(person_id=viewer.on_behalf.id, viewer=viewer)
    return viewer, Served(viewer.on_behalf, person.name, person_facts(person))


def agent_words(request: HttpRequest) -> str:
    """Who stands at the counter for the legal entity that is served, and on what they act; empty for a person."""
    agent = identity.standing_of(request).agent
    return f"{agent.name}（{_(agent.basis.label)}）" if agent else ""


def person_facts(card: PersonCard) -> Facts:
    """What the clerk compares with the ID card."""
    region, address = card.region.name if card.region else "", card.address or ""
    home = address if address.startswith(region) else f"{region}{address}"
    return Facts(
        (
            Fact(_("身份证件号码"), mask_id_number(card.id_number or ""), number=True),
            Fact(_("手机号码"), mask_mobile(card.mobile) if card.mobile else _("没有登记"), number=True),
            Fact(_("住址"), home or _("没有登记")),
        ),
        tight=True,
    )


def entity_facts(card: EntityCard, agent: str = "") -> Facts:
    """What the clerk compares with the licence; credit codes are public."""
    told = [
        Fact(_("单位名称"), card.name),
        Fact(_("统一社会信用代码"), card.credit_code or _("没有登记"), number=True),
        Fact(_("住所"), card.address or _("没有登记")),
    ]
    if agent:
        told.append(Fact(_("经办人"), agent))
    return Facts(tuple(told), tight=True)


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
    agent = agent_words(request)
    if agent:
        words += _("，经办人 %(agent)s") % {"agent": agent}
    return ActingFor(words, Link(_("回到办理页"), reverse("portal:counter_person")))


def crumbs(here: str, *links: Link) -> dict[str, Any]:
    """The way back to the counter's first page."""
    return {"crumbs": Crumbs((Link(_("窗口"), reverse("portal:counter")), *links), here)}
