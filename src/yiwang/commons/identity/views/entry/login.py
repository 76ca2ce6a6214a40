"""Log in by password, passkey or code; the second factor; log out; change the password; show again who one is."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password, resume_request
from allauth.account.models import Login as PendingLogin
from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yiwang.commons.identity import commands, queries
from yiwang.commons.identity.adapters.entry import send_own_code
from yiwang.commons.identity.contracts import (
    CodePurpose,
    CodesUnavailable,
    Confirmation,
    PasskeyWrong,
    PasswordWrong,
    SecondFactorNeeded,
    SecondFactorWrong,
    TooManyAttempts,
    WayMissing,
)
from yiwang.commons.identity.queries.outside import outside_providers
from yiwang.commons.identity.views.entry import steps
from yiwang.commons.identity.views.entry.forms import PasskeyLogin
from yiwang.kernel import clock
from yiwang.web.components import ErrorSummary, Link
from yiwang.web.fields import Field
from yiwang.web.responses import go, safe_next

_SECRETS = ("password", "code", "oldpassword", "password1", "password2", "credential")


def following(request: HttpRequest, default: str = "") -> str:
    """Where to go afterwards: a path of this site, or `default`."""
    return safe_next(request, request.POST.get("next") or request.GET.get("next", ""), default)


@method_decorator([sensitive_post_parameters(*_SECRETS), never_cache], name="dispatch")
class Login(LoginView):  # type: ignore[misc]  # allauth has no types
    """The log-in page. In a demonstration it offers the sample accounts, each a button that logs in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        form = context["form"]
        samples = queries.sample_accounts(viewer=queries.actor_of(self.request))
        fields = (
            Field(
                "login", _("账号"), value=form.data.get("login", ""), error=_first(form, "login"),
                hint=_("手机号码、身份证号码或用户名都可以。"), autocomplete="username webauthn", maxlength=64,
            ),
            steps.password_field("password", _("密码"), error=_first(form, "password")),
        )  # fmt: skip
        after = following(self.request)
        query = f"?next={after}" if after else ""
        return context | {
            "fields": fields,
            "summary": ErrorSummary.of(fields, *form.non_field_errors()),
            "residents": [sample for sample in samples if not sample.note],
            "officials": [sample for sample in samples if sample.note],
            "sample_password": queries.sample_password(),
            "following": after,
            "by_code": Link(_("用短信验证码登录"), reverse("identity:login_code") + query),
            "links": (
                Link(_("没有账号？注册"), reverse("identity:register") + query),
                Link(_("忘记密码"), reverse("identity:recover")),
                steps.counter_link(),
            ),
            "outside": tuple(
                Link(_("用%(name)s登录") % {"name": each.name}, reverse("outside_begin", args=[each.key]) + query)
                for each in outside_providers(viewer=queries.actor_of(self.request))
            ),
            "passkey_url": reverse("mfa_login_webauthn"),
            "passkey_does": "get",
            "passkey_words": _("用指纹或面容登录"),
            "passkey_kind": "second",
        }


def _first(form: Any, name: str) -> str:
    errors = form.errors.get(name) if form.is_bound else None
    if not errors:
        return ""
    if name == "login" and not form.data.get("login"):
        return _("请输入手机号码、身份证号码或用户名。")
    if name == "password" and not form.data.get("password"):
        return _("请输入密码。")
    return str(errors[0])


