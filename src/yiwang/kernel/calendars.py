"""The legal calendar as the administration keeps it: announced years in a table, editable, read through a short cache."""

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import connection, transaction

from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.doctor import Finding, check
from yiwang.kernel.errors import Conflict
from yiwang.kernel.events import Event
from yiwang.kernel.legal_calendar import AnnouncedYear, DayKind, SpecialDay, WorkCalendar, read_year
from yiwang.kernel.models import CalendarDay
from yiwang.kernel.outbox import publish
from yiwang.kernel.packs import PackReader, Tally, pack_part
from yiwang.kernel.text import gettext_noop as _

CACHED_FOR = timedelta(seconds=30)
COLUMNS = ("date", "kind", "name")
_MOST_ROWS = 400
_cache: tuple[datetime, WorkCalendar] | None = None


def current() -> WorkCalendar:
    """The calendar in force. A year with no announced day in the table counts as not announced (warning in results)."""
    global _cache  # noqa: PLW0603  the table changes once a year and is asked a hundred times a second
    now = clock.now()
    if _cache is None or not (timedelta(0) <= now - _cache[0] < CACHED_FOR):
        years: dict[int, dict[date, SpecialDay]] = {}
        for day in CalendarDay.objects.all():
            years.setdefault(day.date.year, {})[day.date] = SpecialDay(DayKind(day.kind), day.name)
        _cache = (now, WorkCalendar(years))
    return _cache[1]


def forget() -> None:
    """Read the table again at the next question."""
    global _cache  # noqa: PLW0603
    _cache = None


@dataclass(frozen=True, slots=True)
class YearAnnounced(Event):
    """The special days of a year are others than before: what was reckoned with that year is reckoned anew."""

    year: int
    calendar_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("calendar", self.calendar_id)


class CalendarChanged(Conflict):
    """Somebody else announced the year after it was looked at."""

    code = "kernel.calendar_changed"
    message = _("{year} 年的安排刚刚被他人改动，没有公布您的版本。")
    next_step = _("请重新预览，核对后再公布。")


def subject_of(year: int) -> SubjectRef:
    """A year of the calendar, as audit and events name it."""
    return SubjectRef("calendar", uuid5(NAMESPACE_URL, f"urn:yiwang:calendar:{year}"))


def announced(year: int) -> AnnouncedYear:
    """The special days of a year as they are in the table now, by date; empty where it is not announced. One query."""
    rows = CalendarDay.objects.filter(date__year=year).order_by("date")
    return {day.date: SpecialDay(DayKind(day.kind), day.name) for day in rows}


def announced_years() -> tuple[int, ...]:
    """The years that have special days. One query."""
    return tuple(moment.year for moment in CalendarDay.objects.dates("date", "year"))


def sources(year: int) -> tuple[str, ...]:
    """Where the days of the year come from. One query."""
    rows = CalendarDay.objects.filter(date__year=year).exclude(source="")
    return tuple(rows.order_by("source").values_list("source", flat=True).distinct())


