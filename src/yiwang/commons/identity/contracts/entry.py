"""How somebody logged in, with what they may log in, and where they are logged in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from yiwang.kernel.text import gettext_noop as _


class Factor(StrEnum):
    """A way of showing who one is. The value stands in sessions, proofs and audits."""

    PASSWORD = "password"  # noqa: S105  the name of a factor
    CODE = "code"
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
    Factor.TOTP: _("动态口令"),
    Factor.PASSKEY: _("通行密钥"),
    Factor.RECOVERY_CODE: _("备用码"),
    Factor.OUTSIDE: _("其他平台登录"),
}

AMR: Final = {
    Factor.PASSWORD: "pwd",
    Factor.CODE: "sms",
    Factor.TOTP: "otp",
    Factor.PASSKEY: "hwk",
    Factor.RECOVERY_CODE: "kba",
    Factor.OUTSIDE: "fed",
}
"""Values of RFC 8176 section 2 (`fed` is none of them: an outside provider vouched)."""


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
