"""The page between a matter that asks for a level of real name and somebody who has less."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.commons.identity.contracts.real_names import LEVEL_NAMES, Assurance
from yiwang.commons.identity.queries import actor_of
from yiwang.serve.cases.contracts import RealNameGap
from yiwang.serve.matters.contracts import Bundle
from yiwang.serve.portal.views.guidance import together
from yiwang.serve.portal.views.speaking import address, say, words_of
from yiwang.web.components import BackLink
from yiwang.web.components.lists import Fact, Facts


def real_name_page(request: HttpRequest, bundle: Bundle, needed: RealNameGap, following: str) -> HttpResponse:
    """Which level is asked for, which one has, the way to it; from there back to `following` with nothing lost."""
    words = words_of(bundle)
    facts = (
        Fact(_("哪些事要求"), together(say(each, words) for each in needed.matters)),
        Fact(_("要求的级别"), _(LEVEL_NAMES[Assurance(needed.level)])),
        Fact(_("您现在的级别"), _(LEVEL_NAMES[Assurance(actor_of(request).assurance)])),
    )
    context = {
        "name": say(bundle.name, words),
        "facts": Facts(facts),
        "prove_url": f"{reverse('real:standing')}?{urlencode({'next': following})}",
        "matter_url": address(bundle),
        "back": BackLink(_("返回"), address(bundle)),
    }
    return render(request, "portal/real_name.html", context)
