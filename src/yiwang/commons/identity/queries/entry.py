"""How an account logs in: what a session tells of it, whose door a name is, its browsers, log-ins and factors."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Final
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from yiwang.commons.identity import policies, rules
from yiwang.commons.identity.contracts import (
    AccountKind,
    Authentication,
    CodeProof,
    CodePurpose,
    DeviceView,
    Factor,
    FactorView,
    LoginSessionView,
)
from yiwang.commons.identity.models import Account, Device, LoginSession, OneTimeCode
from yiwang.commons.identity.models.account import LONGEST_USERNAME
from yiwang.commons.identity.models.person import ID_NUMBER, MOBILE
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.codes import InvalidCode, clean_code, upgrade_id_number
from yiwang.kernel.fields import keyed_hashes
from yiwang.kernel.settings import settings

DEVICE_COOKIE: Final = "yiwang_device"
_SHOWN: Final = 50
_TIME_TO_GO_ON: Final = timedelta(minutes=10)
_MOBILE_FORM: Final = re.compile(r"1[3-9][0-9]{9}")
_ID_FORM: Final = re.compile(r"[0-9]{15}|[0-9]{17}[0-9X]")
_PROGRAMS: Final = (
    ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS: Final = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
SESSION_LOGIN: Final = "identity.login"
_MFA: Final = {"totp": Factor.TOTP, "webauthn": Factor.PASSKEY, "recovery_codes": Factor.RECOVERY_CODE}
_PLAIN: Final = {
    "password": Factor.PASSWORD, "code": Factor.CODE, "mail_code": Factor.MAIL_CODE, "socialaccount": Factor.OUTSIDE
}  # fmt: skip


def authentication(request: HttpRequest, /) -> Authentication:
    """When and how the request's account showed who it is. Read from the session: no query beyond its own.

    `at` is the last time, be it the log-in or a later confirmation (`auth_time` of OpenID Connect Core 1.0, section 2).
    Nothing for somebody who has not logged in, and for a log-in whose second factor is still missing.
    """
    account = getattr(request, "user", None)
    if not isinstance(account, Account) or not account.is_authenticated or not account.is_active:
        return Authentication()
    shown = [(factor, record) for record in get_authentication_records(request, account) if (factor := _factor(record))]
    methods = tuple(dict.fromkeys(factor for factor, _ in shown))
    verified = any(factor is Factor.PASSKEY and record.get("passwordless") for factor, record in shown)
    at = max((float(record["at"]) for _, record in shown), default=None)
    return Authentication(
        at=None if at is None else datetime.fromtimestamp(at, UTC),
        methods=methods,
        level=rules.authentication_level(methods, verified=verified),
        session=_session(request),
    )


def knows_the_number_only(request: HttpRequest, /) -> bool:
    """Whether nothing was shown but a mobile number or an outside log-in, where the account has a password to ask for.

    Whoever has just registered chose the password in this very log-in.
    """
    account = request.user
    if not isinstance(account, Account) or not account.has_usable_password():
        return False
    fresh = clock.now() - account.created_at < _TIME_TO_GO_ON
    return not fresh and set(authentication(request).methods) <= {Factor.CODE, Factor.MAIL_CODE, Factor.OUTSIDE}


def _factor(record: dict[str, Any]) -> Factor | None:
    if record.get("method") == "mfa":
        return _MFA.get(str(record.get("type")))
    return _PLAIN.get(str(record.get("method")))


def _session(request: HttpRequest) -> UUID | None:
    kept = request.session.get(SESSION_LOGIN)
    return UUID(kept) if kept else None


@dataclass(frozen=True, slots=True)
class Door:
    """Whose door a name is: the account's own name, what tries are counted for, and the browser where it is known."""

    username: str
    counted: str
    account_id: UUID | None = None
    device: str = ""


def door_of(name: str, token: str, /) -> Door:
    """The account that somebody means by a user name, a mobile number or an ID number. The same queries whoever exists.

    A mobile number that several residents share means nobody: they have their ID numbers.
    """
    tried = name.strip().lower()[:LONGEST_USERNAME]
    number = clean_code(tried)
    meant = Q(username=tried)
    if _MOBILE_FORM.fullmatch(number):
        meant |= Q(person__mobile_hash__in=keyed_hashes(number, MOBILE), kind=AccountKind.PERSON.value)
    if _ID_FORM.fullmatch(number):
        whole = upgraded(number)
        meant |= Q(person__id_number_hash__in=keyed_hashes(whole, ID_NUMBER), kind=AccountKind.PERSON.value)
    found = list(Account.objects.filter(meant).values_list("pk", "username")[:2])
    pk, username = found[0] if len(found) == 1 else (None, tried)
    return Door(username, str(pk or tried), pk, known_device(pk or UUID(int=0), token))


def known_device(account_id: UUID, token: str, /) -> str:
    """The id of the browser where the account knows it, else empty."""
    known = (
        Device.objects.filter(account_id=account_id, token_hash=token_hash(token)).values_list("pk", flat=True).first()
    )
    return str(known) if known else ""


def asks_owner(account_id: UUID, token: str, /) -> bool:
    """Whether a code alone is too little here: a browser that the account does not know, and no second factor to come."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    if known_device(account_id, token):
        return False
    return not Authenticator.objects.filter(user_id=account_id, type__in=kinds).exists()


def upgraded(number: str, /) -> str:
    """An ID number of 15 digits in its form of 18; others as they are."""
    try:
        return upgrade_id_number(number)
    except InvalidCode:
        return number


def token_hash(token: str, /) -> bytes:
    """SM3 of a device's token: 256 random bits, which nobody guesses, need no key."""
    return hashlib.new("sm3", token.encode()).digest()


