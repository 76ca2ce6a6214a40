"""Private keys from files of others and for files of ours: PKCS#8, bare or under a passphrase, and SEC 1.

Only keys of the two suites are accepted: they become Signers. PBES2 (RFC 8018) stands here because the SM4 form
(SM4-CBC, OID 1.2.156.10197.1.104.2) is in no library at hand; PBKDF2 and the ciphers are.
"""

import hashlib
import secrets
from typing import Final

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from yiwang.commons.crypto.engine import KeyRefused, LocalSigner

from . import der
from .certificates import Certificate, from_pem, guarded, to_pem
from .reasons import PkiError

MAX_KEY_FILE = 64 * 1024
MAX_ITERATIONS = 2_000_000
ITERATIONS = 210_000

_SM2: Final = der.sequence(der.oid("1.2.840.10045.2.1"), der.oid("1.2.156.10197.1.301"))
_PBES2, _PBKDF2 = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12"
_SM4_CBC, _AES_256_CBC, _SHA256 = "1.2.156.10197.1.104.2", "2.16.840.1.101.3.4.1.42", "1.2.840.113549.2.9"
_PRFS = {
    "1.2.840.113549.2.7": "sha1",
    _SHA256: "sha256",
    "1.2.840.113549.2.10": "sha384",
    "1.2.840.113549.2.11": "sha512",
    "1.2.156.10197.1.401.2": "sm3",
}
_CIPHERS: dict[str, tuple[type[algorithms.AES | algorithms.SM4], int]] = {
    "2.16.840.1.101.3.4.1.2": (algorithms.AES, 16),
    "2.16.840.1.101.3.4.1.22": (algorithms.AES, 24),
    _AES_256_CBC: (algorithms.AES, 32),
    _SM4_CBC: (algorithms.SM4, 16),
}


def read_private_key(data: bytes, passphrase: bytes | None = None) -> bytes:
    """The key of a PEM or DER file as PKCS#8 DER that a LocalSigner takes. PkiError says why it isn't one.

    PKCS#8 (RFC 5958), the same under PBES2, and SEC 1 for SM2 (`openssl ecparam -genkey -name SM2`).
    """
    if len(data) > MAX_KEY_FILE:
        raise PkiError("too_large", size=len(data), limit=MAX_KEY_FILE)
    if data[:1] != b"\x30":
        blocks = from_pem(data, ["PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY"])
        if len(blocks) != 1:
            raise PkiError("nothing", what="private_key")
        data = blocks[0][1]
    private = guarded("private_key", lambda: _plain(data, passphrase))
    try:
        LocalSigner(private)
    except KeyRefused as error:
        raise PkiError("key_refused", detail=str(error)) from None
    return private


def _plain(data: bytes, passphrase: bytes | None) -> bytes:
    members = der.read(data, limit=MAX_KEY_FILE).expect(der.SEQUENCE).children()
    if members[0].tag == der.SEQUENCE:
        if not passphrase:
            raise PkiError("passphrase")
        return _plain(_unlocked(members, passphrase), None)
    if members[0].integer() == 1 and members[1].tag == der.OCTETS:
        return der.sequence(der.integer(0), _SM2, der.octets(data))
    return data


def _unlocked(members: list[der.Node], passphrase: bytes) -> bytes:
    scheme, parameters = members[0].children()
    if scheme.oid() != _PBES2:
        raise PkiError("key_refused", detail=scheme.oid())
    derivation, encryption = parameters.expect(der.SEQUENCE).children()
    function, settings = derivation.children()
    salt, iterations, *rest = settings.expect(der.SEQUENCE).children()
    prf = next((node.children()[0].oid() for node in rest if node.tag == der.SEQUENCE), "1.2.840.113549.2.7")
    cipher, vector = encryption.children()
    if function.oid() != _PBKDF2 or prf not in _PRFS or cipher.oid() not in _CIPHERS:
        raise PkiError("key_refused", detail=f"{function.oid()} {prf} {cipher.oid()}")
    rounds = iterations.integer()
    if not 1 <= rounds <= MAX_ITERATIONS:
        raise PkiError("too_many", what="PBKDF2", limit=MAX_ITERATIONS)
    algorithm, size = _CIPHERS[cipher.oid()]
    key = hashlib.pbkdf2_hmac(_PRFS[prf], passphrase, salt.expect(der.OCTETS).body, rounds, size)
    opened = Cipher(algorithm(key), modes.CBC(vector.expect(der.OCTETS).body)).decryptor()
    remover = padding.PKCS7(128).unpadder()
    try:
        plain = opened.update(members[1].expect(der.OCTETS).body) + opened.finalize()
        plain = remover.update(plain) + remover.finalize()
        der.read(plain, limit=MAX_KEY_FILE)
    except (ValueError, PkiError):
        raise PkiError("passphrase") from None
    return plain


def private_key_pem(private: bytes, passphrase: bytes | None = None) -> str:
    """PKCS#8 in PEM; with a passphrase under PBES2: SM4-CBC for SM2 keys, else AES-256-CBC; PBKDF2 with HMAC-SHA-256.

    The OpenSSL command line reads both. (It knows no PBKDF2 with HMAC-SM3, which is read here but not written.)
    """
    if not passphrase:
        return to_pem("PRIVATE KEY", private)
    cipher = _SM4_CBC if LocalSigner(private).suite.name == "national" else _AES_256_CBC
    algorithm, size = _CIPHERS[cipher]
    salt, vector = secrets.token_bytes(16), secrets.token_bytes(16)
    key = hashlib.pbkdf2_hmac("sha256", passphrase, salt, ITERATIONS, size)
    adder = padding.PKCS7(128).padder()
    closed = Cipher(algorithm(key), modes.CBC(vector)).encryptor()
    body = closed.update(adder.update(private) + adder.finalize()) + closed.finalize()
    prf = der.sequence(der.oid(_SHA256), der.value(der.NULL))
    derivation = der.sequence(der.oid(_PBKDF2), der.sequence(der.octets(salt), der.integer(ITERATIONS), prf))
    encryption = der.sequence(der.oid(cipher), der.octets(vector))
    scheme = der.sequence(der.oid(_PBES2), der.sequence(derivation, encryption))
    return to_pem("ENCRYPTED PRIVATE KEY", der.sequence(scheme, der.octets(body)))


def key_fits(private: bytes, certificate: Certificate) -> bool:
    """Whether the private key (PKCS#8 DER of a suite) is that of the certificate."""
    try:
        return LocalSigner(private).public == certificate.public_key
    except KeyRefused:
        return False
