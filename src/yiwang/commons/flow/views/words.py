"""Words for states and dates, and where a task or process opens."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from yiwang.commons.flow import registry
from yiwang.commons.flow.contracts import HistoryKind, InstanceStatus, TaskRow, TaskStatus, Urgency
from yiwang.commons.identity import queries as identity
from yiwang.kernel import calendars, clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.web.components import Due, DueState, Tag, Text, Tone

NETS: dict[str, tuple[Text, Text]] = {
    "serve": (lazy("通办"), lazy("一网通办")),
    "govern": (lazy("统管"), lazy("一网统管")),
    "office": (lazy("协同"), lazy("一网协同")),
    "data": (lazy("数据"), lazy("公共数据")),
}
GROUPS: dict[Urgency, Text] = {
    Urgency.OVERDUE: lazy("已超期"),
    Urgency.TODAY: lazy("今天到期"),
    Urgency.WEEK: lazy("本周内"),
    Urgency.LATER: lazy("以后"),
    Urgency.NONE: lazy("没有期限"),
}
STATUSES: dict[InstanceStatus, Tag] = {
    InstanceStatus.RUNNING: Tag(lazy("办理中"), Tone.BLUE),
    InstanceStatus.HALTED: Tag(lazy("办理中"), Tone.BLUE),
    InstanceStatus.COMPLETED: Tag(lazy("已办结"), Tone.OK),
    InstanceStatus.CANCELLED: Tag(lazy("已撤销"), Tone.PLAIN),
}
HAPPENINGS: dict[HistoryKind, Text] = {
    HistoryKind.STARTED: lazy("流程开始"),
    HistoryKind.MIGRATED: lazy("改按新版本办理"),
    HistoryKind.ENTERED: lazy("到达"),
    HistoryKind.PASSED: lazy("经过"),
    HistoryKind.TAKEN_AWAY: lazy("不再办理"),
    HistoryKind.CLAIMED: lazy("认领"),
    HistoryKind.RELEASED: lazy("退回待认领"),
    HistoryKind.REASSIGNED: lazy("转办"),
    HistoryKind.COMPLETED: lazy("办结"),
    HistoryKind.DECIDED: lazy("规则决定"),
    HistoryKind.OPERATED: lazy("自动办理"),
    HistoryKind.CALLED: lazy("转入"),
    HistoryKind.HALTED: lazy("流程暂停"),
    HistoryKind.RETRIED: lazy("恢复"),
    HistoryKind.ENDED: lazy("流程结束"),
    HistoryKind.CANCELLED: lazy("流程撤销"),
}
WEEKDAYS = (lazy("周一"), lazy("周二"), lazy("周三"), lazy("周四"), lazy("周五"), lazy("周六"), lazy("周日"))
SOON = 2


def viewer_of(request: HttpRequest) -> Actor:
    return identity.actor_of(request)


def net_tag(net: str) -> Tag | None:
    return Tag(NETS[net][0], Tone.LINE) if net in NETS else None


def task_href(row: TaskRow) -> str:
    """Where the task's subject opens it, for the applicant the page of the process; else our own plain page."""
    found = registry.opener(row.subject.kind)
    if found and found.process_url and row.for_applicant:
        return found.process_url(row.subject)
    return found.task_url(row.subject, row.id) if found else task_page(row.id)


def task_page(task_id: UUID) -> str:
    return reverse("flow:task", args=[task_id])


def process_href(subject: SubjectRef) -> str:
    found = registry.opener(subject.kind)
    return found.process_url(subject) if found and found.process_url else ""


def due_mark(due_at: datetime | None, now: datetime) -> Due | None:
    """The light of a due date in words: dates before counts, working days by the calendar."""
    if due_at is None:
        return None
    local, today = due_at.astimezone(clock.CHINA), now.astimezone(clock.CHINA).date()
    left = calendars.current().working_days_between(today, local.date())
    if due_at < now:
        words = _("超期 %(days)d 个工作日") % {"days": -left} if left else _("今天已超期")
        return Due(DueState.OVER, words)
    if local.date() == today:
        at = f"{local:%H:%M}"
        return Due(DueState.TODAY, _("今天") if at == "23:59" else _("今天 %(time)s") % {"time": at})
    near = (local.date() - today).days <= 6 - today.weekday()
    day = WEEKDAYS[local.weekday()] if near else day_words(local)
    state = DueState.SOON if left <= SOON else DueState.FINE
    return Due(state, _("%(day)s，还剩 %(days)d 个工作日") % {"day": day, "days": left})


def day_words(moment: datetime) -> str:
    local = moment.astimezone(clock.CHINA)
    return _("%(month)d月%(day)d日") % {"month": local.month, "day": local.day}


def moment_words(moment: datetime) -> str:
    local = moment.astimezone(clock.CHINA)
    day = _("今天") if local.date() == clock.today() else f"{local:%m-%d}"
    return f"{day} {local:%H:%M}"


def holder_words(row: TaskRow) -> Text:
    if row.status is TaskStatus.OPEN:
        return _("待认领")
    return _("我") if row.is_mine else row.assignee_name
