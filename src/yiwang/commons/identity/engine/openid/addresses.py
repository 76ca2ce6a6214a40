"""Addresses of client systems: which may be registered, and whether a given one is registered (RFC 9700, 4.1)."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

from yiwang.kernel.text import gettext_noop as _

LONGEST: Final = 500
_NEVER: Final = frozenset('"<>\\^`{|}\x7f')
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def faults_of(uri: str, /, *, app: bool = False) -> str:
    """What is wrong with an address as a message key, "" where nothing is: https, or http on the own machine.

    `app`: a scheme of its own in reverse-domain form too (RFC 8252, 7.1).
    """
    if not uri or len(uri) > LONGEST or not uri.isascii() or any(each <= " " or each in _NEVER for each in uri):
        return _("请填写完整的网址，不含空格和中文，最多 500 个字符。")
    try:
        parts = urlsplit(uri)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return _("网址写法不对。")
    dots = "/../" in f"{parts.path}/" or "/./" in f"{parts.path}/" or "%2e" in uri.lower()
    web = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    own = app and "." in parts.scheme
    wrong = (
        ("#" in uri, _("网址不能带 # 号。")),
        ("*" in uri, _("网址不能用通配符，每个地址都要写全。")),
        ("@" in parts.netloc, _("网址里不能有用户名和密码。")),
        (dots, _("网址里不能有 . 或 .. 路径。")),
        (web and not host, _("网址写法不对。")),
        (not web and not own, _("网址须以 https:// 开头（本机调试可以用 http://127.0.0.1）。")),
    )
    return next((words for is_wrong, words in wrong if is_wrong), "")


def is_registered(uri: str, known: Iterable[str], /) -> bool:
    """Character by character; only the port of 127.0.0.1 and [::1] is free, for apps that listen there (RFC 8252, 7.3)."""
    for each in known:
        if hmac.compare_digest(uri.encode(), each.encode()):
            return True
        if each.startswith(("http://127.0.0.1", "http://[::1]")) and _without_port(uri) == _without_port(each) != "":
            return True
    return False


def _without_port(uri: str) -> str:
    """Empty where the address is not exactly scheme, loopback literal, port, path and query."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return ""
    host = f"[{parts.hostname}]" if parts.hostname == "::1" else parts.hostname
    netloc = f"{host}:{port}" if port is not None else host
    if host not in {"127.0.0.1", "[::1]"} or parts.netloc != netloc:
        return ""
    return uri.replace(parts.netloc, str(host), 1)


def with_parameters(uri: str, more: Mapping[str, str], /) -> str:
    """The address with parameters added to its query."""
    return f"{uri}{'&' if urlsplit(uri).query else '?'}{urlencode(more)}"


def pairwise_subject(account: str, sector: str, salt: bytes, /) -> str:
    """A subject that only one sector knows (OpenID Connect Core 1.0, 8.1): two systems can't compare whom they saw."""
    return hmac.new(salt, f"{len(sector)}:{sector}{account}".encode(), hashlib.sha256).hexdigest()
