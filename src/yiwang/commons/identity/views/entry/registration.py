"""A resident's own account in three questions, and the way back into one whose password is lost."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.identity import commands, queries
from yiwang.commons.identity.adapters.entry import log_in_by_code
from yiwang.commons.identity.commands.registration import check_entered
from yiwang.commons.identity.contracts import (
    CodeProof,
    CodePurpose,
    CodesUnavailable,
    CodeWay,
    CodeWrong,
    InvalidIdentity,
    TooManyAttempts,
    UsernameTaken,
)
from yiwang.commons.identity.views.entry import codes, steps
from yiwang.commons.identity.views.entry.login import following
from yiwang.kernel import clock
from yiwang.web.components import Link
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go


@sensitive_post_parameters("name", "id_number", "mobile")
@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Who are you: name, ID number, mobile number. The answer is the same whoever is known."""
    if request.user.is_authenticated:
        return go(request, following(request, "/"))
    entered = {name: request.POST.get(name, "")[:60] for name in ("name", "id_number", "mobile")}
    faults: dict[str, str] = {}
    sentences: list[str] = []
    if request.method == "POST":
        try:
            told = check_entered(**entered)
            codes.send(request, CodePurpose.REGISTER, told["mobile"], told)
        except InvalidIdentity as refused:
            faults = {name: _(said) for name, said in refused.fields.items()}
        except (TooManyAttempts, CodesUnavailable) as refused:
            sentences = codes.refused_words(refused)
        else:
            return go(request, reverse("identity:register_code"))
    fields = (
        Field("name", _("姓名"), value=entered["name"], error=faults.get("name", ""), autocomplete="name", maxlength=40,
              hint=_("与身份证件上的一致。")),
        Field("id_number", _("身份证号码"), FieldKind.ID_NUMBER, value=entered["id_number"], error=faults.get("id_number", "")),
        steps.mobile_field(entered["mobile"], faults.get("mobile", "")),
    )  # fmt: skip
    after = following(request)
    links = (Link(_("已有账号？登录"), reverse("account_login")), steps.counter_link())
    return steps.step(
        request, title=_("注册"), lead=_("注册后可以在网上办事、查进度、收通知。"), fields=fields, sentences=sentences,
        button=_("获取验证码"), links=links, hidden={"next": after} if after else {},
    )  # fmt: skip


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def register_code(request: HttpRequest) -> HttpResponse:
    """Is this number yours: the code."""
    return _proving(request, CodePurpose.REGISTER, "identity:register", "identity:register_password")


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def recover_code(request: HttpRequest) -> HttpResponse:
    """The way back: the code."""
    return _proving(request, CodePurpose.RECOVER, "identity:recover", "identity:recover_owner")


def _proving(request: HttpRequest, purpose: CodePurpose, start: str, onwards: str) -> HttpResponse:
    if request.method == "POST" and request.POST.get("do") == "again":
        return go(request, reverse(start))
    kept = codes.sent_of(request, purpose)
    found = codes.code_page(request, purpose)
    if not isinstance(found, CodeProof):
        return found
    codes.keep(request, found, purpose, (kept or {}).get("next", ""))
    return go(request, reverse(onwards))


@sensitive_post_parameters("password", "again")
@never_cache
@require_http_methods(["GET", "POST"])
def register_password(request: HttpRequest) -> HttpResponse:
    """Choose a password; then the account exists and is logged in."""
    proof = codes.proved(request, CodePurpose.REGISTER)
    if proof is None:
        return go(request, reverse("identity:register"))
    faults = _password_faults(request)
    sentences: list[str] = []
    if request.method == "POST" and not faults:
        try:
            made = commands.register_resident(
                proof=proof, password=request.POST["password"][:200], by=codes.asker(request), at=clock.now()
            )
        except InvalidIdentity as refused:
            faults, sentences = steps.faults_of(refused, ("password",))
        except UsernameTaken:
            codes.spent(request)
            return _known_already(request)
        else:
            return log_in_by_code(request, made, codes.spent(request))
    return steps.step(
        request, title=_("设置密码"), fields=_password_fields(faults), sentences=sentences, button=_("完成注册"),
        links=(steps.counter_link(),), lead=_("以后用手机号码加这个密码登录。"),
    )  # fmt: skip


