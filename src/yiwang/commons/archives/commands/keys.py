"""The key that signs packages, in the pool, and the file of public keys with which anybody verifies them."""

from datetime import datetime
from itertools import count
from typing import Final
from uuid import UUID

from yiwang.commons.archives.engine import KEYS, TrustedArchives
from yiwang.commons.crypto import commands as pool_commands
from yiwang.commons.crypto import queries as pool
from yiwang.commons.crypto.contracts import KeyId, KeyNotFound, Purpose
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.settings import settings

APPLICATION: Final = "archives"
KEY: Final = "archives-signing"


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
    del by, at
    found = pool.key_id_of(name=KEY)
    keys: list[tuple[str, bytes]] = []
    for version in count(1) if found is not None else ():
        try:
            keys.append((f"{KEY}-{version}", pool.public_key(key_id=KeyId(found), version=version)))  # type: ignore[arg-type]
        except KeyNotFound:
            break
    target = settings().data_dir / KEYS
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = TrustedArchives.text(keys)
    if not target.exists() or target.read_text() != text:
        fresh = target.with_suffix(".new")
        fresh.write_text(text)
        fresh.replace(target)
    note(SubjectRef("crypto_key", found or UUID(int=0)), keys=len(keys))
    return len(keys)
