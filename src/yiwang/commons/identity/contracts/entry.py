"""How somebody logged in, with what they may log in, and where they are logged in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.events import Event
from yiwang.kernel.text import gettext_noop as _


class Factor(StrEnum):
    """A way of showing who one is. The value stands in sessions, proofs and audits."""

    PASSWORD = "password"  # noqa: S105  the name of a factor
    CODE = "code"
    MAIL_CODE = "mail_code"
    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"
    OUTSIDE = "outside"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Final = {
    Factor.PASSWORD: _("密码"),
    Factor.CODE: _("短信验证码"),
    Factor.MAIL_CODE: _("邮箱验证码"),
    Factor.TOTP: _("动态口令"),
    Factor.PASSKEY: _("通行密钥"),
    Factor.RECOVERY_CODE: _("备用码"),
    Factor.OUTSIDE: _("其他平台登录"),
}

AMR: Final = {
    Factor.PASSWORD: "pwd",
    Factor.CODE: "sms",
    Factor.MAIL_CODE: "otp",
    Factor.TOTP: "otp",
    Factor.PASSKEY: "hwk",
    Factor.RECOVERY_CODE: "kba",
    Factor.OUTSIDE: "fed",
}
"""Values of RFC 8176 section 2 (`fed` is none of them: an outside provider vouched). A code by e-mail is a one-time
password; the RFC has no name for the way it came."""


@dataclass(frozen=True, slots=True)
class Authentication:
    """What a session proves: when somebody last showed who they are (None: it does not say), by which factors, how strongly.

    `level`: 0 nothing, 1 one factor, 2 two factors of different kinds or a passkey that verified its user.
    `session`: the id of the log-in (`sid` of OpenID), None before it is recorded.
    """

    at: datetime | None = None
    methods: tuple[Factor, ...] = ()
    level: int = 0
    session: UUID | None = None

    @property
    def amr(self) -> tuple[str, ...]:
        """As RFC 8176 names it, `mfa` last where there were several."""
        named = tuple(dict.fromkeys(AMR[method] for method in self.methods))
        return (*named, "mfa") if self.level > 1 else named


class CodePurpose(StrEnum):
    """What a code by message is for; it serves nothing else."""

    LOGIN = "login"
    REGISTER = "register"
    RECOVER = "recover"
    SECOND = "second"
    CONFIRM = "confirm"
    MAIL = "mail"


class CodeWay(StrEnum):
    """How a code reaches somebody."""

    SMS = "sms"
    MAIL = "mail"

    @property
    def factor(self) -> Factor:
        """What a code that came this way shows."""
        return Factor.CODE if self is CodeWay.SMS else Factor.MAIL_CODE


class SessionEnd(StrEnum):
    """Why a log-in ended."""

    LOGOUT = "logout"
    REVOKED = "revoked"
    PASSWORD = "password"  # noqa: S105  the password was changed
    CLOSED = "closed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries of one kind `within` a time, counted for `who` (a name, an address, both)."""

    kind: str
    who: tuple[str, ...]
    most: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class CodeProof:
    """A code was right: what it was sent for, whose account (None: nobody's yet), where to, and what was kept with it."""

    id: UUID
    purpose: CodePurpose
    account_id: UUID | None
    mobile: str
    details: Mapping[str, str]
    mail: str = ""

    @property
    def way(self) -> CodeWay:
        return CodeWay.MAIL if self.mail else CodeWay.SMS


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a confirmation asks of an account beside the password, and whether a passkey may stand for both.

    `label`: of the code that is asked for, empty where none is. `way`: how that code is sent when asked for, None where an
    application shows it.
    """

    label: str = ""
    way: CodeWay | None = None
    passkey: bool = False


@dataclass(frozen=True, slots=True)
class OwnWays:
    """Where codes reach an account: the end of its mobile number, its masked e-mail address, and what it chose as second."""

    mobile_tail: str = ""
    mail: str = ""
    second: CodeWay | None = None


@dataclass(frozen=True, slots=True)
class LoginSessionView:
    """One log-in of an account that goes on."""

    id: UUID
    device: str
    address: str
    began_at: datetime
    methods: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A browser that has logged in to the account before."""

    id: UUID
    name: str
    first_at: datetime
    last_at: datetime
    sessions: tuple[LoginSessionView, ...] = ()


@dataclass(frozen=True, slots=True)
class FactorView:
    """A factor an account has; `id` where there can be several of its kind."""

    factor: Factor
    name: str = ""
    id: int | None = None
    added_at: datetime | None = None
    used_at: datetime | None = None
    left: int | None = None


@dataclass(frozen=True, slots=True)
class SessionEnded(Event):
    """A log-in is over, for whatever reason: what stood on it ends too."""

    account_id: UUID
    session_id: UUID
    reason: str

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("account", self.account_id)


@dataclass(frozen=True, slots=True)
class NewDeviceUsed(Event):
    """Somebody logged in to an account with a browser that it had not seen before (not the first one)."""

    account_id: UUID
    session_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("account", self.account_id)


CLEARED: Final = "all"
"""A factor's name in FactorChanged: everything that opened the account was taken away by who manages it."""


@dataclass(frozen=True, slots=True)
class FactorChanged(Event):
    """A way of logging in was added, removed or made anew."""

    account_id: UUID
    factor: str
    change: str

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("account", self.account_id)
