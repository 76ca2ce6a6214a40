"""SM2 by the operating system's OpenSSL 3 (Apache-2.0), through ctypes: no compiler, no copy of the library.

The Python package `cryptography` has no SM2. Its functions are loaded when first needed; where the library is missing,
older than 3.0 or built without SM2 (as on Red Hat), `load` says None and the engine takes its other implementation.
"""

import ctypes
import ctypes.util
import secrets
import sys
from collections.abc import Iterator
from functools import cache

from yiwang.commons.crypto.engine import curve
from yiwang.commons.crypto.engine.errors import Damaged, KeyRefused, Unavailable

_NAMES = ("libcrypto.so.4", "libcrypto.so.3", "libcrypto.4.dylib", "libcrypto.3.dylib", "libcrypto-3-x64.dll")
_SIGNATURE = 80
"""Bytes that any SM2 signature in DER fits into (at most 72)."""

_VOID, _SIZE, _BYTES, _INT = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_int
_SIZE_OUT = ctypes.POINTER(_SIZE)
_OPERATION = (_INT, (_VOID, _BYTES, _SIZE_OUT, _BYTES, _SIZE))
_PROTOTYPES: dict[str, tuple[object, tuple[object, ...]]] = {
    "OpenSSL_version": (_BYTES, (_INT,)),
    "OpenSSL_version_num": (ctypes.c_ulong, ()),
    "ERR_clear_error": (None, ()),
    "d2i_AutoPrivateKey": (_VOID, (_VOID, ctypes.POINTER(_BYTES), ctypes.c_long)),
    "d2i_PUBKEY": (_VOID, (_VOID, ctypes.POINTER(_BYTES), ctypes.c_long)),
    "i2d_PUBKEY": (_INT, (_VOID, ctypes.POINTER(_VOID))),
    "EVP_PKEY_free": (None, (_VOID,)),
    "EVP_PKEY_CTX_new_from_name": (_VOID, (_VOID, _BYTES, _BYTES)),
    "EVP_PKEY_CTX_new_from_pkey": (_VOID, (_VOID, _VOID, _BYTES)),
    "EVP_PKEY_CTX_free": (None, (_VOID,)),
    "EVP_PKEY_sign_init": (_INT, (_VOID,)),
    "EVP_PKEY_sign": _OPERATION,
    "EVP_PKEY_verify_init": (_INT, (_VOID,)),
    "EVP_PKEY_verify": (_INT, (_VOID, _BYTES, _SIZE, _BYTES, _SIZE)),
    "EVP_PKEY_encrypt_init": (_INT, (_VOID,)),
    "EVP_PKEY_encrypt": _OPERATION,
    "EVP_PKEY_decrypt_init": (_INT, (_VOID,)),
    "EVP_PKEY_decrypt": _OPERATION,
}


class _Key:
    """An EVP_PKEY with contexts made ready for one operation each; a context serves one thread at a time."""

    def __init__(self, lib: ctypes.CDLL, handle: int | None) -> None:
        if not handle:
            lib.ERR_clear_error()
            raise KeyRefused("OpenSSL refuses the key")
        self._lib, self._handle = lib, handle
        self._free_key, self._free_context = lib.EVP_PKEY_free, lib.EVP_PKEY_CTX_free
        self._idle: dict[str, list[int]] = {}

    def __del__(self) -> None:
        for contexts in self.__dict__.get("_idle", {}).values():
            for context in contexts:
                self._free_context(context)
        if self.__dict__.get("_handle"):
            self._free_key(self._handle)

    def _take(self, operation: str) -> int:
        idle = self._idle.get(operation)
        if idle:
            try:
                return idle.pop()
            except IndexError:  # another thread was faster
                pass
        context = self._lib.EVP_PKEY_CTX_new_from_pkey(None, self._handle, None)
        if not context or getattr(self._lib, f"EVP_PKEY_{operation}_init")(context) != 1:
            self._lib.ERR_clear_error()
            self._free_context(context)
            raise Unavailable(f"OpenSSL offers no SM2 {operation}")
        return int(context)

    def _give(self, operation: str, context: int) -> None:
        self._idle.setdefault(operation, []).append(context)

    def _transform(self, operation: str, data: bytes, room: int) -> bytes | None:
        """The output of an operation that turns bytes into bytes, None where OpenSSL refuses."""
        context = self._take(operation)
        out, size = ctypes.create_string_buffer(room), _SIZE(room)
        done = getattr(self._lib, "EVP_PKEY_" + operation)(context, out, size, data, len(data))
        self._give(operation, context)
        if done != 1:
            self._lib.ERR_clear_error()
            return None
        return out.raw[: size.value]


