"""A code beside the password: asked for at the log-in, chosen under 「登录方式」; the e-mail address that codes may go to."""

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yiwang.commons.identity import commands, queries
from yiwang.commons.identity.adapters.entry import MessageStage, send_own_code
from yiwang.commons.identity.contracts import (
    CodeProof,
    CodePurpose,
    CodesUnavailable,
    CodeWay,
    CodeWrong,
    MailTaken,
    TooManyAttempts,
    WayMissing,
)
from yiwang.commons.identity.views.entry import codes, steps
from yiwang.kernel import clock
from yiwang.web.components import Link
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go

_NONE = "none"


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@login_stage_required(stage=MessageStage.key, redirect_urlname="account_login")  # type: ignore[untyped-decorator]  # allauth has no types
def login_message(request: HttpRequest) -> HttpResponse:
    """After the password: the code that was sent. Only one of the account that is logging in counts."""
    stage = request._login_stage  # type: ignore[attr-defined]  # noqa: SLF001  allauth puts it there
    account = stage.login.user
    sentences: list[str] = []
    if request.method == "POST" and request.POST.get("do") == "again":
        try:
            send_own_code(request, account.pk, CodePurpose.SECOND)
        except (TooManyAttempts, CodesUnavailable) as refused:
            sentences = codes.refused_words(refused)
        except WayMissing:
            return go(request, reverse("account_login") + "?again=1")
        else:
            return go(request, request.path)
    kept = codes.sent_of(request, CodePurpose.SECOND)
    if kept is None:
        return _nothing_sent(request, sentences)
    if sentences or request.method != "POST":
        return codes.enter(request, kept, sentences=sentences)
    try:
        found = codes.proof(request, kept, CodePurpose.SECOND, of=account.pk)
    except CodeWrong as refused:
        return codes.enter(request, kept, error=f"{refused.sentence(_)}{refused.advice(_)}")
    codes.forget(request)
    record_authentication(request, account, method=found.way.factor.value)
    response: HttpResponse = stage.exit()
    return response


def _nothing_sent(request: HttpRequest, sentences: list[str]) -> HttpResponse:
    said = sentences or [_("验证码没有发出去。请稍等 1 分钟，再按“重新发送”。")]
    links = (Link(_("换一个账号登录"), reverse("account_login") + "?again=1"), steps.counter_link())
    return steps.step(request, title=_("请输入验证码"), sentences=said, resend=True, links=links)


@login_required
@never_cache
@steps.knows_more
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
@require_http_methods(["GET", "POST"])
def mail(request: HttpRequest) -> HttpResponse:
    """The address that codes may go to: a code proves it."""
    held = queries.own_ways(viewer=queries.actor_of(request)).mail
    lead = _("以后可以用邮箱收验证码登录，也可以用它找回账号。")
    if held:
        lead = _("现在用的是 %(mail)s。新邮箱验证以后，旧的不再使用。") % {"mail": held}
    links = [Link(_("返回登录方式"), reverse("mfa_index"))]
    if held:
        links.insert(0, Link(_("移除邮箱"), reverse("identity:remove_mail")))
    return codes.target_page(
        request, CodePurpose.MAIL, CodeWay.MAIL, "identity:mail_code",
        title=_("更换邮箱") if held else _("添加邮箱"), lead=lead, links=links,
    )  # fmt: skip


@sensitive_post_parameters("code")
@login_required
@never_cache
@steps.knows_more
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
@require_http_methods(["GET", "POST"])
def mail_code(request: HttpRequest) -> HttpResponse:
    """The code that came there; then the address is the account's."""
    if request.method == "POST" and request.POST.get("do") == "again":
        return go(request, reverse("identity:mail"))
    found = codes.code_page(request, CodePurpose.MAIL)
    if not isinstance(found, CodeProof):
        return found
    codes.forget(request)
    try:
        commands.set_mail(proof=found, by=queries.actor_of(request), at=clock.now())
    except (MailTaken, CodeWrong) as refused:
        links = (Link(_("换一个邮箱"), reverse("identity:mail")), Link(_("返回登录方式"), reverse("mfa_index")))
        said = (refused.sentence(_), refused.advice(_))
        return steps.step(request, title=_("没有添加"), sentences=said, links=links)
    messages.success(request, _("邮箱已添加。"))
    return go(request, reverse("mfa_index"))


@login_required
@never_cache
@steps.knows_more
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
@require_http_methods(["GET", "POST"])
def remove_mail(request: HttpRequest) -> HttpResponse:
    """Ask, then remove."""
    if request.method == "POST":
        commands.remove_mail(by=queries.actor_of(request), at=clock.now())
        messages.success(request, _("邮箱已移除。"))
        return go(request, reverse("mfa_index"))
    lead = _("移除后，不能再用它收验证码、登录和找回账号。")
    links = (Link(_("返回登录方式"), reverse("mfa_index")),)
    return steps.step(request, title=_("移除邮箱？"), lead=lead, button=_("移除"), links=links, plain=True)


@login_required
@never_cache
@steps.knows_more
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Whether a code is asked for beside the password, and how it comes."""
    viewer = queries.actor_of(request)
    held = queries.own_ways(viewer=viewer)
    options = [Choice(_NONE, _("不用，只要密码"))]
    if held.mobile_tail:
        options.append(Choice(CodeWay.SMS.value, _("短信，发到尾号 %(tail)s 的手机") % {"tail": held.mobile_tail}))
    if held.mail:
        said = _("邮件，发到 %(mail)s") % {"mail": held.mail}
        options.append(Choice(CodeWay.MAIL.value, said))
    chosen, sentences = request.POST.get("way", held.second.value if held.second else _NONE), list[str]()
    if request.method == "POST" and chosen in {each.value for each in options}:
        try:
            way = None if chosen == _NONE else CodeWay(chosen)
            commands.choose_second_code(way=way, by=viewer, at=clock.now())
        except WayMissing as refused:
            sentences = [refused.sentence(_), refused.advice(_)]
        else:
            said = _("以后用密码登录，还要输入验证码。") if way else _("以后用密码登录，不再要求验证码。")
            messages.success(request, said)
            return go(request, reverse("mfa_index"))
    field = Field("way", _("用密码登录时，再要一个验证码吗？"), FieldKind.RADIO, value=chosen, options=tuple(options))
    links = (Link(_("添加邮箱"), reverse("identity:mail")), Link(_("返回登录方式"), reverse("mfa_index")))
    return steps.step(
        request, title=_("密码加验证码"), lead=_("别人知道了密码，没有验证码也登录不了。设置以后，只用验证码也不能登录。"),
        fields=(field,), sentences=sentences, button=_("保存"), links=links if not held.mail else links[1:],
    )  # fmt: skip
