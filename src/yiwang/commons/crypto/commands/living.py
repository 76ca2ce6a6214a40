"""The steps of a key's life: activate, suspend, resume, rotate, retire, destroy. Each leaves its history and evidence."""

from datetime import datetime, timedelta

from yiwang.commons.crypto import policies, registry, rules
from yiwang.commons.crypto.commands.making import REENCRYPT, active_master, add_version, facts, material, step
from yiwang.commons.crypto.contracts import (
    KEY,
    KeyDestroyed,
    KeyHeld,
    KeyId,
    KeyNotFound,
    KeyRotated,
    KeyState,
    KeyVerb,
    PlatformKey,
    Purpose,
    ReasonMissing,
    RotationUnfinished,
    StepRefused,
    SuiteRefused,
    VersionInUse,
)
from yiwang.commons.crypto.models import CryptoKey, KeyStep, KeyVersion
from yiwang.commons.crypto.queries.stored import labels_stored
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.jobs import defer
from yiwang.kernel.outbox import publish

_ENDING = frozenset({KeyVerb.ROTATE, KeyVerb.SUSPEND, KeyVerb.RETIRE, KeyVerb.DESTROY})


@command("crypto.activate_key")
def activate_key(*, key_id: KeyId, reason: str = "", by: Actor, at: datetime) -> None:
    """Let a prepared key be used from now. Raises MayNotManage, KeyNotFound, StepRefused."""
    policies.check_manage(by)
    key = _locked(key_id)
    _move(key, KeyVerb.ACTIVATE, by, at, reason)
    KeyVersion.objects.filter(key=key, replaced_at__isnull=True).update(effective_at=at)
    _save(key, at, next_rotation_at=rules.next_rotation(at, key.rotate_days))


@command("crypto.suspend_key")
def suspend_key(*, key_id: KeyId, reason: str, by: Actor, at: datetime) -> None:
    """Let nobody use a key for the time being; every process knows within half a minute.

    Raises MayNotManage, KeyNotFound, StepRefused, PlatformKey, KeyHeld, ReasonMissing.
    """
    policies.check_manage(by)
    key = _locked(key_id)
    _move(key, KeyVerb.SUSPEND, by, at, _reason(reason))
    _save(key, at)
    evidence.record("key.suspended", SubjectRef(KEY, key.pk), facts(key))


@command("crypto.resume_key")
def resume_key(*, key_id: KeyId, reason: str = "", by: Actor, at: datetime) -> None:
    """Let a suspended key be used again. Raises MayNotManage, KeyNotFound, StepRefused."""
    policies.check_manage(by)
    key = _locked(key_id)
    _move(key, KeyVerb.RESUME, by, at, reason)
    _save(key, at)
    evidence.record("key.resumed", SubjectRef(KEY, key.pk), facts(key))


@command("crypto.rotate_key")
def rotate_key(
    *, key_id: KeyId, reason: str = "", suite: str = "", at_once: bool = False, by: Actor, at: datetime
) -> int:
    """Give a key a new version, of another suite where one is named; its number. What is stored follows in the background.

    A key of look-ups serves under its new version after a grace in which every process gets to know it; `at_once` leaves
    that out, for when no other process runs. Raises MayNotManage, KeyNotFound, StepRefused, SuiteRefused,
    RotationUnfinished, KeyHeld, MasterKeyMissing.
    """
    policies.check_manage(by)
    if suite and not rules.is_suite(suite):
        raise SuiteRefused(suite=suite[:40])
    key = _locked(key_id)
    purpose = Purpose(key.purpose)
    if purpose is Purpose.LOOKUP and KeyVersion.objects.filter(key=key, retired_at__isnull=True).count() > 1:
        raise RotationUnfinished(key=key.name)
    master = active_master(at)
    before, key.version = KeyState(key.state), key.version + 1
    key.suite = suite or key.suite
    key.algorithm = rules.algorithm(key.suite, purpose)
    _check(key, KeyVerb.ROTATE)
    grace = rules.GRACE if purpose is Purpose.LOOKUP and not at_once else timedelta()
    KeyVersion.objects.filter(key=key, replaced_at__isnull=True).update(replaced_at=at + grace)
    version = add_version(key, material(key.suite, purpose), master, effective_at=at + grace, at=at)
    step(key, KeyVerb.ROTATE, before, version.number, by, at, reason)
    _save(key, at, "version", "suite", "algorithm", next_rotation_at=rules.next_rotation(at + grace, key.rotate_days))
    note(SubjectRef(KEY, key.pk), name=key.name, version=version.number, algorithm=key.algorithm)
    publish(KeyRotated(key_id=key.pk, name=key.name, version=version.number))
    evidence.record("key.rotated", SubjectRef(KEY, key.pk), facts(key, version))
    if purpose is Purpose.FIELDS:
        defer(REENCRYPT, run_at=at + rules.RELEASE)
    elif purpose is Purpose.LOOKUP:
        defer(REENCRYPT, run_at=at + grace + rules.SETTLING if grace else None)
    return version.number


