"""Codes by message on pages: asked for, entered, asked for again. What was sent stands in the session, never in an address."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yiwang.commons.identity import commands, queries
from yiwang.commons.identity.adapters.entry import log_in_by_code
from yiwang.commons.identity.contracts import (
    CodeProof,
    CodePurpose,
    CodesUnavailable,
    CodeWrong,
    InvalidIdentity,
    TooManyAttempts,
)
from yiwang.commons.identity.views.entry import steps
from yiwang.commons.identity.views.entry.login import following
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.web.components import Link, Note, Tone
from yiwang.web.responses import go

_SENT: Final = "identity.code"


def asker(request: HttpRequest) -> Actor:
    return Actor.anonymous(queries.device_of(request))


def send(request: HttpRequest, purpose: CodePurpose, mobile: str, details: Mapping[str, str] | None = None) -> None:
    """Have a code sent, and remember in the session which one. Raises InvalidIdentity, TooManyAttempts, CodesUnavailable."""
    sent = commands.send_code(
        purpose=purpose, mobile=mobile, details=details, address=queries.address_of(request),
        token=queries.token_of(request), by=asker(request), at=clock.now(),
    )  # fmt: skip
    kept = {"id": str(sent), "purpose": purpose.value, "tail": mobile.strip()[-4:], "next": following(request)}
    request.session[_SENT] = kept


def sent_of(request: HttpRequest, purpose: CodePurpose) -> dict[str, str] | None:
    kept = request.session.get(_SENT)
    return kept if isinstance(kept, dict) and kept.get("purpose") == purpose.value else None


def forget(request: HttpRequest) -> None:
    request.session.pop(_SENT, None)


def proof(request: HttpRequest, kept: Mapping[str, str], purpose: CodePurpose) -> CodeProof:
    """What the entered code proves. Raises CodeWrong."""
    found = commands.try_code(
        code_id=UUID(kept["id"]), code=request.POST.get("code", "")[:40], purpose=purpose, by=asker(request), at=clock.now()
    )  # fmt: skip
    if found is None:
        raise CodeWrong(fields={"code": CodeWrong.message})
    return found


def enter(
    request: HttpRequest, kept: Mapping[str, str], *, error: str = "", sentences: list[str] | None = None
) -> HttpResponse:
    """The page that asks for the code."""
    shown = queries.shown_code(code_id=UUID(kept["id"]), viewer=asker(request))
    notes = [Note(_("这是演示环境，不发送短信。验证码：%(code)s") % {"code": shown}, tone=Tone.LINE)] if shown else []
    return steps.step(
        request,
        title=_("请输入验证码"),
        lead=_("如果号码可用，验证码已经发到尾号 %(tail)s 的手机。") % {"tail": kept["tail"]},
        fields=(steps.code_field(error),),
        sentences=sentences or (),
        notes=notes,
        resend=True,
        links=(Link(_("换一个手机号码"), _STARTS[CodePurpose(kept["purpose"])]()), steps.counter_link()),
    )


_STARTS: Final = {
    CodePurpose.LOGIN: lambda: reverse("identity:login_code"),
    CodePurpose.REGISTER: lambda: reverse("identity:register"),
    CodePurpose.RECOVER: lambda: reverse("identity:recover"),
}


def code_page(request: HttpRequest, purpose: CodePurpose) -> HttpResponse | CodeProof:
    """One turn of the page that asks for the code: the page again, or what the right code proves."""
    kept = sent_of(request, purpose)
    if kept is None:
        return go(request, _STARTS[purpose]())
    if request.method != "POST":
        return enter(request, kept)
    try:
        return proof(request, kept, purpose)
    except CodeWrong as refused:
        return enter(request, kept, error=f"{refused.sentence(_)}{refused.advice(_)}")


def refused_words(error: CodesUnavailable | TooManyAttempts) -> list[str]:
    if isinstance(error, TooManyAttempts):
        return [_("刚发送过，请等 1 分钟再试；今天的次数用完后，请明天再试或用其他方式。")]
    return [error.sentence(_), error.advice(_)]


@never_cache
@require_http_methods(["GET", "POST"])
def login_code(request: HttpRequest) -> HttpResponse:
    """Log in by a code: the mobile number. The answer is the same whoever has it."""
    if request.user.is_authenticated:
        return go(request, following(request, "/"))
    error, sentences = "", []
    mobile = request.POST.get("mobile", "")[:40]
    if request.method == "POST":
        try:
            send(request, CodePurpose.LOGIN, mobile)
        except InvalidIdentity as refused:
            error = _(refused.fields["mobile"])
        except (TooManyAttempts, CodesUnavailable) as refused:
            sentences = refused_words(refused)
        else:
            return go(request, reverse("identity:login_code_entry"))
    after = following(request)
    return steps.step(
        request,
        title=_("用短信验证码登录"),
        fields=(steps.mobile_field(mobile, error),),
        sentences=sentences,
        button=_("获取验证码"),
        hidden={"next": after} if after else {},
        links=(Link(_("用密码登录"), reverse("account_login")), steps.counter_link()),
    )


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def login_code_entry(request: HttpRequest) -> HttpResponse:
    """Log in by a code: the code. An account with a second factor is asked for it next."""
    kept = sent_of(request, CodePurpose.LOGIN)
    if request.method == "POST" and request.POST.get("do") == "again":
        return go(request, reverse("identity:login_code"))
    found = code_page(request, CodePurpose.LOGIN)
    if not isinstance(found, CodeProof):
        return found
    forget(request)
    if found.account_id is None:
        return go(request, reverse("identity:login_code"))
    return log_in_by_code(request, found.account_id, (kept or {}).get("next", ""))
