"""Which public keys and signature algorithms are accepted in certificates, and the check of one signature.

SM2 (GM/T 0003 with the default ID, GB/T 32918.2) and Ed25519 through the suites, RSA and ECDSA of imported
international certificates through `cryptography`. What a key may cost is bounded before it is used.
"""

from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from yiwang.commons.crypto.engine import suite

from . import der
from .reasons import PkiError, Reason

SM2_SM3 = "1.2.156.10197.1.501"
ED25519 = "1.3.101.112"
RSA_PSS = "1.2.840.113549.1.1.10"
RSA_BITS = range(2048, 8193)
MAX_KEY = 4096  # octets of a SubjectPublicKeyInfo

_SM2_CURVE, _EC_KEY, _RSA_KEY = "1.2.156.10197.1.301", "1.2.840.10045.2.1", "1.2.840.113549.1.1.1"
_CURVES = {"1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384", "1.3.132.0.35": "P-521"}
_RSA = {
    "1.2.840.113549.1.1.11": ("rsa-sha256", hashes.SHA256()),
    "1.2.840.113549.1.1.12": ("rsa-sha384", hashes.SHA384()),
    "1.2.840.113549.1.1.13": ("rsa-sha512", hashes.SHA512()),
}
_ECDSA = {
    "1.2.840.10045.4.3.2": ("ecdsa-sha256", hashes.SHA256()),
    "1.2.840.10045.4.3.3": ("ecdsa-sha384", hashes.SHA384()),
    "1.2.840.10045.4.3.4": ("ecdsa-sha512", hashes.SHA512()),
}
_WEAK = {
    "1.2.840.113549.1.1.2": "rsa-md2",
    "1.2.840.113549.1.1.4": "rsa-md5",
    "1.2.840.113549.1.1.5": "rsa-sha1",
    "1.2.840.10045.4.1": "ecdsa-sha1",
    "1.2.840.10040.4.3": "dsa-sha1",
}
_STRONG = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
_NAMES = {
    SM2_SM3: "sm2-sm3",
    ED25519: "ed25519",
    RSA_PSS: "rsa-pss",
    **_WEAK,
    **{dotted: name for table in (_RSA, _ECDSA) for dotted, (name, _) in table.items()},
}
_FAMILY = {"sm2-sm3": "sm2", "ed25519": "ed25519"}


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """What a SubjectPublicKeyInfo holds. `fault` says why the key is not acceptable, empty when it is."""

    kind: str  # "sm2" | "ed25519" | "rsa" | "ec" | "" (another)
    bits: int
    raw: bytes  # contents of its BIT STRING, over which key identifiers are computed
    fault: str = ""

    @property
    def suite(self) -> str:
        return {"sm2": "national", "": ""}.get(self.kind, "international")


@dataclass(frozen=True, slots=True)
class Scheme:
    """Parameters of RSASSA-PSS (RFC 4055), which stand in the structure itself."""

    padding: padding.PSS
    digest: hashes.HashAlgorithm


def algorithm_name(dotted: str) -> str:
    """Short name of a signature algorithm's OID, the OID itself where it has none here."""
    return _NAMES.get(dotted, dotted)


@lru_cache(maxsize=256)
def key_info(public: bytes) -> KeyInfo:
    """What kind of key a SubjectPublicKeyInfo holds. PkiError where it is none."""
    algorithm, key = der.read(public, limit=MAX_KEY).expect(der.SEQUENCE).children()[:2] or _no_key()
    kind, *parameters = algorithm.expect(der.SEQUENCE).children() or _no_key()
    raw = key.bits()
    dotted = kind.oid()
    if dotted == ED25519:
        return KeyInfo("ed25519", 256, raw, "" if len(raw) == 32 else "ed25519")
    if dotted == _RSA_KEY:
        return _rsa(raw)
    if dotted in {_EC_KEY, _SM2_CURVE}:
        curve = parameters[0].oid() if parameters and parameters[0].tag == der.OID else ""
        if _SM2_CURVE in {dotted, curve}:
            return KeyInfo("sm2", 256, raw, "" if len(raw) == 65 and raw[0] == 4 else "sm2")
        known = _CURVES.get(curve, "")
        return KeyInfo("ec", int(known[2:] or 0), raw, "" if known else curve or "explicit curve")
    return KeyInfo("", 0, raw, dotted)


def _no_key() -> list[der.Node]:
    raise PkiError("malformed", what="SubjectPublicKeyInfo", detail="empty")


def _rsa(raw: bytes) -> KeyInfo:
    modulus, exponent = (node.integer() for node in der.read(raw, limit=MAX_KEY).expect(der.SEQUENCE).children()[:2])
    bits = modulus.bit_length()
    fault = "" if bits in RSA_BITS else f"RSA {bits}"
    if not 3 <= exponent < 1 << 64 or exponent % 2 == 0 or modulus < 3:
        fault = "RSA exponent"
    return KeyInfo("rsa", bits, raw, fault)


def signature_fault(
    public: bytes, algorithm: str, message: bytes, signature: bytes, scheme: Scheme | None = None
) -> Reason | None:
    """Why `signature` (octets as in the structure) by the algorithm OID is not good, None when it is. Never raises."""
    if algorithm in _WEAK or (scheme is not None and not isinstance(scheme.digest, _STRONG)):
        return Reason("algorithm_weak", {"name": _WEAK.get(algorithm, "rsa-pss")})
    if algorithm not in _NAMES:
        return Reason("algorithm_unknown", {"oid": algorithm})
    try:
        info = key_info(public)
        if info.fault:
            return Reason("key_weak", {"detail": info.fault})
        name = _NAMES[algorithm]
        fits = info.kind == _FAMILY.get(name, "rsa" if name.startswith("rsa") else "ec")
        good = fits and _check(info, public, algorithm, message, signature, scheme)
    except (PkiError, ValueError, UnsupportedAlgorithm):
        good = False
    return None if good else Reason("bad_signature")


def _check(
    info: KeyInfo, public: bytes, algorithm: str, message: bytes, signature: bytes, scheme: Scheme | None
) -> bool:
    if info.kind in {"sm2", "ed25519"}:
        return suite(info.suite).verify(public, message, signature)
    key = load_der_public_key(public)
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm == RSA_PSS and scheme is not None:
            key.verify(signature, message, scheme.padding, scheme.digest)
        elif isinstance(key, rsa.RSAPublicKey) and algorithm in _RSA:
            key.verify(signature, message, padding.PKCS1v15(), _RSA[algorithm][1])
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm in _ECDSA:
            key.verify(signature, message, ec.ECDSA(_ECDSA[algorithm][1]))
        else:
            return False
    except InvalidSignature:
        return False
    return True