@command("crypto.retire_key")
def retire_key(*, key_id: KeyId, reason: str, by: Actor, at: datetime) -> None:
    """End the use of a key for good: from now it only opens what it sealed, and its signatures are still verified.

    Raises MayNotManage, KeyNotFound, StepRefused, PlatformKey, KeyHeld, ReasonMissing.
    """
    policies.check_manage(by)
    key = _locked(key_id)
    _move(key, KeyVerb.RETIRE, by, at, _reason(reason))
    _save(key, at, next_rotation_at=None, retired_by_id=by.account_id)
    evidence.record("key.retired", SubjectRef(KEY, key.pk), facts(key))


@command("crypto.destroy_key")
def destroy_key(*, key_id: KeyId, reason: str, by: Actor, at: datetime) -> None:
    """Take the material of all versions out of the database for good; what they sealed can never be read again.

    Public keys stay. By another official than the one who retired it. Raises MayNotDestroy, OwnRetirement, KeyNotFound,
    StepRefused, PlatformKey, KeyHeld, ReasonMissing.
    """
    policies.check_destroy(by)
    key = _locked(key_id)
    policies.check_destroy(by, key.retired_by_id)
    _move(key, KeyVerb.DESTROY, by, at, _reason(reason), version=0)
    KeyVersion.objects.filter(key=key, destroyed_at__isnull=True).update(wrapped=None, master=None, destroyed_at=at)
    KeyVersion.objects.filter(key=key, replaced_at__isnull=True).update(replaced_at=at)
    _save(key, at, next_rotation_at=None)
    publish(KeyDestroyed(key_id=key.pk, name=key.name, version=0))
    evidence.record("key.destroyed", SubjectRef(KEY, key.pk), facts(key))


@command("crypto.destroy_version")
def destroy_version(*, key_id: KeyId, number: int, reason: str, by: Actor, at: datetime) -> None:
    """Take the material of one former version out of the database for good, when nothing that is stored needs it: of fields all labels are looked at again.

    Raises MayNotDestroy, KeyNotFound, VersionInUse, KeyHeld, ReasonMissing.
    """
    policies.check_destroy(by)
    said = _reason(reason)
    key = _locked(key_id)
    row = KeyVersion.objects.select_for_update().filter(key=key, number=number, destroyed_at__isnull=True).first()
    if row is None:
        raise KeyNotFound(key=f"{key.name} v{number}")
    purpose = Purpose(key.purpose)
    needed = (
        row.replaced_at is None or (purpose in rules.PLATFORM and row.retired_at is None) or purpose is Purpose.DATA
    )
    if needed or (purpose is Purpose.FIELDS and bytes(row.label) in labels_stored()):
        raise VersionInUse(key=key.name, version=number)
    _check_free(key)
    row.wrapped, row.master, row.destroyed_at = None, None, at
    row.save(update_fields=["wrapped", "master", "destroyed_at"])
    _written(key, KeyVerb.DESTROY, KeyState(key.state), number, by, at, said)
    note(SubjectRef(KEY, key.pk), name=key.name, version=number)
    publish(KeyDestroyed(key_id=key.pk, name=key.name, version=number))
    evidence.record("key.destroyed", SubjectRef(KEY, key.pk), facts(key, row))


def _locked(key_id: KeyId) -> CryptoKey:
    key: CryptoKey | None = CryptoKey.objects.select_for_update(of=("self",)).select_related("application").filter(pk=key_id).first()  # fmt: skip
    if key is None:
        raise KeyNotFound(key=str(key_id))
    return key


def _check(key: CryptoKey, verb: KeyVerb) -> KeyState:
    state, purpose = KeyState(key.state), Purpose(key.purpose)
    after = rules.after(state, verb)
    if after is None:
        raise StepRefused(key=key.name)
    if verb not in rules.verbs(state, purpose):
        raise PlatformKey(key=key.name)
    if verb in _ENDING:
        _check_free(key)
    return after


def _check_free(key: CryptoKey) -> None:
    holder = registry.held_by(key.pk)
    if holder:
        raise KeyHeld(key=key.name, holder=holder)


def _move(key: CryptoKey, verb: KeyVerb, by: Actor, at: datetime, reason: str = "", *, version: int | None = None) -> None:  # fmt: skip
    after = _check(key, verb)
    step(key, verb, KeyState(key.state), key.version if version is None else version, by, at, reason)
    note(SubjectRef(KEY, key.pk), name=key.name, before=key.state, after=after.value)
    key.state = after.value


def _written(key: CryptoKey, verb: KeyVerb, state: KeyState, version: int, by: Actor, at: datetime, reason: str) -> None:  # fmt: skip
    """A step that leaves the key's own state as it is."""
    KeyStep.objects.create(
        key=key, at=at, verb=verb.value, before=state.value, after=state.value, version=version,
        account_id=by.account_id, reason=reason,
    )  # fmt: skip


def _save(key: CryptoKey, at: datetime, *more: str, **values: object) -> None:
    key.changed_at = at
    for name, value in values.items():
        setattr(key, name, value)
    names = [name.removesuffix("_id") for name in values]
    key.save(update_fields=["state", "changed_at", *more, *names])


def _reason(text: str) -> str:
    if not text.strip():
        raise ReasonMissing(fields={"reason": ReasonMissing.message})
    return text.strip()[:2000]
