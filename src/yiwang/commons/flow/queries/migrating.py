"""Versions of processes, what runs in each, and what carrying it over to another would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from yiwang.commons.flow import engine, policies
from yiwang.commons.flow.contracts import ADMINISTER, InstanceStatus
from yiwang.commons.flow.contracts.migrating import (
    MigrationRow,
    Obstacle,
    PlannedInstance,
    UnknownMigration,
    UnknownVersion,
    VersionRow,
)
from yiwang.commons.flow.models import InstanceMigration, ProcessDefinition, ProcessInstance, Task
from yiwang.commons.identity import queries as identity
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page, paginate


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """What would happen: `faults` of the mapping itself stop everything; else each of `page` moves or stays by itself."""

    key: str
    from_version: int
    to_version: int
    faults: tuple[Obstacle, ...]
    total: int
    page: Page[PlannedInstance]


_GOING = (InstanceStatus.RUNNING.value, InstanceStatus.HALTED.value)


def versions(*, viewer: Actor, key: str = "", cursor: str | None = None, size: int = 20) -> Page[VersionRow]:
    """Published versions, those of one process together, the newest first. Two queries. Raises NotAdministrator."""
    policies.check_see_designs(viewer)
    latest = ProcessDefinition.objects.filter(key=OuterRef("key")).order_by("-version").values("version")[:1]
    rows = ProcessDefinition.objects.defer("bpmn", "spec").annotate(
        running=_counted(*_GOING), halted=_counted(InstanceStatus.HALTED.value), latest=Subquery(latest)
    )
    if key:
        rows = rows.filter(key=key)
    page = paginate(rows, order=("key", "-version"), cursor=cursor, size=size)
    accounts = {row.published_by_id for row in page.items if row.published_by_id}
    names = identity.account_names(account_ids=accounts, viewer=viewer) if accounts else {}
    return page.map(lambda row: _version_row(row, names))


def _counted(*statuses: str) -> Coalesce:
    """How many instances of the version, by the index of those that are not over."""
    rows = ProcessInstance.objects.filter(definition=OuterRef("pk"), status__in=statuses).order_by()
    return Coalesce(Subquery(rows.values("definition").annotate(number=Count("pk")).values("number")), 0)


def _version_row(row: ProcessDefinition, names: Mapping[UUID, str]) -> VersionRow:
    counted: Mapping[str, int] = vars(row)
    return VersionRow(
        definition_id=row.pk,
        key=row.key,
        version=row.version,
        title=row.title,
        published_at=row.published_at,
        running=counted["running"],
        halted=counted["halted"],
        is_latest=row.version == counted["latest"],
        by=names.get(row.published_by_id, "") if row.published_by_id else "",
        reason=row.reason,
    )


def plan_migration(
    *,
    key: str,
    from_version: int,
    to_version: int,
    mapping: Mapping[str, str] | None = None,
    viewer: Actor,
    cursor: str | None = None,
    size: int = 20,
) -> MigrationPlan:
    """A dry run: for each running or halted instance, the oldest first, whether it can be carried over, else why not.

    Nothing is written. Some milliseconds an instance of the page. Raises NotAdministrator, UnknownVersion.
    """
    policies.check_keep(viewer, ADMINISTER)
    source, target = _definition(key, from_version), _definition(key, to_version)
    move = engine.Move(engine.load(bytes(source.spec)), engine.load(bytes(target.spec)), mapping or {})
    names = {node.id: node.name for node in move.old.built.nodes.values()}
    rows = ProcessInstance.objects.filter(definition=source, status__in=_GOING).defer("variables", "pins")
    page = paginate(rows, order=("id",), cursor=cursor, size=size)
    stages = _stages([row.pk for row in page.items])
    return MigrationPlan(
        key=key,
        from_version=from_version,
        to_version=to_version,
        faults=_named(move.faults(), names),
        total=rows.count(),
        page=page.map(lambda row: _planned(row, move, names, stages)),
    )


def _definition(key: str, version: int) -> ProcessDefinition:
    found: ProcessDefinition | None = ProcessDefinition.objects.defer("bpmn").filter(key=key, version=version).first()
    if found is None:
        raise UnknownVersion(key=key, version=version)
    return found


def _planned(
    row: ProcessInstance, move: engine.Move, names: Mapping[str, str], stages: Mapping[UUID, list[str]]
) -> PlannedInstance:
    obstacles: tuple[Obstacle, ...] = ()
    try:
        move.state(bytes(row.state or b""))
    except engine.CannotMove as why:
        obstacles = _named(why.obstacles, names)
    return PlannedInstance(
        id=row.pk,
        title=row.title,
        status=InstanceStatus(row.status),
        started_at=row.started_at,
        stages=tuple(stages.get(row.pk, ())),
        obstacles=obstacles,
    )


def _named(obstacles: tuple[engine.Obstacle, ...], names: Mapping[str, str]) -> tuple[Obstacle, ...]:
    return tuple(Obstacle(each.element_id, names.get(each.element_id, ""), each.reason) for each in obstacles)


def _stages(ids: list[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    tasks = Task.objects.filter(instance_id__in=ids, status__in=policies.WAITING).order_by("created_at", "id")
    for instance_id, name in tasks.values_list("instance_id", "name"):
        found.setdefault(instance_id, []).append(name)
    return found


def migrations(*, viewer: Actor, key: str = "", cursor: str | None = None, size: int = 10) -> Page[MigrationRow]:
    """The latest first. One query. Raises NotAdministrator."""
    policies.check_keep(viewer, ADMINISTER)
    rows = _migrations()
    if key:
        rows = rows.filter(source__key=key)
    return paginate(rows, order=("-started_at", "-id"), cursor=cursor, size=size).map(_migration_row)


def migration(*, migration_id: UUID, viewer: Actor) -> MigrationRow:
    """How far one has come. Raises UnknownMigration, NotAdministrator."""
    policies.check_keep(viewer, ADMINISTER)
    found = _migrations().filter(pk=migration_id).first()
    if found is None:
        raise UnknownMigration
    return _migration_row(found)


def _migrations() -> "QuerySet[InstanceMigration]":
    heavy = [f"{side}__{column}" for side in ("source", "target") for column in ("bpmn", "spec")]
    rows: QuerySet[InstanceMigration] = InstanceMigration.objects.select_related("source", "target").defer(*heavy)
    return rows


def _migration_row(row: InstanceMigration) -> MigrationRow:
    return MigrationRow(
        id=row.pk,
        key=row.source.key,
        from_version=row.source.version,
        to_version=row.target.version,
        mapping=row.mapping,
        total=row.total,
        moved=row.moved,
        refused=row.refused,
        reasons=tuple((element, reason, number) for element, reason, number in row.reasons),
        started_at=row.started_at,
        ended_at=row.ended_at,
    )
