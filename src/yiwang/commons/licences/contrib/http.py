"""A department's system over HTTP: POST {type, holder_code} as JSON, answered by {"licences": [...]}.

Bounded in time and size, no redirects, no proxies of the environment; the answer of a stranger is read field by field.
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from http.client import HTTPException
from typing import Any, Final

from yiwang.commons.licences.contracts import Holder, LicenceState, PulledLicence, PullFailed

_MOST_BYTES: Final = 4 * 1024 * 1024
_MOST: Final = 200
_LONGEST: Final = 2000


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """A redirect is a fault: the address was agreed."""


@dataclass(frozen=True, slots=True)
class HttpPuller:
    """`url`: http or https; `token`: sent as a bearer token; `seconds`: for the answer to begin, and again for the whole of it."""

    url: str
    token: str = ""
    seconds: float = 5.0

    def pull(self, type_key: str, holder: Holder, holder_code: str) -> Sequence[PulledLicence]:
        """Ask the department. Raises PullFailed for every way in which it may fail."""
        del holder
        if not self.url.startswith(("http://", "https://")):
            raise PullFailed(reason="地址不是 http 或 https")
        body = json.dumps({"type": type_key, "holder_code": holder_code}).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        asked = urllib.request.Request(self.url, data=body, headers=headers, method="POST")  # noqa: S310  checked above
        opener = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))
        try:
            with opener.open(asked, timeout=self.seconds) as answer:
                data = _all(answer, time.monotonic() + self.seconds)
        except urllib.error.HTTPError as fault:
            raise PullFailed(reason=f"对方返回 {fault.code}") from None
        except (OSError, ValueError, HTTPException) as fault:
            raise PullFailed(reason="没有连上或超时") from fault
        return _read(data)


def _all(answer: Any, until: float) -> bytes:
    """The whole answer, in bounded time however slowly it drips. Raises TimeoutError."""
    found = bytearray()
    while piece := answer.read1(64 * 1024):
        found += piece
        if len(found) > _MOST_BYTES:
            break
        if time.monotonic() > until:
            raise TimeoutError
    return bytes(found)


def _read(data: bytes) -> tuple[PulledLicence, ...]:
    if len(data) > _MOST_BYTES:
        raise PullFailed(reason="返回的内容太大")
    try:
        said = json.loads(data)
        found = said["licences"]
        if not isinstance(found, list) or len(found) > _MOST:
            raise PullFailed(reason="返回的证照太多或格式不对")
        return tuple(_one(each) for each in found)
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError):
        raise PullFailed(reason="返回的内容读不懂") from None


def _one(said: Mapping[str, Any]) -> PulledLicence:
    values = said.get("values", {})
    if not isinstance(values, dict):
        raise TypeError("values")
    found = PulledLicence(
        number=_text(said["number"], 80),
        values={_text(fact, 80): _text(value, _LONGEST) for fact, value in values.items() if value is not None},
        holder_name=_text(said.get("holder_name") or "", 120),
        holder_code=_text(said.get("holder_code") or "", 40),
        valid_from=_day(said.get("valid_from")),
        valid_until=_day(said.get("valid_until")),
        state=LicenceState(said.get("state", LicenceState.IN_FORCE.value)),
    )
    if not found.number or found.state is LicenceState.MAKING:
        raise ValueError(found.number)
    if found.valid_from and found.valid_until and found.valid_until < found.valid_from:
        raise ValueError(found.number)
    return found


def _text(said: Any, longest: int) -> str:
    """Text or a number as text. Raises ValueError, TypeError."""
    if not isinstance(said, str | int | float) or isinstance(said, bool):
        raise TypeError(type(said).__name__)
    text = str(said).strip()
    text.encode()  # a lone surrogate can't be kept
    if len(text) > longest or "\x00" in text:
        raise ValueError("text")
    return text


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)) if text else None
