"""Secrets of client systems: 256 random bits, so that a plain hash hides them and checking one costs nothing."""

import hashlib
import hmac
import secrets
from typing import Final

_PREFIX: Final = "sha256$"


def new_secret() -> str:
    """43 characters of base64url."""
    return secrets.token_urlsafe(32)


def stored(secret: str, /) -> str:
    """What is kept of a secret. Slow hashes guard what people choose; nobody guesses 256 bits."""
    return _PREFIX + hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, kept: str, /) -> bool:
    """Whether `kept` is of this secret, in constant time."""
    return hmac.compare_digest(stored(secret), kept) if kept.startswith(_PREFIX) else False


def token_hash(token: str, /) -> str:
    """What is kept of a code or token: SHA-256 in hex, as allauth's table expects it."""
    return hashlib.sha256(token.encode()).hexdigest()


def device_hash(shown: str, /) -> str:
    """What is kept of a device's short code, however somebody typed it."""
    return token_hash("shown:" + "".join(each for each in shown.upper() if each.isalpha()))
