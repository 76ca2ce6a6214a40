"""「登录方式」: with what I log in; add and remove an authenticator app, passkeys, recovery codes. Each change asks who I am."""

from typing import Any

import segno
from allauth.account.decorators import reauthentication_required
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.identity import queries
from yiwang.commons.identity.contracts import CodeWay, Factor, FactorView
from yiwang.commons.identity.views.entry import steps
from yiwang.web.components import Crumbs, ErrorSummary, Link, Tag, Task, TaskList, Tone
from yiwang.web.fields import Field
from yiwang.web.responses import go

_QUIET = 4  # modules around a QR code (ISO/IEC 18004)


@login_required
@never_cache
@require_GET
def factors(request: HttpRequest) -> HttpResponse:
    """All ways of logging in, each with what one can do about it."""
    viewer = queries.actor_of(request)
    assert viewer.account_id is not None
    found = queries.factors_of(account_id=viewer.account_id, viewer=viewer)
    by_kind = {kind: [each for each in found if each.factor is kind] for kind in Factor}
    ways = queries.own_ways(viewer=viewer)
    tail = ways.mobile_tail
    second = bool(by_kind[Factor.TOTP] or by_kind[Factor.PASSKEY])
    warned = not second and ways.second is None
    tasks = [
        _task(_("密码"), reverse("account_change_password"), bool(by_kind[Factor.PASSWORD]), _("修改密码")),
        Task(_("短信验证码"), tag=_on(bool(tail)), detail=_("尾号 %(tail)s") % {"tail": tail} if tail else _("没有登记手机号码，可到服务窗口登记。")),
        _task(_("邮箱验证码"), reverse("identity:mail"), bool(ways.mail), ways.mail or _("添加邮箱后，可以用邮件收验证码。")),
        _task(_("密码加验证码"), reverse("identity:second_code"), ways.second is not None, _second(ways.second)),
        _totp(by_kind[Factor.TOTP]),
    ]  # fmt: skip
    keys = tuple(
        Task(each.name, reverse("mfa_remove_webauthn", args=[each.id]), tag=_on(True), detail=_used(each))
        for each in by_kind[Factor.PASSKEY]
    )
    recovery = by_kind[Factor.RECOVERY_CODE]
    context = {
        "crumbs": Crumbs((Link(_("我的"), "/mine/"),), _("登录方式")),
        "ways": TaskList(tuple(tasks)),
        "keys": TaskList(keys) if keys else None,
        "second": second,
        "warned": warned,
        "add_passkey": reverse("mfa_add_webauthn"),
        "see_codes": reverse("mfa_view_recovery_codes"),
        "to_devices": Link(_("查看登录设备"), reverse("identity:devices")),
        "left": bool(recovery),
        "left_words": _("还有 %(left)s 个没有用过。") % {"left": recovery[0].left} if recovery else _("还没有备用码。"),
        "area": "portal",
    }
    return render(request, "identity/entry/factors.html", context)


def _second(way: CodeWay | None) -> str:
    if way is None:
        return _("用密码登录时，再输入一个发给您的验证码。")
    return _("用密码登录时，还要输入%(factor)s。") % {"factor": _(way.factor.label)}


def _on(on: bool) -> Tag:
    return Tag(_("已开通"), Tone.OK) if on else Tag(_("未开通"), Tone.LINE)


def _task(title: str, href: str, on: bool, detail: str) -> Task:
    return Task(title, href, tag=_on(on), detail=detail)


def _totp(found: list[FactorView]) -> Task:
    if found:
        return _task(_("动态口令"), reverse("mfa_deactivate_totp"), True, _used(found[0]))
    said = _("登录时除密码外，再输入手机应用里每 30 秒更换的 6 位数字。")
    return _task(_("动态口令"), reverse("mfa_activate_totp"), False, said)


def _used(each: FactorView) -> str:
    if each.used_at is None:
        return _("还没有用过")
    return _("上次使用：%(day)s") % {"day": f"{each.used_at.astimezone():%Y-%m-%d}"}


