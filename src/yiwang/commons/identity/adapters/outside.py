"""What allauth asks of us about outside providers: nothing of theirs is kept but the name, nobody is signed up by them."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from yiwang.commons.identity.contracts import AccountKind, NotPermitted
from yiwang.kernel import clock
from yiwang.web.errors import refusal

PENDING = "identity.outside"


class OutsideAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Who is not linked yet logs in here first; the provider's word alone opens no account."""

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Any:
        """What the provider tells of the person is forgotten before anything could store it."""
        sociallogin.account.extra_data = {}
        sociallogin.email_addresses = []
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Leads the unlinked to the page that links; refuses officials, who log in here with their own factors."""
        if not sociallogin.is_existing:
            account = sociallogin.account
            held = {"provider": account.provider, "uid": account.uid, "at": clock.now().timestamp()}
            request.session[PENDING] = held
            raise ImmediateHttpResponse(redirect("outside_link"))
        if sociallogin.user.kind != AccountKind.PERSON or sociallogin.user.appointments.exists():
            raise ImmediateHttpResponse(refusal(request, NotPermitted()))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **_others: Any) -> None:
        """Back to the log-in page with a sentence, whatever went wrong there."""
        messages.error(request, _("外部登录没有成功，请重试或用其他方式登录。"))
        raise ImmediateHttpResponse(redirect("account_login"))

    def is_open_for_signup(self, _request: HttpRequest, _sociallogin: Any) -> bool:
        """Nobody signs up by an outside account."""
        return False