class PrivateKey(_Key):
    """A 32-byte scalar, ready to sign digests and to decrypt."""

    def __init__(self, lib: ctypes.CDLL, scalar: bytes) -> None:
        data = curve.bare_private_der(scalar)
        super().__init__(lib, lib.d2i_AutoPrivateKey(None, _BYTES(data), len(data)))
        self.point = self._point()

    def _point(self) -> bytes:
        size = self._lib.i2d_PUBKEY(self._handle, None)
        out = ctypes.create_string_buffer(max(size, 1))
        if self._lib.i2d_PUBKEY(self._handle, ctypes.byref(ctypes.cast(out, _VOID))) != size or size < 1:
            raise KeyRefused("OpenSSL gives no public key")
        return curve.point_of(out.raw[:size])

    def sign(self, digest: bytes) -> bytes:
        """SEQUENCE {r, s} over the 32-byte digest e of GB/T 32918.2."""
        signature = self._transform("sign", digest, _SIGNATURE)
        if signature is None:
            raise Unavailable("OpenSSL could not sign")
        return signature

    def decrypt(self, sealed: bytes) -> bytes:
        """The plain text of a ciphertext by GM/T 0009. Raises Damaged."""
        plain = self._transform("decrypt", sealed, len(sealed))
        if plain is None:
            raise Damaged("not decrypted under this key")
        return plain


class PublicKey(_Key):
    """A point, ready to verify digests and to encrypt."""

    def __init__(self, lib: ctypes.CDLL, point: bytes) -> None:
        data = curve.public_der(point)
        super().__init__(lib, lib.d2i_PUBKEY(None, _BYTES(data), len(data)))

    def verify(self, digest: bytes, signature: bytes) -> bool:
        """Is this the signature of the 32-byte digest? False for anything malformed."""
        context = self._take("verify")
        done: int = self._lib.EVP_PKEY_verify(context, signature, len(signature), digest, len(digest))
        self._give("verify", context)
        if done != 1:
            self._lib.ERR_clear_error()
        return done == 1

    def encrypt(self, plain: bytes) -> bytes:
        """SEQUENCE {x, y, hash, ciphertext} by GM/T 0009."""
        sealed = self._transform("encrypt", plain, len(plain) + 256)
        if sealed is None:
            raise Unavailable("OpenSSL could not encrypt")
        return sealed


class LibCrypto:
    """The provider: keys by the system's OpenSSL."""

    def __init__(self, lib: ctypes.CDLL) -> None:
        self._lib = lib
        self.version: str = lib.OpenSSL_version(0).decode()
        self.number: int = lib.OpenSSL_version_num()

    def private(self, scalar: bytes, point: bytes | None) -> PrivateKey:
        """`point`, where known, must be the key's. Raises KeyRefused."""
        key = PrivateKey(self._lib, scalar)
        if point not in {None, key.point}:
            raise KeyRefused("the private and the public key do not belong together")
        return key

    def generate(self) -> tuple[bytes, bytes]:
        """A new scalar, evenly from 1 to n - 2 (GB/T 32918.1, 6.1), and its point."""
        scalar = (1 + secrets.randbelow(curve.N - 2)).to_bytes(32, "big")
        return scalar, PrivateKey(self._lib, scalar).point

    def public(self, point: bytes) -> PublicKey:
        """Raises KeyRefused."""
        return PublicKey(self._lib, point)


def _names() -> Iterator[str]:
    yield from _NAMES
    if sys.platform == "darwin":  # Apple's own library under the plain name ends the process that loads it
        return
    if found := ctypes.util.find_library("crypto"):  # asks programs of the system: slow, so last
        yield found


@cache
def load() -> LibCrypto | None:
    """The system's OpenSSL, None unless it is 3.0 or newer and has SM2."""
    for name in _names():
        try:
            lib = ctypes.CDLL(name)
            for function, (result, arguments) in _PROTOTYPES.items():
                prototype = getattr(lib, function)
                prototype.restype, prototype.argtypes = result, list(arguments)
        except (OSError, AttributeError):
            continue
        context = lib.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
        lib.EVP_PKEY_CTX_free(context)
        lib.ERR_clear_error()
        if context:
            return LibCrypto(lib)
    return None
