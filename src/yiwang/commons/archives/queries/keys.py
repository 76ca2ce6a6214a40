"""The public keys with which this installation's packages are verified: all versions of its signing key."""

from itertools import count
from typing import Final

from yiwang.commons.archives.engine import TrustedArchives
from yiwang.commons.crypto import queries as pool
from yiwang.commons.crypto.contracts import KeyId, KeyNotFound
from yiwang.kernel.actor import Actor

SIGNING_KEY: Final = "archives-signing"
"""Its name in the pool."""


def trusted_keys(*, viewer: Actor) -> TrustedArchives:
    """The keys that the pool holds, by name and version; none before the first package. One query a version, and one."""
    del viewer
    keys: dict[bytes, str] = {}
    found = pool.key_id_of(name=SIGNING_KEY)
    if found is None:
        return TrustedArchives(keys)
    for version in count(1):
        try:
            key = pool.public_key(key_id=KeyId(found), version=version)
        except KeyNotFound:
            break
        keys[key] = f"{SIGNING_KEY}-{version}"
    return TrustedArchives(keys)
