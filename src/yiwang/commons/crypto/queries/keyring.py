"""What this process holds of the pool: states, quotas and prepared keys, looked at anew every half minute.

It looks through a connection of its own: nobody's transaction, whatever its state, decides which keys are known, and on
the same occasion the uses counted meanwhile are written down.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection as database

from yiwang.commons.crypto import registry, rules
from yiwang.commons.crypto.contracts import KeyDamaged, KeyState, MasterKeyMissing, Operation, Purpose
from yiwang.commons.crypto.engine import Damaged, SuiteName, suite
from yiwang.kernel import clock
from yiwang.kernel.errors import Unavailable

_READ = """
SELECT version.id, version.key_id, key.name, key.purpose, key.state, application.code, version.number, version.suite,
       version.label, version.wrapped, version.wrapping, master.fingerprint, version.effective_at, version.replaced_at,
       version.retired_at, version.public_key
FROM commons_crypto_keyversion AS version
JOIN commons_crypto_cryptokey AS key ON key.id = version.key_id
JOIN commons_crypto_keyapplication AS application ON application.id = key.application_id
LEFT JOIN commons_crypto_masterkey AS master ON master.id = version.master_id
WHERE version.destroyed_at IS NULL {which}
ORDER BY version.key_id, version.number DESC
"""
_QUOTAS = """
SELECT application.code, application.daily_quota, coalesce(sum(usage.count), 0)
FROM commons_crypto_keyapplication AS application
LEFT JOIN commons_crypto_keyusage AS usage ON usage.application = application.code AND usage.day = %s
WHERE application.daily_quota IS NOT NULL GROUP BY application.code, application.daily_quota
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A version as the pool stores it: its material is wrapped."""

    id: UUID
    key_id: UUID
    name: str
    purpose: Purpose
    state: KeyState
    application: str
    number: int
    suite: SuiteName
    label: bytes
    wrapped: bytes
    wrapping: str
    master: str
    effective_at: datetime
    replaced_at: datetime | None
    retired_at: datetime | None
    public: bytes

    def material(self) -> bytes:
        """The key itself. Raises MasterKeyMissing, KeyDamaged."""
        return unwrapped(
            self.name, self.number, place_of(self.key_id, self.number), self.master, self.wrapping, self.wrapped
        )


def place_of(key_id: UUID, number: int, /) -> bytes:
    """What wrapped material is bound to."""
    return f"yiwang-key:{key_id}:{number}".encode()


def unwrapped(name: str, number: int, place: bytes, master: str, wrapping: str, wrapped: bytes, /) -> bytes:
    """The material of a version. Raises MasterKeyMissing, KeyDamaged."""
    keeper = registry.master_keys()
    try:
        return keeper.unwrap(master, wrapping, wrapped, place)
    except registry.NotHere:
        raise MasterKeyMissing(fingerprint=master, place=keeper.place) from None
    except Damaged:
        raise KeyDamaged(key=name, version=number) from None


class FieldKey:
    """A version of the key of fields, ready for use."""

    def __init__(self, held: Held) -> None:
        self.held = held
        self.head = rules.head(held.suite, held.label)
        self.sealer = suite(held.suite).sealer(held.material())
        self.seals = rules.TALLY.counter(held.id, held.application, Operation.SEAL).ticks
        self.opens = rules.TALLY.counter(held.id, held.application, Operation.OPEN).ticks
        self._places: dict[str, bytes] = {}

    def place(self, context: str) -> bytes:
        """The head with the place of a value: what is authenticated beside it."""
        known = self._places.get(context)
        if known is None:
            known = self.head + context.encode()
            if len(self._places) < _PLACES:
                self._places[context] = known
        return known


class LookupKey:
    """A version of the key of look-ups, ready for use. Derives as the kernel's local cipher does, which it may have to continue."""

    def __init__(self, held: Held) -> None:
        self.held = held
        chosen = suite(held.suite)
        self._mac, self._material = chosen.mac, held.material()
        self._hashes = rules.TALLY.counter(held.id, held.application, Operation.HASH).ticks
        self._derived: dict[str, bytes] = {}

    def hash(self, value: bytes, purpose: str) -> bytes:
        """32 bytes."""
        derived = self._derived.get(purpose)
        if derived is None:
            derived = self._mac(self._material, f"lookup:{purpose}".encode())
            if len(self._derived) < _PLACES:
                self._derived[purpose] = derived
        next(self._hashes)
        return self._mac(derived, value)


