"""Keys that sign tokens: each is published a while before it signs and stays published a while after."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Q

from yiwang.commons.identity.contracts import UnknownRecord
from yiwang.commons.identity.contracts.openid import SIGNING_KEY, SigningAlgorithm
from yiwang.commons.identity.engine.openid import new_key
from yiwang.commons.identity.models import SigningKey
from yiwang.commons.identity.policies import openid as policies
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, current, note

SERVES: Final = timedelta(days=90)
"""How long a key signs."""
KNOWN_BEFORE: Final = timedelta(days=1)
"""How long it is published before it signs; clients keep a key set for an hour."""
KNOWN_AFTER: Final = timedelta(days=30)
"""How long it is published afterwards: identity tokens come back as hints when somebody logs out."""


@command("identity.rotate_signing_keys")
def rotate_signing_keys(*, at_once: bool = False, by: Actor, at: datetime) -> int:
    """See to it that each algorithm has a key that signs and one that follows; how many keys are new.

    `at_once`: the following key signs from now on. It is published already, so that nobody who is logged in notices.
    """
    policies.check_keep_keys(by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('identity.signing_keys'))")
    made = sum(_rotate(algorithm, at_once, at) for algorithm in SigningAlgorithm)
    SigningKey.objects.filter(published_until__lt=at).delete()
    note(SubjectRef(SIGNING_KEY, current().id), made=made, at_once=at_once)
    return made


def _rotate(algorithm: SigningAlgorithm, at_once: bool, at: datetime) -> int:
    unspent = SigningKey.objects.filter(algorithm=algorithm.value, signs_until__isnull=True)
    if not unspent.filter(signs_from__lte=at).exists():
        _make(algorithm, at, at)
        return 1 + _rotate(algorithm, False, at)
    following = unspent.filter(signs_from__gt=at).order_by("signs_from").first()
    made = 0
    if following is None:
        newest = unspent.order_by("-signs_from").first()
        assert newest is not None
        following = _make(algorithm, max(newest.signs_from + SERVES, at + KNOWN_BEFORE), at)
        made = 1
    if at_once:
        following.signs_from = at
        following.save(update_fields=["signs_from"])
        _retire(algorithm, following)
        return made + _rotate(algorithm, False, at)
    signing = unspent.filter(signs_from__lte=at).order_by("-signs_from").first()
    assert signing is not None
    _retire(algorithm, signing)
    return made


def _retire(algorithm: SigningAlgorithm, signing: SigningKey) -> None:
    """Keys older than the one that signs do so no more."""
    older = Q(algorithm=algorithm.value, signs_until__isnull=True, signs_from__lt=signing.signs_from)
    SigningKey.objects.filter(older).update(
        signs_until=signing.signs_from, published_until=signing.signs_from + KNOWN_AFTER
    )


def _make(algorithm: SigningAlgorithm, signs_from: datetime, at: datetime) -> SigningKey:
    pair = new_key(algorithm.value)
    row: SigningKey = SigningKey.objects.create(
        kid=pair.jwk["kid"],
        algorithm=algorithm.value,
        jwk=pair.jwk,
        private=pair.private,
        created_at=at,
        signs_from=signs_from,
    )
    subject = SubjectRef(SIGNING_KEY, row.pk)
    evidence.record("signing_key.made", subject, {"kid": row.kid, "algorithm": algorithm.value})
    return row


@command("identity.withdraw_signing_key")
def withdraw_signing_key(*, kid: str, by: Actor, at: datetime) -> None:
    """A key that others may know: it leaves the key set now, the following one signs. Raises UnknownRecord."""
    policies.check_keep_keys(by)
    row = SigningKey.objects.select_for_update().filter(kid=kid).first()
    if row is None:
        raise UnknownRecord(kind=SIGNING_KEY, code=kid[:64])
    subject = SubjectRef(SIGNING_KEY, row.pk)
    row.delete()
    rotate_signing_keys(by=by, at=at)
    evidence.record("signing_key.withdrawn", subject, {"kid": kid, "algorithm": row.algorithm})
    note(subject, kid=kid)
