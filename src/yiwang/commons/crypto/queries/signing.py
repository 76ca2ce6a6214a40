"""Keys in use by applications: signers and sealers that count each use, and the public side for everybody."""

from django.db import connection

from yiwang.commons.crypto import rules
from yiwang.commons.crypto.contracts import (
    KeyId,
    KeyNotFound,
    KeyNotUsable,
    NotYourKey,
    Operation,
    Purpose,
    QuotaExceeded,
)
from yiwang.commons.crypto.engine import CryptoError, Damaged, LocalSigner, Sealer, Suite, suite
from yiwang.commons.crypto.models import KeyVersion
from yiwang.commons.crypto.queries.keyring import RING, Held, read
from yiwang.kernel import clock


class PoolSigner:
    """A signing key of the pool: fills `engine.Signer`. What it may is asked at each use, by what this process knows."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._signer = LocalSigner(held.material())
        self.suite: Suite = self._signer.suite
        self.public = self._signer.public
        self._ticks = rules.TALLY.counter(held.id, held.application, Operation.SIGN).ticks

    def sign(self, message: bytes) -> bytes:
        """The signature over the whole message. Raises KeyNotUsable, QuotaExceeded."""
        check_use(self._held, Operation.SIGN)
        next(self._ticks)
        return self._signer.sign(message)


class PoolSealer:
    """A key of the pool for an application's own data: seals by the newest version, opens what any of them sealed."""

    def __init__(self, versions: tuple[Held, ...]) -> None:
        self._versions: dict[bytes, Held] = {rules.head(each.suite, each.label): each for each in versions}
        self._first = versions[0]
        self._ready: dict[bytes, Sealer] = {}

    def seal(self, plain: bytes, context: bytes = b"") -> bytes:
        """Names its algorithm and version in its first bytes. Raises KeyNotUsable, QuotaExceeded."""
        held = RING.newest(self._first.key_id) or self._first
        self._counted(held, Operation.SEAL)
        head = rules.head(held.suite, held.label)
        self._versions.setdefault(head, held)
        return head + self._sealer(head).seal(plain, head + context)

    def open(self, sealed: bytes, context: bytes = b"") -> bytes:
        """Raises KeyNotUsable, QuotaExceeded; engine.Damaged."""
        head = sealed[: rules.HEAD]
        held = self._versions.get(head) or RING.sealed_by(self._first.key_id, head)
        if held is None:
            raise Damaged("sealed under no version of this key")
        self._versions.setdefault(head, held)
        self._counted(held, Operation.OPEN)
        return self._sealer(head).open(sealed[rules.HEAD :], head + context)

    def _counted(self, held: Held, operation: Operation) -> None:
        check_use(held, operation)
        next(rules.TALLY.counter(held.id, held.application, operation).ticks)

    def _sealer(self, head: bytes) -> Sealer:
        if head not in self._ready:
            held = self._versions[head]
            self._ready[head] = suite(held.suite).sealer(held.material())
        return self._ready[head]


def check_use(held: Held, operation: Operation, /) -> None:
    """By what this process knows, at most half a minute old. Raises KeyNotUsable, QuotaExceeded."""
    now = RING.known(held.id)
    if now is None or not rules.may(now.state, operation):
        raise KeyNotUsable(key=held.name)
    quota = RING.view().quotas.get(held.application)
    if quota is not None:
        limit, used = quota
        used += rules.TALLY.since(held.application)
        if used >= limit:
            raise QuotaExceeded(application=held.application, used=used, quota=limit)


def signer(*, key_id: KeyId, application: str, public: bytes = b"") -> PoolSigner:
    """A signing key for the application that it belongs to; prepare once, use often. `public`: the version with this public key.

    Raises KeyNotFound, NotYourKey, KeyNotUsable, MasterKeyMissing, KeyDamaged. One query.
    """
    versions = _for(key_id, application, Purpose.SIGNING, Operation.SIGN)
    found = next((each for each in versions if not public or each.public == public), None)
    if found is None:
        raise KeyNotFound(key=f"{versions[0].name} {public.hex()[-16:]}")
    return PoolSigner(found)


def sealer(*, key_id: KeyId, application: str) -> PoolSealer:
    """A key for an application's own data. Raises as `signer` does; a retired one still opens."""
    return PoolSealer(_for(key_id, application, Purpose.DATA, Operation.OPEN))


def _for(key_id: KeyId, application: str, purpose: Purpose, operation: Operation) -> tuple[Held, ...]:
    with connection.cursor() as cursor:
        found, _quotas = read(cursor, key_id=key_id)
    RING.introduce(found)
    now = clock.now()
    versions = tuple(each for each in found if each.effective_at <= now) or tuple(found)
    if not versions:
        raise KeyNotFound(key=str(key_id))
    newest = versions[0]
    if newest.application != application or newest.purpose is not purpose:
        raise NotYourKey(key=newest.name, application=application)
    if not rules.may(newest.state, operation):
        raise KeyNotUsable(key=newest.name)
    return versions


def key_id_of(*, name: str) -> KeyId | None:
    """The key of that name."""
    found = KeyVersion.objects.filter(key__name=name).values_list("key_id", flat=True).first()
    return None if found is None else KeyId(found)


def public_key(*, key_id: KeyId, version: int | None = None) -> bytes:
    """The public side of a signing key (SubjectPublicKeyInfo DER), of its newest version in effect. Raises KeyNotFound."""
    now = clock.now()
    rows = KeyVersion.objects.filter(key_id=key_id, public_key__isnull=False)
    known = list(rows.order_by("-number").values_list("number", "public_key", "effective_at"))
    for number, public, effective in known:
        if version in {None, number} and (effective <= now or len(known) == 1):
            return bytes(public)
    raise KeyNotFound(key=str(key_id))


def verify(*, key_id: KeyId, message: bytes, signature: bytes) -> bool:
    """Whether any version of a signing key made this signature, in whatever state it is now. Never raises for the signature."""
    rows = KeyVersion.objects.filter(key_id=key_id, public_key__isnull=False).order_by("-number")
    for name, public in rows.values_list("suite", "public_key"):
        try:
            if suite(name).verify(bytes(public), message, signature):
                return True
        except CryptoError:
            continue
    return False
