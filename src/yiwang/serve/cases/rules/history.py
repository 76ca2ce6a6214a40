"""The chain of a case's events: each carries the hash of the one before, so that none can be changed unseen."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

GENESIS = bytes(32)


def event_hash(
    *,
    case_id: UUID,
    seq: int,
    kind: str,
    at: datetime,
    actor: Mapping[str, Any],
    from_status: str,
    to_status: str,
    note: str,
    data: Mapping[str, Any],
    nonce: bytes,
    previous: bytes,
) -> bytes:
    """SM3 over the canonical form of the event and the hash before it.

    The hash stands in public evidence. `nonce` is random and stays here: without it, words and ids could be guessed.
    """
    whole = {
        "case": str(case_id),
        "seq": seq,
        "kind": kind,
        "at": at.astimezone(UTC).isoformat(),
        "actor": {key: str(value) for key, value in actor.items() if value},
        "from": from_status,
        "to": to_status,
        "note": note,
        "data": data,
        "nonce": nonce.hex(),
        "previous": previous.hex(),
    }
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.new("sm3", text.encode()).digest()
