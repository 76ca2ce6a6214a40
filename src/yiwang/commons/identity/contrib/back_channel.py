"""Telling a client system by HTTP that somebody has logged out (OpenID Connect Back-Channel Logout 1.0, 2.5)."""

import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Final

from yiwang.kernel.errors import DomainError
from yiwang.kernel.text import gettext_noop as _

_SECONDS: Final = 5.0
_GOOD: Final = frozenset({200, 202, 204})


class NotTold(DomainError):
    """The client system did not answer as it should; the job tries again."""

    code = "identity.logout_not_told"
    message = _("接入系统没有确认退出通知：{reason}。")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """The address was reviewed; no other is called."""


def tell(url: str, token: str, /) -> None:
    """POST the logout token. Raises NotTold, also for an unknown scheme."""
    if not url.startswith(("http://", "https://")):
        raise NotTold(reason="address")
    body = urllib.parse.urlencode({"logout_token": token}).encode()
    asked = urllib.request.Request(url, data=body, method="POST")  # noqa: S310  checked above
    asked.add_header("Content-Type", "application/x-www-form-urlencoded")
    opener = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))
    try:
        with opener.open(asked, timeout=_SECONDS) as answer:
            answer.read(1024)
            status = answer.status
    except urllib.error.HTTPError as fault:
        raise NotTold(reason=str(fault.code)) from None
    except (OSError, ValueError):
        raise NotTold(reason="no answer") from None
    if status not in _GOOD:
        raise NotTold(reason=str(status))
