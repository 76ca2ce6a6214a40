"""Ports of licences: where a type is pulled from when a department keeps it."""

from collections.abc import Sequence
from typing import Protocol

from yiwang.commons.licences.contracts import Holder, PulledLicence


class Puller(Protocol):
    """A department's system that is asked for the licences of one type."""

    def pull(self, type_key: str, holder: Holder, holder_code: str) -> Sequence[PulledLicence]:
        """What the department knows under this code. Raises PullFailed; answers within its own time limit."""


_pullers: dict[str, tuple[Puller, str]] = {}


def register_puller(type_key: str, puller: Puller, *, issuer: str) -> None:
    """Licences of the type are asked for there; `issuer`: the code of the organisation that answers for them."""
    _pullers[type_key] = (puller, issuer)


def pulled_types() -> tuple[str, ...]:
    """The types for which a department is asked."""
    return tuple(sorted(_pullers))


def puller_of(type_key: str) -> tuple[Puller, str] | None:
    """Who is asked and in whose name, None where the type is not pulled."""
    return _pullers.get(type_key)
