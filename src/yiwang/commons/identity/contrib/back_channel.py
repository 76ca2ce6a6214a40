"""Telling a client system by HTTP that somebody has logged out (OpenID Connect Back-Channel Logout 1.0, 2.5).

The address was reviewed, but names change what they mean: only public addresses are called, and networks that the
installation names; what was looked up is what is called. No redirects, no proxies, bounded time, and the answer is not read.
"""

import socket
import ssl
import threading
import urllib.parse
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final

from yiwang.kernel.errors import DomainError
from yiwang.kernel.text import gettext_noop as _

_SECONDS: Final = 5.0
_WHOLE: Final = 10.0
_GOOD: Final = frozenset({200, 202, 204})
_PORTS: Final = {"http": 80, "https": 443}


class NotTold(DomainError):
    """The client system did not answer as it should; the job tries again."""

    code = "identity.logout_not_told"
    message = _("接入系统没有确认退出通知：{reason}。")


def tell(url: str, token: str, /, *, networks: Sequence[str] = (), whole: float = _WHOLE) -> None:
    """POST the logout token within `whole` seconds. `networks`: those that are not public and called all the same.

    Raises NotTold, also for an unknown scheme and for an address that is not called.
    """
    try:
        parts = urllib.parse.urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        connection = _connection(parts.scheme, host, port, _address(host, port, networks))
    except (ValueError, KeyError, OSError):
        raise NotTold(reason="address") from None
    body = urllib.parse.urlencode({"logout_token": token})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    watch = threading.Timer(whole, partial(_cut, connection))
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, "")), body, headers)
        status = connection.getresponse().status
    except (OSError, ValueError, HTTPException):
        raise NotTold(reason="no answer") from None
    finally:
        watch.cancel()
        connection.close()
    if status not in _GOOD:
        raise NotTold(reason=str(status))


def _address(host: str, port: int, networks: Sequence[str]) -> str:
    """Where a name leads now. Raises ValueError where one of its addresses is neither public nor of `networks`."""
    named = [ip_network(each) for each in networks]
    found = [
        ip_address(str(each[4][0]).partition("%")[0])
        for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ]
    for each in found:
        true = _plain(each)
        if not (true.is_global and not true.is_multicast) and not any(true in network for network in named):
            raise ValueError(host)
    return str(found[0])


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for."""
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _connection(scheme: str, host: str, port: int, address: str) -> HTTPConnection:
    """To that very address, under the name that certificate and request carry."""
    context = ssl.create_default_context() if scheme == "https" else None
    made: Any = (
        HTTPSConnection(host, port, timeout=_SECONDS, context=context)
        if context
        else HTTPConnection(host, port, timeout=_SECONDS)
    )
    made._create_connection = lambda _named, *more: socket.create_connection((address, port), *more)  # noqa: SLF001  no other door
    connection: HTTPConnection = made
    return connection


def _cut(connection: HTTPConnection) -> None:
    """An answer that drips is no answer."""
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
