"""A browser without script: keeps cookies, follows redirects, sends forms and files. Standard library only."""

import copy
import http.client
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from http.cookiejar import CookieJar
from typing import NamedTuple

from yiwang.site.smoke.reading import Element, Form, parse


class SmokeFailed(AssertionError):
    """Something that must hold did not; the text says what, and where. `status`: of the answer, 0 without one."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


class Upload(NamedTuple):
    """A file as it is chosen in a form."""

    filename: str
    media_type: str
    content: bytes


class Page:
    """An answer as it is seen."""

    def __init__(self, url: str, status: int, html: str) -> None:
        self.url, self.status, self.html = url, status, html
        self.tree: Element = parse(html)
        self.path = urllib.parse.urlsplit(url).path

    @property
    def main(self) -> Element:
        """What the page is about, without the shell around it."""
        found = self.tree.first("main")
        return found if found.tag else self.tree

    @property
    def heading(self) -> str:
        return self.tree.first("h1").text

    @property
    def forms(self) -> list[Form]:
        return [Form(each) for each in self.tree.all("form")]

    @property
    def links(self) -> list[tuple[str, str]]:
        """(words, address) of every link of the main part."""
        return [(each.text, each.get("href")) for each in self.main.all("a") if each.get("href")]

    @property
    def mistakes(self) -> list[str]:
        """What the page says is wrong with what was typed."""
        told = [*self.tree.all(css="y-summary"), *self.tree.all(css="y-error")]
        return [each.text for each in told if each.text]

    def form_with(self, *names: str) -> Form:
        """The first form that asks or sends all these names. Raises SmokeFailed."""
        for form in self.forms:
            if set(names) <= {control.name for control in form.controls} | form.values().keys():
                return form
        raise SmokeFailed(f"no form with {', '.join(names)} on {self.url} ({self.status}): {self.heading}")

    def form_to(self, ending: str) -> Form:
        """The form whose action ends so. Raises SmokeFailed."""
        for form in self.forms:
            if form.action.endswith(ending):
                return form
        raise SmokeFailed(f"no form to …{ending} on {self.url} ({self.status}): {self.heading}")

    def link_to(self, beginning: str) -> str:
        """The first address that begins so. Raises SmokeFailed."""
        for _words, address in self.links:
            if address.startswith(beginning):
                return address
        raise SmokeFailed(f"no link to {beginning}… on {self.url} ({self.status}): {self.heading}")

    def must(self, condition: object, reason: str) -> None:
        """Raise SmokeFailed with the page's address unless `condition` holds."""
        if not condition:
            where = f"{self.url} ({self.status}), {self.heading or self.main.text[:120]}"
            raise SmokeFailed(f"{reason} — {where}", self.status)


class Browser:
    """One person's browser."""

    def __init__(self, base: str, *, timeout: float = 90.0) -> None:
        self.base = base
        self.timeout = timeout
        self.cookies = CookieJar()
        self.asked = 0

    def twin(self) -> "Browser":
        """A second tab: the same cookies now, its own later."""
        other = Browser(self.base, timeout=self.timeout)
        for cookie in self.cookies:
            other.cookies.set_cookie(copy.copy(cookie))
        return other

    def get(self, address: str, *, status: int = 200) -> Page:
        """Open an address. Raises SmokeFailed unless the answer has `status`."""
        return self._ask(address, None, {}, status)

    def download(self, address: str) -> bytes:
        """The bytes behind an address. Raises SmokeFailed unless the answer is 200."""
        self.asked += 1
        url = urllib.parse.urljoin(self.base + "/", address)
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )
        try:
            with opener.open(url, timeout=self.timeout) as answer:
                content: bytes = answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                raise SmokeFailed(f"{url} can't be downloaded: {refused.code}", refused.code) from None
        return content

    def send(
        self,
        page: Page,
        form: Form,
        changes: Mapping[str, str | Sequence[str]] | None = None,
        *,
        files: Mapping[str, Upload] | None = None,
        press: tuple[str, str] | None = None,
        status: int | None = 200,
    ) -> Page:
        """Send a form with `changes`, as if the button `press` (name, value) had been used. `status` None: any below 500."""
        values = form.values()
        for name, value in (changes or {}).items():
            values[name] = [value] if isinstance(value, str) else list(value)
        if press:
            values[press[0]] = [press[1]]
        pairs = [(name, value) for name, held in values.items() for value in held]
        target = urllib.parse.urljoin(page.url, form.action or page.url)
        if form.method == "get":
            return self._ask(f"{target.partition('?')[0]}?{urllib.parse.urlencode(pairs)}", None, {}, status)
        if form.element.get("enctype") == "multipart/form-data":
            body, content_type = _multipart(pairs, files or {})
        else:
            body, content_type = urllib.parse.urlencode(pairs).encode(), "application/x-www-form-urlencoded"
        return self._ask(target, body, {"Content-Type": content_type, "Referer": page.url}, status)

    def _ask(self, address: str, body: bytes | None, headers: Mapping[str, str], status: int | None) -> Page:
        self.asked += 1
        url = urllib.parse.urljoin(self.base + "/", address)
        request = urllib.request.Request(url, body, {"Accept-Language": "zh-CN", **headers})  # noqa: S310  our own server
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )
        try:
            with opener.open(request, timeout=self.timeout) as answer:
                page = Page(answer.url, answer.status, _text(answer))
        except urllib.error.HTTPError as refused:
            with refused:
                page = Page(refused.url or url, refused.code, _text(refused))
        wanted = page.status < 500 if status is None else page.status == status
        page.must(
            wanted, f"answer {page.status} instead of {status or 'an answer'}: {page.mistakes or page.main.text[:200]}"
        )
        return page


def _text(answer: "http.client.HTTPResponse | urllib.error.HTTPError") -> str:
    return answer.read().decode("utf-8", "replace")


def _multipart(pairs: Sequence[tuple[str, str]], files: Mapping[str, Upload]) -> tuple[bytes, str]:
    boundary = f"yiwang-{secrets.token_hex(12)}"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in pairs
    ]
    for name, file in files.items():
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file.filename}"\r\n'
            f"Content-Type: {file.media_type}\r\n\r\n"
        )
        parts.append(head.encode() + file.content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
