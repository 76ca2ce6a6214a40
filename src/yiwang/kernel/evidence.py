"""What the administration did leaves a statement in the same transaction; the ledger makes it checkable.

Statements hold public facts and salted hashes, never personal data (DESIGN: one ledger). A hash whose salt stands beside it
hides only what nobody can guess: a random identifier. What can be counted or guessed is hashed under a salt that stays here.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any, Final

from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.command import current, keep
from yiwang.kernel.models import EvidenceRow

Fact = str | int | bool | None | list[str]
LONGEST: Final = 65_535
"""Bytes of a statement: the length of a log's entry is written in two."""


def record(kind: str, subject: SubjectRef, statement: Mapping[str, Fact]) -> None:
    """Leave evidence of a legal step (`case.accepted`) about `subject` in the running command.

    Raises ValueError for a statement of more than `LONGEST` bytes: the log could not take it.
    """
    run = current()
    whole = {
        "kind": kind,
        "subject": str(subject),
        "at": run.at.isoformat(),
        "organisation": str(run.actor.organisation_id or ""),
        "facts": dict(statement),
    }
    data = canonical(whole)
    if len(data) > LONGEST:
        raise ValueError(f"{kind}: a statement of {len(data)} bytes; record a digest of what is so long")
    row = EvidenceRow(
        at=run.at,
        kind=kind,
        subject_kind=subject.kind,
        subject_id=subject.id,
        statement=whole,
        run=run.id,
        digest=digest_of(data),
    )
    keep(row)


def canonical(value: Any) -> bytes:
    """The one byte form of a statement: sorted keys, no spaces, UTF-8 (RFC 8785 for the types used here)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(data: bytes) -> bytes:
    """What a row keeps beside its statement: SM3 of the canonical bytes."""
    return hashlib.new("sm3", data).digest()


def salted_hash(identifier: str) -> str:
    """`salt:digest` in hex (HMAC-SM3): ties a random identifier to a statement without naming it.

    The salt stands in the public statement, so whatever can be guessed (a name, a licence number) needs `hidden_hash`.
    """
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{hidden_hash(identifier, salt)}"


def new_salt() -> bytes:
    """A salt for `hidden_hash`: 16 random bytes, to be kept beside the value and never published."""
    return secrets.token_bytes(16)


def hidden_hash(value: str, salt: bytes) -> str:
    """HMAC-SM3 in hex under a salt that is kept: whoever is shown value and salt can check it, nobody else can guess it."""
    return hmac.new(salt, value.encode(), "sm3").hexdigest()
