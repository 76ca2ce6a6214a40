"""Samples of everything that is drawn as a line of time."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _

from yiwang.web.components import (
    AxisMark,
    Clock,
    ClockDay,
    ClockStep,
    Component,
    DayKind,
    Due,
    DueState,
    Event,
    Lane,
    LaneChart,
    LaneSpan,
    Licence,
    Link,
    Progress,
    SpanKind,
    Step,
    Timeline,
)


def strokes() -> tuple[Component, ...]:
    steps = (_("确认情形"), _("父母信息"), _("宝宝落户"), _("医保与社保卡"), _("核对并提交"))
    return (
        Progress(3, 5, steps=tuple(Step(words, "#stroke" if number < 2 else "") for number, words in enumerate(steps))),
        Progress(2, 3, small=True),
        Progress(0, 4, small=True),
    )


def lanes() -> tuple[Component, ...]:
    finished = Lane(
        _("出生登记"),
        _("公安机关"),
        Due(DueState.DONE, _("已办结")),
        _("第 1 天受理，第 3 天办结，承诺第 5 天"),
        (LaneSpan(SpanKind.FINISHED, 1, 3),),
        due_day=5,
        began=_("11 月 16 日受理"),
        ended=_("11 月 18 日办结，比承诺早 2 个工作日"),
        papers=(Link(_("受理通知书"), "#lanes"), Link(_("送达回证"), "#lanes")),
        result=Licence(_("居民户口簿"), "3204 **** 4318", "#lanes", "#lanes", sample=True),
    )
    quick = Lane(
        _("出生医学证明（首次签发）"),
        _("卫生健康部门"),
        Due(DueState.DONE, _("已办结")),
        _("第 1 天受理，当日办结"),
        (LaneSpan(SpanKind.FINISHED, 1, 1),),
        began=_("11 月 16 日受理"),
        ended=_("当日办结，承诺 1 个工作日"),
        result=Licence(_("出生医学证明"), "Z32 **** 0417", "#lanes", "#lanes", sample=True),
    )
    running = Lane(
        _("社会保障卡申领"),
        _("人力资源社会保障部门"),
        Due(DueState.FINE, _("制卡中")),
        _("第 3 天受理，办理中，承诺第 11 天"),
        (LaneSpan(SpanKind.RUNNING, 3, 6),),
        due_day=11,
        began=_("11 月 18 日受理"),
        ended=_("承诺 11 月 30 日前，还剩 5 个工作日"),
        papers=(Link(_("受理通知书"), "#lanes"),),
        note=_("办结后，社保卡邮寄到您填写的地址。"),
    )
    stopped = Lane(
        _("预防接种证办理"),
        _("社区卫生服务中心"),
        Due(DueState.PAUSED, _("请您补正")),
        _("第 1 天收到申请，第 5 天起等待补正"),
        (LaneSpan(SpanKind.RUNNING, 1, 4), LaneSpan(SpanKind.STOPPED, 5, 6)),
        began=_("11 月 16 日收到申请"),
        ended=_("11 月 20 日起等待补正，不计时"),
        papers=(Link(_("补正告知书"), "#lanes"),),
        note=_("补齐后次日重新计算，承诺 2 个工作日内办结。"),
    )
    marks = (
        AxisMark(1, _("11 月 16 日")),
        AxisMark(6, _("今天 23 日"), today=True),
        AxisMark(11, _("30 日")),
        AxisMark(16, _("12 月 7 日")),
    )
    return (LaneChart(16, (quick, finished, running, stopped), marks, today=6, explanation=_("长竖线是今天")),)


def clock() -> tuple[Component, ...]:
    def day(number: int, nth: int, kind: DayKind = DayKind.PLAIN, *, today: bool = False) -> ClockDay:
        return ClockDay(_("%(day)d 日") % {"day": number}, _("第 %(nth)d 天") % {"nth": nth}, kind, today)

    def stopped(number: int) -> ClockDay:
        return ClockDay(_("%(day)d 日") % {"day": number}, _("停表"), DayKind.STOPPED)

    days = (
        ClockDay(_("12 日"), _("受理")),
        day(13, 1, DayKind.USED),
        day(16, 2, DayKind.USED),
        stopped(17),
        stopped(18),
        day(19, 3, DayKind.USED),
        day(20, 4, DayKind.USED, today=True),
        day(23, 5),
        day(24, 6, DayKind.DUE),
    )
    steps = (
        ClockStep(_("11 月 12 日"), _("受理，次日起算"), _("行政许可法第八十二条：期限以工作日计算"), _("承诺 6 天")),
        ClockStep(_("17、18 日"), _("现场核查，不计入时限（样例）"), "", _("停 2 天")),
        ClockStep(_("11 月 24 日"), _("承诺期限届满"), "", _("还剩 2 天")),
    )
    return (Clock(days, steps, note=_("21、22 日为周末，不计入。")),)


def history() -> tuple[Component, ...]:
    return (
        Timeline(
            (
                Event(_("审查通过，进入决定"), "11-20 16:05", datetime(2026, 11, 20, 8, 5, tzinfo=UTC), now=True),
                Event(
                    _("受理，送达受理通知书"),
                    "11-12 09:41",
                    datetime(2026, 11, 12, 1, 41, tzinfo=UTC),
                    _("短信送达，送达回证已存"),
                    (Link(_("受理通知书"), "#history"),),
                ),
                Event(_("收件"), "11-11 16:40", datetime(2026, 11, 11, 8, 40, tzinfo=UTC), _("网上提交")),
            )
        ),
    )
