"""A case as lines of time: the lanes of its members, the clock of a limit, the history."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from yiwang.kernel import calendars, clock
from yiwang.kernel.clock import CHINA
from yiwang.serve.cases.contracts import (
    CaseAction,
    CaseStatus,
    CaseView,
    Clock,
    EventView,
    MemberView,
    ResultKind,
    ResultView,
    SealStatus,
)
from yiwang.serve.cases.views import sheets, words
from yiwang.web import components as ui

Receipts = Mapping[tuple[UUID | None, int], tuple[ui.Link, ...]]
"""The links to the receipt of a step, by case and number of its event."""
_LONGEST = 45
_SHOWN = 30
_DAY = timedelta(days=1)
_TOLD = {
    CaseAction.ACCEPT,
    CaseAction.REQUEST_CORRECTION,
    CaseAction.SUPPLY,
    CaseAction.DECLINE,
    CaseAction.REFUSE,
    CaseAction.STOP_CLOCK,
    CaseAction.RESUME_CLOCK,
    CaseAction.EXTEND,
    CaseAction.LAPSE,
    CaseAction.REVOKE,
    CaseAction.ISSUE_RESULT,
    CaseAction.DISCONTINUE,
}
_ENDS = {status.value for status in CaseStatus if status.is_final}


class Axis:
    """Working days from the filing to the last promise or today, counted from 1."""

    def __init__(self, view: CaseView) -> None:
        self._calendar = calendars.current()
        first = view.submitted_at.astimezone(CHINA).date()
        ends = [clock.today(), *(m.clock.due for m in view.members if m.clock.due)]
        ends += [view.promised_due] if view.promised_due else []
        last = min(max(ends), first + _LONGEST * _DAY)
        if view.closed_at is not None:
            closed = view.closed_at.astimezone(CHINA).date()
            last = max([closed, *(due for due in ends[1:] if due is not None)])
        days = [day for n in range((last - first).days + 1) if self._calendar.is_working_day(day := first + n * _DAY)]
        while len(days) < 5:
            follow = days[-1] if days else first - _DAY
            days.append(self._calendar.add_working_days(follow, 1).date)
        self.days = tuple(days[-_SHOWN:])

    def place(self, day: date) -> int:
        """The place of a day; a day off counts with the working day before it."""
        return max(1, sum(each <= day for each in self.days))

    def marks(self) -> tuple[ui.AxisMark, ...]:
        today, last = clock.today(), len(self.days)
        wanted = {1: words.day_words(self.days[0]), last: words.day_words(self.days[-1])}
        marks = [ui.AxisMark(place, text) for place, text in wanted.items()]
        if self.days[0] <= today <= self.days[-1]:
            here = self.place(today)
            marks = [mark for mark in marks if abs(mark.day - here) > 2]
            marks.append(ui.AxisMark(here, _("今天 %(day)s") % {"day": words.short_day(today)}, today=True))
        return tuple(sorted(marks, key=lambda mark: mark.day))

    def today(self) -> int | None:
        today = clock.today()
        return self.place(today) if self.days[0] <= today <= self.days[-1] else None


def lanes(view: CaseView) -> ui.LaneChart:
    """The members on one axis of working days."""
    axis = Axis(view)
    explanation = _("横线是 %(first)s至 %(last)s的工作日，长竖线是今天") % {
        "first": words.day_words(axis.days[0]),
        "last": words.day_words(axis.days[-1]),
    }
    drawn = tuple(_lane(view, member, axis) for member in view.members)
    return ui.LaneChart(len(axis.days), drawn, axis.marks(), today=axis.today(), explanation=explanation)


def _lane(view: CaseView, member: MemberView, axis: Axis) -> ui.Lane:
    began, ended = words.member_words(member)
    result = licence(view.number, member.results[0]) if member.results else None
    return ui.Lane(
        title=member.case.title,
        office=member.case.organisation,
        state=words.due_light(member.case.status, member.case.result, member.clock),
        label=words.listed((began, ended)),
        spans=_spans(member, axis),
        due_day=axis.place(member.clock.due) if member.clock.due and member.clock.due <= axis.days[-1] else None,
        began=began,
        ended=ended,
        papers=sheets.links(member.documents),
        result=result,
        note="" if result else _note(member, view),
        href=reverse("cases:progress", args=[member.case.number]),
    )


def _note(member: MemberView, view: CaseView) -> str:
    if member.case.status is CaseStatus.WAITING:
        titles = {each.key: each.case.title for each in view.members}
        before = "、".join(titles[key] for key in member.depends_on if key in titles)
        return _("等“%(before)s”办结后自动开始，不用您再提交。") % {"before": before}
    if member.case.status is CaseStatus.DECIDED and member.case.result is ResultKind.GRANTED:
        return _("已准予，正在制作和送达办理结果。")
    return member.last_note


def _spans(member: MemberView, axis: Axis) -> tuple[ui.LaneSpan, ...]:
    begun = member.received_at or member.accepted_at
    if begun is None:
        return ()
    first = axis.place(begun.astimezone(CHINA).date())
    ended = member.decided_at or member.case.closed_at
    if ended is not None:
        return (ui.LaneSpan(ui.SpanKind.FINISHED, first, max(first, axis.place(ended.astimezone(CHINA).date()))),)
    now = max(first, axis.place(clock.today()))
    if member.case.status is CaseStatus.CORRECTION and member.stopped:
        since = max(first, axis.place(member.stopped[0]))
        before = (ui.LaneSpan(ui.SpanKind.RUNNING, first, since - 1),) if since > first else ()
        return (*before, ui.LaneSpan(ui.SpanKind.STOPPED, since, max(since, now)))
    return (ui.LaneSpan(ui.SpanKind.RUNNING, first, now),)


def licence(number: str, result: ResultView) -> ui.Licence:
    """A result as a card; not sealed until it bears the organisation's electronic seal."""
    place, card = [number, result.id], result.licence
    verify = ofd = pdf = ""
    if result.sealed and card is not None:
        verify, ofd, pdf = card.verify_url, card.ofd_url, card.pdf_url
    elif result.sealed:
        verify, pdf = reverse("cases:verify_result", args=place), reverse("cases:result_pdf", args=place)
    return ui.Licence(
        result.title,
        result.number,
        verify_href=verify,
        view_href=reverse("cases:result", args=place),
        download_href=pdf,
        sealed=result.sealed,
        sample=card is not None and card.sample,
        ofd_href=ofd,
        sealing=result.seal in {SealStatus.WAITING, SealStatus.LATE},
    )


