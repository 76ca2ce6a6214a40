"""The port of codes by message: identity says what goes to which number, whoever sends messages says how."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from yiwang.commons.identity.contracts import CodePurpose, CodesUnavailable


class CodeCarrier(Protocol):
    def __call__(self, *, mobile: str, code: str, purpose: CodePurpose, minutes: int) -> None:
        """Bring a code to a mobile number by short message or what stands for it; raises what makes the job try again."""


@dataclass
class _Codes:
    carry: CodeCarrier | None = None
    ready: Callable[[], bool] = lambda: False


_codes = _Codes()


def provide_codes(carry: CodeCarrier, *, ready: Callable[[], bool]) -> None:
    """Filled by what sends messages. `ready` says whether a way to send is set up just now."""
    _codes.carry, _codes.ready = carry, ready


def codes_ready() -> bool:
    """Whether a code would reach anybody."""
    return _codes.carry is not None and _codes.ready()


def carry_code(mobile: str, code: str, purpose: CodePurpose, minutes: int) -> None:
    """Send a code (called from a job). Raises CodesUnavailable."""
    if _codes.carry is None:
        raise CodesUnavailable
    _codes.carry(mobile=mobile, code=code, purpose=purpose, minutes=minutes)