@method_decorator([sensitive_post_parameters(*_SECRETS), never_cache], name="dispatch")
class LoginByPasskey(LoginWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """Answers the browser's question for a challenge (JSON), and logs in who signed it. Goes where the page wanted to go."""

    def form_valid(self, form: PasskeyLogin) -> HttpResponse:
        authenticator = form.cleaned_data["credential"]
        form.save()
        login = PendingLogin(user=authenticator.user, redirect_url=following(self.request) or None)
        response: HttpResponse = perform_login(self.request, login)
        return response

    def form_invalid(self, form: PasskeyLogin) -> HttpResponse:
        del form
        links = (Link(_("返回登录"), reverse("account_login")),)
        said = (_("这把通行密钥不能登录这里的账号。"), _("请用密码或短信验证码登录。"))
        return steps.step(self.request, title=_("没有登录成功"), sentences=said, links=links)


@method_decorator([sensitive_post_parameters(*_SECRETS), never_cache], name="dispatch")
class SecondFactorStep(AuthenticateView):  # type: ignore[misc]  # allauth has no types
    """After the password: a code of the app, a recovery code, or a passkey."""

    template_name = "identity/entry/second_factor.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        form = context["form"]
        kinds = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        error = str(form.errors["code"][0]) if form is not None and form.is_bound and "code" in form.errors else ""
        if form is not None and form.is_bound and not form.data.get("code"):
            error = _("请输入动态口令或备用码。")
        totp = Authenticator.Type.TOTP in kinds
        field = Field(
            "code", _("动态口令或备用码") if totp else _("备用码"), error=error, autocomplete="one-time-code", maxlength=40,
            hint=_("打开动态口令应用，输入显示的 6 位数字。手机不在身边时，输入一个备用码。") if totp else "", short=True,
        )  # fmt: skip
        refused = self.request.method == "POST" and "credential" in self.request.POST
        sentences = (_("没有认出这把通行密钥。"),) if refused else ()
        fields = (field,)
        return context | {
            "title": _("再证明一次是您本人"),
            "fields": fields,
            "summary": ErrorSummary.of(fields, *sentences) if error or sentences else None,
            "button": _("继续"),
            "hidden": {},
            "links": (Link(_("换一个账号登录"), reverse("account_login") + "?again=1"), steps.counter_link()),
            "passkey": Authenticator.Type.WEBAUTHN in kinds,
            "passkey_url": self.request.path,
            "passkey_does": "get",
            "passkey_words": _("用通行密钥"),
            "passkey_kind": "second",
        }


class Logout(LogoutView):  # type: ignore[misc]  # allauth has no types
    """Asks before leaving when opened by a link; leaves when posted."""


@method_decorator([sensitive_post_parameters(*_SECRETS), login_required, never_cache], name="dispatch")
class PasswordChange(PasswordChangeView):  # type: ignore[misc]  # allauth has no types
    """Change one's own password; all other log-ins end. Whoever has none (yet) sets one by a code."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if user.is_authenticated and not user.has_usable_password():
            return redirect("identity:recover")
        found: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        form = context["form"]
        words = {
            "oldpassword": (_("当前密码"), False, ""),
            "password1": (_("新密码"), True, _(steps.PASSWORD_HINT)),
            "password2": (_("再输入一次新密码"), True, ""),
        }
        fields = tuple(
            steps.password_field(name, label, fresh=fresh, hint=hint, error=_needed(form, name))
            for name, (label, fresh, hint) in words.items()
        )
        return context | {"fields": fields, "summary": ErrorSummary.of(fields, *form.non_field_errors())}


def _needed(form: Any, name: str) -> str:
    errors = form.errors.get(name) if form.is_bound else None
    if not errors:
        return ""
    return str(errors[0]) if form.data.get(name) else _("请填写这一项。")


@sensitive_post_parameters(*_SECRETS)
@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Show again who one is before something weighty (`account_reauthenticate`): the password and the second factor, or a passkey.

    Goes to `next` afterwards; `queries.authentication` has a fresh `at`. Posted with `do=send`, a code is sent first.
    """
    viewer = queries.actor_of(request)
    assert viewer.account_id is not None
    asks = queries.confirmation(viewer=viewer)
    faults: dict[str, str] = {}
    sentences: list[str] = []
    if request.method == "POST" and request.POST.get("do") == "send":
        try:
            send_own_code(request, viewer.account_id, CodePurpose.CONFIRM)
        except (TooManyAttempts, CodesUnavailable, WayMissing) as refused:
            sentences = [refused.sentence(_), refused.advice(_)]
    elif request.method == "POST":
        try:
            if "credential" in request.POST:
                _confirm_passkey(request)
            else:
                _confirm_password(request, asks)
        except (PasswordWrong, PasskeyWrong, SecondFactorNeeded, SecondFactorWrong, TooManyAttempts) as refused:
            faults, sentences = steps.faults_of(refused, ("password", "code"))
        else:
            return resume_request(request) or go(request, following(request, "/account/factors/"))
    return _confirm_page(request, asks, faults, sentences)


def _confirm_password(request: HttpRequest, asks: Confirmation) -> None:
    viewer, session = queries.actor_of(request), request.session.session_key or ""
    code = request.POST.get("code", "")[:64]
    commands.confirm_password(
        password=request.POST.get("password", "")[:200], about="confirm", session=session, code=code, by=viewer, at=clock.now()
    )  # fmt: skip
    reauthenticate_by_password(request)
    if not code or not asks.label:
        return
    if asks.way is not None:
        record_authentication(request, request.user, method=asks.way.factor.value, reauthenticated=True)
        return
    totp = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists()
    kind = Authenticator.Type.TOTP if totp else Authenticator.Type.RECOVERY_CODES
    record_authentication(request, request.user, method="mfa", type=kind.value, reauthenticated=True)


def _confirm_passkey(request: HttpRequest) -> None:
    form = ReauthenticateWebAuthnForm(user=request.user, data=request.POST)
    try:
        right = form.is_valid()
    except (TypeError, ValueError, KeyError, AttributeError):
        right = False
    if not right:
        raise PasskeyWrong
    form.save()


def _confirm_page(
    request: HttpRequest, asks: Confirmation, faults: dict[str, str], sentences: list[str]
) -> HttpResponse:
    fields = [steps.password_field("password", _("登录密码"), error=faults.get("password", ""))]
    if asks.label:
        fields.append(
            Field(
                "code", asks.label, error=faults.get("code", ""), autocomplete="one-time-code", maxlength=40, short=True
            )
        )
    kept = steps.sent_of(request, CodePurpose.CONFIRM) if asks.way else None
    after = following(request)
    context = {
        "title": _("请再确认一次是您本人"),
        "lead": _("接下来的操作关系到账号安全，所以再问一次。"),
        "fields": fields,
        "summary": ErrorSummary.of(fields, *sentences) if faults or sentences else None,
        "button": _("确认身份"),
        "hidden": {"next": after} if after else {},
        "following": after,
        "links": (Link(_("返回"), "/"), steps.counter_link()),
        "notes": steps.sent_notes(kept) if kept else (),
        "send_words": (_("重新获取验证码") if kept else _("获取验证码")) if asks.way else "",
        "passkey": asks.passkey,
        "passkey_url": request.path,
        "passkey_does": "get",
        "passkey_words": _("用通行密钥确认"),
        "passkey_kind": "second",
    }
    if asks.passkey:
        context["js_data"] = {"request_options": webauthn.begin_authentication(request.user)}
    return render(request, "identity/entry/second_factor.html", context, status=422 if faults or sentences else 200)
