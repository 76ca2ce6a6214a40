"""What is wrong and how to mend it: each part of the program registers its own checks for `yiwang doctor`."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check: a sentence, and the mend where it is not ok. `grave` is false for a mere reminder."""

    ok: bool
    message: str
    mend: str = ""
    grave: bool = True


Check = Callable[[], Finding]
_checks: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Register a check under a short name; it must not change anything."""

    def decorate(function: Check) -> Check:
        _checks[name] = function
        return function

    return decorate


def examine() -> list[tuple[str, Finding]]:
    """Run all checks; one that fails with an exception is a finding too."""
    findings = []
    for name, function in _checks.items():
        try:
            findings.append((name, function()))
        except Exception as error:  # noqa: BLE001  a broken check must not hide the others
            findings.append((name, Finding(ok=False, message=f"{type(error).__name__}: {error}")))
    return findings
