"""The guide's answers in the session, encrypted: some are sensitive, and nobody has logged in yet."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from yiwang.kernel.cipher import Undecryptable, cipher
from yiwang.kernel.ids import new_id


def answers_of(request: HttpRequest, key: str) -> dict[str, Any]:
    """What was answered so far in this browser for the bundle `key`, in order."""
    return {**_set_aside(request, key).get("answers", {}), **_stored(request, key).get("answers", {})}


def ticket_of(request: HttpRequest, key: str) -> str | None:
    """The idempotency key of beginning with these answers: one set of answers begins once. None without answers."""
    ticket: str | None = (_stored(request, key) or _set_aside(request, key)).get("ticket")
    return ticket


def keep_answers(request: HttpRequest, key: str, answers: Mapping[str, Any]) -> None:
    """Remember the answers until an application begins or the session ends.

    Answers that can't be read now are set aside: their key may be known again in a moment.
    """
    held = request.session.get(_slot(key))
    if held and not _stored(request, key):
        request.session[_aside(key)] = held
    content = json.dumps({"answers": dict(answers), "ticket": f"guide:{new_id()}"})
    request.session[_slot(key)] = cipher().encrypt(content.encode(), context=_slot(key)).hex()


def forget_answers(request: HttpRequest, key: str) -> None:
    """The guide is over."""
    request.session.pop(_slot(key), None)
    request.session.pop(_aside(key), None)


def _stored(request: HttpRequest, key: str) -> dict[str, Any]:
    return _opened(request.session.get(_slot(key)) or "", key)


def _set_aside(request: HttpRequest, key: str) -> dict[str, Any]:
    return _opened(request.session.get(_aside(key)) or "", key)


def _opened(held: str, key: str) -> dict[str, Any]:
    try:
        content = cipher().decrypt(bytes.fromhex(held), context=_slot(key))
        stored: dict[str, Any] = json.loads(content)
    except (Undecryptable, ValueError):
        return {}
    return stored


def _slot(key: str) -> str:
    return f"guide:{key}"


def _aside(key: str) -> str:
    return f"guide:{key}:aside"