def process(view: CaseView) -> ui.LazyDiagram | None:
    """The process as a drawing that says where it stands, fetched when it comes into view; none before it begins."""
    if view.received_at is None:
        return None
    return ui.LazyDiagram(reverse("flow:diagram_of", args=["case", view.id]))


def clock_component(view: CaseView) -> ui.Clock | None:
    """How the promised limit was reckoned, day by day; None before acceptance."""
    limit = view.clock
    if limit.started is None:
        return None
    counted = [
        step for step in limit.steps if step.reason == "start" or step.number is not None or step.reason == "paused"
    ]
    days = tuple(
        ui.ClockDay(words.short_day(step.date) if n else words.day_words(step.date), _day_words(step.reason, step.number),
                    _day_kind(step.reason, step.state), today="today" in step.state)
        for n, step in enumerate(counted)
    )  # fmt: skip
    off = [step for step in limit.steps if step.reason in {"weekend", "holiday"}]
    return ui.Clock(days, _reckoning(view, limit), note=_days_off([step.date for step in off]), warnings=limit.warnings)


def _day_words(reason: str, number: int | None) -> str:
    if reason == "start":
        return _("受理")
    if number is None:
        return _("停表")
    return _("第 %(n)d 天") % {"n": number}


def _day_kind(reason: str, state: str) -> ui.DayKind:
    if reason == "paused":
        return ui.DayKind.STOPPED
    if "due" in state:
        return ui.DayKind.DUE
    return ui.DayKind.USED if "used" in state and reason != "start" else ui.DayKind.PLAIN


def _days_off(days: Sequence[date]) -> str:
    if not days:
        return ""
    listed = "、".join(words.day_words(day) for day in days[:14])
    return _("%(days)s为周末或法定节假日，不计入。") % {"days": listed}


