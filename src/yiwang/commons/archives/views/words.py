"""Words and small components that the pages of archives share."""

from datetime import date, datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from yiwang.commons.archives import policies
from yiwang.commons.archives.contracts import AccessState, ArchiveRow, ListState, State
from yiwang.commons.archives.engine import Outcome
from yiwang.commons.identity import queries as identity
from yiwang.kernel.actor import Actor
from yiwang.kernel.text import gettext_noop
from yiwang.web.components import Due, DueState, Tab, Tabs, Tag, Tone

_TONES = {
    State.OPENED: Tone.BLUE,
    State.PACKED: Tone.BLUE,
    State.CHECKED: Tone.BLUE,
    State.ARCHIVED: Tone.OK,
    State.TRANSFERRED: Tone.OK,
    State.PRESERVED: Tone.OK,
    State.PROPOSED: Tone.WARN,
    State.APPROVED: Tone.WARN,
    State.DESTROYED: Tone.PLAIN,
}
_LIGHTS = {
    Outcome.PASSED: DueState.DONE,
    Outcome.FAILED: DueState.OVER,
    Outcome.UNCHECKED: DueState.SOON,
    Outcome.NOT_APPLICABLE: DueState.PAUSED,
}

_WAITING = {
    "receipts": gettext_noop("等待存证回执生效"),
    "seals": gettext_noop("等待文件盖章"),
    "source": gettext_noop("办件数据还不能读取"),
    "printing": gettext_noop("申请表还不能打印"),
    "fault": gettext_noop("组卷出错，系统会再试；仍不成功的，请联系运维人员查看后台任务"),
    "container.large": gettext_noop("文件总量超过信息包上限，请联系运维人员"),
}


def viewer_of(request: HttpRequest) -> Actor:
    """Raises MayNotView."""
    viewer = identity.actor_of(request)
    policies.check_view(viewer)
    return viewer


def tabs(here: str) -> Tabs:
    pages = (
        ("archives", _("档案")),
        ("accesses", _("查阅申请")),
        ("transfers", _("移交清单")),
        ("destruction", _("销毁")),
        ("fixity", _("保存检测")),
    )
    return Tabs(
        _("电子档案"), tuple(Tab(said, reverse(f"archives:{name}"), current=name == here) for name, said in pages)
    )


def state(which: State) -> Tag:
    return Tag(_(which.label), _TONES[which])


def list_state(which: ListState) -> Tag:
    tones = {ListState.PROPOSED: Tone.WARN, ListState.DONE: Tone.OK}
    return Tag(_(which.label), tones.get(which, Tone.PLAIN))


def access_state(which: AccessState) -> Tag:
    tones = {AccessState.ASKED: Tone.WARN, AccessState.APPROVED: Tone.OK}
    return Tag(_(which.label), tones.get(which, Tone.PLAIN))


def outcome(which: Outcome) -> Due:
    return Due(_LIGHTS[which], _(which.label))


def check_light(row: ArchiveRow) -> Due | str:
    """The last check of an archive in a list; what its packing waits for before the first."""
    if row.passed is None:
        return waiting(row.waiting) or "—"
    return outcome(Outcome.PASSED if row.passed else Outcome.FAILED)


def waiting(code: str) -> str:
    """What the packing of an archive waits for."""
    return _(_WAITING.get(code, code)) if code else ""


def retention(row: ArchiveRow) -> str:
    if row.retention is None:
        return _("待确定")
    said = _(row.retention.label)
    return _("%(period)s，至 %(day)s") % {"period": said, "day": day(row.retain_until)} if row.retain_until else said


def day(at: date | datetime | None) -> str:
    if at is None:
        return "—"
    return date_format(timezone.localtime(at) if isinstance(at, datetime) else at, "Y-m-d")


def moment(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "Y-m-d H:i") if at else "—"


def size(many: int) -> str:
    """Bytes as people say them."""
    if many < 1024 * 1024:
        return f"{max(many, 1) / 1024:.0f} kB" if many else "—"
    return f"{many / 1024 / 1024:.1f} MB"
