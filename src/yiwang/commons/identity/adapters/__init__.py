"""What allauth asks of us, and the one handler of its and Django's account signals."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from yiwang.commons.identity import commands, queries
from yiwang.commons.identity.adapters import entry
from yiwang.commons.identity.contracts import AccountInactive, AccountKind, SampleAccountClosed
from yiwang.commons.identity.models import Account
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, ActorKind, SubjectRef
from yiwang.kernel.command import audit_outside
from yiwang.kernel.fields import keyed_hash
from yiwang.kernel.settings import settings
from yiwang.web.errors import refusal
from yiwang.web.registry import Area, shell


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Log-in by name and password; nobody signs up by themself; passwords are written by our command."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("账号或密码不正确。"),
        "too_many_login_attempts": _("密码输错次数过多，请 5 分钟后再试，或用短信验证码、通行密钥登录。"),
        "enter_current_password": _("当前密码不正确。"),
    }

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Accounts are made at the counter, by the administrator or by a pack."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Officials go to their desk, residents to the portal (`next` goes before this)."""
        account = request.user
        official = isinstance(account, Account) and account.kind == AccountKind.OFFICIAL
        area = Area.WORK if official else Area.PORTAL
        return shell.home_url[area]

    def get_password_change_redirect_url(self, _request: HttpRequest) -> str:
        """Back to the portal."""
        return shell.home_url[Area.PORTAL]

    def set_password(self, user: Account, password: str) -> None:
        """Through the command, as its owner: all other log-ins end."""
        by, keep = queries.actor_of(self.request), queries.login_of(self.request)
        commands.set_password(account_id=user.pk, password=password, keep=keep, by=by, at=clock.now())
        user.refresh_from_db(fields=["password"])

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Account | None:
        """Every try is counted before it is made; too many raise what the form shows."""
        try:
            return entry.try_password(request, credentials)
        except entry.TriesUsedUp:
            raise self.validation_error("too_many_login_attempts") from None

    def pre_login(self, request: HttpRequest, user: Account, **details: Any) -> HttpResponse | None:
        """Sample accounts have a password that everybody knows: they open in a demonstration only."""
        if user.sample and not settings().demo:
            return refusal(request, SampleAccountClosed())
        found: HttpResponse | None = super().pre_login(request, user, **details)
        return found

    def respond_user_inactive(self, request: HttpRequest, _user: Account) -> HttpResponse:
        """Said only after the right password, so that nobody learns which accounts exist."""
        return refusal(request, AccountInactive())

    def get_login_stages(self) -> list[str]:
        """A code by message beside the password, where the owner chose one."""
        return [*super().get_login_stages(), "yiwang.commons.identity.adapters.entry.MessageStage"]

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """No toasts: the page that follows says enough."""


def connect() -> None:
    """Listen to the account signals; called once at start-up."""
    for signal, name in _AUDITED.items():
        signal.connect(audit_authentication, dispatch_uid=f"identity.{name}")
    for signal, change in _CHANGED.items():
        signal.connect(tell_factor, dispatch_uid=f"identity.factor_{change}")
    password_changed.connect(follow_session, dispatch_uid="identity.follow_session")


_AUDITED = {user_logged_in: "logged_in", user_logged_out: "logged_out", user_login_failed: "login_failed"}
_CHANGED = {authenticator_added: "added", authenticator_removed: "removed", authenticator_reset: "reset"}


def tell_factor(signal: Any, user: Account, authenticator: Authenticator, request: HttpRequest, **_others: Any) -> None:
    """A second factor was added, removed or made anew: audited, and told to its owner."""
    by = queries.actor_of(request)
    if by.account_id == user.pk:
        commands.tell_factor_change(factor=authenticator.type, change=_CHANGED[signal], by=by, at=clock.now())


def follow_session(request: HttpRequest, user: Account, **_others: Any) -> None:
    """A changed password gives the session another key."""
    kept, by = queries.login_of(request), queries.actor_of(request)
    if kept is not None:
        key = request.session.session_key or ""
        commands.continue_session(session_id=kept, session_key=key, by=by, at=clock.now())
    if by.account_id == user.pk:
        commands.tell_factor_change(factor="password", change="reset", by=by, at=clock.now())


def audit_authentication(
    signal: Any, request: HttpRequest | None = None, user: Account | None = None, **others: Any
) -> None:
    """Audit a log-in, a log-out or a failed log-in. The tried name is kept as a keyed hash only."""
    name = _AUDITED[signal]
    device = queries.device_of(request) if request is not None else ""
    if name == "login_failed":
        tried = str(others.get("credentials", {}).get("username", "")).strip().lower()
        known = Account.objects.filter(username=tried).values_list("pk", flat=True).first()
        subject = SubjectRef("account", known) if known else None
        attempt = keyed_hash(tried, "login.username").hex()[:16]
        audit_outside("identity.login_failed", by=Actor.anonymous(device), subject=subject, attempt=attempt)
        return
    if user is None:
        return
    kind = ActorKind.OFFICIAL if user.kind == AccountKind.OFFICIAL else ActorKind.PERSON
    actor = Actor(kind=kind, account_id=user.pk, person_id=user.person_id, device=device)
    if name == "logged_out" and request is not None:
        entry.end(request, actor)
    audit_outside(f"identity.{name}", by=actor, subject=SubjectRef("account", user.pk))
    if name == "logged_in" and request is not None:
        entry.begin(request, user, actor)
