"""The port of codes by message: identity says what goes where, whoever sends messages says how."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from yiwang.commons.identity.contracts import CodePurpose, CodesUnavailable, CodeWay


class CodeCarrier(Protocol):
    def __call__(self, *, mobile: str, code: str, purpose: CodePurpose, minutes: int) -> None:
        """Bring a code to a mobile number by short message or what stands for it; raises what makes the job try again."""


class MailCarrier(Protocol):
    def __call__(self, *, mail: str, code: str, purpose: CodePurpose, minutes: int) -> None:
        """Bring a code to an e-mail address; raises what makes the job try again."""


def _never() -> bool:
    return False


@dataclass
class _Codes:
    carry: CodeCarrier | None = None
    ready: Callable[[], bool] = _never
    carry_mail: MailCarrier | None = None
    mail_ready: Callable[[], bool] = _never


_codes = _Codes()


def provide_codes(carry: CodeCarrier | None, *, ready: Callable[[], bool]) -> None:
    """Filled by what sends messages. `ready` says whether a way to send is set up just now."""
    _codes.carry, _codes.ready = carry, ready


def provide_mail_codes(carry: MailCarrier | None, *, ready: Callable[[], bool]) -> None:
    """The same for e-mail."""
    _codes.carry_mail, _codes.mail_ready = carry, ready


def codes_ready(way: CodeWay = CodeWay.SMS) -> bool:
    """Whether a code sent this way would reach anybody."""
    if way is CodeWay.MAIL:
        return _codes.carry_mail is not None and _codes.mail_ready()
    return _codes.carry is not None and _codes.ready()


def carry_code(mobile: str, *, code: str, purpose: CodePurpose, minutes: int) -> None:
    """Send a code to a mobile number (called from a job). Raises CodesUnavailable."""
    if _codes.carry is None:
        raise CodesUnavailable
    _codes.carry(mobile=mobile, code=code, purpose=purpose, minutes=minutes)


def carry_mail_code(mail: str, *, code: str, purpose: CodePurpose, minutes: int) -> None:
    """Send a code to an e-mail address (called from a job). Raises CodesUnavailable."""
    if _codes.carry_mail is None:
        raise CodesUnavailable
    _codes.carry_mail(mail=mail, code=code, purpose=purpose, minutes=minutes)
