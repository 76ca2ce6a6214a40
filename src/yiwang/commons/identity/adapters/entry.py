"""Logging in as allauth asks for it: names people know, counted tries, browsers that are known, second factors encrypted."""

import base64
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records, perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.stages import LoginStage
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from yiwang.commons.identity import commands, queries, rules
from yiwang.commons.identity.contracts import CodePurpose, CodeWay, Factor, SessionEnd, TooManyAttempts, UnknownRecord
from yiwang.commons.identity.models import Account
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.cipher import cipher
from yiwang.kernel.errors import DomainError
from yiwang.web.registry import shell

_TOKEN = "_identity_device_token"  # noqa: S105  where a request keeps it
SENT: Final = "identity.code"
_SEALED = "mfa_authenticator.data"
_QUIET = 4  # modules around a QR code (ISO/IEC 18004)


class TriesUsedUp(Exception):
    """A limit of failed log-ins was reached; nothing was tried."""


def try_password(request: HttpRequest, credentials: dict[str, Any]) -> Account | None:
    """Check name and password with every try counted. Raises TriesUsedUp.

    The name is what people know: user name, mobile number or ID number. The work is the same whoever exists.
    """
    door = queries.door_of(str(credentials.get("username", "")), queries.token_of(request))
    by, now = Actor.anonymous(queries.device_of(request)), clock.now()
    limits = rules.login_limits(name=door.counted, address=queries.address_of(request), device=door.device)
    try:
        commands.take_attempt(limits=limits, account_id=door.account_id, by=by, at=now)
    except TooManyAttempts:
        raise TriesUsedUp from None
    AuthenticationBackend.unstash_authenticated_user()
    found = authenticate(request, **(credentials | {"username": door.username}))
    found = found or AuthenticationBackend.unstash_authenticated_user()
    if found is not None:
        commands.forgive_attempt(limits=limits, by=by, at=now)
    return found if isinstance(found, Account) else None


def log_in_by_code(
    request: HttpRequest, account_id: UUID, following: str = "", *, way: CodeWay = CodeWay.SMS
) -> HttpResponse:
    """Log in who has just proved a code for the account, through all the steps that a password log-in has."""
    account = Account.objects.get(pk=account_id)
    record_authentication(request, account, method=way.factor.value)
    response: HttpResponse = perform_login(request, Login(user=account, redirect_url=following or None))
    return response


def send_own_code(request: HttpRequest, account_id: UUID, purpose: CodePurpose) -> None:
    """Have a code sent the way that the account chose, and remember in the session which. Raises as the command."""
    sent = commands.send_own_code(
        account_id=account_id, purpose=purpose, address=queries.address_of(request), token=queries.token_of(request),
        by=Actor.anonymous(queries.device_of(request)), at=clock.now(),
    )  # fmt: skip
    way = queries.asks_message(account_id) or CodeWay.SMS
    where = queries.code_target(code_id=sent, viewer=Actor.system("identity.send_own_code"))
    request.session[SENT] = {"id": str(sent), "purpose": purpose.value, "tail": where, "way": way.value, "next": ""}


class MessageStage(LoginStage):  # type: ignore[misc]  # allauth has no types
    """After the password: a code by message, for whoever chose it and has no app and no passkey."""

    key = "identity_message"
    urlname = "identity:login_message"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        account = self.login.user
        if queries.asks_message(account.pk) is None or _shown_message(self.request, account):
            return None, True
        with suppress(DomainError):  # the page says that none was sent, and offers to send one
            send_own_code(self.request, account.pk, CodePurpose.SECOND)
        return redirect(self.urlname), True


def _shown_message(request: HttpRequest, account: Account) -> bool:
    """Whether this log-in has shown password and code, or a passkey, already."""
    shown = {record.get("method") for record in get_authentication_records(request, account)}
    codes = {way.factor.value for way in CodeWay}
    return bool(shown & codes and Factor.PASSWORD.value in shown) or "mfa" in shown


def begin(request: HttpRequest, user: Account, actor: Actor) -> None:
    """Record the log-in that has just succeeded; the browser gets its token with the answer."""
    if (
        request.session.session_key is None
    ):  # a log-in over another account's empties the session without naming it anew
        request.session.create()
    known = queries.authentication(request)
    begun = commands.begin_session(
        account_id=user.pk,
        session_key=request.session.session_key or "",
        token=queries.token_of(request),
        browser=queries.browser_of(request),
        address=queries.address_of(request),
        methods=[method.value for method in known.methods],
        by=actor,
        at=clock.now(),
    )
    request.session[queries.SESSION_LOGIN] = str(begun.session_id)
    setattr(request, _TOKEN, begun.token)


def end(request: HttpRequest, actor: Actor) -> None:
    """Record that the log-in of this session is over."""
    kept = queries.login_of(request)
    if kept is None:
        return
    try:
        commands.end_session(session_id=kept, reason=SessionEnd.LOGOUT, by=actor, at=clock.now())
    except UnknownRecord:
        return


def fresh_token(request: HttpRequest) -> str:
    """The token that this request's answer must bring to the browser, else empty."""
    found: str = getattr(request, _TOKEN, "")
    return found


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors: secrets are sealed by the key pool; words and pictures are ours."""

    def encrypt(self, text: str) -> str:
        """TOTP secrets and the seeds of recovery codes, as fields of ours are sealed."""
        return base64.b64encode(cipher().encrypt(text.encode(), context=_SEALED)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Counterpart of encrypt; values of former keys are read as long as the key is there."""
        return cipher().decrypt(base64.b64decode(encrypted_text), context=_SEALED).decode()

    def get_totp_issuer(self) -> str:
        """The city's name stands beside the code in people's applications."""
        return self._get_site_name()

    def _get_site_name(self) -> str:
        from allauth.core import context

        return str(shell.site(context.request).name) or str(context.request.get_host())

    def generate_authenticator_name(self, user: Account, type: Authenticator.Type) -> str:  # noqa: A002  theirs
        """What a passkey is called until its owner says otherwise: the browser it was made with."""
        from allauth.core import context

        del user, type
        return queries.browser_of(context.request)
