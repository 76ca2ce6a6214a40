"""Changing the master key: all wrapped keys are wrapped anew, in one transaction, while everything goes on."""

from collections.abc import Sequence
from datetime import datetime

from yiwang.commons.crypto import policies, registry
from yiwang.commons.crypto.commands.making import active_master
from yiwang.commons.crypto.contracts import MASTER_KEY, MasterKeyMissing, MasterState
from yiwang.commons.crypto.models import KeyVersion, MasterKey
from yiwang.commons.crypto.queries.keyring import place_of, unwrapped
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note


@command("crypto.rotate_master_key")
def rotate_master_key(*, fingerprint: str, by: Actor, at: datetime) -> int:
    """Wrap every key anew under the master key of this fingerprint; how many there were.

    It must lie on each machine before (several machines share the folder of keys). The former one is needed for
    dumps that were made before, and for what the kernel's local key wrote. Raises MayNotManage, MasterKeyMissing, KeyDamaged.
    """
    policies.check_manage(by)
    keeper = registry.master_keys()
    if not keeper.has(fingerprint):
        raise MasterKeyMissing(fingerprint=fingerprint, place=keeper.place)
    former = active_master(at)  # waits for whoever wraps a new key by it
    if former.fingerprint != fingerprint:
        former.state, former.retired_at = MasterState.RETIRED.value, at
        former.save(update_fields=["state", "retired_at"])
    values = {"kind": keeper.kind, "state": MasterState.ACTIVE.value, "retired_at": None}
    now, _made = MasterKey.objects.update_or_create(
        fingerprint=fingerprint, defaults=values, create_defaults={**values, "created_at": at}
    )
    rows = list(KeyVersion.objects.select_for_update(of=("self",)).select_related("key", "master").filter(destroyed_at__isnull=True))  # fmt: skip
    for row in rows:
        _rewrap(row, now)
    note(SubjectRef(MASTER_KEY, now.pk), fingerprint=fingerprint, former=former.fingerprint, keys=len(rows))
    facts: dict[str, evidence.Fact] = {"fingerprint": fingerprint, "former": former.fingerprint, "keys": len(rows)}
    evidence.record("master_key.rotated", SubjectRef(MASTER_KEY, now.pk), facts)
    return len(rows)


@command("crypto.record_master_backup")
def record_master_backup(*, fingerprints: Sequence[str], by: Actor, at: datetime) -> None:
    """Somebody took a copy of master keys out of this machine. Raises MayNotManage."""
    policies.check_manage(by)
    row = active_master(at)
    note(SubjectRef(MASTER_KEY, row.pk), fingerprints=list(fingerprints))
    facts: dict[str, evidence.Fact] = {"fingerprints": list(fingerprints)}
    evidence.record("master_key.backed_up", SubjectRef(MASTER_KEY, row.pk), facts)


def _rewrap(row: KeyVersion, master: MasterKey) -> None:
    assert row.master is not None
    assert row.wrapped is not None
    place = place_of(row.key_id, row.number)
    content = unwrapped(row.key.name, row.number, place, row.master.fingerprint, row.wrapping, bytes(row.wrapped))
    row.wrapped = registry.master_keys().wrap(master.fingerprint, row.wrapping, content, place)
    row.master = master
    row.save(update_fields=["wrapped", "master"])
