"""The guide's answers in the session, encrypted: some are sensitive, and nobody has logged in yet."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from yiwang.kernel.cipher import Undecryptable, cipher
from yiwang.kernel.ids import new_id


def answers_of(request: HttpRequest, key: str) -> dict[str, Any]:
    """What was answered so far in this browser for the bundle `key`, in order."""
    answers: dict[str, Any] = _stored(request, key).get("answers", {})
    return answers


def ticket_of(request: HttpRequest, key: str) -> str | None:
    """The idempotency key of beginning with these answers: one set of answers begins once. None without answers."""
    ticket: str | None = _stored(request, key).get("ticket")
    return ticket


def keep_answers(request: HttpRequest, key: str, answers: Mapping[str, Any]) -> None:
    """Remember the answers until an application begins or the session ends."""
    content = json.dumps({"answers": dict(answers), "ticket": f"guide:{new_id()}"})
    request.session[_slot(key)] = cipher().encrypt(content.encode(), context=_slot(key)).hex()


def forget_answers(request: HttpRequest, key: str) -> None:
    """The guide is over."""
    request.session.pop(_slot(key), None)


def _stored(request: HttpRequest, key: str) -> dict[str, Any]:
    try:
        content = cipher().decrypt(bytes.fromhex(request.session.get(_slot(key)) or ""), context=_slot(key))
        stored: dict[str, Any] = json.loads(content)
    except (Undecryptable, ValueError):
        return {}
    return stored


def _slot(key: str) -> str:
    return f"guide:{key}"