_PLACES = 512


@dataclass(slots=True)
class View:
    """The pool as it was a moment ago. `due`: when to look again; `writer` is None until the pool is established."""

    due: float
    stale: float
    held: dict[UUID, Held]
    versions: dict[UUID, tuple[Held, ...]]
    quotas: Mapping[str, tuple[int, int]]
    writer: FieldKey | None
    readers: Mapping[bytes, Held]
    lookups: tuple[LookupKey, ...]


Rows = tuple[Sequence[Held], Mapping[str, tuple[int, int]]]
WriteUses = Callable[[Any, tuple[rules.Used, ...]], None]


def _by_key(held: Sequence[Held]) -> dict[UUID, tuple[Held, ...]]:
    keys: dict[UUID, list[Held]] = {}
    for each in held:
        keys.setdefault(each.key_id, []).append(each)
    return {key: tuple(versions) for key, versions in keys.items()}


class Emptied(Exception):
    """The pool had keys of fields and now has none: a database being restored, or another one. Nothing is sealed meanwhile."""


def _looked(old: View | None, write: WriteUses | None) -> Rows:
    rows = exchange(write)
    seals = any(each.purpose is Purpose.FIELDS and each.retired_at is None for each in rows[0])
    if old is not None and old.writer is not None and not seals:
        raise Emptied
    return rows


class Ring:
    """The keys of this process. Threads share it; whoever comes while it is renewed goes on with what was known."""

    def __init__(self) -> None:
        self._view: View | None = None
        self._lock = Lock()
        self._asking = Lock()
        self._prepared: dict[UUID, Any] = {}
        self._asked = 0.0
        self.write: WriteUses | None = None

    def view(self) -> View:
        """What is known, renewed when it is due. Raises Unavailable where nothing recent enough is."""
        view = self._view
        if view is not None and monotonic() < view.due:
            return view
        return self._renewed(view)

    def reader(self, label: bytes) -> FieldKey | None:
        """The version that sealed under this label; an unknown one is asked for at once, at most once a second."""
        held = self._sought(lambda view: view.readers.get(label))
        return None if held is None else self._ready(FieldKey, held)

    def known(self, version_id: UUID) -> Held | None:
        """A version as it is now; None where it was destroyed. One that is not known is asked for at once."""
        return self._sought(lambda view: view.held.get(version_id))

    def introduce(self, held: Sequence[Held]) -> None:
        """Versions that somebody has just read from the pool: they may be younger than what is known here."""
        view = self.view()
        view.held.update({each.id: each for each in held})
        view.versions.update(_by_key(held))

    def newest(self, key_id: UUID) -> Held | None:
        """The version in effect of a key; None where all were destroyed."""
        known, now = self.view().versions.get(key_id, ()), clock.now()
        return next((each for each in known if each.effective_at <= now), known[0] if known else None)

    def sealed_by(self, key_id: UUID, head: bytes) -> Held | None:
        """The version of a key that seals under this head; an unknown one is asked for at once."""
        return self._sought(
            lambda view: next(
                (each for each in view.versions.get(key_id, ()) if rules.head(each.suite, each.label) == head), None
            )
        )

    def _sought(self, found: Callable[["View"], Held | None]) -> Held | None:
        """What is looked for; where it is not known whoever asks waits for a new look, of which there is one a second."""
        held = found(self.view())
        if held is not None:
            return held
        with self._asking:
            held = found(self.view())
            if held is None and monotonic() - self._asked > 1:
                self._asked = monotonic()
                self.renew()
                held = found(self.view())
        return held

    def renew(self) -> None:
        """Look now, and write down what was counted."""
        self._renewed(self._view, now=True)

    def flush(self) -> None:
        """Write down what was counted, if anything: at the end of a process."""
        uses = rules.TALLY.taken()
        rules.TALLY.give_back(uses)
        if uses and self.write is not None:
            with suppress(Exception):
                exchange(self.write)

    def forget(self) -> None:
        """Know nothing, as at the start."""
        self._view, self._asked = None, 0.0
        self._prepared.clear()

    def learn(self, rows: Rows) -> View:
        """Take this for what the pool holds."""
        held, quotas = rows
        now, moment = clock.now(), monotonic()
        living = [each for each in held if each.retired_at is None]
        fields = [each for each in living if each.purpose is Purpose.FIELDS]
        in_effect = [each for each in fields if each.effective_at <= now] or fields  # a clock may have gone back
        lookups = [each for each in living if each.purpose is Purpose.LOOKUP]
        lookups.sort(key=lambda each: (each.effective_at > now, -each.number))
        ahead = [(each.effective_at - now).total_seconds() for each in (*fields, *lookups) if each.effective_at > now]
        view = View(
            due=moment + min([rules.KNOWS_FOR, *ahead]),
            stale=moment + rules.STALE_AFTER,
            held={each.id: each for each in held},
            versions=_by_key(held),
            quotas=quotas,
            writer=self._ready(FieldKey, in_effect[0]) if in_effect else None,  # None: there is no pool yet
            readers={each.label: each for each in held if each.purpose is Purpose.FIELDS},
            lookups=tuple(self._ready(LookupKey, each) for each in lookups),
        )
        self._view = view
        for gone in self._prepared.keys() - view.held.keys():
            self._prepared.pop(gone, None)
        return view

    def _ready(self, kind: Any, held: Held) -> Any:
        known = self._prepared.get(held.id)
        if known is None:
            known = self._prepared.setdefault(held.id, kind(held))
        return known

    def _renewed(self, old: View | None, *, now: bool = False) -> View:
        """`now`: wait for whoever looks, then look again; what is asked for may be younger than that look."""
        must = old is None or monotonic() >= old.stale
        if not self._lock.acquire(blocking=must or now):
            assert old is not None
            return old
        try:
            if not now and self._view is not None and self._view is not old and monotonic() < self._view.due:
                return self._view
            try:
                rows = _looked(old, self.write)
            except (psycopg.Error, Emptied) as error:
                if old is None or must:
                    raise Unavailable from error
                old.due = monotonic() + 1
                return old
            return self.learn(rows)
        finally:
            self._lock.release()


