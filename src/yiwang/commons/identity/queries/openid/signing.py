"""Signed tokens by the keys that sign today, and which tokens are ours."""

import time
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from yiwang.commons.identity.contracts import UnknownRecord
from yiwang.commons.identity.contracts.openid import SIGNING_KEY, PublicKey, SigningAlgorithm
from yiwang.commons.identity.engine.openid import BadToken, header_of, opened, prepared, signed
from yiwang.commons.identity.models import SigningKey
from yiwang.kernel import clock

_KNOWN_FOR: Final = 15.0
"""Seconds for which a process remembers the key set."""
_known: list[tuple[float, tuple[PublicKey, ...]]] = []


def published_keys(*, at: datetime) -> tuple[PublicKey, ...]:
    """The key set: keys that will sign, sign, or signed not long ago. At most one query in 15 seconds."""
    if not _known or time.monotonic() > _known[0][0]:
        rows = SigningKey.objects.order_by("algorithm", "-signs_from").values_list(
            "kid", "algorithm", "jwk", "signs_from", "signs_until", "published_until"
        )
        found = tuple(PublicKey(kid, SigningAlgorithm(name), *more) for kid, name, *more in rows)
        _known[:] = [(time.monotonic() + _KNOWN_FOR, found)]
    return tuple(key for key in _known[0][1] if key.published_until is None or key.published_until > at)


def forget_keys() -> None:
    """Ask the database next time (keys have changed in this process)."""
    _known.clear()
    _private.cache_clear()


@lru_cache(maxsize=16)
def _private(kid: str) -> Any:
    return prepared(SigningKey.objects.values_list("private", flat=True).get(kid=kid))


def sign(claims: Mapping[str, Any], /, *, algorithm: SigningAlgorithm, typ: str = "JWT") -> str:
    """A token by the key that signs now. Raises UnknownRecord where there is none yet."""
    now = clock.now()
    usable = [key for key in published_keys(at=now) if key.algorithm is algorithm and key.signs_from <= now]
    if not usable:
        raise UnknownRecord(kind=SIGNING_KEY, code=algorithm.value)
    kid = max(usable, key=lambda key: key.signs_from).kid
    return signed(claims, key=_private(kid), algorithm=algorithm.value, kid=kid, typ=typ)


def issued(token: str, /, *, issuer: str, audience: str | None = None, expired_too: bool = False) -> dict[str, Any]:
    """The claims of a token that we signed. Raises BadToken."""
    kid = header_of(token).get("kid")
    key = next((key for key in published_keys(at=clock.now()) if key.kid == kid), None)
    if key is None:
        raise BadToken
    return opened(token, jwk=key.jwk, issuer=issuer, audience=audience, expired_too=expired_too)


def hinted(token: str, /, *, issuer: str, audience: str | None = None) -> dict[str, Any]:
    """The claims of an identity token that comes back as a hint, out of date or not. A logout token is none. Raises BadToken."""
    if header_of(token).get("typ") != "JWT":
        raise BadToken
    return issued(token, issuer=issuer, audience=audience, expired_too=True)


def has_keys() -> bool:
    """Whether each algorithm has a key that signs."""
    now = clock.now()
    signing = SigningKey.objects.filter(signs_from__lte=now).values_list("algorithm", flat=True).distinct()
    return set(signing) == {each.value for each in SigningAlgorithm}
