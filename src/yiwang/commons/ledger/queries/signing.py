"""Who signs for a log: the holder of its private key, wherever that is."""

from functools import lru_cache
from uuid import UUID

from yiwang.commons.crypto.engine import Signer
from yiwang.commons.ledger.contracts import KeyMissing
from yiwang.commons.ledger.contrib import keyfile
from yiwang.commons.ledger.engine import NoteSigner, NoteVerifier
from yiwang.commons.ledger.models import Log
from yiwang.kernel.errors import DomainError

APPLICATION = "ledger"


def signer_at(*, place: str) -> Signer:
    """The signer of a key place: `file:NAME` in the data folder, `pool:ID` in the key pool. Raises KeyMissing."""
    kind, _, name = place.partition(":")
    if kind == "file":
        return _from_file(name)
    if kind == "pool":
        return _from_pool(name)
    raise KeyMissing(reason=place)


def _from_pool(name: str) -> Signer:
    from yiwang.commons.crypto import queries as pool
    from yiwang.commons.crypto.contracts import KeyId

    try:
        return pool.signer(key_id=KeyId(UUID(name)), application=APPLICATION)
    except (ValueError, DomainError) as error:
        raise KeyMissing(reason=f"{name}: {error}") from error


@lru_cache(maxsize=8)
def _from_file(name: str) -> Signer:
    return keyfile.load(name)


def note_signer(*, log: Log) -> NoteSigner:
    """Signs the log's notes. Raises KeyMissing, also where the key found is not the log's."""
    signer = signer_at(place=log.key)
    if signer.public != bytes(log.public_key):
        raise KeyMissing(reason=log.key)
    return NoteSigner(log.origin, signer)


def note_verifier(*, log: Log) -> NoteVerifier:
    """Recognises the log's signatures."""
    return NoteVerifier.of(log.origin, bytes(log.public_key))
