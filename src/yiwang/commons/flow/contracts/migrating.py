"""What is told about carrying running instances from one version of a process to another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from yiwang.commons.flow.contracts.kinds import InstanceStatus
from yiwang.kernel.errors import Conflict, Invalid, NotFound
from yiwang.kernel.text import gettext_noop as _


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A published version; `running` counts what is not over, halted ones included, `halted` these alone.

    `by` is who published it, empty for the program.
    """

    definition_id: UUID
    key: str
    version: int
    title: str
    published_at: datetime
    running: int
    halted: int
    is_latest: bool
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an instance stays: the element where it stands, and a sentence."""

    element_id: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlannedInstance:
    """One instance as it stands now: safe to carry over where there is no obstacle."""

    id: UUID
    title: str
    status: InstanceStatus
    started_at: datetime
    stages: tuple[str, ...]
    obstacles: tuple[Obstacle, ...]

    @property
    def is_safe(self) -> bool:
        return not self.obstacles


@dataclass(frozen=True, slots=True)
class MigrationRow:
    """A migration and how far it has come. `reasons` are (element, sentence, how many stayed)."""

    id: UUID
    key: str
    from_version: int
    to_version: int
    mapping: Mapping[str, str]
    total: int
    moved: int
    refused: int
    reasons: tuple[tuple[str, str, int], ...]
    started_at: datetime
    ended_at: datetime | None

    @property
    def done(self) -> int:
        return self.moved + self.refused


class UnknownVersion(NotFound):
    code = "flow.unknown_version"
    message = _("流程“{key}”没有版本 {version}。")
    next_step = _("请核对流程和版本号。")


class UnknownMigration(NotFound):
    code = "flow.unknown_migration"
    message = _("没有找到这次换版。")
    next_step = _("请回到流程版本页。")


class SameVersion(Invalid):
    code = "flow.same_version"
    message = _("新旧版本相同，不需要换版。")
    next_step = _("请选择另一个版本。")


class MappingRefused(Invalid):
    """`fields` maps the element to the sentence."""

    code = "flow.mapping_refused"
    message = _("环节对应表有{count}处错误，没有换版。")
    next_step = _("请按所列逐处改正。")


class AlreadyMigrating(Conflict):
    code = "flow.already_migrating"
    message = _("这个版本的在办流程正在换版。")
    next_step = _("请等它结束后再试。")