def state_of(days: AnnouncedYear) -> str:
    """A short name for exactly these days, to tell whether they changed between a look and an act."""
    text = "\n".join(f"{day} {special.kind.value} {special.name}" for day, special in sorted(days.items()))
    return hashlib.new("sm3", text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ReadYear:
    """A year as somebody wrote it down; `faults` are lines with their sentence, then `days` is not complete."""

    days: AnnouncedYear
    faults: tuple[tuple[int, str], ...] = ()


def read_text(year: int, text: str) -> ReadYear:
    """Reads `date,kind,name` line by line, with or without a header, also with tabs as copied from a table."""
    lines = text.lstrip("\ufeff").splitlines()
    delimiter = "\t" if any("\t" in line for line in lines[:2]) else ","
    reader = csv.reader(lines, delimiter=delimiter)
    numbers: list[int] = []
    rows: list[dict[str, str]] = []
    faults: list[tuple[int, str]] = []
    try:
        for values in reader:
            cells = [value.strip() for value in values]
            if not any(cells) or (not rows and tuple(cells) == COLUMNS):
                continue
            if len(cells) != len(COLUMNS):
                faults.append((reader.line_num, _("每行应有三列：日期、类别、名称")))
                continue
            numbers.append(reader.line_num)
            rows.append(dict(zip(COLUMNS, cells, strict=True)))
    except csv.Error:
        return ReadYear({}, ((reader.line_num, _("引号没有配对")),))
    if not rows and not faults:
        return ReadYear({}, ((1, _("没有任何一天")),))
    if len(rows) > _MOST_ROWS:
        return ReadYear({}, ((numbers[_MOST_ROWS], _("行数超过一年的天数")),))
    days, wrong = read_year(year, rows)
    faults += [(numbers[fault.row - 1], fault.message) for fault in wrong]
    too_long = CalendarDay._meta.get_field("name").max_length or 0
    faults += [
        (number, _("名称太长")) for number, row in zip(numbers, rows, strict=True) if len(row["name"]) > too_long
    ]
    return ReadYear(days, tuple(sorted(faults)))


@command("kernel.announce_year")
def announce_year(*, year: int, days: AnnouncedYear, source: str, replaces: str = "", by: Actor, at: datetime) -> bool:
    """Put the announced days of a year in force, replacing what was there. Returns whether anything changed.

    `replaces` is the state (`state_of`) that the announcer had looked at; raises CalendarChanged where it is no more.
    """
    _one_at_a_time(year)
    before = announced(year)
    if replaces and replaces != state_of(before):
        raise CalendarChanged(year=year)
    changed = before != dict(days)
    subject = subject_of(year)
    if changed:
        CalendarDay.objects.filter(date__year=year).delete()
        CalendarDay.objects.bulk_create(
            CalendarDay(date=day, kind=special.kind.value, name=special.name, source=source)
            for day, special in days.items()
        )
        publish(YearAnnounced(year, subject.id))
        transaction.on_commit(forget)
    note(subject, year=year, days=len(days), changed=changed, source=source)
    forget()
    return changed


def _one_at_a_time(year: int) -> None:
    """Two announcers of one year wait for each other: the second one meets what the first has announced."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 14))", [f"calendar:{year}"])


@pack_part("calendars", order=5)
class CalendarPart:
    """`calendars/<year>.csv`: date, kind (holiday, workday), name."""

    columns: Sequence[str] = COLUMNS

    def check(self, reader: PackReader) -> None:
        for file in reader.files("calendars/*.csv"):
            self._read(reader, file)

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        tally = Tally()
        for file in reader.files("calendars/*.csv"):
            year, days = self._read(reader, file)
            if announce_year(year=year, days=days, source=file, by=by, at=at):
                tally.created += 1
            else:
                tally.unchanged += 1
        return tally

    def _read(self, reader: PackReader, file: str) -> tuple[int, Mapping[date, SpecialDay]]:
        name = file.rsplit("/", 1)[-1].removesuffix(".csv")
        if not (name.isdigit() and len(name) == 4):
            reader.report.add(file, 0, "文件名应为年份", "例如 calendars/2026.csv")
            return 0, {}
        rows = reader.csv(file, columns=self.columns)
        days, faults = read_year(int(name), [row.values for row in rows])
        for fault in faults:
            reader.report.add(file, rows[fault.row - 1].line, fault.message)
        return int(name), days


@check("calendar")
def _announced() -> Finding:
    today = clock.today()
    calendar = current()
    wanted = [today.year] + ([today.year + 1] if today.month >= 11 else [])
    missing = [str(year) for year in wanted if not calendar.is_announced(year)]
    if missing:
        return Finding(
            ok=False,
            message=f"{'、'.join(missing)} 年的节假日安排尚未录入，期限暂按周一至周五推算",
            mend="国务院办公厅公布后，由管理员在工作台“法定日历”中录入",
            grave=str(today.year) in missing,
        )
    return Finding(ok=True, message=f"{'、'.join(map(str, wanted))} 年的节假日安排已录入")