def _known_already(request: HttpRequest) -> HttpResponse:
    links = (
        Link(_("用短信验证码登录"), reverse("identity:login_code")),
        Link(_("忘记密码"), reverse("identity:recover")),
        steps.counter_link(),
    )
    said = (
        _("不用再注册，请直接登录；忘记密码可以重新设置。"),
        _("号码是新办的、以前由别人使用的，请带身份证到服务窗口办理。"),
    )
    return steps.step(request, title=_("您已经有账号了"), sentences=said, links=links)


@sensitive_post_parameters("mobile")
@never_cache
@require_http_methods(["GET", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """The password is lost: the registered mobile number. The answer is the same whoever has it."""
    return _recover(request, CodeWay.SMS)


@sensitive_post_parameters("mail")
@never_cache
@require_http_methods(["GET", "POST"])
def recover_mail(request: HttpRequest) -> HttpResponse:
    """The same by the address that was added."""
    return _recover(request, CodeWay.MAIL)


def _recover(request: HttpRequest, way: CodeWay) -> HttpResponse:
    mail = way is CodeWay.MAIL
    other = (
        Link(_("用手机号码找回"), reverse("identity:recover"))
        if mail
        else Link(_("用邮箱找回"), reverse("identity:recover_mail"))
    )
    lead = (
        _("先用添加过的邮箱证明是您本人，再重新设置密码。")
        if mail
        else _("先用登记的手机号码证明是您本人，再重新设置密码。")
    )
    links = (other, Link(_("想起来了，去登录"), reverse("account_login")), steps.counter_link())
    return codes.target_page(
        request, CodePurpose.RECOVER, way, "identity:recover_code", title=_("找回账号"), lead=lead, links=links
    )


@sensitive_post_parameters("password", "again")
@never_cache
@require_http_methods(["GET", "POST"])
def recover_password(request: HttpRequest) -> HttpResponse:
    """A new password, for who has shown to be the owner."""
    proof = codes.proved(request, CodePurpose.RECOVER)
    if proof is None:
        return go(request, reverse("identity:recover"))
    faults = _password_faults(request)
    sentences: list[str] = []
    if request.method == "POST" and not faults:
        try:
            commands.recover_account(
                proof=proof, password=request.POST["password"][:200], address=queries.address_of(request),
                by=codes.asker(request), at=clock.now(),
            )  # fmt: skip
        except CodeWrong:
            codes.spent(request)
            return go(request, reverse("identity:recover"))
        except InvalidIdentity as refused:
            faults, sentences = steps.faults_of(refused, ("password",))
        else:
            codes.spent(request)
            messages.success(request, _("密码已重新设置，所有登录都已退出。请用新密码登录。"))
            return go(request, reverse("account_login"))
    return steps.step(
        request, title=_("重新设置密码"), fields=_password_fields(faults), sentences=sentences, button=_("重新设置"),
        links=(steps.counter_link(),),
    )  # fmt: skip


def _password_fields(faults: dict[str, str]) -> tuple[Field, ...]:
    hint = _(steps.PASSWORD_HINT)
    return (
        steps.password_field("password", _("新密码"), fresh=True, hint=hint, error=faults.get("password", "")),
        steps.password_field("again", _("再输入一次新密码"), fresh=True, error=faults.get("again", "")),
    )


def _password_faults(request: HttpRequest) -> dict[str, str]:
    if request.method != "POST":
        return {}
    first, second = request.POST.get("password", ""), request.POST.get("again", "")
    if not first:
        return {"password": _("请填写这一项。")}
    return {} if first == second else {"again": _("两次输入的密码不一样。")}


@require_GET
def counter_help(request: HttpRequest) -> HttpResponse:
    """What somebody does who has no phone at hand: the counter, and what to bring."""
    return render(request, "identity/entry/counter.html", {})
