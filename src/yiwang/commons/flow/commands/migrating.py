"""Carrying running instances over to another version: each by itself where that is safe, batch by batch where they are many."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from yiwang.commons.flow import engine, policies
from yiwang.commons.flow.commands.locking import locked
from yiwang.commons.flow.commands.pinning import Pins, definition_with_id, in_force, model_of, pins_for
from yiwang.commons.flow.commands.placing import subject_of
from yiwang.commons.flow.contracts import ADMINISTER, HistoryKind, InstanceStatus, TaskStatus
from yiwang.commons.flow.contracts.migrating import (
    AlreadyMigrating,
    MappingRefused,
    SameVersion,
    UnknownMigration,
    UnknownVersion,
)
from yiwang.commons.flow.models import (
    Halt,
    HistoryEntry,
    InstanceMigration,
    OperationCall,
    ProcessDefinition,
    ProcessInstance,
    Subscription,
    Task,
    Timer,
)
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, keep, note
from yiwang.kernel.jobs import defer
from yiwang.kernel.writes import update

MIGRATE_BATCH = "flow.migrate_batch"
BATCH = 20
GOING = (InstanceStatus.RUNNING.value, InstanceStatus.HALTED.value)
_REASONS = 50


@command("flow.migrate_instances")
def migrate_instances(
    *, key: str, from_version: int, to_version: int, mapping: Mapping[str, str] | None = None, by: Actor, at: datetime
) -> UUID:
    """Carry the running and halted instances of a version over to another; the id of the migration.

    `mapping` names elements whose id has changed (old → new), all others keep theirs. An instance for which it is not safe
    stays with its version (`queries.plan_migration` tells which and why). Few are carried at once, more by jobs; progress is
    `queries.migration`. Raises NotAdministrator, UnknownVersion, SameVersion, MappingRefused, AlreadyMigrating.
    """
    policies.check_keep(by, ADMINISTER)
    source, target = _version(key, from_version), _version(key, to_version)
    if source.pk == target.pk:
        raise SameVersion
    mapping = {old: new for old, new in (mapping or {}).items() if old != new}
    faults = engine.Move(model_of(source), model_of(target), mapping).faults()
    if faults:
        raise MappingRefused(fields={each.element_id: each.reason for each in faults}, count=len(faults))
    total = ProcessInstance.objects.filter(definition=source, status__in=GOING).count()
    row = InstanceMigration(
        source=source, target=target, mapping=mapping, total=total, started_at=at, started_by_id=by.account_id
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyMigrating from error
    subject = SubjectRef("process_definition", target.pk)
    facts: dict[str, evidence.Fact] = {"key": key, "from": from_version, "to": to_version, "instances": total}
    evidence.record("process.migration_ordered", subject, facts)
    note(subject, key=key, from_version=from_version, to_version=to_version, instances=total, mapping=mapping)
    if not _batch(row, by, at):
        defer(MIGRATE_BATCH, migration_id=str(row.pk))
    return row.pk


@command("flow.migrate_batch")
def migrate_batch(*, migration_id: UUID, by: Actor, at: datetime) -> bool:
    """Carry the next batch over; whether that was the last. A repeat after the end changes nothing."""
    row = InstanceMigration.objects.select_for_update(of=("self",)).filter(pk=migration_id).first()
    if row is None:
        raise UnknownMigration
    ended = row.ended_at is not None or _batch(row, by, at)
    if not ended:
        defer(MIGRATE_BATCH, migration_id=str(row.pk))
    note(SubjectRef("process_definition", row.target_id), migration=str(row.pk), moved=row.moved, refused=row.refused)
    return ended


def _version(key: str, version: int) -> ProcessDefinition:
    found = in_force(key, version)
    if found is None:
        raise UnknownVersion(key=key, version=version)
    return found


def _batch(row: InstanceMigration, by: Actor, at: datetime) -> bool:
    """The next instances in the order of their ids; whether none is left."""
    source, target = definition_with_id(row.source_id), definition_with_id(row.target_id)
    assert source is not None
    assert target is not None
    waiting = ProcessInstance.objects.filter(definition_id=row.source_id, status__in=GOING)
    if row.last is not None:
        waiting = waiting.filter(pk__gt=row.last)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:BATCH])
    carrier = _Carrier(row, source, target, by, at)
    for instance_id in ids:
        carrier.carry(instance_id)
    if ids:
        row.last = ids[-1]
    row.ended_at = at if len(ids) < BATCH else None
    update(row, "moved", "refused", "reasons", "last", "ended_at")
    return row.ended_at is not None


class _Carrier:
    def __init__(
        self, row: InstanceMigration, source: ProcessDefinition, target: ProcessDefinition, by: Actor, at: datetime
    ) -> None:
        self._row, self._source, self._target = row, source, target
        self._by, self._at = by, at
        self._move = engine.Move(model_of(source), model_of(target), row.mapping)
        self._pins: Pins = pins_for(target)

    def carry(self, instance_id: UUID) -> None:
        """One instance, its tree locked; what changed since the batch was chosen is left alone."""
        instance = locked(instance_id)
        if instance.definition_id != self._source.pk or instance.status not in GOING:
            return
        try:
            instance.state = self._move.state(bytes(instance.state or b""))
        except engine.CannotMove as why:
            self._row.refused += 1
            self._count(why.obstacles)
            return
        instance.definition = self._target
        instance.pins = {**self._pins, **instance.pins}
        update(instance, "definition_id", "state", "pins")
        self._rename(instance)
        self._row.moved += 1
        subject, versions = subject_of(instance), (self._source.version, self._target.version)
        facts: dict[str, evidence.Fact] = {
            "process": self._target.key,
            "from": versions[0],
            "to": versions[1],
            "sha256": self._target.sha256,
            "instance": str(instance.pk),
        }
        evidence.record("process.migrated", subject, facts)
        keep(self._line(instance, versions))
        note(subject, instance=str(instance.pk), process=self._target.key, versions=list(versions))

    def _line(self, instance: ProcessInstance, versions: tuple[int, int]) -> HistoryEntry:
        return HistoryEntry(
            instance_id=instance.pk,
            subject_kind=instance.subject_kind,
            subject_id=instance.subject_id,
            at=self._at,
            kind=HistoryKind.MIGRATED.value,
            name=self._target.title,
            account_id=self._by.account_id,
            details={"from": versions[0], "to": versions[1]},
        )

    def _count(self, obstacles: tuple[engine.Obstacle, ...]) -> None:
        counted = {(element, reason): number for element, reason, number in self._row.reasons}
        for each in obstacles:
            key = each.element_id, each.reason
            if key in counted or len(counted) < _REASONS:
                counted[key] = counted.get(key, 0) + 1
        self._row.reasons = [[element, reason, number] for (element, reason), number in counted.items()]

    def _rename(self, instance: ProcessInstance) -> None:
        """What waits is shown at the element's new id."""
        for old, new in self._row.mapping.items():
            tasks = Task.objects.filter(instance=instance, status__in=[TaskStatus.OPEN.value, TaskStatus.CLAIMED.value])
            for rows in (tasks, *(model.objects.filter(instance=instance) for model in _WAITING)):
                rows.filter(element_id=old).update(element_id=new)


_WAITING = (Timer, OperationCall, Subscription, Halt)
