"""The legal calendar year by year: what is announced, what is missing, and announcing a year after a preview."""

from datetime import date, timedelta
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yiwang.commons.flow import commands
from yiwang.commons.flow.contracts import CALENDAR, NotAdministrator
from yiwang.commons.flow.views import words
from yiwang.commons.flow.views.administration import frame
from yiwang.kernel import calendars, clock
from yiwang.kernel.errors import NotFound
from yiwang.kernel.legal_calendar import AnnouncedYear, DayKind, SpecialDay, WorkCalendar
from yiwang.web.components import (
    Cell,
    Column,
    Empty,
    ErrorSummary,
    Fact,
    Facts,
    FieldError,
    LinkButton,
    Note,
    Row,
    Tab,
    Table,
    Tabs,
    Tag,
    Tone,
)
from yiwang.web.fields import Field, FieldKind
from yiwang.web.responses import go

_FIRST, _LAST = 2000, 2100
_LARGEST = 64 * 1024
_ANNOUNCED_FROM = 11  # the State Council announces the next year's holidays in November
_SAMPLE = "2027-01-01,holiday,元旦"


@login_required
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """One year (this one unless `year` says another), and the form to announce it."""
    _check(request)
    return _page(request, _year(request.GET.get("year", "")))


@login_required
@require_POST
def announce(request: HttpRequest) -> HttpResponse:
    """First a preview of what changes; with `act=announce` the announcement."""
    _check(request)
    year = _year(request.POST.get("year", ""))
    text, fault = _text(request)
    source = request.POST.get("source", "").strip()[:120]
    read = calendars.read_text(year, text) if not fault else calendars.ReadYear({})
    if fault or read.faults:
        return _page(request, year, text=text, source=source, fault=fault, faults=read.faults)
    if request.POST.get("act") != "announce":
        return _page(request, year, text=text, source=source, preview=read.days)
    changed = commands.announce_year(
        year=year,
        days=read.days,
        source=source,
        replaces=request.POST.get("replaces", ""),
        by=words.viewer_of(request),
        at=clock.now(),
    )
    if changed:
        messages.success(request, _("%(year)d 年的安排已公布，受影响的办件期限正在重新计算。") % {"year": year})
    else:
        messages.success(request, _("与现有安排相同，没有改动。"))
    return go(request, f"{reverse('flow:calendar')}?year={year}")


def _check(request: HttpRequest) -> None:
    if not frame.rights(request).get(CALENDAR):
        raise NotAdministrator


def _year(text: str) -> int:
    if not text:
        return clock.today().year
    if not (text.isdecimal() and len(text) == 4 and _FIRST <= int(text) <= _LAST):
        raise NotFound
    return int(text)


def _text(request: HttpRequest) -> tuple[str, str]:
    """What was pasted or uploaded, and a fault. Spreadsheets write UTF-8 or GB 18030."""
    upload = request.FILES.get("file")
    if upload is None:
        text = request.POST.get("days", "")
        return (text, "") if len(text) <= _LARGEST else ("", _("内容太大，一年的安排不超过 64 KB。"))
    if (upload.size or 0) > _LARGEST:
        return "", _("文件太大，一年的安排不超过 64 KB。")
    raw = upload.read()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding), ""
        except UnicodeDecodeError:
            continue
    return "", _("不是文本文件，请另存为 CSV 后上传。")


def _page(
    request: HttpRequest,
    year: int,
    *,
    text: str = "",
    source: str = "",
    fault: str = "",
    faults: tuple[tuple[int, str], ...] = (),
    preview: AnnouncedYear | None = None,
) -> HttpResponse:
    days = calendars.announced(year)
    known = set(calendars.announced_years())
    errors = tuple(_("第 %(line)d 行：%(fault)s") % {"line": line, "fault": _(said)} for line, said in faults)
    wrong = tuple(FieldError("f-days", words_) for words_ in ((fault,) if fault else errors))
    context = {
        "year": year,
        "crumbs": frame.crumbs(_("法定日历")),
        "side": frame.side(request, "calendar"),
        "tabs": _tabs(year, known),
        "warning": _warning(year, known),
        "facts": _facts(year, days, preview=None),
        "table": _table(year, days),
        "errors": ErrorSummary(wrong) if wrong else None,
        "fields": _fields(text or _written(days), source, fault or "；".join(errors[:3])),
        "preview": preview is not None,
        "changes": _changes(days, preview) if preview is not None else None,
        "preview_facts": _facts(year, preview, preview=days) if preview is not None else None,
        "unchanged": preview is not None and dict(preview) == dict(days),
        "text": text,
        "source": source,
        "replaces": calendars.state_of(days),
        "back": LinkButton(_("不公布"), f"{reverse('flow:calendar')}?year={year}", "second"),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "flow/calendar.html", context, status=status)


def _tabs(year: int, known: set[int]) -> Tabs:
    today = clock.today().year
    years = sorted({*sorted(known)[-4:], today, today + 1, year})
    here = reverse("flow:calendar")
    tabs = (
        Tab(
            str(each) if each in known else _("%(year)d 未公布") % {"year": each},
            f"{here}?year={each}",
            current=each == year,
        )
        for each in years
    )
    return Tabs(_("年份"), tuple(tabs))


