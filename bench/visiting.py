"""A visitor who asks the real WSGI application for pages in this process, and a bare one that renders equal bytes."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import override_settings
from django.urls import path

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


@dataclass
class Statements:
    """The SQL of one page view, in order, with its parameters."""

    said: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def repeated(self) -> int:
        """How often the most frequent statement was sent: more than a few means a query in a loop."""
        texts = [text for text, _parameters in self.said]
        return max((texts.count(text) for text in set(texts)), default=0)

    def replay(self) -> None:
        """Send the reads again and fetch their rows, on the bare driver."""
        connection.ensure_connection()
        with connection.connection.cursor() as cursor:
            for text, parameters in self.said:
                if text.startswith(("SELECT", "WITH", "(SELECT")):
                    cursor.execute(text, parameters)
                    cursor.fetchall()


@contextmanager
def recording() -> Iterator[Statements]:
    """Note every statement that Django sends meanwhile."""
    statements = Statements()

    def note(execute: Callable[..., Any], text: str, parameters: Any, many: bool, context: Any) -> Any:
        statements.said.append((text.strip(), parameters))
        return execute(text, parameters, many, context)

    with connection.execute_wrapper(note):
        yield statements


class Visitor:
    """One person with cookies. An answer other than `status` raises AssertionError with its address."""

    def __init__(self, application: Application, session: str = "") -> None:
        self.application = application
        self.cookies: dict[str, str] = {"sessionid": session} if session else {}

    def get(self, address: str, *, status: int = 200) -> bytes:
        """The page's bytes."""
        return self._ask("GET", address, b"", status)

    def post(self, address: str, values: dict[str, str], *, status: int = 302) -> bytes:
        """Send a form; the token is that of the cookie, as script sends it."""
        return self._ask("POST", address, urlencode(values).encode(), status)

    def _ask(self, method: str, address: str, body: bytes, status: int) -> bytes:
        started: list[Any] = []
        answer = self.application(self._environ(method, address, body), lambda *given: started.append(given))
        try:
            content = b"".join(answer)
        finally:
            answer.close()
        line, headers = started[0][:2]
        for name, value in headers:
            if name.lower() == "set-cookie":
                self.cookies.update({key: each.value for key, each in SimpleCookie(value).items()})
        if not line.startswith(str(status)):
            raise AssertionError(f"{method} {address}: {line} instead of {status}")
        return content

    def _environ(self, method: str, address: str, body: bytes) -> dict[str, Any]:
        parts = urlsplit(quote(address, safe="/?=&"))
        return {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": parts.path, "QUERY_STRING": parts.query,
            "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost", "HTTP_ACCEPT_LANGUAGE": "zh-CN", "HTTP_USER_AGENT": "bench",
            "HTTP_X_CSRFTOKEN": self.cookies.get("csrftoken", ""),
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr,
            "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip


_TEMPLATE = "{% for line in lines %}{{ line }}{% endfor %}"
_pages: dict[str, list[str]] = {}


def bare_page(request: HttpRequest, name: str) -> HttpResponse:
    """A template that puts out, escaped and line by line, about as many bytes as the page of that name."""
    return HttpResponse(Template(_TEMPLATE).render(Context({"lines": _pages[name]})))


urlpatterns = [path("<slug:name>", bare_page)]


class _BareRequest(WSGIRequest):
    urlconf = __name__


class _Bare(WSGIHandler):
    request_class = _BareRequest


def bare_application() -> Application:
    """Django without middleware, session, database: what any page costs at least."""
    with override_settings(MIDDLEWARE=[]):
        return _Bare()


def remember(name: str, page: bytes) -> None:
    """Let the bare application answer at `/<name>` with the bytes of this page."""
    plain = page.decode().translate({ord(sign): " " for sign in "<>&\"'"})
    _pages[name] = plain.splitlines(keepends=True)
