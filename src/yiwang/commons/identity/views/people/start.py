"""`/account/start/`: whoever was handed a one-time link chooses a password."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.identity.commands import joiners
from yiwang.commons.identity.contracts.people import LinkSpent
from yiwang.commons.identity.queries import actor_of
from yiwang.commons.identity.queries.links import link_username
from yiwang.kernel import clock
from yiwang.kernel.errors import Invalid
from yiwang.web.components import ErrorSummary
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go

_KEPT = "people.start"


@never_cache
@require_GET
def start(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address, so that neither history nor a referrer keeps it."""
    request.session[_KEPT] = token
    return redirect("people_start_password")


@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Choose the password; then the log-in page."""
    token = str(request.session.get(_KEPT, ""))
    viewer = actor_of(request)
    try:
        username = link_username(token=token, at=clock.now(), viewer=viewer)
    except LinkSpent as spent:
        request.session.pop(_KEPT, None)
        said = {"said": spent.sentence(_), "advice": spent.advice(_)}
        return render(request, "identity/people/link_spent.html", said, status=410)
    faults: dict[str, str] = {}
    if request.method == "POST":
        chosen = request.POST.get("password1", "")
        if not chosen:
            faults["password1"] = _("请输入新密码。")
        elif chosen != request.POST.get("password2", ""):
            faults["password2"] = _("两次输入的密码不一样。")
        else:
            try:
                joiners.redeem_link(token=token, password=chosen, by=viewer, at=clock.now())
            except Invalid as refused:
                faults["password1"] = "".join(_(said) for said in refused.fields.values())
            else:
                del request.session[_KEPT]
                messages.success(request, _("密码已设置，请登录。"))
                return go(request, "/account/login/")
    hint = _("至少 10 位，不能全是数字，也不要用常见的密码。")
    fields = (
        Field("password1", _("新密码"), FieldKind.PASSWORD, hint=hint, autocomplete="new-password",
              error=faults.get("password1", "")),
        Field("password2", _("再输入一次新密码"), FieldKind.PASSWORD, autocomplete="new-password",
              error=faults.get("password2", "")),
    )  # fmt: skip
    context = {"fields": fields, "username": username, "summary": ErrorSummary.of(fields) if faults else None}
    return render(request, "identity/people/start.html", context, status=422 if faults else 200)
