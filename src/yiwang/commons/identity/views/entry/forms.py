"""Forms of second factors with our own counting of tries; allauth finds them by name (MFA_FORMS)."""

from typing import Any

from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from yiwang.commons.identity import commands, queries, rules
from yiwang.commons.identity.contracts import SecondFactorWrong, TooManyAttempts
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor


class SecondFactor(forms.Form):
    """A code of an authenticator app, or a recovery code, of an account that has given its password."""

    code = forms.CharField(max_length=40)
    again = False

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.authenticator: Authenticator | None = None

    def clean_code(self) -> str:
        """Right once only; each try counts before it is made."""
        code = str(self.cleaned_data["code"])
        device = queries.known_device(self.user.pk, queries.token_of(context.request))
        limits = rules.second_factor_limits(str(self.user.pk), device)
        by, now = Actor.anonymous(queries.device_of(context.request)), clock.now()
        told = {"account_id": self.user.pk, "by": by, "at": now}
        try:
            with commands.counted(limits, wrong=(SecondFactorWrong,), **told):
                used = _used(code, **told)
        except (TooManyAttempts, SecondFactorWrong) as refused:
            raise ValidationError(refused.sentence(_)) from None
        self.authenticator = Authenticator.objects.get(pk=used)
        self.authenticator.user = self.user
        return code

    def save(self) -> None:
        """The session keeps what was shown."""
        assert self.authenticator is not None
        post_authentication(context.request, self.authenticator, reauthenticated=self.again)


def _used(code: str, **told: Any) -> int:
    found = commands.use_second_factor(code=code, **told)
    if found is None:
        raise SecondFactorWrong
    return found[0]


class SecondFactorAgain(SecondFactor):
    """The same for somebody who is logged in."""

    again = True


class PasskeyLogin(LoginWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A passkey instead of name and password. Whatever a stranger sends here ends in a refusal, never in a fault."""

    def clean_credential(self) -> Authenticator:
        """The authenticator whose signature over our challenge is right and whose user was verified."""
        try:
            found: Authenticator = super().clean_credential()
        except ValidationError:
            raise
        except (TypeError, ValueError, KeyError, AttributeError):
            raise ValidationError(_("这把通行密钥不能登录。")) from None
        return found
