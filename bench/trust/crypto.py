"""SM2 beside OpenSSL itself and two packages of PyPI; what the encryption of a field adds to reading and writing it.

A ratio says how many times the speed of the other ours has; for fields, microseconds are what counts.
"""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable
from statistics import median
from typing import Any

from django.apps import apps
from django.db import connection, models

from bench.aside import peer
from bench.measuring import Figures, Times, interleaved, ratio, rounded
from yiwang.commons.crypto.engine import LocalSigner, Verifier, curve, der, libcrypto, suite
from yiwang.kernel.fields import EncryptedTextField, keyed_hash

MESSAGE = b"a statement of ordinary length, as evidence has it " * 4
PURE = ("gmssl==3.2.2", "pycryptodomex>=3.20")
"""What most projects use: SM2 in plain Python."""
PYX = "gmssl-pyx>=2.1,<3"
"""GmSSL 3, written in C."""
ID_NUMBER = "320402199001011237"
Ways = dict[str, Callable[[], Any]]


def run(*, quick: bool) -> Figures:
    """Calls a second of SM2, microseconds of a field."""
    parts = (
        _sm2(rounds=3 if quick else 15, repeat=10 if quick else 60, seconds=0 if quick else 3),
        _fields(rounds=3 if quick else 15, repeat=200 if quick else 3000),
    )
    return {
        kind: {name: value for part in parts for name, value in part[kind].items()} for kind in ("figures", "ratios")
    }


def _sm2(*, rounds: int, repeat: int, seconds: int) -> Figures:
    key = _Key()
    figures: Figures = {}
    ratios: Figures = {}
    for name, ways in (("sm2-sign", key.signing()), ("sm2-verify", key.verifying())):
        repeats = {way: 1 if way == "gmssl" else repeat for way in ways}
        times = interleaved(ways, rounds=rounds, repeat=repeats, warmup=2)
        figures[name] = {way: each.rate() for way, each in times.items()}
        ratios[name] = {f"to_{way}": ratio(each, times["ours"]) for way, each in times.items() if way != "ours"}
    for name, rate in _openssl_speed(seconds).items():
        figures[name]["openssl-speed"] = {"cpu_per_s": rounded(rate)}
        ratios[name]["to_openssl-speed"] = {"cpu": rounded(figures[name]["ours"]["cpu_per_s"] / rate)}
    return {"figures": figures, "ratios": ratios}


class _Key:
    """One key and one signature, ready in every library; each way was seen to give the right answer."""

    def __init__(self) -> None:
        self._private = suite("national").new_signing_key()
        self._scalar, point = curve.scalar_of(self._private)
        self._point = point or b""
        self._signer = LocalSigner(self._private)
        self._verifier = Verifier(self._signer.public)
        self._signature = self._signer.sign(MESSAGE)
        self._pyx = peer("gmssl_pyx", PYX)
        pure = peer("gmssl.sm2", *PURE)
        self._pure = pure.CryptSM2(self._scalar.hex(), self._point.hex())
        self._pure.public_key = self._point.hex()  # its constructor strips zeros that belong to the key

    def signing(self) -> Ways:
        """`bare` makes the bare call of OpenSSL: no hash, nothing allocated."""
        for sign in (self._signer.sign, lambda data: self._pyx.sm2_sign(self._scalar, self._point, data)):
            _right(self._verifier.verify(MESSAGE, sign(MESSAGE)))
        _right(self._verifier.verify(MESSAGE, _der(self._pure.sign_with_sm3(MESSAGE))))
        ways: Ways = {
            "ours": lambda: self._signer.sign(MESSAGE),
            "gmssl-pyx": lambda: self._pyx.sm2_sign(self._scalar, self._point, MESSAGE),
            "gmssl": lambda: self._pure.sign_with_sm3(MESSAGE),
        }
        return {**ways, **_bare(lambda lib: _bare_sign(lib, self._scalar))}

    def verifying(self) -> Ways:
        """`bare` as in `signing`."""
        raw = _raw(self._signature)
        ways: Ways = {
            "ours": lambda: self._verifier.verify(MESSAGE, self._signature),
            "gmssl-pyx": lambda: self._pyx.sm2_verify(self._point, MESSAGE, self._signature),
            "gmssl": lambda: self._pure.verify_with_sm3(raw, MESSAGE),
        }
        for verify in ways.values():
            _right(verify())
        return {**ways, **_bare(lambda lib: _bare_verify(lib, self._scalar, self._point))}