RING = Ring()


def exchange(write: WriteUses | None = None, /) -> Rows:
    """Write down what was counted, then read what the pool holds, in a transaction of its own. Raises psycopg.Error."""
    parameters = database.get_connection_params()
    for name in ("context", "cursor_factory"):
        parameters.pop(name, None)
    parameters.setdefault("connect_timeout", 5)
    uses = rules.TALLY.taken() if write is not None else ()
    try:
        with psycopg.connect(**parameters) as own, own.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', '2s', true), set_config('statement_timeout', '5s', true)")
            if uses and write is not None:
                write(cursor, uses)
            return read(cursor)
    except psycopg.errors.UndefinedTable:  # before the first migration
        return (), {}
    except psycopg.Error:
        with suppress(Exception):
            rules.TALLY.give_back(uses)
        raise


def read(cursor: Any, /, *, key_id: UUID | None = None) -> Rows:
    """Versions that are not destroyed, the newest of a key first; quotas with what was used of them today."""
    which = "" if key_id is None else "AND version.key_id = %s"
    cursor.execute(_READ.format(which=which), [] if key_id is None else [key_id])
    held = [_held(row) for row in cursor.fetchall()]
    cursor.execute(_QUOTAS, [clock.today()])
    return held, {code: (int(quota), int(used)) for code, quota, used in cursor.fetchall()}


def _held(row: Sequence[Any]) -> Held:
    (version, key, name, purpose, state, application, number, suite_name, label, wrapped, wrapping, master, *rest) = row
    effective, replaced, retired, public = rest
    return Held(
        id=version,
        key_id=key,
        name=name,
        purpose=Purpose(purpose),
        state=KeyState(state),
        application=application,
        number=number,
        suite=SuiteName(suite_name),
        label=bytes(label),
        wrapped=bytes(wrapped),
        wrapping=wrapping,
        master=master,
        effective_at=effective,
        replaced_at=replaced,
        retired_at=retired,
        public=bytes(public or b""),
    )
