"""A small HTTP/1.1 server for services that strangers reach: every size, number and time is bounded.

One thread answers all requests in turn, so that a handler needs no locks and its memory is that of one request.
"""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked; `path` without query, as sent."""

    method: str
    path: str
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say to it."""

    status: int
    body: bytes
    content_type: str = TEXT


Handler = Callable[[Request], Answer]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of head and body, connections at once, seconds for one request to arrive or leave, requests a connection."""

    head: int = 8 * 1024
    body: int = 128 * 1024
    connections: int = 64
    seconds: float = 10.0
    requests: int = 1000


class _Refused(Exception):
    """The request can't be read; the connection ends after the answer."""

    def __init__(self, status: HTTPStatus) -> None:
        self.status = status
        super().__init__(status.phrase)


class Server:
    """Answers by `handler` until `stop`. `port` 0 takes a free one; see `.port` after `started`."""

    def __init__(
        self, handler: Handler, *, host: str, port: int, limits: Limits = Limits(), tls: ssl.SSLContext | None = None
    ) -> None:
        self.port = port
        self._handler = handler
        self._host = host
        self._limits = limits
        self._tls = tls
        self._open = 0
        self._stopping: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turns = ThreadPoolExecutor(max_workers=1, thread_name_prefix="answers")

    async def run(self, started: Callable[[], None] = lambda: None) -> None:
        """Listen until `stop` is called. Raises OSError where the address can't be taken."""
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        timeout = self._limits.seconds if self._tls else None
        server = await asyncio.start_server(
            self._connected,
            self._host,
            self.port,
            limit=self._limits.head,
            ssl=self._tls,
            ssl_handshake_timeout=timeout,
        )
        self.port = server.sockets[0].getsockname()[1]
        started()
        try:
            await self._stopping.wait()
        finally:
            server.close()
            self._turns.shutdown(wait=True)

    def stop(self) -> None:
        """End `run`, from any thread."""
        if self._loop and self._stopping:
            with suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._stopping.set)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._open >= self._limits.connections:
            await self._finish(writer, HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self._open += 1
        try:
            for _ in range(self._limits.requests):
                if not await self._exchange(reader, writer):
                    break
        except _Refused as refused:
            await self._finish(writer, refused.status)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            pass
        finally:
            self._open -= 1
            writer.close()

    async def _finish(self, writer: asyncio.StreamWriter, status: HTTPStatus) -> None:
        with suppress(OSError, TimeoutError):
            await self._write(writer, Answer(status, f"{status.phrase}\n".encode()), keep=False)
        writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether another may follow on the connection."""
        async with asyncio.timeout(self._limits.seconds):
            request, keep = await self._read(reader, writer)
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._turns, self._handler, request)
        await self._write(writer, answer, keep=keep, empty=request.method == "HEAD")
        return keep

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[Request, bool]:
        try:
            raw = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            raise _Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE) from None
        method, path, version, fields = _head(raw)
        if "transfer-encoding" in fields:
            raise _Refused(HTTPStatus.NOT_IMPLEMENTED)
        length = _length(fields.get("content-length", "0"))
        if length > self._limits.body:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if fields.get("expect", "").lower() == "100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await reader.readexactly(length)
        keep = version == "HTTP/1.1" and fields.get("connection", "").lower() != "close"
        return Request(method, path.partition("?")[0], body), keep

    async def _write(self, writer: asyncio.StreamWriter, answer: Answer, *, keep: bool, empty: bool = False) -> None:
        status = HTTPStatus(answer.status)
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {answer.content_type}\r\n"
            f"Content-Length: {len(answer.body)}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
            f"Connection: {'keep-alive' if keep else 'close'}\r\n\r\n"
        )
        writer.write(head.encode() + (b"" if empty else answer.body))
        async with asyncio.timeout(self._limits.seconds):
            await writer.drain()


def _head(raw: bytes) -> tuple[str, str, str, dict[str, str]]:
    try:
        first, *lines = raw.decode("ascii").removesuffix("\r\n\r\n").split("\r\n")
        method, path, version = first.split(" ")
    except ValueError:
        raise _Refused(HTTPStatus.BAD_REQUEST) from None
    if version not in {"HTTP/1.0", "HTTP/1.1"} or not path.startswith("/"):
        raise _Refused(HTTPStatus.BAD_REQUEST)
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or not name or name != name.strip() or (name == "content-length" and name in fields):
            raise _Refused(HTTPStatus.BAD_REQUEST)
        fields[name] = value.strip()
    return method, path, version, fields


def _length(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise _Refused(HTTPStatus.BAD_REQUEST)
    return int(text)


@contextmanager
def serving(handler: Handler, *, limits: Limits = Limits(), tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server on this machine in a thread of its own, for the length of the block; gives its address."""
    host = "127.0.0.1"
    server = Server(handler, host=host, port=0, limits=limits, tls=tls)
    started = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(server.run(started.set)), daemon=True)
    thread.start()
    if not started.wait(10):
        raise OSError("the server did not start")
    try:
        yield f"{'https' if tls else 'http'}://{host}:{server.port}"
    finally:
        server.stop()
        thread.join(10)
