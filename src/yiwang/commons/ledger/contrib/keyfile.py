"""A log's signing key in a file of the data folder (mode 0600): for an installation whose key pool does not hold it."""

import os
import secrets
from pathlib import Path

from yiwang.commons.crypto.engine import CryptoError, LocalSigner, suite
from yiwang.commons.ledger.contracts import KeyMissing
from yiwang.kernel.settings import settings


def create(suite_name: str) -> str:
    """Make a key and keep it, complete or not at all; the name under which `load` finds it."""
    private = suite(suite_name).new_signing_key()
    name = f"ledger-{suite_name}-{secrets.token_hex(4)}.key"
    path = _folder() / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(private)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)
    _sync(path.parent)
    return name


def load(name: str) -> LocalSigner:
    """The key of that name, ready to sign. Raises KeyMissing."""
    path = _folder() / name
    if path.parent != _folder():
        raise KeyMissing(reason=name)
    try:
        return LocalSigner(path.read_bytes())
    except (OSError, CryptoError) as error:
        raise KeyMissing(reason=f"{name}: {type(error).__name__}") from error


def _folder() -> Path:
    return settings().data_dir / "keys"


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
