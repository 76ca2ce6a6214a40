"""Somebody types the short code that a device shows, sees which system it is, and lets it in or not (RFC 8628, 3.3)."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.commands import forgive_attempt, take_attempt
from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.contracts import TooManyAttempts
from yiwang.commons.identity.contracts.openid import ClientUnknown, Scope
from yiwang.commons.identity.engine.openid.devices import code_limits
from yiwang.commons.identity.queries import openid as queries
from yiwang.commons.identity.views.openid.authorize import login_facts, not_for
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.web.components import ErrorSummary
from yiwang.web.errors import refusal
from yiwang.web.fields import Field

_LONGEST = 16


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def device(request: HttpRequest) -> HttpResponse:
    """One question a page: the code; then whether it is right; then what came of it."""
    given = request.POST if request.method == "POST" else request.GET
    shown, viewer = given.get("code", "").strip().upper()[:_LONGEST], identity.actor_of(request)
    if not shown:
        return _ask(request, "", "")
    now = clock.now()
    limits = code_limits(account=str(viewer.account_id), address=identity.address_of(request))
    try:
        take_attempt(limits=limits, by=viewer, at=now)
    except TooManyAttempts as error:
        return _ask(request, shown, _(error.message), 429)
    found = queries.waiting_device(shown=shown, at=now)
    client = queries.client_facts(client_id=found[0]) if found else None
    if found is None or client is None or not client.active:
        return _ask(request, shown, _("没有这个代码，或者已经过期。请看设备上现在显示的代码。"))
    forgive_attempt(limits=limits, by=viewer, at=now)
    return _found(request, viewer, client, shown, found[1])


def _found(
    request: HttpRequest, viewer: Actor, client: queries.ClientFacts, shown: str, asked: tuple[str, ...]
) -> HttpResponse:
    refused = not_for(request, client, viewer, identity.authentication(request))
    if refused is not None:
        return refusal(request, refused[0])
    scopes = tuple(each for each in Scope if each.value in asked)
    decision = request.POST.get("decision")
    if decision not in {"allow", "deny"}:
        told = [_(each.label) for each in scopes if each is not Scope.OPENID]
        context = {"name": client.profile.name, "organisation": client.organisation, "code": shown, "scopes": told}
        return render(request, "identity/openid/device_confirm.html", context)
    try:
        commands.answer_device(
            shown=shown, system_id=client.system_id, allow=decision == "allow", scopes=scopes,
            facts=login_facts(request, viewer, identity.authentication(request)), by=viewer, at=clock.now(),
        )  # fmt: skip
    except ClientUnknown:
        return _ask(request, "", _("这个代码已经用过了。请看设备上现在显示的代码。"))
    return render(
        request, "identity/openid/device_done.html", {"allowed": decision == "allow", "name": client.profile.name}
    )


def _ask(request: HttpRequest, shown: str, error: str, status: int = 422) -> HttpResponse:
    hint = _("设备屏幕上的 8 个字母，大小写都可以。")
    field = Field(
        "code",
        _("设备上显示的代码"),
        value=shown,
        hint=hint,
        error=error,
        maxlength=_LONGEST,
        short=True,
        autocomplete="off",
    )
    context = {"field": field, "summary": ErrorSummary.of((field,)) if error else ""}
    return render(request, "identity/openid/device.html", context, status=status if error else 200)
