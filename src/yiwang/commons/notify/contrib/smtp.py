"""Codes by mail, through the operator's own mail server: for counties that have a mail-to-SMS gateway or none yet.

Many carriers' gateways in county offices accept a letter to `<number>@<gateway>`; the template of the address is a setting.
"""

import smtplib
import ssl
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from yiwang.commons.notify.contracts import MessageFaulty

_SECONDS = 10


@dataclass(frozen=True, slots=True)
class MailGateway:
    """`url`: smtp://, smtp+tls:// (STARTTLS) or smtps://user:password@host:port?from=…&to={mobile}@gateway.example."""

    url: str

    def send(self, mobile: str, title: str, words: str) -> None:
        """Raises MessageFaulty for a wrong setting, OSError and smtplib.SMTPException for what may pass (the job tries again)."""
        parts, sender, pattern = _read(self.url, "YIWANG_CODES_SMTP")
        if "{mobile}" not in pattern:
            raise MessageFaulty(reason="YIWANG_CODES_SMTP")
        if not mobile.isascii() or not mobile.isdigit():  # nothing but digits gets into a header
            raise MessageFaulty(reason="mobile")
        _deliver(parts, _letter(sender, pattern.format(mobile=mobile), title, words))


@dataclass(frozen=True, slots=True)
class Post:
    """`url`: smtp://, smtp+tls:// (STARTTLS) or smtps://user:password@host:port?from=…; letters go to the address itself."""

    url: str

    def send(self, mail: str, title: str, words: str) -> None:
        """Raises as MailGateway.send; MessageFaulty also for an address that is none (nothing else gets into a header)."""
        parts, sender, _pattern = _read(self.url, "YIWANG_MAIL_SMTP")
        try:
            letter = _letter(sender, mail, title, words)
        except (HeaderParseError, ValueError, IndexError):
            raise MessageFaulty(reason="mail") from None
        _deliver(parts, letter)


def _read(url: str, setting: str) -> tuple[SplitResult, str, str]:
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    sender = asked.get("from", [""])[0]
    if parts.scheme not in {"smtp", "smtp+tls", "smtps"} or not parts.hostname or not sender:
        raise MessageFaulty(reason=setting)
    return parts, sender, asked.get("to", [""])[0]


def _letter(sender: str, to: str, title: str, words: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = Address(addr_spec=sender)
    letter["To"] = Address(addr_spec=to)
    letter["Subject"] = title
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(words)
    return letter


def _deliver(parts: SplitResult, letter: EmailMessage) -> None:
    assert parts.hostname is not None  # `_read` has looked
    context = ssl.create_default_context()
    port = parts.port or (465 if parts.scheme == "smtps" else 25)
    made = (
        smtplib.SMTP_SSL(parts.hostname, port, timeout=_SECONDS, context=context)
        if parts.scheme == "smtps"
        else smtplib.SMTP(parts.hostname, port, timeout=_SECONDS)
    )
    with made as server:
        if parts.scheme == "smtp+tls":
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(letter)
