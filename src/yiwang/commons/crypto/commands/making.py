"""Making keys: applications, versions with wrapped material, the master key that wraps them, the platform's own keys."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection

from yiwang.commons.crypto import policies, registry, rules
from yiwang.commons.crypto.contracts import (
    KEY,
    KeyCreated,
    KeyId,
    KeyState,
    KeyVerb,
    MasterKeyMissing,
    MasterState,
    NameRefused,
    NameTaken,
    Purpose,
    PurposeTaken,
    QuotaExceeded,
    SuiteRefused,
)
from yiwang.commons.crypto.contrib.master_files import MasterFiles
from yiwang.commons.crypto.engine import suite as suite_of
from yiwang.commons.crypto.models import CryptoKey, KeyApplication, KeyStep, KeyVersion, MasterKey
from yiwang.commons.crypto.queries.keyring import place_of
from yiwang.commons.crypto.queries.stored import labels_stored
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.cipher import MASTER
from yiwang.kernel.command import command, note
from yiwang.kernel.fields import KeyedHashField
from yiwang.kernel.jobs import defer
from yiwang.kernel.outbox import publish
from yiwang.kernel.settings import settings

_TITLES = {rules.PLATFORM_APPLICATION: "平台字段", "ledger": "常享链"}
REENCRYPT = "crypto.reencrypt"
_LOCAL_SUITE = "national"
"""In which the kernel's local key makes its hashes."""


@command("crypto.create_key")
def create_key(
    *,
    name: str,
    owner: str,
    purpose: Purpose,
    application: str,
    suite: str = "",
    rotate_days: int | None = None,
    activate: bool = True,
    by: Actor,
    at: datetime,
) -> KeyId:
    """Make a key and its first version. `suite`: that of the settings where none is given; `rotate_days`: how long a version serves.

    An application that is new is registered. Raises MayNotManage, NameRefused, NameTaken, PurposeTaken, SuiteRefused,
    QuotaExceeded, MasterKeyMissing.
    """
    policies.check_manage(by)
    for text in (name, application):
        if not rules.is_name(text):
            raise NameRefused(name=text[:80])
    chosen = suite or settings().crypto_suite
    if not rules.is_suite(chosen):
        raise SuiteRefused(suite=chosen[:40])
    master = active_master(at)
    user = _application(application, at)
    if CryptoKey.objects.filter(name=name).exists():
        raise NameTaken(key=name)
    if purpose in rules.PLATFORM and CryptoKey.objects.filter(purpose=purpose.value).exists():
        raise PurposeTaken
    state = KeyState.ACTIVE if activate else KeyState.PRE_ACTIVE
    key = CryptoKey.objects.create(
        name=name,
        owner=owner[:120],
        purpose=purpose.value,
        application=user,
        suite=chosen,
        algorithm=rules.algorithm(chosen, purpose),
        state=state.value,
        rotate_days=rotate_days,
        next_rotation_at=rules.next_rotation(at, rotate_days) if activate else None,
        created_at=at,
        changed_at=at,
    )
    version = add_version(key, material(chosen, purpose, first=True), master, effective_at=at, at=at)
    step(key, KeyVerb.CREATE, None, version.number, by, at)
    if activate:
        step(key, KeyVerb.ACTIVATE, KeyState.PRE_ACTIVE, version.number, by, at)
    note(SubjectRef(KEY, key.pk), name=name, purpose=purpose.value, algorithm=key.algorithm, application=application)
    publish(KeyCreated(key_id=key.pk, name=name, version=1))
    evidence.record("key.created", SubjectRef(KEY, key.pk), facts(key, version))
    return KeyId(key.pk)


@command("crypto.establish")
def establish(*, by: Actor, at: datetime) -> None:
    """Make what the platform's own fields need, where it is missing: a key of fields and a key of look-ups.

    Where hashes under the kernel's local key are stored already, the key of look-ups begins as that one. What the local
    key sealed is moved by a pass when no process uses it any more.
    """
    policies.check_manage(by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('crypto.establish'))")
    wanted = (
        (Purpose.FIELDS, rules.FIELDS_KEY, rules.FIELDS_DAYS),
        (Purpose.LOOKUP, rules.LOOKUP_KEY, rules.LOOKUP_DAYS),
    )
    made = []
    for purpose, name, days in wanted:
        if not CryptoKey.objects.filter(purpose=purpose.value).exists():
            options: dict[str, Any] = {"owner": "平台", "application": rules.PLATFORM_APPLICATION}
            suite = _LOCAL_SUITE if purpose is Purpose.LOOKUP and _hashes_stored() else ""
            create_key(name=name, purpose=purpose, suite=suite, rotate_days=days, by=by, at=at, **options)
            made.append(name)
    if made and (b"" in labels_stored() or _hashes_stored()):
        defer(REENCRYPT, run_at=at + rules.RELEASE)
    note(SubjectRef(KEY, CryptoKey.objects.get(purpose=Purpose.FIELDS.value).pk), made=made)


