"""Signed tokens (RFC 7515, 7518, 8037, 9864) and the keys that make them. The algorithm comes from the key, never from the token."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

_RSA_BITS: Final = 2048
_MEMBERS: Final = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x")}
_LONGEST: Final = 16_384


class BadToken(Exception):
    """No token of these keys: altered, of another, out of date, or not one at all."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A fresh key: its private side as PKCS#8 PEM, its public side as a JWK with `kid` (RFC 7638), `alg` and `use`."""

    private: str
    jwk: dict[str, str]


def new_key(algorithm: str, /) -> KeyPair:
    """A key for RS256 (2048 bits), ES256 or EdDSA (Ed25519). Raises ValueError for another algorithm."""
    key: Any
    if algorithm == "RS256":
        key = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
        described = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    elif algorithm == "ES256":
        key = ec.generate_private_key(ec.SECP256R1())
        described = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    elif algorithm == "EdDSA":
        key = ed25519.Ed25519PrivateKey.generate()
        described = jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        raise ValueError(algorithm)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    kept = {name: str(described[name]) for name in _MEMBERS[described["kty"]]}
    return KeyPair(pem, {**kept, "kid": _thumbprint(kept), "use": "sig", "alg": algorithm})


def _thumbprint(members: Mapping[str, str]) -> str:
    canonical = json.dumps(dict(sorted(members.items())), separators=(",", ":")).encode()
    return _encoded(hashlib.sha256(canonical).digest())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def prepared(pem: str, /) -> Any:
    """The private key in memory. Keep it: an RSA key takes milliseconds to check."""
    return serialization.load_pem_private_key(pem.encode(), password=None)


def signed(claims: Mapping[str, Any], /, *, key: Any, algorithm: str, kid: str, typ: str = "JWT") -> str:
    """The compact serialisation."""
    return jwt.encode(dict(claims), key, algorithm=algorithm, headers={"kid": kid, "typ": typ})


@lru_cache(maxsize=64)
def _public(jwk: str) -> Any:
    return jwt.PyJWK(json.loads(jwk)).key


def header_of(token: str, /) -> dict[str, Any]:
    """The unverified header. Raises BadToken."""
    if len(token) > _LONGEST:
        raise BadToken
    try:
        return jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError):
        raise BadToken from None


def opened(
    token: str, /, *, jwk: Mapping[str, str], issuer: str, audience: str | None = None, expired_too: bool = False
) -> dict[str, Any]:
    """The claims of a token of this key, by the key's own algorithm whatever the header says. Raises BadToken.

    `expired_too`: for hints, which may be out of date (OpenID Connect RP-Initiated Logout 1.0, section 2).
    """
    if len(token) > _LONGEST:
        raise BadToken
    options: Any = {"verify_aud": audience is not None, "verify_exp": not expired_too, "require": ["iss", "sub"]}
    try:
        return jwt.decode(
            token,
            _public(json.dumps(dict(jwk), sort_keys=True)),
            algorithms=[jwk["alg"]],
            issuer=issuer,
            audience=audience,
            options=options,
        )
    except (jwt.PyJWTError, ValueError, TypeError):
        raise BadToken from None


def half_hash(value: str, /, algorithm: str) -> str:
    """`at_hash` (OpenID Connect Core 1.0, 3.1.3.6): the left half of the hash that goes with the signature's algorithm."""
    digest = hashlib.sha512 if algorithm == "EdDSA" else hashlib.sha256
    made = digest(value.encode()).digest()
    return _encoded(made[: len(made) // 2])


def code_challenge(verifier: str, /) -> str:
    """S256 of RFC 7636, 4.2."""
    return _encoded(hashlib.sha256(verifier.encode()).digest())
