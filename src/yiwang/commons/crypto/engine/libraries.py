"""Which library computes what in this process: for the operator, the assessment, and whoever doubts a figure."""

import platform
import ssl
from dataclasses import dataclass

import cryptography
from cryptography.hazmat.backends.openssl.backend import backend

from yiwang.commons.crypto.engine import libcrypto, sm2, sm3

_OWN_SM2_CODE = 0x30200000
"""OpenSSL 3.2.0, the first with arithmetic of its own for SM2 on ARM64 (and, by its source, RISC-V)."""
_OWN_SM2_MACHINES = {"aarch64", "arm64", "riscv64"}


@dataclass(frozen=True, slots=True)
class Library:
    """`caution` says what its users should know, empty where nothing is known."""

    name: str
    version: str
    computes: tuple[str, ...]
    caution: str = ""


def libraries() -> tuple[Library, ...]:
    """The libraries in use, in the order signature, hash, cipher. Raises Unavailable where SM2 is missing."""
    found = sm2.provider()
    system = isinstance(found, libcrypto.LibCrypto)
    by_system, by_package = ["sha256", "hmac-sha256"], ["sm4-gcm", "aes-256-gcm", "ed25519"]
    (by_system if sm3.BY_SYSTEM else by_package).extend(("sm3", "hmac-sm3"))
    bundled = f"{cryptography.__version__} ({backend.openssl_version_text()})"
    return (
        Library("OpenSSL" if system else "GmSSL", found.version, ("sm2-sm3", "sm2-encryption"), _caution(found)),
        Library("hashlib", ssl.OPENSSL_VERSION, tuple(by_system)),
        Library("cryptography", bundled, tuple(by_package)),
    )


def _caution(provider: sm2.Provider) -> str:
    if not isinstance(provider, libcrypto.LibCrypto):
        return "GmSSL's arithmetic was not examined for constant time here"
    if provider.number >= _OWN_SM2_CODE and platform.machine().lower() in _OWN_SM2_MACHINES:
        return "this OpenSSL branches on secret numbers of SM2 on this processor (openssl/openssl#31133)"
    return ""