def _right(answer: Any) -> None:
    if not answer:
        raise AssertionError("a library answers wrongly")


def _raw(signature: bytes) -> str:
    reader = der.Reader(der.Reader(signature).take(der.SEQUENCE))
    return f"{reader.natural():064x}{reader.natural():064x}"


def _der(raw: str) -> bytes:
    return der.encode(der.SEQUENCE, der.integer(int(raw[:64], 16)), der.integer(int(raw[64:], 16)))


def _bare(make: Callable[[libcrypto.LibCrypto], Callable[[], Any]]) -> Ways:
    found = libcrypto.load()
    return {"bare": make(found)} if found else {}


def _bare_sign(found: libcrypto.LibCrypto, scalar: bytes) -> Callable[[], Any]:
    key = found.private(scalar, None)
    call, context = key._lib.EVP_PKEY_sign, key._take("sign")  # noqa: SLF001
    out, digest = ctypes.create_string_buffer(80), os.urandom(32)

    def sign() -> int:
        size = ctypes.c_size_t(80)
        done: int = call(context, out, size, digest, 32)
        return done

    sign.key = key  # type: ignore[attr-defined]  # keeps the key as long as the call
    _right(sign() == 1)
    return sign


def _bare_verify(found: libcrypto.LibCrypto, scalar: bytes, point: bytes) -> Callable[[], Any]:
    digest = os.urandom(32)
    signature = found.private(scalar, None).sign(digest)
    key = found.public(point)
    call, context, size = key._lib.EVP_PKEY_verify, key._take("verify"), len(signature)  # noqa: SLF001

    def verify() -> int:
        done: int = call(context, signature, size, digest, 32)
        return done

    verify.key = key  # type: ignore[attr-defined]
    _right(verify() == 1)
    return verify


def _openssl_speed(seconds: int) -> dict[str, float]:
    """Operations a processor second of the library's own benchmark, written in C; nothing where the command is missing."""
    program = shutil.which("openssl")
    if not program or not seconds:
        return {}
    command = [program, "speed", "-seconds", str(seconds), "-mr", "sm2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        if line.startswith("+F7:"):
            sign, verify = map(float, line.split(":")[-2:])
            return {"sm2-sign": sign, "sm2-verify": verify}
    return {}


def _fields(*, rounds: int, repeat: int) -> Figures:
    """An encrypted field of a model prepared for the database and read from it, beside a field in the open; its look-up."""
    encrypted, plain = _encrypted_field(), models.TextField()
    stored = encrypted.get_db_prep_value(ID_NUMBER, connection).obj
    _right(encrypted.from_db_value(stored, None, None) == ID_NUMBER)
    ways: Ways = {
        "write": lambda: encrypted.get_db_prep_value(ID_NUMBER, connection),
        "read": lambda: encrypted.from_db_value(stored, None, None),
        "look-up": lambda: keyed_hash(ID_NUMBER, "bench"),
        "plain": lambda: plain.get_db_prep_value(ID_NUMBER, connection),
    }
    times = interleaved(ways, rounds=rounds, repeat=repeat, warmup=100)
    added = {
        "write": _added(times["write"], times["plain"]),
        "read": round(median(times["read"].cpu) * 1e6, 2),  # a plain column has no converter at all
        "look-up": round(median(times["look-up"].cpu) * 1e6, 2),
    }
    return {
        "figures": {"field": {f"{name}_us": microseconds for name, microseconds in added.items()}},
        "ratios": {"field": {"to_15_us": rounded(max(added["write"], added["read"]) / 15)}},
    }


def _encrypted_field() -> EncryptedTextField:
    """The first one of the program's own models."""
    fields = (field for model in apps.get_models() for field in model._meta.get_fields())
    return next(field for field in fields if isinstance(field, EncryptedTextField))


def _added(one: Times, plain: Times) -> float:
    """Microseconds of processor time that a call takes more than the plain one."""
    return round((median(one.cpu) - median(plain.cpu)) * 1e6, 2)


def _over(ratios: Figures) -> list[str]:
    """What misses its requirement: SM2 at 0.9 of the bare library, 15 µs a field."""
    slow = [
        f"{name} {way}"
        for name in ("sm2-sign", "sm2-verify")
        for way in ("to_bare", "to_openssl-speed")
        if ratios[name].get(way, {"cpu": 1})["cpu"] < 0.9
    ]
    return [*slow, *(["field"] if ratios["field"]["to_15_us"] > 1 else [])]
