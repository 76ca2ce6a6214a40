"""Double certificates of the national suite: one to sign, one to encrypt, for the same holder (GM/T 0015, GM/T 0034).

The authority's key centre makes the encryption key, keeps a copy for recovery, and hands it over in an envelope for the
signing key (SM2EnvelopedKey, GM/T 0009-2012 7.4, GB/T 35276).
"""

import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from yiwang.commons.crypto.engine import Damaged, KeyRefused, LocalSigner, curve, sm2

from . import der
from .certificates import Certificate, guarded
from .reasons import PkiError, Reason
from .verdicts import Verdict

MAX_ENVELOPE = 1024
_SM4_ECB = "1.2.156.10197.1.104.1"
_CIPHERS = {_SM4_ECB, "1.2.156.10197.1.104", "1.2.156.10197.1.104.0"}  # authorities write all three


def check_pair(signing: Certificate, encryption: Certificate) -> Verdict:
    """Whether two certificates are the halves of one double certificate. Neither is checked for validity here."""
    faults = [
        detail
        for detail, wrong in (
            ("SM2", {signing.suite, encryption.suite} != {"national"}),
            ("subject", signing.subject_name != encryption.subject_name),
            ("issuer", signing.issuer_name != encryption.issuer_name),
            ("digitalSignature", signing.role != "signing"),
            ("keyEncipherment", encryption.role != "encryption"),
            ("public key", signing.public_key == encryption.public_key),
        )
        if wrong
    ]
    reasons = tuple(Reason("pair", {"detail": detail}, encryption.subject) for detail in faults)
    return Verdict(valid=not reasons, reasons=reasons, chain=(signing, encryption))


def open_enveloped_key(envelope: bytes, signing_private: bytes) -> bytes:
    """The encryption key (PKCS#8 DER) out of an SM2EnvelopedKey, by the signing key. PkiError where it does not open."""
    top = der.read(envelope, limit=MAX_ENVELOPE)
    try:
        holder = sm2.SigningKey(signing_private)
    except KeyRefused as error:
        raise PkiError("key_refused", detail=str(error)) from None
    return guarded("private_key", lambda: _opened(top, holder))


def _opened(top: der.Node, holder: sm2.SigningKey) -> bytes:
    algorithm, wrapped, point, body = top.expect(der.SEQUENCE).children()
    cipher = algorithm.expect(der.SEQUENCE).children()[0].oid()
    if cipher not in _CIPHERS:
        raise PkiError("key_refused", detail=cipher)
    try:
        opened = _ecb(holder.decrypt(wrapped.whole)).decryptor()
    except (Damaged, ValueError):  # ValueError: no key of SM4
        raise PkiError("key_refused", detail="not sealed for this signing key") from None
    scalar = (opened.update(body.bits()) + opened.finalize())[
        -32:
    ]  # some pad it to 64 octets as devices do (GM/T 0018)
    raw = point.bits()
    if len(raw) != 65:
        raise PkiError("key_refused", detail="SM2")
    private = curve.private_der(scalar, raw[1:])
    try:
        LocalSigner(private)
    except KeyRefused as error:
        raise PkiError("key_refused", detail=str(error)) from None
    return private


def envelop_key(private: bytes, signing_public: bytes) -> bytes:
    """An SM2EnvelopedKey of the encryption key (PKCS#8 DER) for the holder of the signing key."""
    scalar, _ = curve.scalar_of(private)
    key = secrets.token_bytes(16)
    closed = _ecb(key).encryptor()
    return der.sequence(
        der.sequence(der.oid(_SM4_ECB)),
        sm2.VerifyingKey(signing_public).encrypt(key),
        der.bits(b"\x04" + curve.point_of(LocalSigner(private).public)),
        der.bits(closed.update(scalar) + closed.finalize()),
    )


def _ecb(key: bytes) -> Cipher[modes.ECB]:
    # The standard says ECB; the key is used once, for two blocks of randomness.
    return Cipher(algorithms.SM4(key), modes.ECB())  # noqa: S305
