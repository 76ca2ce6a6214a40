"""How much devices without a keyboard and those who type their codes may try (RFC 8628, 5.1 and 5.2)."""

from datetime import timedelta
from typing import Final

from yiwang.commons.identity.contracts import Limit

_WHILE: Final = timedelta(minutes=10)


def begin_limits(*, client: str, address: str) -> tuple[Limit, ...]:
    """How often devices may ask for a code to show (RFC 8628): public clients show no secret, so anybody may ask.

    Codes live ten minutes, so these bound how many are open at a time: of a client and an address (the screens of one
    building), of an address, and of a client, where a guess meets at most some thousand of 25 thousand million codes.
    """
    return (
        Limit("device.pair", (client, address), 30, _WHILE),
        Limit("device.address", (address,), 60, _WHILE),
        Limit("device.client", (client,), 2000, _WHILE),
    )


def code_limits(*, account: str, address: str) -> tuple[Limit, ...]:
    """Wrong codes of devices typed by one account and from one address (RFC 8628, 5.1); right ones are taken back."""
    return (Limit("device.code", (account,), 10, _WHILE), Limit("device.code.address", (address,), 60, _WHILE))
