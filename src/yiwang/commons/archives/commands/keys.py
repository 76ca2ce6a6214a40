"""The key that signs packages, in the pool, and the file of public keys with which anybody verifies them."""

import os
from datetime import datetime
from typing import Final
from uuid import UUID

from yiwang.commons.archives.engine import KEYS, TrustedArchives
from yiwang.commons.archives.queries.keys import SIGNING_KEY, trusted_keys
from yiwang.commons.crypto import commands as pool_commands
from yiwang.commons.crypto import queries as pool
from yiwang.commons.crypto.contracts import KeyId, Purpose
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.settings import settings

APPLICATION: Final = "archives"
KEY: Final = SIGNING_KEY


@command("archives.ensure_key")
def ensure_key(*, by: Actor, at: datetime) -> UUID:
    """The signing key of archives in the pool; made where there is none."""
    found = pool.key_id_of(name=KEY)
    if found is None:
        made = pool_commands.create_key(
            name=KEY, owner="archives", purpose=Purpose.SIGNING, application=APPLICATION, by=by, at=at
        )
        found = KeyId(made)
    note(SubjectRef("crypto_key", found), name=KEY)
    return found


@command("archives.write_trusted_keys")
def write_trusted_keys(*, by: Actor, at: datetime) -> int:
    """Write the public keys of all versions to `archives/trusted-keys.txt` of the data folder; how many there are."""
    del at
    trusted = trusted_keys(viewer=by)
    target = settings().data_dir / KEYS
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = TrustedArchives.text((name, key) for key, name in trusted.keys.items())
    if not target.exists() or target.read_text() != text:
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        fresh.write_text(text)
        fresh.replace(target)
    note(SubjectRef("crypto_key", pool.key_id_of(name=KEY) or UUID(int=0)), keys=len(trusted.keys))
    return len(trusted.keys)
