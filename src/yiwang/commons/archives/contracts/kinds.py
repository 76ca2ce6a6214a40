"""The closed lists of words: states, steps, periods, kinds of lists."""

from enum import StrEnum
from typing import Final

from yiwang.kernel.text import gettext_noop as _


class State(StrEnum):
    """How far an archive has come."""

    OPENED = "opened"
    PACKED = "packed"
    CHECKED = "checked"
    ARCHIVED = "archived"
    TRANSFERRED = "transferred"
    PRESERVED = "preserved"
    PROPOSED = "proposed"
    APPROVED = "approved"
    DESTROYED = "destroyed"

    @property
    def label(self) -> str:
        return _STATES[self]


class ArchiveStep(StrEnum):
    """What is done with an archive."""

    SCHEDULE = "schedule"
    PACK = "pack"
    REPACK = "repack"
    PASS = "pass"  # noqa: S105  a step
    FAIL = "fail"
    ACCEPT = "accept"
    ARCHIVE = "archive"
    TRANSFER = "transfer"
    PRESERVE = "preserve"
    READ = "read"
    PROPOSE = "propose"
    KEEP = "keep"
    APPROVE = "approve"
    DESTROY = "destroy"
    HOLD = "hold"
    RELEASE = "release"

    @property
    def label(self) -> str:
        return _STEPS[self]


class Retention(StrEnum):
    """How long: 国家档案局令第8号."""

    PERMANENT = "permanent"
    YEARS_30 = "years30"
    YEARS_10 = "years10"

    @property
    def label(self) -> str:
        return _RETENTIONS[self]


class ListKind(StrEnum):
    """What a list of archives is for."""

    DESTRUCTION = "destruction"
    TRANSFER = "transfer"

    @property
    def label(self) -> str:
        return {ListKind.DESTRUCTION: _("销毁清册"), ListKind.TRANSFER: _("移交清单")}[self]


class ListState(StrEnum):
    """How far a list has come."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    DONE = "done"

    @property
    def label(self) -> str:
        return _LISTS[self]


class AccessState(StrEnum):
    """How far a request to read an archive has come."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return _ACCESS[self]


_STATES: Final = {
    State.OPENED: _("待组卷"),
    State.PACKED: _("已组卷"),
    State.CHECKED: _("检测通过"),
    State.ARCHIVED: _("已归档"),
    State.TRANSFERRED: _("已移交"),
    State.PRESERVED: _("长期保存"),
    State.PROPOSED: _("拟销毁"),
    State.APPROVED: _("批准销毁"),
    State.DESTROYED: _("已销毁"),
}
_STEPS: Final = {
    ArchiveStep.SCHEDULE: _("确定保管期限"),
    ArchiveStep.PACK: _("组卷"),
    ArchiveStep.REPACK: _("退回重新组卷"),
    ArchiveStep.PASS: _("四性检测通过"),
    ArchiveStep.FAIL: _("四性检测不通过"),
    ArchiveStep.ACCEPT: _("登记缺陷，同意归档"),
    ArchiveStep.ARCHIVE: _("归档"),
    ArchiveStep.TRANSFER: _("移交进馆"),
    ArchiveStep.PRESERVE: _("保存检测通过"),
    ArchiveStep.READ: _("查阅"),
    ArchiveStep.PROPOSE: _("列入销毁清册"),
    ArchiveStep.KEEP: _("不予销毁，继续保存"),
    ArchiveStep.APPROVE: _("批准销毁"),
    ArchiveStep.DESTROY: _("销毁"),
    ArchiveStep.HOLD: _("暂缓销毁"),
    ArchiveStep.RELEASE: _("解除暂缓销毁"),
}
_RETENTIONS: Final = {
    Retention.PERMANENT: _("永久"),
    Retention.YEARS_30: _("30年"),
    Retention.YEARS_10: _("10年"),
}
_LISTS: Final = {
    ListState.PROPOSED: _("待审批"),
    ListState.APPROVED: _("已批准"),
    ListState.REFUSED: _("未予批准"),
    ListState.DONE: _("已执行"),
}
_ACCESS: Final = {
    AccessState.ASKED: _("待审批"),
    AccessState.APPROVED: _("已同意"),
    AccessState.REFUSED: _("未同意"),
}
