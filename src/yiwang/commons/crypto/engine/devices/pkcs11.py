"""Keys in a PKCS#11 token (hardware module, smart card, SoftHSM): Ed25519 signatures and AES-256-GCM sealing.

PKCS#11 has no standard mechanisms for SM2 and SM4: this slot serves the international suite, `sdf` the national one.
The Python package python-pkcs11 (MIT) is needed only here.
"""

import atexit
import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from yiwang.commons.crypto.engine import ed25519
from yiwang.commons.crypto.engine.errors import CryptoError, Damaged, KeyRefused, Unavailable
from yiwang.commons.crypto.engine.sealing import NONCE, OVERHEAD, TAG
from yiwang.commons.crypto.engine.suites import SUITES, Suite, SuiteName

_ED25519 = bytes.fromhex("06032b6570")
"""CKA_EC_PARAMS: the object identifier of the curve (PKCS#11 3.0, 6.3.5; RFC 8410)."""


class Pkcs11Token:
    """One token, opened when first used and again after a fork. Threads take turns.

    `module` is the path of the maker's library, `label` names the token. Every method raises Unavailable where the
    package, the library, the token or a mechanism is missing, and KeyRefused for a wrong PIN, which is never tried twice.
    """

    def __init__(self, module: str, *, label: str, pin: str) -> None:
        self._module, self._label, self._pin = module, label, pin
        self._lock = threading.RLock()
        self._opened: tuple[int, Any] | None = None
        self._refused = False

    def new_signing_key(self, label: str) -> bytes:
        """Makes an Ed25519 pair in the token, not extractable; SubjectPublicKeyInfo."""
        with self._session() as (api, session):
            if _find(api, session, api.KeyType.EC_EDWARDS, api.ObjectClass.PRIVATE_KEY, label):
                raise KeyRefused(f"the token has a key {label!r} already")
            parameters = session.create_domain_parameters(
                api.KeyType.EC_EDWARDS, {api.Attribute.EC_PARAMS: _ED25519}, local=True
            )
            secret = {api.Attribute.SENSITIVE: True, api.Attribute.EXTRACTABLE: False}
            public, _private = parameters.generate_keypair(
                mechanism=api.Mechanism.EC_EDWARDS_KEY_PAIR_GEN, label=label, store=True, private_template=secret
            )
            return _public(api, public)

    def new_sealing_key(self, label: str) -> None:
        """Makes an AES-256 key in the token, not extractable."""
        with self._session() as (api, session):
            if _find(api, session, api.KeyType.AES, api.ObjectClass.SECRET_KEY, label):
                raise KeyRefused(f"the token has a key {label!r} already")
            secret = {api.Attribute.SENSITIVE: True, api.Attribute.EXTRACTABLE: False}
            session.generate_key(api.KeyType.AES, 256, label=label, store=True, template=secret)

    def signer(self, label: str) -> "Pkcs11Signer":
        """Raises KeyRefused unless the token has exactly one Ed25519 pair of this label."""
        with self._session() as (api, session):
            public = _only(api, session, api.KeyType.EC_EDWARDS, api.ObjectClass.PUBLIC_KEY, label)
            _only(api, session, api.KeyType.EC_EDWARDS, api.ObjectClass.PRIVATE_KEY, label)
            return Pkcs11Signer(self, label, _public(api, public))

    def sealer(self, label: str) -> "Pkcs11Sealer":
        """Raises KeyRefused unless the token has exactly one AES key of this label."""
        with self._session() as (api, session):
            _only(api, session, api.KeyType.AES, api.ObjectClass.SECRET_KEY, label)
        return Pkcs11Sealer(self, label)

    def sign(self, label: str, message: bytes) -> bytes:
        """64 bytes."""
        with self._session() as (api, session):
            key = _only(api, session, api.KeyType.EC_EDWARDS, api.ObjectClass.PRIVATE_KEY, label)
            return bytes(key.sign(message, mechanism=api.Mechanism.EDDSA))

    def crypt(self, label: str, data: bytes, *, nonce: bytes, context: bytes, sealing: bool) -> bytes:
        """Between the plain text and ciphertext || tag. Raises Damaged."""
        with self._session() as (api, session):
            key = _only(api, session, api.KeyType.AES, api.ObjectClass.SECRET_KEY, label)
            how = {"mechanism": api.Mechanism.AES_GCM, "mechanism_param": api.GCMParams(nonce, context, TAG * 8)}
            if sealing:
                return bytes(key.encrypt(data, **how))
            try:
                return bytes(key.decrypt(data, **how))
            except (api.EncryptedDataInvalid, api.EncryptedDataLenRange, api.GeneralError, api.FunctionFailed):
                raise Damaged("the sealed value was changed, or its key or context is another") from None

    def close(self) -> None:
        """Ends the session; the token is opened again when next used."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        opened, self._opened = self._opened, None
        if opened and opened[0] == os.getpid():
            with suppress(RuntimeError):  # a session that broke can't be closed
                opened[1].close()

    @property
    def library(self) -> str | None:
        """Path of the maker's library, if this process has opened it."""
        return self._module if self._opened and self._opened[0] == os.getpid() else None

    @contextmanager
    def _session(self) -> Iterator[tuple[Any, Any]]:
        api = _api()
        with self._lock:
            try:
                yield api, self._open(api)
            except api.PKCS11Error as error:
                self._drop()
                raise Unavailable(f"PKCS#11: {type(error).__name__} {error}".rstrip()) from None

    def _open(self, api: Any) -> Any:
        if self._opened and self._opened[0] == os.getpid():
            return self._opened[1]
        if self._refused:
            raise KeyRefused("the token refused this PIN; it is not tried again, lest the token be locked")
        if self._opened:  # the state of a parent process means nothing to the library here
            api.unload(self._module)
        try:
            token = api.lib(self._module).get_token(token_label=self._label)
            try:
                session = token.open(rw=True, user_pin=self._pin)
            except api.UserAlreadyLoggedIn:  # by another session of this process
                session = token.open(rw=True)
        except (api.PinIncorrect, api.PinLocked, api.PinExpired, api.PinInvalid, api.PinLenRange) as error:
            self._refused = True
            raise KeyRefused(f"the token refuses the PIN: {type(error).__name__}") from None
        except api.PKCS11Error:
            raise
        except (RuntimeError, OSError) as error:
            raise Unavailable(f"PKCS#11 library {self._module}: {error}") from None
        self._opened = os.getpid(), session
        _OPENED.add(self)
        return session


