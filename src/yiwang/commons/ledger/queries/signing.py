"""Who signs for a log: its key in the pool, which never leaves it."""

from uuid import UUID

from yiwang.commons.crypto import queries as pool
from yiwang.commons.crypto.contracts import KeyId
from yiwang.commons.ledger.contracts import KeyMissing
from yiwang.commons.ledger.engine import NoteSigner, NoteVerifier
from yiwang.commons.ledger.models import Log
from yiwang.kernel.errors import DomainError

APPLICATION = "ledger"


def note_signer(*, log: Log) -> NoteSigner:
    """Signs the log's notes. Raises KeyMissing, also where the pool has the one no more that the log was opened with."""
    try:
        signer = pool.signer(key_id=KeyId(log.key_id), application=APPLICATION, public=bytes(log.public_key))
    except DomainError as error:
        raise KeyMissing(reason=str(error)) from error
    return NoteSigner(log.origin, signer)


def note_verifier(*, log: Log) -> NoteVerifier:
    """Recognises the log's signatures."""
    return NoteVerifier.of(log.origin, bytes(log.public_key))


def log_signed_by(key_id: UUID, /) -> str:
    """The name of the open log that this key of the pool signs; "" where it signs none."""
    origin: str | None = (
        Log.objects.filter(key_id=key_id, closed_at__isnull=True).values_list("origin", flat=True).first()
    )
    return origin or ""