def token_of(request: HttpRequest, /) -> str:
    """The token by which the browser is known, as it shows it; empty where it has none."""
    return str(request.COOKIES.get(DEVICE_COOKIE, ""))[:64]


def login_of(request: HttpRequest, /) -> UUID | None:
    """The id of the log-in that this session belongs to."""
    return _session(request)


def address_of(request: HttpRequest, /) -> str:
    """Where a request comes from: an IPv4 address, or the /64 network of an IPv6 one, which one household has whole.

    A reverse proxy's X-Forwarded-For counts only where one is set up (YIWANG_BEHIND_PROXY), and then its last entry.
    """
    try:
        found = ip_address(get_client_ip(request) or "")
    except (ValueError, ImproperlyConfigured):
        return "unknown"
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped) if found.ipv4_mapped else str(ip_network(f"{found}/64", strict=False))
    return str(found)


def browser_of(request: HttpRequest, /) -> str:
    """A browser as people call it, such as `Chrome · Windows`, from its User-Agent."""
    agent = request.headers.get("User-Agent", "")
    program = next((said for mark, said in _PROGRAMS if mark in agent), "")
    system = next((said for mark, said in _SYSTEMS if mark in agent), "")
    return " · ".join(filter(None, (program, system))) or _("未知浏览器")


def login_sessions(*, account_id: UUID, viewer: Actor) -> tuple[LoginSessionView, ...]:
    """The log-ins of an account that go on, newest first (50 at most). Its owner's, or for who manages the account."""
    policies.check_set_password(viewer, account_id)
    rows = LoginSession.objects.filter(account_id=account_id, ended_at__isnull=True).select_related("device")
    alive = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    return tuple(_view(row) for row in rows.filter(session_key__in=alive).order_by("-began_at")[:_SHOWN])


def _view(row: LoginSession) -> LoginSessionView:
    methods = tuple(Factor(method) for method in row.methods if method in set(Factor))
    return LoginSessionView(row.pk, row.device.name if row.device else "", row.address or "", row.began_at, methods)


def devices(*, account_id: UUID, viewer: Actor) -> tuple[DeviceView, ...]:
    """The browsers an account knows with their log-ins that go on, last used first (50 at most). Three queries."""
    policies.check_set_password(viewer, account_id)
    rows = list(Device.objects.filter(account_id=account_id).order_by("-last_at")[:_SHOWN])
    going = LoginSession.objects.filter(account_id=account_id, ended_at__isnull=True).select_related("device")
    alive = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    by_device: dict[UUID | None, list[LoginSessionView]] = {}
    for each in going.filter(session_key__in=alive).order_by("-began_at")[:_SHOWN]:
        by_device.setdefault(each.device_id, []).append(_view(each))
    return tuple(
        DeviceView(row.pk, row.name, row.first_at, row.last_at, tuple(by_device.get(row.pk, ()))) for row in rows
    )


def factors_of(*, account_id: UUID, viewer: Actor) -> tuple[FactorView, ...]:
    """With what an account can log in. Its owner's, or for who manages the account. Two queries and reach."""
    policies.check_set_password(viewer, account_id)
    account = Account.objects.filter(pk=account_id).first()
    rows = Authenticator.objects.filter(user_id=account_id).order_by("created_at", "id")
    own = (FactorView(Factor.PASSWORD),) if account is not None and account.has_usable_password() else ()
    return (*own, *(_factor_view(row) for row in rows))


def _factor_view(row: Authenticator) -> FactorView:
    kind = _MFA[row.type]
    wrapped = row.wrap()
    return FactorView(
        factor=kind,
        name=wrapped.name if kind is Factor.PASSKEY else "",
        id=row.pk,
        added_at=row.created_at,
        used_at=row.last_used_at,
        left=len(wrapped.get_unused_codes()) if kind is Factor.RECOVERY_CODE else None,
    )


def shown_code(*, code_id: UUID, viewer: Actor) -> str:
    """The code itself, in a demonstration only, where no message reaches anybody; else empty."""
    del viewer
    if not settings().demo:
        return ""
    row = OneTimeCode.objects.filter(pk=code_id, used_at__isnull=True).first()
    nobody = row is not None and row.account_id is None and row.purpose != CodePurpose.REGISTER
    return "" if row is None or nobody else row.code


def code_proof(*, code_id: UUID, purpose: CodePurpose, viewer: Actor) -> CodeProof | None:
    """What a code that was right proves, for the ten minutes that somebody has to go on; None after. For this session only."""
    del viewer
    row = OneTimeCode.objects.filter(pk=code_id, purpose=purpose.value, used_at__isnull=False).first()
    if row is None or clock.now() >= row.expires_at + _TIME_TO_GO_ON:
        return None
    return CodeProof(row.pk, purpose, row.account_id, row.mobile or "", row.details, row.mail or "")


def mobile_tail(*, account_id: UUID, viewer: Actor) -> str:
    """The last four digits of the mobile number of an account, for its owner; empty where there is none."""
    if viewer.account_id != account_id:
        return ""
    row = Account.objects.select_related("person").filter(pk=account_id).first()
    number = row.person.mobile if row is not None and row.person is not None else None
    return (number or "")[-4:]
