"""A bounded HTTP client: one deadline for a whole exchange, a limit to what is read, no redirects, no surprises.

The standard library's time-outs count each wait anew, so that a peer that sends a byte a second holds one forever; here a
timer closes the socket when the time is over.
"""

import http.client
import socket
import ssl
import threading
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

MAX_ANSWER: Final = 1 << 20
_AGENT: Final = "yiwang-ledger"


class Unreachable(Exception):
    """No answer: refused, unknown name, broken off. `slow` where the time was over, `garbled` where it was no HTTP."""

    def __init__(self, text: str, *, slow: bool = False, garbled: bool = False) -> None:
        self.slow = slow
        self.garbled = garbled
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and body of an answer."""

    status: int
    body: bytes


def joined(prefix: str, path: str) -> str:
    """`prefix` and `path` with one slash between."""
    return f"{prefix.rstrip('/')}/{path.lstrip('/')}"


def check_address(url: str) -> None:
    """Raises ValueError unless the address is http or https with a host and a possible port."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ValueError(f"not an http or https address: {url}")
    _ = parts.port


def exchange(
    url: str,
    *,
    seconds: float,
    body: bytes | None = None,
    content_type: str = "text/plain; charset=utf-8",
    limit: int = MAX_ANSWER,
    tls: ssl.SSLContext | None = None,
) -> Reply:
    """GET, or POST of `body`; ends within `seconds` (name resolution aside). Raises Unreachable."""
    try:
        check_address(url)
    except ValueError as error:
        raise Unreachable(str(error), garbled=True) from None
    connection = _connection(url, seconds, tls)
    over, sockets = threading.Event(), list[socket.socket]()
    timer = threading.Timer(seconds, _cut, (connection, sockets, over))
    timer.daemon = True
    timer.start()
    try:
        connection.connect()
        sockets.append(connection.sock)  # the connection forgets it while the answer is still read
        reply = _asked(connection, url, body, content_type, limit)
        if over.is_set():
            raise TimeoutError("the time was over before the answer was complete")
        return reply
    except http.client.HTTPException as error:
        raise Unreachable(f"{type(error).__name__}: {error}"[:200], slow=over.is_set(), garbled=True) from None
    except (OSError, ValueError) as error:
        slow = over.is_set() or isinstance(error, TimeoutError)
        raise Unreachable(str(error)[:200] or type(error).__name__, slow=slow) from None
    finally:
        timer.cancel()
        connection.close()


def _connection(url: str, seconds: float, tls: ssl.SSLContext | None) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    assert parts.hostname
    if parts.scheme == "http":
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds)
    context = tls or ssl.create_default_context()
    return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=seconds, context=context)


def _asked(
    connection: http.client.HTTPConnection, url: str, body: bytes | None, content_type: str, limit: int
) -> Reply:
    parts = urlsplit(url)
    target = parts.path or "/"
    if parts.query:
        target += f"?{parts.query}"
    headers = {"User-Agent": _AGENT, "Accept-Encoding": "identity", "Connection": "close"}
    if body is not None:
        headers["Content-Type"] = content_type
    connection.request("GET" if body is None else "POST", target, body=body, headers=headers)
    with connection.getresponse() as response:
        found = response.read(limit + 1)
        if len(found) > limit:
            raise http.client.HTTPException(f"the answer is longer than {limit} bytes")
        if response.length:
            raise OSError("the answer broke off")
        if response.headers.get("Content-Encoding", "identity").lower() == "gzip":
            found = _unzipped(found, limit)  # logs may, without being asked (C2SP tlog-tiles)
        return Reply(response.status, found)


def _unzipped(data: bytes, limit: int) -> bytes:
    unzip = zlib.decompressobj(wbits=31)
    try:
        found = unzip.decompress(data, limit)
    except zlib.error as error:
        raise http.client.HTTPException(f"gzip: {error}") from None
    if not unzip.eof:
        raise http.client.HTTPException(f"the answer is incomplete or longer than {limit} bytes")
    return found


def _cut(connection: http.client.HTTPConnection, sockets: list[socket.socket], over: threading.Event) -> None:
    over.set()
    for sock in (*sockets, connection.sock):
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
