"""Ports of notify: the kinds of messages with their words, and the channels that carry a message beyond the site."""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from yiwang.commons.notify.contracts import MessageFaulty, MessageView, Params, Recipient


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message. `title` and `body` are msgids of the registering context with `{param}` fields."""

    key: str
    title: str
    body: str

    @property
    def fields(self) -> frozenset[str]:
        """The parameters that its words need."""
        parsed = (part for text in (self.title, self.body) for part in string.Formatter().parse(text))
        return frozenset(part[1] for part in parsed if part[1])


class Channel(Protocol):
    """Carries messages beyond the site (letters by mail, short messages). A failure is raised and the job tries again.

    `key` is stable: it stands in the jobs. `carry` gets each message at least once, its id is the idempotency key.
    """

    key: str

    def carry(self, message: MessageView, recipient: Recipient) -> None: ...


_kinds: dict[str, Kind] = {}
_channels: dict[str, Channel] = {}


def register_kind(*kinds: Kind) -> None:
    """Let messages of these kinds be sent; a key stands for the same words for ever, as old messages are kept by kind."""
    for kind in kinds:
        known = _kinds.setdefault(kind.key, kind)
        if known != kind:
            raise ValueError(f"two kinds of messages are called {kind.key}")


def kind_of(key: str) -> Kind | None:
    """The kind, None where the context that registered it is no longer installed."""
    return _kinds.get(key)


def check_words(key: str, params: Params) -> None:
    """Raises MessageFaulty where the kind is unknown or its words lack a parameter."""
    kind = kind_of(key)
    if kind is None:
        raise MessageFaulty(reason=f"kind {key}")
    missing = sorted(kind.fields - params.keys())
    if missing:
        raise MessageFaulty(reason=f"{key}: {', '.join(missing)}")


def register_channel(channel: Channel) -> None:
    """Have every message carried by this channel too. None is built in: without one, messages are read on the site."""
    _channels[channel.key] = channel


def channels() -> Mapping[str, Channel]:
    """The channels by key."""
    return _channels


class Gateway(Protocol):
    """Brings a few words to a mobile number (short messages of a carrier, a city's message platform).

    `title` is what a letter would have on top. It raises what makes the job try again; a number it can't reach is no
    failure. It keeps no words: they hold a code.
    """

    def send(self, mobile: str, title: str, words: str) -> None: ...


class Mailer(Protocol):
    """Brings a few words to an e-mail address, as `Gateway` does to a number."""

    def send(self, mail: str, title: str, words: str) -> None: ...


_posts: list[Mailer] = []


def register_post(mailer: Mailer) -> None:
    """Have codes by e-mail go this way; the one registered last goes first."""
    _posts.insert(0, mailer)


def withdraw_post(mailer: Mailer) -> None:
    """Codes go this way no more."""
    _posts.remove(mailer)


def post() -> Mailer | None:
    """The way that codes by e-mail go now; None where nothing is set up."""
    return _posts[0] if _posts else None


_gateways: list[Gateway] = []


def register_gateway(gateway: Gateway) -> None:
    """Have codes go this way; the one registered last goes first."""
    _gateways.insert(0, gateway)


def withdraw_gateway(gateway: Gateway) -> None:
    """Codes go this way no more."""
    _gateways.remove(gateway)


def gateway() -> Gateway | None:
    """The way that codes go now; None where nothing is set up."""
    return _gateways[0] if _gateways else None
