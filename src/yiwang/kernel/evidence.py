"""What the administration did leaves a statement in the same transaction; the ledger makes it checkable.

Statements hold public facts and salted hashes, never personal data (DESIGN: one ledger).
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.command import current, keep
from yiwang.kernel.models import EvidenceRow

Fact = str | int | bool | None | list[str]


def record(kind: str, subject: SubjectRef, statement: Mapping[str, Fact]) -> None:
    """Leave evidence of a legal step (`case.accepted`) about `subject` in the running command."""
    run = current()
    whole = {
        "kind": kind,
        "subject": str(subject),
        "at": run.at.isoformat(),
        "organisation": str(run.actor.organisation_id or ""),
        "facts": dict(statement),
    }
    row = EvidenceRow(
        at=run.at,
        kind=kind,
        subject_kind=subject.kind,
        subject_id=subject.id,
        statement=whole,
        run=run.id,
        digest=digest_of(canonical(whole)),
    )
    keep(row)


def canonical(value: Any) -> bytes:
    """The one byte form of a statement: sorted keys, no spaces, UTF-8 (RFC 8785 for the types used here)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(data: bytes) -> bytes:
    """What a row keeps beside its statement: SM3 of the canonical bytes."""
    return hashlib.new("sm3", data).digest()


def salted_hash(value: str | bytes, salt: bytes | None = None) -> str:
    """`salt:digest` in hex (HMAC-SM3): ties a random identifier to a statement without naming it.

    The salt stands in the public statement: a value that can be guessed (a name, an ID number) needs a secret one.
    """
    salt = salt or secrets.token_bytes(16)
    raw = value.encode() if isinstance(value, str) else value
    return f"{salt.hex()}:{hmac.new(salt, raw, 'sm3').hexdigest()}"