def active_master(at: datetime) -> MasterKey:
    """The master key that wraps new keys; the first one is taken up here. Raises MasterKeyMissing.

    Until the transaction ends no other takes its place: what is wrapped meanwhile is wrapped by the one that stays.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('crypto.master'))")
    keeper = registry.master_keys()
    row: MasterKey | None = MasterKey.objects.filter(state=MasterState.ACTIVE.value).first()
    if row is None:
        row = MasterKey.objects.create(
            fingerprint=keeper.first(), kind=keeper.kind, state=MasterState.ACTIVE.value, created_at=at
        )
    if not keeper.has(row.fingerprint):
        raise MasterKeyMissing(fingerprint=row.fingerprint, place=keeper.place)
    return row


def _application(code: str, at: datetime) -> KeyApplication:
    row: KeyApplication
    row, _made = KeyApplication.objects.select_for_update().get_or_create(
        code=code, defaults={"title": _TITLES.get(code, code), "created_at": at}
    )
    has = CryptoKey.objects.filter(application=row).exclude(state=KeyState.DESTROYED.value).count()
    if has >= row.key_quota:
        raise QuotaExceeded(application=code, used=has, quota=row.key_quota)
    return row


def material(suite: str, purpose: Purpose, *, first: bool = False) -> bytes:
    """A fresh key from the system's source of randomness: PKCS#8 for signing, else bytes."""
    chosen = suite_of(suite)
    if purpose is Purpose.SIGNING:
        return chosen.new_signing_key()
    if purpose is Purpose.LOOKUP:
        goes_on = first and suite == _LOCAL_SUITE and _hashes_stored()
        return _continued() if goes_on else secrets.token_bytes(rules.LOOKUP_BYTES)
    return secrets.token_bytes(chosen.key_size)


def _continued() -> bytes:
    """The local key under which hashes are stored; a restored one may have another name. Raises MasterKeyMissing."""
    folder = settings().data_dir / "keys"
    files = MasterFiles(lambda: folder)
    if not (folder / MASTER).exists():
        there = files.secrets()
        if len(there) == 1:
            return next(iter(there.values()))
        raise MasterKeyMissing(fingerprint=MASTER, place=files.place)
    return (folder / MASTER).read_bytes()


def _hashes_stored() -> bool:
    found = [(m, f) for m in apps.get_models() for f in m._meta.concrete_fields if isinstance(f, KeyedHashField)]
    return any(model._base_manager.filter(**{f"{field.name}__isnull": False}).exists() for model, field in found)


def add_version(
    key: CryptoKey, content: bytes, master: MasterKey, *, effective_at: datetime, at: datetime
) -> KeyVersion:
    """The next version of a key, wrapped; `key` tells its number and suite."""
    purpose = Purpose(key.purpose)
    wrapped = registry.master_keys().wrap(master.fingerprint, key.suite, content, place_of(key.pk, key.version))
    row: KeyVersion = KeyVersion.objects.create(
        key=key,
        number=key.version,
        suite=key.suite,
        algorithm=key.algorithm,
        label=hashlib.new("sm3", b"yiwang-key-label" + content).digest()[: rules.LABEL],
        wrapped=wrapped,
        wrapping=key.suite,
        master=master,
        public_key=suite_of(key.suite).public_key(content) if purpose is Purpose.SIGNING else None,
        created_at=at,
        effective_at=effective_at,
    )
    return row


def step(
    key: CryptoKey, verb: KeyVerb, before: KeyState | None, version: int, by: Actor, at: datetime, reason: str = ""
) -> None:
    """Write a step into the key's history."""
    after = rules.after(before, verb)
    assert after is not None, "the command has checked it"
    KeyStep.objects.create(
        key=key,
        at=at,
        verb=verb.value,
        before=before.value if before else "",
        after=after.value,
        version=version,
        account_id=by.account_id,
        reason=reason,
    )


def facts(key: CryptoKey, version: KeyVersion | None = None) -> dict[str, evidence.Fact]:
    """What evidence says of a key: its public side."""
    known: dict[str, evidence.Fact] = {
        "name": key.name,
        "purpose": key.purpose,
        "application": key.application.code,
        "algorithm": key.algorithm if version is None else version.algorithm,
        "version": key.version if version is None else version.number,
    }
    if version is not None and version.public_key is not None:
        known["public_key_sm3"] = hashlib.new("sm3", bytes(version.public_key)).hexdigest()
    return known
