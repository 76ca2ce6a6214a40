"""Measures over cases: how many were filed, accepted, decided, how fast, how well. Registered at start-up."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yiwang.commons.measures.contracts import Line, Unit
from yiwang.commons.measures.contrib import WorkingDays
from yiwang.commons.measures.registry import Dimension, Measure, Source, register_measure, register_source
from yiwang.kernel.clock import CHINA
from yiwang.serve.cases.contracts import CaseKind, CaseStatus, ResultKind
from yiwang.serve.cases.models import Case

_ACTS = ~Q(kind=CaseKind.BUNDLE.value)  # each authority decides in its own name: a bundle is counted by its members
_CHANNELS = {"online": _("网上"), "mobile": _("手机"), "counter": _("窗口")}
_DECIDED = Q(decided_at__isnull=False)
_IN_TIME = Q(decided_at__date__lte=F("promised_due"))
_NEGATIVE = Q(result__in=[ResultKind.REFUSED.value, ResultKind.NOT_ACCEPTED.value])
_FINAL = sorted(status.value for status in CaseStatus if status.is_final)


def register(*, address: Callable[[Line], str]) -> None:
    """Called once at start-up; `address` leads to a case's page."""
    register_source(
        Source(
            "cases",
            _("办件"),
            _rows,
            (
                Dimension("organisation", _("办理机构"), "organisation_id", "organisation_name"),
                Dimension("matter", _("事项"), "matter_code", "title"),
                Dimension("region", _("区域"), "region_code", "region__name"),
                Dimension("channel", _("渠道"), "channel", names=_CHANNELS),
            ),
            _line,
            ("number", "kind", "title", "organisation_name", "status", "submitted_at", "promised_due", "decided_at"),
            {
                "organisation": _("办理机构"),
                "status": _("状态"),
                "submitted": _("收件日期"),
                "due": _("承诺办结日期"),
                "decided": _("决定日期"),
            },
            address,
        )
    )
    register_measure(*_counts(), *_qualities())


def _counts() -> tuple[Measure, ...]:
    return (
        Measure(
            "cases.filed", _("收件量"), _("时段内提交的办件，一件事按各联办事项计。"), "cases",
            period_by="submitted_at", where=_ACTS,
        ),
        Measure(
            "cases.bundles_filed", _("一件事办件量"), _("时段内提交的一件事。"), "cases",
            period_by="submitted_at", where=Q(kind=CaseKind.BUNDLE.value),
        ),
        Measure(
            "cases.accepted", _("受理量"), _("时段内受理的办件。"), "cases", period_by="accepted_at", where=_ACTS
        ),
        Measure(
            "cases.decided", _("办结量"), _("时段内作出决定的办件。"), "cases", period_by="decided_at", where=_ACTS
        ),
        Measure(
            "cases.overdue", _("逾期未办结"), _("现在已过承诺办结日期、还没有作出决定的办件。"), "cases",
            where=_overdue, good=False,
        ),
    )  # fmt: skip


def _qualities() -> tuple[Measure, ...]:
    return (
        Measure(
            "cases.on_time", _("按时办结率"), _("时段内作出决定的办件中，在承诺日期或之前决定的。"), "cases", Unit.SHARE,
            "decided_at", where=_IN_TIME, of=_ACTS & _DECIDED & Q(promised_due__isnull=False), good=True,
        ),
        Measure(
            "cases.working_days", _("平均办理工作日"), _("从受理到决定，按法定工作日历计，含特别程序的时间。"), "cases",
            Unit.WORKING_DAYS, "decided_at", where=_ACTS & Q(accepted_at__isnull=False),
            mean=WorkingDays(F("accepted_at"), F("decided_at")), good=False,
        ),
        Measure(
            "cases.correction_rate", _("补正率"), _("时段内提交的办件中，发过补正通知的。"), "cases", Unit.SHARE,
            "submitted_at", where=Q(corrections__gt=0), of=_ACTS, good=False,
        ),
        Measure(
            "cases.refused", _("不予许可和不予受理"), _("时段内作出的否定决定。"), "cases",
            period_by="decided_at", where=_ACTS & _NEGATIVE,
        ),
    )  # fmt: skip


def _overdue(now: datetime) -> Q:
    today = now.astimezone(CHINA).date()
    return _ACTS & ~_DECIDED & ~Q(status__in=_FINAL) & Q(promised_due__lt=today)


def _rows() -> QuerySet[Case]:
    rows: QuerySet[Case] = Case.objects.all()
    return rows


def _line(case: Case) -> Line:
    decided = f"{case.decided_at.astimezone(CHINA):%Y-%m-%d}" if case.decided_at else ""
    return Line(
        "case",
        str(case.pk),
        case.number,
        case.title,
        {
            "organisation": case.organisation_name,
            "status": gettext(CaseStatus(case.status).label),
            "submitted": f"{case.submitted_at.astimezone(CHINA):%Y-%m-%d}",
            "due": str(case.promised_due or ""),
            "decided": decided,
        },
    )
