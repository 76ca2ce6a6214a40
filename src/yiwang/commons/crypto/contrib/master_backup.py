"""A backup of master keys in one text file under a passphrase, to be kept apart from the records."""

import hashlib
import json
import secrets
from collections.abc import Mapping

from yiwang.commons.crypto.contracts import MasterBackupRefused, PassphraseTooShort
from yiwang.commons.crypto.contrib.master_files import SIZE, fingerprint
from yiwang.commons.crypto.engine import CryptoError, suite

FORMAT = "yiwang-master-backup/1"
LEAST = 12
_COST, _BLOCK, _MEMORY = 2**15, 8, 64 * 1024 * 1024
"""scrypt (RFC 7914): a tenth of a second and 32 MB a guess."""
_LARGEST = 100_000


def sealed_backup(masters: Mapping[str, bytes], passphrase: str, suite_name: str) -> str:
    """Master keys by fingerprint, readable with the passphrase alone. Raises PassphraseTooShort."""
    if len(passphrase) < LEAST:
        raise PassphraseTooShort(least=LEAST)
    salt = secrets.token_bytes(16)
    chosen = suite(suite_name)
    key = _key(passphrase, salt)[: chosen.key_size]
    sealed = {name: chosen.seal(key, content, _place(name)).hex() for name, content in masters.items()}
    told = {"format": FORMAT, "suite": suite_name, "kdf": "scrypt", "salt": salt.hex(), "masters": sealed}
    return json.dumps(told, indent=1) + "\n"


def opened_backup(text: str, passphrase: str) -> dict[str, bytes]:
    """The master keys by fingerprint. Raises MasterBackupRefused."""
    try:
        if len(text) > _LARGEST:
            raise MasterBackupRefused
        told = json.loads(text)
        if told["format"] != FORMAT or told["kdf"] != "scrypt":
            raise MasterBackupRefused
        chosen = suite(told["suite"])
        key = _key(passphrase, bytes.fromhex(told["salt"]))[: chosen.key_size]
        opened = {
            str(name): chosen.open(key, bytes.fromhex(sealed), _place(name)) for name, sealed in told["masters"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, CryptoError):
        raise MasterBackupRefused from None
    if any(len(content) != SIZE or fingerprint(content) != name for name, content in opened.items()):
        raise MasterBackupRefused
    return opened


def _key(passphrase: str, salt: bytes) -> bytes:
    return hashlib.scrypt(passphrase.encode(), salt=salt, n=_COST, r=_BLOCK, p=1, maxmem=_MEMORY, dklen=32)


def _place(name: str) -> bytes:
    return f"{FORMAT}:{name}".encode()