@method_decorator([login_required, never_cache, steps.knows_more], name="dispatch")
class AddTotp(ActivateTOTPView):  # type: ignore[misc]  # allauth has no types
    """An authenticator app: scan, then enter what it shows."""

    template_name = "identity/entry/totp.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form") or self.get_form()
        secret = form.secret
        from allauth.mfa.adapter import get_adapter

        address = get_adapter().build_totp_url(self.request.user, secret)
        error = str(form.errors["code"][0]) if form.is_bound and "code" in form.errors else ""
        if error and not form.data.get("code"):
            error = _("请输入应用里显示的 6 位数字。")
        field = Field("code", _("应用里显示的 6 位数字"), error=error, inputmode="numeric", maxlength=12, short=True,
                      autocomplete="one-time-code")  # fmt: skip
        picture = segno.make(address, error="m").svg_inline(scale=5, border=_QUIET, omitsize=False)
        return {
            "form": form,
            "title": _("开通动态口令"),
            "fields": (field,),
            "summary": ErrorSummary.of((field,)) if error else None,
            "button": _("开通"),
            "hidden": {},
            "links": (Link(_("返回登录方式"), reverse("mfa_index")),),
            "picture": mark_safe(picture),  # noqa: S308  made here from a secret of letters and digits
            "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        }

    def get_success_url(self) -> str:
        """The recovery codes are shown at once where they were just made."""
        messages.success(self.request, _("动态口令已开通。"))
        return reverse("mfa_view_recovery_codes" if self.did_generate_recovery_codes else "mfa_index")


@method_decorator([login_required, never_cache], name="dispatch")
class RemoveTotp(DeactivateTOTPView):  # type: ignore[misc]  # allauth has no types
    """The app is no longer asked for."""

    template_name = "identity/entry/step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return _asks(_("停用动态口令？"), _("停用后，登录时不再要求动态口令。"), _("停用动态口令"))

    def get_success_url(self) -> str:
        messages.success(self.request, _("动态口令已停用。"))
        return reverse("mfa_index")


def _asks(title: str, lead: str, button: str) -> dict[str, Any]:
    return {
        "title": title, "lead": lead, "fields": (), "button": button, "hidden": {}, "plain": True,
        "links": (Link(_("返回登录方式"), reverse("mfa_index")),),
    }  # fmt: skip


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Whatever a browser answers ends in a passkey or in a refusal."""

    def clean(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = super().clean()
        except (TypeError, ValueError, KeyError, AttributeError):
            self.add_error("credential", _("浏览器的回答无法使用。"))
            return {}
        return found


@method_decorator([login_required, never_cache, steps.knows_more], name="dispatch")
class AddPasskey(AddWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """A passkey of this device: unlocked by finger, face or the screen's own password, so two factors in one."""

    template_name = "identity/entry/passkey_add.html"

    def get_form_class(self) -> type[PasskeyForm]:
        return PasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        sentences = (
            (_("没有保存这把通行密钥，请再试一次。"),) if form is not None and form.is_bound and form.errors else ()
        )
        return {
            "title": _("添加通行密钥"),
            "lead": _("以后用指纹、面容或锁屏密码就能登录，不用记密码，也骗不走。"),
            "fields": (),
            "summary": ErrorSummary.of((), *sentences) if sentences else None,
            "hidden": {},
            "links": (Link(_("返回登录方式"), reverse("mfa_index")),),
            "js_data": {"creation_options": webauthn.begin_registration(self.request.user, True)},
            "passkey": True,
            "passkey_url": self.request.path,
            "passkey_does": "create",
            "passkey_words": _("在这台设备上添加"),
            "passkey_kind": "first",
        }

    def get_success_url(self) -> str:
        messages.success(self.request, _("通行密钥已添加。"))
        return reverse("mfa_view_recovery_codes" if self.did_generate_recovery_codes else "mfa_index")


@method_decorator([login_required, never_cache], name="dispatch")
class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """A passkey is taken away."""

    template_name = "identity/entry/step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        said = _("“%(name)s”将不能再登录您的账号。") % {"name": self.object.wrap().name}
        return _asks(_("删除这把通行密钥？"), said, _("删除"))

    def get_success_url(self) -> str:
        messages.success(self.request, _("通行密钥已删除。"))
        return reverse("mfa_index")


@method_decorator([login_required, never_cache, steps.knows_more], name="dispatch")
class RecoveryCodes(ViewRecoveryCodesView):  # type: ignore[misc]  # allauth has no types
    """Codes for the day when the phone is lost; each works once. Shown after a fresh confirmation only."""

    template_name = "identity/entry/recovery_codes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            "title": _("备用码"),
            "codes": [f"{code[:4]} {code[4:]}" for code in found.get("unused_codes", ())],
            "crumbs": Crumbs((Link(_("登录方式"), reverse("mfa_index")),), _("备用码")),
            "done": reverse("mfa_index"),
            "renew": reverse("mfa_generate_recovery_codes"),
        }


@login_required
@never_cache
@steps.knows_more
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]  # allauth has no types
@require_http_methods(["POST"])
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make ten new ones; the old ones end."""
    viewer = queries.actor_of(request)
    assert viewer.account_id is not None
    held = {each.factor for each in queries.factors_of(account_id=viewer.account_id, viewer=viewer)}
    if held & {Factor.TOTP, Factor.PASSKEY}:
        generate_recovery_codes(request)
        messages.success(request, _("已生成新的备用码，旧的全部作废。"))
        return go(request, reverse("mfa_view_recovery_codes"))
    return go(request, reverse("mfa_index"))
