"""Measures over tasks: what waits, what is late, what was handled. Registered at start-up."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yiwang.commons.flow.contracts import TaskStatus
from yiwang.commons.flow.models import Task
from yiwang.commons.measures.contracts import Line, Unit
from yiwang.commons.measures.registry import Dimension, Measure, Source, register_measure, register_source
from yiwang.kernel.clock import CHINA

_OFFICIAL = Q(for_applicant=False)
_WAITING = _OFFICIAL & Q(status__in=[TaskStatus.OPEN.value, TaskStatus.CLAIMED.value])
_HANDLED = _OFFICIAL & Q(status=TaskStatus.DONE.value)


def register(*, address: Callable[[Line], str]) -> None:
    """Called once at start-up; `address` leads to a task's page."""
    register_source(
        Source(
            "tasks",
            _("工作任务"),
            _rows,
            (
                Dimension("organisation", _("办理机构"), "organisation_id", "organisation__name"),
                Dimension("stage", _("环节"), "name"),
            ),
            _line,
            ("name", "status", "due_at", "created_at", "ended_at", "organisation__name"),
            {
                "organisation": _("办理机构"),
                "created": _("开始日期"),
                "due": _("期限"),
                "ended": _("完成日期"),
            },
            address,
        )
    )
    register_measure(
        Measure("tasks.open", _("待办任务"), _("现在等工作人员办理的任务。"), "tasks", where=_WAITING),
        Measure(
            "tasks.overdue", _("逾期任务"), _("现在已过期限、还没有办的任务。"), "tasks", where=_late, good=False
        ),
        Measure(
            "tasks.handled", _("已办任务"), _("时段内工作人员办完的任务。"), "tasks",
            period_by="ended_at", where=_HANDLED,
        ),
        Measure(
            "tasks.on_time", _("任务按时率"), _("时段内办完的有期限的任务中，没有超过期限的。"), "tasks", Unit.SHARE,
            "ended_at", where=Q(ended_at__lte=F("due_at")), of=_HANDLED & Q(due_at__isnull=False), good=True,
        ),
    )  # fmt: skip


def _late(now: datetime) -> Q:
    return _WAITING & Q(due_at__lt=now)


def _rows() -> QuerySet[Task]:
    rows: QuerySet[Task] = Task.objects.select_related("organisation")
    return rows


def _line(task: Task) -> Line:
    """The stage, not the title: that may name the applicant."""
    moments = {"created": task.created_at, "due": task.due_at, "ended": task.ended_at}
    columns = {name: f"{at.astimezone(CHINA):%Y-%m-%d}" if at else "" for name, at in moments.items()}
    organisation = task.organisation.name if task.organisation else ""
    return Line("task", str(task.pk), "", task.name, {"organisation": organisation, **columns})
