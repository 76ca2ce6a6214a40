"""Known answers, computed before a process trusts its libraries with anything (GM/T 0028, 7.10 asks this of modules).

Every part is tried in both directions: the right value is accepted, a changed one refused.
"""

import hashlib
from collections.abc import Callable

from yiwang.commons.crypto.engine import curve, ed25519, sm2, sm3
from yiwang.commons.crypto.engine.errors import Damaged
from yiwang.commons.crypto.engine.sealing import AesGcm, Sealer, Sm4Gcm
from yiwang.commons.crypto.engine.suites import SUITES

_X = bytes.fromhex


def _sm3() -> bool:
    """GB/T 32905, A.1."""
    return sm3.sm3(b"abc") == _X("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")


def _hmac_sm3() -> bool:
    """Wycheproof hmac_sm3, case 12; both implementations of SM3 that the process may use."""
    key = _X("835bc8241ed817735ec9d3d0e2df4c173ee4dded4a8ef0c04a96c48f11820463")
    data, right = _X("26f8083e944bacf04e9a4d"), _X("a8eb43dc04970632ba50eb5114b5e495f3142a5735e717338b4822bf57b228ee")
    return sm3.hmac_sm3(key, data) == right == sm3.other_mac(key, data)


def _sm2_signature() -> bool:
    """GB/T 32918.5, A.2: the printed key has the printed point, the printed signature verifies, a new one does."""
    scalar = _X("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
    point = _X(
        "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
        "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
    )
    printed = _X(
        "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
        "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
    )
    message = b"message digest"
    signer = sm2.SigningKey(curve.private_der(scalar, point))
    verifier = sm2.VerifyingKey(signer.public)
    return (
        signer.public == curve.public_der(point)
        and verifier.verify(message, printed)
        and not verifier.verify(message, printed[:-1] + b"\xab")
        and not verifier.verify(b"massage digest", printed)
        and verifier.verify(message, signer.sign(message))
    )


def _sm4_gcm() -> bool:
    """RFC 8998, A.1."""
    return _sealing(
        Sm4Gcm(_X("0123456789abcdeffedcba9876543210")),
        nonce="00001234567800000000abcd",
        context="feedfacedeadbeeffeedfacedeadbeefabaddad2",
        plain="aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
        "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
        ciphertext="17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d",
        tag="83de3541e4c2b58177e065a9bf7b62ec",
    )


def _aes_gcm() -> bool:
    """McGrew and Viega, The Galois/Counter Mode of Operation, test case 16."""
    return _sealing(
        AesGcm(_X("feffe9928665731c6d6a8f9467308308" * 2)),
        nonce="cafebabefacedbaddecaf888",
        context="feedfacedeadbeeffeedfacedeadbeefabaddad2",
        plain="d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        ciphertext="522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
        tag="76fc6ece0f4e1768cddf8853bb2d551b",
    )


def _sealing(sealer: Sealer, *, nonce: str, context: str, plain: str, ciphertext: str, tag: str) -> bool:
    sealed = _X(nonce + tag + ciphertext)
    if sealer.open(sealed, _X(context)) != _X(plain):
        return False
    return all(
        _refused(sealer, wrong, about)
        for wrong, about in (
            (sealed[:-1] + bytes([sealed[-1] ^ 1]), _X(context)),
            (sealed[:12] + bytes([sealed[12] ^ 1]) + sealed[13:], _X(context)),
            (sealed, b""),
        )
    ) and sealer.open(sealer.seal(_X(plain), b"self"), b"self") == _X(plain)


def _refused(sealer: Sealer, sealed: bytes, context: bytes) -> bool:
    try:
        sealer.open(sealed, context)
    except Damaged:
        return True
    return False


def _sha256() -> bool:
    """FIPS 180-4 example."""
    right = _X("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    return hashlib.sha256(b"abc").digest() == right


def _hmac_sha256() -> bool:
    """RFC 4231, 4.3."""
    right = _X("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    return SUITES["international"].mac(b"Jefe", b"what do ya want for nothing?") == right  # type: ignore[index]


def _ed25519() -> bool:
    """RFC 8032, 7.1, test 2."""
    seed = _X("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    right = _X(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    signer = ed25519.SigningKey(_X("302e020100300506032b657004220420") + seed)
    verifier = ed25519.VerifyingKey(signer.public)
    return signer.sign(b"\x72") == right and verifier.verify(b"\x72", right) and not verifier.verify(b"\x73", right)


_CASES: dict[str, Callable[[], bool]] = {
    "sm3": _sm3,
    "hmac-sm3": _hmac_sm3,
    "sm2-sm3": _sm2_signature,
    "sm4-gcm": _sm4_gcm,
    "sha256": _sha256,
    "hmac-sha256": _hmac_sha256,
    "ed25519": _ed25519,
    "aes-256-gcm": _aes_gcm,
}


def self_test() -> list[str]:
    """Names of the algorithms that fail, none when all known answers come out right. Takes some milliseconds."""
    return [name for name, case in _CASES.items() if not _passes(case)]


def _passes(case: Callable[[], bool]) -> bool:
    try:
        return case()
    except Exception:  # noqa: BLE001  whatever goes wrong in a library means that it can't be trusted
        return False
