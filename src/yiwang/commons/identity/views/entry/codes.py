"""Codes by message on pages: asked for, entered, asked for again. What was sent stands in the session, never in an address."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yiwang.commons.identity import commands, queries
from yiwang.commons.identity.adapters.entry import SENT, log_in_by_code
from yiwang.commons.identity.commands.codes import LONGEST_MAIL
from yiwang.commons.identity.contracts import (
    CodeProof,
    CodePurpose,
    CodesUnavailable,
    CodeWay,
    CodeWrong,
    InvalidIdentity,
    TooManyAttempts,
)
from yiwang.commons.identity.views.entry import steps
from yiwang.commons.identity.views.entry.login import following
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.web.components import Link
from yiwang.web.responses import go

_PROVED: Final = "identity.proved"


def asker(request: HttpRequest) -> Actor:
    return Actor.anonymous(queries.device_of(request))


def send(
    request: HttpRequest,
    purpose: CodePurpose,
    target: str,
    details: Mapping[str, str] | None = None,
    *,
    way: CodeWay = CodeWay.SMS,
) -> None:
    """Have a code sent, and remember in the session which one. Raises InvalidIdentity, TooManyAttempts, CodesUnavailable."""
    mail = way is CodeWay.MAIL
    by = queries.actor_of(request) if purpose is CodePurpose.MAIL else asker(request)
    sent = commands.send_code(
        purpose=purpose, mobile="" if mail else target, mail=target if mail else "", details=details,
        address=queries.address_of(request), token=queries.token_of(request), by=by, at=clock.now(),
    )  # fmt: skip
    tail = queries.masked_mail(target.strip()) if mail else target.strip()[-4:]
    kept = {"id": str(sent), "purpose": purpose.value, "tail": tail, "way": way.value, "next": following(request)}
    request.session[SENT] = kept


sent_of = steps.sent_of


def forget(request: HttpRequest) -> None:
    request.session.pop(SENT, None)


def proof(request: HttpRequest, kept: Mapping[str, str], purpose: CodePurpose, *, of: UUID | None = None) -> CodeProof:
    """What the entered code proves, of the account `of` where one is given. Raises CodeWrong."""
    found = commands.try_code(
        code_id=UUID(kept["id"]), code=request.POST.get("code", "")[:40], purpose=purpose, by=asker(request), at=clock.now()
    )  # fmt: skip
    if found is None or of not in {None, found.account_id}:
        raise CodeWrong(fields={"code": CodeWrong.message})
    return found


def keep(request: HttpRequest, found: CodeProof, purpose: CodePurpose, after: str) -> None:
    """Remember in the session that this code was right. What was proved belongs to a session nobody else can have prepared."""
    forget(request)
    request.session.cycle_key()
    request.session[_PROVED] = {"id": str(found.id), "purpose": purpose.value, "next": after}


def proved(request: HttpRequest, purpose: CodePurpose) -> CodeProof | None:
    """The code that was right in this session: its record holds what was entered, the session its id only."""
    kept = request.session.get(_PROVED)
    if not isinstance(kept, dict) or kept.get("purpose") != purpose.value:
        return None
    return queries.code_proof(code_id=UUID(kept["id"]), purpose=purpose, viewer=asker(request))


def spent(request: HttpRequest) -> str:
    """What was proved is used or given up; where to go on."""
    kept = request.session.pop(_PROVED, None)
    return str(kept.get("next", "")) if isinstance(kept, dict) else ""


def enter(
    request: HttpRequest, kept: Mapping[str, str], *, error: str = "", sentences: list[str] | None = None
) -> HttpResponse:
    """The page that asks for the code."""
    lead = _("如果号码可用，验证码已经发到尾号 %(tail)s 的手机。") % {"tail": kept["tail"]}
    if kept.get("way") == CodeWay.MAIL.value:
        lead = _("如果邮箱可用，验证码已经发到 %(mail)s。没看到的，请看一看垃圾邮件。") % {"mail": kept["tail"]}
    return steps.step(
        request,
        title=_("请输入验证码"),
        lead=steps.sent_words(kept) if kept["purpose"] == CodePurpose.SECOND.value else lead,
        fields=(steps.code_field(error),),
        sentences=sentences or (),
        notes=steps.demo_notes(kept),
        resend=True,
        links=_others(kept),
    )


_STARTS: Final = {
    CodePurpose.LOGIN: "identity:login_code",
    CodePurpose.REGISTER: "identity:register",
    CodePurpose.RECOVER: "identity:recover",
    CodePurpose.MAIL: "identity:mail",
    CodePurpose.SECOND: "account_login",
}
_BY_MAIL: Final = {CodePurpose.LOGIN: "identity:login_mail", CodePurpose.RECOVER: "identity:recover_mail"}


def start_of(kept: Mapping[str, str]) -> str:
    """The page on which another number or address is entered."""
    purpose = CodePurpose(kept["purpose"])
    mail = kept.get("way") == CodeWay.MAIL.value
    return reverse(_BY_MAIL.get(purpose, _STARTS[purpose]) if mail else _STARTS[purpose])


def _others(kept: Mapping[str, str]) -> tuple[Link, ...]:
    if kept["purpose"] == CodePurpose.SECOND.value:
        return (Link(_("换一个账号登录"), start_of(kept) + "?again=1"), steps.counter_link())
    if kept["purpose"] == CodePurpose.MAIL.value:
        return (Link(_("换一个邮箱"), start_of(kept)), Link(_("返回登录方式"), reverse("mfa_index")))
    said = _("换一个邮箱") if kept.get("way") == CodeWay.MAIL.value else _("换一个手机号码")
    return (Link(said, start_of(kept)), steps.counter_link())


def code_page(request: HttpRequest, purpose: CodePurpose) -> HttpResponse | CodeProof:
    """One turn of the page that asks for the code: the page again, or what the right code proves."""
    kept = sent_of(request, purpose)
    if kept is None:
        return go(request, reverse(_STARTS[purpose]))
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
    return _login(request, CodeWay.SMS)


@never_cache
@require_http_methods(["GET", "POST"])
def login_mail(request: HttpRequest) -> HttpResponse:
    """The same by e-mail."""
    return _login(request, CodeWay.MAIL)


def _login(request: HttpRequest, way: CodeWay) -> HttpResponse:
    if request.user.is_authenticated:
        return go(request, following(request, "/"))
    after = following(request)
    query = f"?{urlencode({'next': after})}" if after else ""
    other = (
        Link(_("用短信验证码登录"), reverse("identity:login_code") + query)
        if way is CodeWay.MAIL
        else Link(_("用邮箱验证码登录"), reverse("identity:login_mail") + query)
    )
    return target_page(
        request, CodePurpose.LOGIN, way, "identity:login_code_entry",
        title=_("用邮箱验证码登录") if way is CodeWay.MAIL else _("用短信验证码登录"),
        lead=_("填写您在“登录方式”里添加过的邮箱。") if way is CodeWay.MAIL else "",
        hidden={"next": after} if after else {},
        links=(other, Link(_("用密码登录"), reverse("account_login") + query), steps.counter_link()),
    )  # fmt: skip


def target_page(request: HttpRequest, purpose: CodePurpose, way: CodeWay, onwards: str, **page: Any) -> HttpResponse:
    """One turn of the page that asks where a code shall go. The answer is the same whoever has the number or address."""
    error, sentences = "", list[str]()
    name, longest = ("mail", LONGEST_MAIL) if way is CodeWay.MAIL else ("mobile", 40)
    target = request.POST.get(name, "")[: longest + 1]
    if request.method == "POST":
        try:
            send(request, purpose, target, way=way)
        except InvalidIdentity as refused:
            error = _(refused.fields.get(name) or next(iter(refused.fields.values()), refused.sentence()))
        except (TooManyAttempts, CodesUnavailable) as refused:
            sentences = refused_words(refused)
        else:
            return go(request, reverse(onwards))
    field = steps.mail_field(target, error) if way is CodeWay.MAIL else steps.mobile_field(target, error)
    return steps.step(request, fields=(field,), sentences=sentences, button=_("获取验证码"), **page)


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def login_code_entry(request: HttpRequest) -> HttpResponse:
    """Log in by a code: the code. An account with a second factor is asked for it next, at an unknown browser for its owner."""
    kept = sent_of(request, CodePurpose.LOGIN)
    if request.method == "POST" and request.POST.get("do") == "again":
        return go(request, start_of(kept) if kept else reverse("identity:login_code"))
    found = code_page(request, CodePurpose.LOGIN)
    if not isinstance(found, CodeProof):
        return found
    after = (kept or {}).get("next", "")
    if found.account_id is None:
        forget(request)
        return go(request, reverse("identity:login_code"))
    if queries.asks_message(found.account_id):
        forget(request)
        return _password_first(request, after)
    if queries.asks_owner(found.account_id, queries.token_of(request)):
        keep(request, found, CodePurpose.LOGIN, after)
        return go(request, reverse("identity:login_owner"))
    forget(request)
    return log_in_by_code(request, found.account_id, after, way=found.way)


def _password_first(request: HttpRequest, after: str) -> HttpResponse:
    """Whoever has a code asked for beside the password has said that a code alone opens nothing."""
    query = f"?{urlencode({'next': after})}" if after else ""
    said = (_("您设置了“密码加验证码”登录，只用验证码不能登录。"), _("请先输入密码，系统会再发一次验证码。"))
    links = (
        Link(_("用密码登录"), reverse("account_login") + query),
        Link(_("忘记密码"), reverse("identity:recover")),
        steps.counter_link(),
    )
    return steps.step(request, title=_("请用密码登录"), sentences=said, links=links)