def _reckoning(view: CaseView, limit: Clock) -> tuple[ui.ClockStep, ...]:
    assert limit.started is not None
    begun = _("逾期未告知，自收到申请之日起即为受理，次日起算") if limit.assumed else _("受理，次日起算")
    steps = [
        ui.ClockStep(
            words.day_words(limit.started), begun, _("行政许可法第八十二条：期限以工作日计算"),
            _("承诺 %(n)s") % {"n": words.days_words(limit.days)},
        )
    ]  # fmt: skip
    if view.extension_days:
        more = _("延长 %(n)s") % {"n": words.days_words(view.extension_days)}
        told = _("经本机关负责人批准延长一次，已书面告知理由")
        steps.append(ui.ClockStep(_extended_on(view), told, _("行政许可法第四十二条"), more))
    stopped = [step for step in limit.steps if step.reason == "paused"]
    if stopped:
        words_ = _("%(name)s，按特别程序不计入") % {"name": stopped[0].name or _("特别程序")}
        effect = _("停 %(n)d 天") % {"n": len(stopped)}
        steps.append(ui.ClockStep(words.day_words(stopped[0].date), words_, _("行政许可法第四十五条"), effect))
    if limit.due:
        basis = ""
        if view.statutory_due and view.statutory_days:
            basis = _("法定 %(n)s，届满日 %(day)s") % {
                "n": words.days_words(view.statutory_days),
                "day": words.day_words(view.statutory_due),
            }
        steps.append(ui.ClockStep(words.day_words(limit.due), _("承诺期限届满"), basis, words.left_words(limit)))
    return tuple(steps)


def _extended_on(view: CaseView) -> str:
    return next((words.day_words(each.at) for each in view.events if each.kind is CaseAction.EXTEND), "")


def bundle_timeline(view: CaseView, receipts: Receipts) -> ui.Timeline:
    """What happened in a bundle, member by member, newest first; the steps that only mirror members are left out."""
    told = [("", view.id, each) for each in view.events if each.kind is CaseAction.SUBMIT or each.to_status in _ENDS]
    told += [
        (member.case.title, member.case.id, event)
        for member in view.members
        for event in member.events
        if event.kind in _TOLD
    ]
    # at the same moment: what was filed before what came of it, the end of the whole last
    newest = sorted(
        told, key=lambda each: (each[2].at, not each[0] and each[2].to_status in _ENDS, each[2].seq), reverse=True
    )
    return ui.Timeline(
        tuple(
            ui.Event(
                f"{title}：{_(event.kind.label)}" if title else _(event.kind.label),
                words.moment_words(event.at),
                event.at,
                _detail(event, official=False),
                receipts.get((case_id, event.seq), ()),
                now=not n,
            )
            for n, (title, case_id, event) in enumerate(newest)
        )
    )


def timeline(
    events: Sequence[EventView], *, official: bool, case_id: UUID | None = None, receipts: Receipts | None = None
) -> ui.Timeline:
    """The history, newest first; officials also read internal opinions, the applicant finds the receipt of each step."""
    newest = list(reversed(events))
    return ui.Timeline(
        tuple(
            ui.Event(
                _(event.kind.label),
                words.moment_words(event.at),
                event.at,
                _detail(event, official=official),
                (receipts or {}).get((case_id, event.seq), ()),
                now=not n,
            )
            for n, event in enumerate(newest)
        )
    )


def _found(event: EventView) -> list[str]:
    """What a visit or a check after the decision found."""
    if event.kind is CaseAction.INSPECT:
        return [_("通过") if event.data.get("passed") else _("不通过")]
    if event.kind is CaseAction.CHECK_PLEDGE:
        return [_("属实") if event.data.get("kept") else _("不实")]
    return []


def _detail(event: EventView, *, official: bool) -> str:
    parts = [event.actor] if event.actor else []
    if event.note:
        parts.append(event.note)
    if official and event.opinion:
        parts.append(_("内部意见：%(words)s") % {"words": event.opinion})
    ground = event.data.get("ground")
    if event.kind is CaseAction.ACCEPT and ground == "instant":
        parts.append(_("按公布的规则即时受理"))
    if event.kind is CaseAction.ACCEPT and ground == "conditional":
        parts.append(_("容缺受理，缺少的材料限期后补"))
    if event.kind is CaseAction.EXTEND:
        parts.append(
            _("延长 %(n)s（行政许可法第四十二条）") % {"n": words.days_words(int(event.data.get("days") or 0))}
        )
    parts += _found(event)
    if event.kind in {CaseAction.STOP_CLOCK, CaseAction.LAPSE} and event.data.get("procedure"):
        parts.append(event.data["procedure"])
    if event.kind in {CaseAction.DELIVER, CaseAction.CONFIRM_RECEIPT}:
        parts += event.data.get("documents", [])
    if event.kind is CaseAction.ACCEPT and ground == "deemed":
        parts.append(_("五个工作日内未告知，视为受理（行政许可法第三十二条）"))
    parts += event.data.get("results", [])
    return " · ".join(parts)