def _warning(year: int, known: set[int]) -> Note | None:
    today = clock.today()
    if year in known:
        return None
    if year < today.year:
        return Note(_("这一年没有录入，当时的期限按周一至周五推算。"), tone=Tone.LINE)
    due = year == today.year or today.month >= _ANNOUNCED_FROM
    said = _("%(year)d 年的节假日安排尚未录入，期限暂按周一至周五推算；公布后会自动重新计算。") % {"year": year}
    return Note(said, tone=Tone.WARN if due else Tone.BLUE)


def _facts(year: int, days: AnnouncedYear | None, *, preview: AnnouncedYear | None) -> Facts:
    days = days or {}
    kinds = [special.kind for special in days.values()]
    working = WorkCalendar({year: days}).working_days_in(year)
    before = WorkCalendar({year: preview}).working_days_in(year) if preview is not None else working
    told = _("%(days)d 天") % {"days": working}
    if before != working:
        told = _("%(before)d 天变为 %(days)d 天") % {"before": before, "days": working}
    lines = [
        Fact(_("放假"), _("%(days)d 天") % {"days": kinds.count(DayKind.HOLIDAY)}, number=True),
        Fact(_("调休补班"), _("%(days)d 天") % {"days": kinds.count(DayKind.WORKDAY)}, number=True),
        Fact(_("全年工作日"), told, number=True),
    ]
    if preview is None and days:
        lines.append(Fact(_("公布依据"), "、".join(calendars.sources(year)) or _("未写明")))
    return Facts(tuple(lines), tight=True)


def _table(year: int, days: AnnouncedYear) -> Table:
    columns = (Column(_("节日")), Column(_("放假")), Column(_("天数"), number=True), Column(_("调休补班")))
    empty = Empty(_("还没有录入"), _("国务院办公厅的放假通知公布后，在下面录入。"))
    caption = _("%(year)d 年的安排") % {"year": year}
    return Table.of(
        caption, columns, tuple(_row(name, kinds) for name, kinds in _festivals(days).items()), boxed=True, empty=empty
    )


def _festivals(days: AnnouncedYear) -> dict[str, dict[DayKind, list[date]]]:
    """By festival, in the order of their first holidays: which days are off, which are made up for."""
    found: dict[str, dict[DayKind, list[date]]] = {}
    for day, special in sorted(days.items(), key=lambda item: (item[1].kind is not DayKind.HOLIDAY, item[0])):
        found.setdefault(special.name, {kind: [] for kind in DayKind})[special.kind].append(day)
    return found


def _row(name: str, kinds: dict[DayKind, list[date]]) -> Row:
    off, made_up = kinds[DayKind.HOLIDAY], kinds[DayKind.WORKDAY]
    worked = "、".join(f"{_day(day)}（{words.WEEKDAYS[day.weekday()]}）" for day in made_up)
    return Row((name, "、".join(_stretch(first, last) for first, last in _stretches(off)), len(off), worked))


def _stretches(days: list[date]) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def _stretch(first: date, last: date) -> str:
    if first == last:
        return _day(first)
    return _("%(first)s至%(last)s") % {"first": _day(first), "last": _day(last)}


def _day(day: date) -> str:
    return _("%(month)d月%(day)d日") % {"month": day.month, "day": day.day}


def _changes(before: AnnouncedYear, after: AnnouncedYear) -> Table:
    rows = []
    for day in sorted({*before, *after}):
        old, new = before.get(day), after.get(day)
        if old == new:
            continue
        tag = (
            Tag(_("新增"), Tone.OK)
            if old is None
            else Tag(_("取消"), Tone.BAD)
            if new is None
            else Tag(_("改动"), Tone.WARN)
        )
        rows.append(Row((tag, Cell(_day(day), str(words.WEEKDAYS[day.weekday()])), _told(old), _told(new))))
    columns = (Column(_("变化")), Column(_("日期")), Column(_("现在")), Column(_("公布后")))
    return Table.of(_("将要发生的变化"), columns, tuple(rows), boxed=True, empty=Empty(_("与现有安排相同")))


def _told(special: SpecialDay | None) -> str:
    if special is None:
        return _("按周一至周五")
    return f"{_('放假') if special.kind is DayKind.HOLIDAY else _('上班')} {special.name}"


def _written(days: AnnouncedYear) -> str:
    return "\n".join(f"{day},{special.kind.value},{special.name}" for day, special in sorted(days.items()))


def _fields(text: str, source: str, error: str) -> tuple[Field, ...]:
    return (
        Field(
            "days",
            _("粘贴一年的安排"),
            FieldKind.TEXTAREA,
            value=text,
            hint=_("每行一天：日期,类别,名称。类别 holiday 为放假，workday 为调休上班。会替换全年的安排。"),
            error=error,
            required=False,
            placeholder=_SAMPLE,
            rows=10,
        ),
        Field(
            "file",
            _("或上传 CSV 文件"),
            FieldKind.FILE,
            required=False,
            accept=".csv,text/csv",
            accept_words=_("CSV，不超过 64 KB"),
            max_bytes=_LARGEST,
        ),
        Field(
            "source",
            _("公布依据"),
            value=source,
            hint=_("例如 国务院办公厅关于部分节假日安排的通知"),
            required=False,
            maxlength=120,
        ),
    )
