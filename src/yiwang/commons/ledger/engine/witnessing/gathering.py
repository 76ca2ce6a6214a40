"""Fetches from witnesses the heads that they co-signed, and those that they refused: all at once, in bounded time."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from yiwang.commons.ledger.engine.notes import MAX_NOTE

from .asking import WitnessAddress
from .fetching import MAX_ANSWER, Unreachable, exchange, joined
from .witness import origin_hash

_AT_ONCE: Final = 8
_MAX_REFUSED: Final = 128


@dataclass(frozen=True, slots=True)
class Gathered:
    """From one witness: the note of its latest head (`b""`: none), all notes that it shows, or why it is silent."""

    witness: WitnessAddress
    head: bytes = b""
    notes: tuple[bytes, ...] = ()
    silent: str = ""


def gather(witnesses: Sequence[WitnessAddress], origin: str, *, seconds: float = 5.0) -> list[Gathered]:
    """What each witness shows of the log, in their order; nothing of it is checked."""
    if not witnesses:
        return []
    with ThreadPoolExecutor(min(_AT_ONCE, len(witnesses)), thread_name_prefix="gather") as pool:
        return list(pool.map(lambda one: _from(one, origin, seconds), witnesses))


def _from(witness: WitnessAddress, origin: str, seconds: float) -> Gathered:
    prefix = joined(witness.url, origin_hash(origin))
    try:
        reply = exchange(joined(prefix, "checkpoint"), seconds=seconds, limit=MAX_NOTE)
    except Unreachable as fault:
        return Gathered(witness, silent=str(fault))
    if reply.status != HTTPStatus.OK:
        return Gathered(witness, silent=str(reply.status))
    return Gathered(witness, reply.body, (reply.body, *_refused(prefix, seconds)))


def _refused(prefix: str, seconds: float) -> list[bytes]:
    """The notes that our own kind of witness keeps of heads which it refused; others have none."""
    try:
        reply = exchange(joined(prefix, "refused.json"), seconds=seconds, limit=MAX_ANSWER)
        if reply.status != HTTPStatus.OK:
            return []
        return [str(one["offered"]).encode() for one in json.loads(reply.body)[:_MAX_REFUSED]]
    except (Unreachable, ValueError, TypeError, KeyError, RecursionError):
        return []
