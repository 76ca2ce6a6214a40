"""Keys in a cipher machine or card that speaks SDF (GM/T 0018-2012, -2023): SM2 signatures that a certified module makes.

The maker's library is loaded by ctypes. Hashing happens here (SM3 of Z and message), the machine sees digests of 32 bytes.
"""

import ctypes
import os
import threading
from collections.abc import Callable

from yiwang.commons.crypto.engine import curve, der, sm2, sm3
from yiwang.commons.crypto.engine.errors import CryptoError, KeyRefused, Unavailable
from yiwang.commons.crypto.engine.suites import SUITES, Suite, SuiteName

_MAX = 64
"""ECCref_MAX_LEN: the structures have room for 512 bits, numbers stand at their end."""
_ERRORS = {
    0x01000002: "not supported",
    0x01000003: "no connection to the machine",
    0x01000004: "the machine does not answer",
    0x01000005: "the machine can't be opened",
    0x01000006: "no session can be opened",
    0x01000007: "no right to use the private key",
    0x01000008: "no such key",
    0x01000009: "the algorithm is not supported",
    0x0100000C: "the operation with the private key failed",
    0x0100000D: "the machine could not sign",
}
"""Codes of GM/T 0018, annex A, that signing can end with."""
_REFUSALS = {0x01000007, 0x01000008}

_VOID, _UINT, _BYTES = ctypes.c_void_p, ctypes.c_uint, ctypes.c_char_p


class _PublicKey(ctypes.Structure):
    """ECCrefPublicKey."""

    _fields_ = (("bits", _UINT), ("x", ctypes.c_ubyte * _MAX), ("y", ctypes.c_ubyte * _MAX))


class _Signature(ctypes.Structure):
    """ECCSignature."""

    _fields_ = (("r", ctypes.c_ubyte * _MAX), ("s", ctypes.c_ubyte * _MAX))


_PROTOTYPES: dict[str, tuple[object, ...]] = {
    "SDF_OpenDevice": (ctypes.POINTER(_VOID),),
    "SDF_CloseDevice": (_VOID,),
    "SDF_OpenSession": (_VOID, ctypes.POINTER(_VOID)),
    "SDF_CloseSession": (_VOID,),
    "SDF_GenerateRandom": (_VOID, _UINT, _BYTES),
    "SDF_GetPrivateKeyAccessRight": (_VOID, _UINT, _BYTES, _UINT),
    "SDF_ReleasePrivateKeyAccessRight": (_VOID, _UINT),
    "SDF_ExportSignPublicKey_ECC": (_VOID, _UINT, ctypes.POINTER(_PublicKey)),
    "SDF_InternalSign_ECC": (_VOID, _UINT, _BYTES, _UINT, ctypes.POINTER(_Signature)),
}


class SdfDevice:
    """One machine with one session, opened anew after a fork; threads take turns.

    `library` is the path of the maker's library. Raises Unavailable where library or machine are missing or fail.
    """

    def __init__(self, library: str) -> None:
        self._lock = threading.Lock()
        try:
            self._lib = ctypes.CDLL(library)
            for name, arguments in _PROTOTYPES.items():
                function = getattr(self._lib, name)
                function.restype, function.argtypes = ctypes.c_int, list(arguments)
        except (OSError, AttributeError) as error:
            raise Unavailable(f"no SDF library at {library}: {error}") from None
        self._rights: dict[int, bytes] = {}
        self._open()

    def signer(self, index: int, password: str) -> "SdfSigner":
        """The signing key at this place of the machine. Raises KeyRefused without it, or without the right to use it."""
        key = _PublicKey()
        with self._lock:
            self._here()
            self._claim(index, password.encode())
            _check(self._lib.SDF_ExportSignPublicKey_ECC(self._session, index, key))
        if key.bits != 256:
            raise KeyRefused(f"the machine's key has {key.bits} bits instead of 256")
        point = bytes(key.x)[-32:] + bytes(key.y)[-32:]
        return SdfSigner(curve.public_der(point), lambda digest: self._sign(index, digest))

    def random(self, size: int) -> bytes:
        """Bytes from the machine's source of randomness."""
        out = ctypes.create_string_buffer(size)
        with self._lock:
            self._here()
            _check(self._lib.SDF_GenerateRandom(self._session, size, out))
        return out.raw

    def close(self) -> None:
        """Ends session and connection; signers of this machine are of no more use."""
        with self._lock:
            self._lib.SDF_CloseSession(self._session)
            self._lib.SDF_CloseDevice(self._device)

    def _open(self) -> None:
        self._process = os.getpid()
        self._device, self._session = _VOID(), _VOID()
        _check(self._lib.SDF_OpenDevice(self._device))
        try:
            _check(self._lib.SDF_OpenSession(self._device, self._session))
        except Unavailable:
            self._lib.SDF_CloseDevice(self._device)
            raise

    def _here(self) -> None:
        """Opens the machine again in a process that was forked: the connection belongs to the parent."""
        if self._process != os.getpid():
            self._open()
            for index, password in self._rights.items():
                self._claim(index, password)

    def _claim(self, index: int, password: bytes) -> None:
        _check(self._lib.SDF_GetPrivateKeyAccessRight(self._session, index, password, len(password)))
        self._rights = {**self._rights, index: password}

    def _sign(self, index: int, digest: bytes) -> bytes:
        signature = _Signature()
        with self._lock:
            self._here()
            _check(self._lib.SDF_InternalSign_ECC(self._session, index, digest, len(digest), signature))
        r, s = int.from_bytes(bytes(signature.r), "big"), int.from_bytes(bytes(signature.s), "big")
        return der.encode(der.SEQUENCE, der.integer(r), der.integer(s))


class SdfSigner:
    """A key of the machine; fills Signer. One signature is tried at once: some makers' numbers stand elsewhere."""

    def __init__(self, public: bytes, sign_digest: Callable[[bytes], bytes]) -> None:
        self.suite: Suite = SUITES[SuiteName.NATIONAL]
        self.public, self._sign_digest = public, sign_digest
        self._z = sm2.identity_digest(curve.point_of(public))
        if not self.suite.verify(public, b"trial", self.sign(b"trial")):
            raise KeyRefused("the machine's signature does not verify under the public key that it tells")

    def sign(self, message: bytes) -> bytes:
        """DER of SEQUENCE {r, s} for the default identity, made in the machine."""
        digest = sm3.new(self._z)
        digest.update(message)
        return self._sign_digest(digest.digest())


def _check(code: int) -> None:
    if code == 0:
        return
    unsigned = code & 0xFFFFFFFF
    error: type[CryptoError] = KeyRefused if unsigned in _REFUSALS else Unavailable
    raise error(f"SDF {unsigned:#010x}: {_ERRORS.get(unsigned, 'the machine refuses')}")
