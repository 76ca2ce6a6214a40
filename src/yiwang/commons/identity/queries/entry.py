"""What a request's session tells of how its account logged in."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from yiwang.commons.identity import rules
from yiwang.commons.identity.contracts import Authentication, Factor
from yiwang.commons.identity.models import Account

SESSION_LOGIN: Final = "identity.login"
_MFA: Final = {"totp": Factor.TOTP, "webauthn": Factor.PASSKEY, "recovery_codes": Factor.RECOVERY_CODE}
_PLAIN: Final = {"password": Factor.PASSWORD, "code": Factor.CODE, "socialaccount": Factor.OUTSIDE}


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


def _factor(record: dict[str, Any]) -> Factor | None:
    if record.get("method") == "mfa":
        return _MFA.get(str(record.get("type")))
    return _PLAIN.get(str(record.get("method")))


def _session(request: HttpRequest) -> UUID | None:
    kept = request.session.get(SESSION_LOGIN)
    return UUID(kept) if kept else None
