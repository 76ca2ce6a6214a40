"""Who signs for a log: its key in the pool, which never leaves it."""

from yiwang.commons.crypto import queries as pool
from yiwang.commons.crypto.contracts import KeyId
from yiwang.commons.ledger.contracts import KeyMissing
from yiwang.commons.ledger.engine import NoteSigner, NoteVerifier
from yiwang.commons.ledger.models import Log
from yiwang.kernel.errors import DomainError

APPLICATION = "ledger"


def note_signer(*, log: Log) -> NoteSigner:
    """Signs the log's notes. Raises KeyMissing, also where the pool's key is not the one that the log was opened with."""
    try:
        signer = pool.signer(key_id=KeyId(log.key_id), application=APPLICATION)
    except DomainError as error:
        raise KeyMissing(reason=str(error)) from error
    if signer.public != bytes(log.public_key):
        raise KeyMissing(reason=str(log.key_id))
    return NoteSigner(log.origin, signer)


def note_verifier(*, log: Log) -> NoteVerifier:
    """Recognises the log's signatures."""
    return NoteVerifier.of(log.origin, bytes(log.public_key))
