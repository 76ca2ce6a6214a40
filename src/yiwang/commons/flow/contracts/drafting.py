"""What is told about drafts of processes, and why one is refused."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from yiwang.commons.flow.contracts.migrating import VersionRow
from yiwang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from yiwang.kernel.text import gettext_noop as _


@dataclass(frozen=True, slots=True)
class ProcessDraftRow:
    """An open draft in a list."""

    key: str
    title: str
    based_on: int
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True, slots=True)
class ProcessDraftView:
    """An open draft. `revision` counts its saves and must be given with the next one; `editors` wrote in it."""

    id: UUID
    key: str
    title: str
    bpmn: bytes
    revision: int
    based_on: int
    created_at: datetime
    updated_at: datetime
    updated_by: str
    editors: tuple[UUID, ...]
    editor_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProcessPage:
    """A process with its newest versions and its open draft."""

    key: str
    title: str
    versions: tuple[VersionRow, ...]
    draft: ProcessDraftView | None

    @property
    def newest(self) -> VersionRow | None:
        return self.versions[0] if self.versions else None


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What a model may name: operations that are registered, decisions and processes that are published."""

    operations: tuple[str, ...]
    decisions: tuple[tuple[str, str], ...]
    processes: tuple[tuple[str, str], ...]


class ProcessDraftNotFound(NotFound):
    code = "flow.draft_not_found"
    message = _("流程“{key}”没有草稿。")
    next_step = _("草稿可能已经发布或放弃，请回到流程页面。")


class ProcessDraftChanged(Conflict):
    code = "flow.draft_changed"
    message = _("{who}在 {when} 改过这份草稿，您的这次修改没有保存。")
    next_step = _("请重新载入看对方改了什么，再把您的修改补上。")


class ProcessDraftUnchanged(Conflict):
    code = "flow.draft_unchanged"
    message = _("草稿和第 {version} 版一样，没有可以发布的改动。")
    next_step = _("请先修改，或放弃这份草稿。")


class ProcessDraftOutdated(Conflict):
    code = "flow.draft_outdated"
    message = _("第 {version} 版已由{who}发布，这份草稿是从更早的一版起草的，没有发布。")
    next_step = _("请放弃草稿，从最新的一版重新起草，再把改动补上。")


class ProcessDraftTooLarge(Invalid):
    code = "flow.draft_too_large"
    message = _("流程图是空的，或超过 {limit} MB，没有保存。")
    next_step = _("请把流程拆成几个互相调用的小流程。")


class OwnProcessDraft(Forbidden):
    code = "flow.own_draft"
    message = _("起草和发布要由两个人办理，您改过这份草稿，不能由您发布。")
    next_step = _("请由另一位有发布权限的同事核对后发布。")


class MayNotDesign(Forbidden):
    code = "flow.may_not_design"
    message = _("您没有起草流程的权限。")


class MayNotPublishProcess(Forbidden):
    code = "flow.may_not_publish"
    message = _("您没有发布流程的权限。")


class ProcessFileRefused(Invalid):
    code = "flow.file_refused"
    message = _("这个文件不能用：里面要有恰好一个可执行的流程，而且画有流程图。")
    next_step = _("请在 BPMN 编辑器里画好，以 UTF-8 编码重新导出。")


class ProcessKeyTaken(Conflict):
    code = "flow.key_taken"
    message = _("编号“{key}”已经有一个流程。")
    next_step = _("请换一个编号，或打开已有的流程起草新版本。")


class ProcessKeyRefused(Invalid):
    code = "flow.key_refused"
    message = _("编号只能用小写字母、数字和下划线，以字母开头，最多 60 个字符。")
    next_step = _("例如 food_permit。")