_OPENED: weakref.WeakSet[Pkcs11Token] = weakref.WeakSet()


@atexit.register
def _leave_all() -> None:
    """Makers' libraries that are still open when the interpreter is taken apart may crash: they outlive what they use."""
    libraries = {token.library for token in _OPENED} - {None}
    for token in list(_OPENED):
        token.close()
    for library in libraries:
        with suppress(RuntimeError):
            _api().unload(library)


class Pkcs11Signer:
    """A pair of the token; fills Signer."""

    def __init__(self, token: Pkcs11Token, label: str, public: bytes) -> None:
        self._token, self._label, self.public = token, label, public
        self.suite: Suite = SUITES[SuiteName.INTERNATIONAL]

    def sign(self, message: bytes) -> bytes:
        """64 bytes, made in the token."""
        return self._token.sign(self._label, message)


class Pkcs11Sealer:
    """A secret key of the token; fills Sealer, in the layout of `sealing`."""

    def __init__(self, token: Pkcs11Token, label: str) -> None:
        self._token, self._label = token, label

    def seal(self, plain: bytes, context: bytes = b"") -> bytes:
        """Nonce || tag || ciphertext."""
        nonce = os.urandom(NONCE)
        sealed = self._token.crypt(self._label, plain, nonce=nonce, context=context, sealing=True)
        return nonce + sealed[-TAG:] + sealed[:-TAG]

    def open(self, sealed: bytes, context: bytes = b"") -> bytes:
        """The plain text. Raises Damaged."""
        if len(sealed) < OVERHEAD:
            raise Damaged("the sealed value is cut off")
        data = sealed[OVERHEAD:] + sealed[NONCE:OVERHEAD]
        return self._token.crypt(self._label, data, nonce=sealed[:NONCE], context=context, sealing=False)


def _api() -> Any:
    try:
        import pkcs11
    except ImportError:
        raise Unavailable("keys in a PKCS#11 token need the Python package python-pkcs11") from None
    return pkcs11


def _find(api: Any, session: Any, kind: Any, what: Any, label: str) -> list[Any]:
    template = {api.Attribute.KEY_TYPE: kind, api.Attribute.CLASS: what, api.Attribute.LABEL: label}
    return list(session.get_objects(template))


def _only(api: Any, session: Any, kind: Any, what: Any, label: str) -> Any:
    found = _find(api, session, kind, what, label)
    if len(found) != 1:
        raise KeyRefused(f"the token has {len(found)} keys {label!r} of this kind instead of one")
    return found[0]


def _public(api: Any, key: Any) -> bytes:
    """SubjectPublicKeyInfo; CKA_EC_POINT is an OCTET STRING around the 32 bytes, with some makers the bytes alone."""
    point = bytes(key[api.Attribute.EC_POINT])
    try:
        return ed25519.VerifyingKey(ed25519.public_der(point[-32:])).public
    except CryptoError:
        raise KeyRefused("the token tells no sound public key") from None
