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
_checks: dict[str, tuple[Check, bool]] = {}
_SCHEMA = "migrations"


def check(name: str, *, tables: bool = True) -> Callable[[Check], Check]:
    """Register a check under a short name; it must not change anything. `tables`: it reads tables of the program."""

    def decorate(function: Check) -> Check:
        _checks[name] = (function, tables)
        return function

    return decorate


def examine() -> list[tuple[str, Finding]]:
    """Run all checks; one that fails with an exception is a finding too. Without tables only what needs none is asked."""
    findings: list[tuple[str, Finding]] = []
    schema = True
    for name, (function, tables) in sorted(_checks.items(), key=lambda item: (item[1][1], item[0] != _SCHEMA)):
        if tables and not schema:
            continue
        try:
            finding = function()
        except Exception as error:  # noqa: BLE001  a broken check must not hide the others
            finding = Finding(ok=False, message=f"{type(error).__name__}: {error}")
        findings.append((name, finding))
        schema = schema and (name != _SCHEMA or finding.ok)
    return findings
