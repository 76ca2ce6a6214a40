"""Fills the kernel's port of field encryption with keys of the pool."""

import logging

from yiwang.commons.crypto import rules
from yiwang.commons.crypto.contracts import KeyDamaged, MasterKeyMissing
from yiwang.commons.crypto.contrib.master_files import MasterFiles
from yiwang.commons.crypto.engine import Damaged
from yiwang.commons.crypto.queries.keyring import RING, View
from yiwang.kernel.cipher import MASTER, LocalCipher, Undecryptable
from yiwang.kernel.errors import Unavailable
from yiwang.kernel.settings import kept_secret, settings

_LEAST = rules.HEAD + 12 + 16  # nonce and tag
_LOCAL = bytes([rules.LOCAL_FORMAT])
logger = logging.getLogger(__name__)


def _view() -> View:
    """Where master keys lie is for operators: they find it in the log, whoever looks at a page is told to come back."""
    try:
        return RING.view()
    except (MasterKeyMissing, KeyDamaged) as error:
        logger.error("%s %s", error, error.advice())  # noqa: TRY400  the sentence says all
        raise Unavailable from error


class PoolCipher:
    """Encrypts fields by the pool's keys; until these are established, and for what was written then, by the local key.

    A process that has known the pool never goes back to the local key: where the pool is gone it refuses to go on.
    """

    def __init__(self) -> None:
        self._local: LocalCipher | None = None
        self._former: dict[bytes, LocalCipher] = {}

    def _locally(self) -> LocalCipher:
        if self._local is None:
            self._local = LocalCipher(kept_secret(settings().data_dir / "keys" / MASTER))
        return self._local

    def _that_sealed(self, stored: bytes) -> LocalCipher:
        """The local key that the value names, under whatever name its file was restored; none is made here."""
        name = stored[2:6]
        if name not in self._former:
            files = MasterFiles(lambda: settings().data_dir / "keys")
            self._former = {each.key_id: each for each in map(LocalCipher, files.secrets().values())}
        if name not in self._former:
            raise Undecryptable("the key of this value is not here")
        return self._former[name]

    def encrypt(self, plain: bytes, *, context: str) -> bytes:
        key = _view().writer
        if key is None:
            return self._locally().encrypt(plain, context=context)
        next(key.seals)
        return key.head + key.sealer.seal(plain, key.place(context))

    def decrypt(self, stored: bytes, *, context: str) -> bytes:
        if stored[:1] == _LOCAL:
            return self._that_sealed(stored).decrypt(stored, context=context)
        if len(stored) < _LEAST or stored[0] != rules.FORMAT:
            raise Undecryptable("unknown format")
        _view()
        key = RING.reader(stored[2 : rules.HEAD])
        if key is None or stored[: rules.HEAD] != key.head:
            raise Undecryptable("the key of this value is not here")
        next(key.opens)
        try:
            return key.sealer.open(stored[rules.HEAD :], key.place(context))
        except Damaged:
            raise Undecryptable("the value was changed") from None

    def keyed_hash(self, value: bytes, *, purpose: str) -> bytes:
        keys = _view().lookups
        return keys[0].hash(value, purpose) if keys else self._locally().keyed_hash(value, purpose=purpose)

    def keyed_hashes(self, value: bytes, *, purpose: str) -> tuple[bytes, ...]:
        keys = _view().lookups
        if not keys:
            return self._locally().keyed_hashes(value, purpose=purpose)
        return tuple(key.hash(value, purpose) for key in keys)
