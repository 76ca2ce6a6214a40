"""The legal calendar as the administration keeps it: announced years in a table, editable, read through a short cache."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.doctor import Finding, check
from yiwang.kernel.ids import new_id
from yiwang.kernel.legal_calendar import DayKind, SpecialDay, WorkCalendar, read_year
from yiwang.kernel.models import CalendarDay
from yiwang.kernel.packs import PackReader, Tally, pack_part

_KEPT_FOR = timedelta(seconds=30)
_cache: tuple[datetime, WorkCalendar] | None = None


def current() -> WorkCalendar:
    """The calendar in force. A year with no announced day in the table counts as not announced (warning in results)."""
    global _cache  # noqa: PLW0603  the table changes once a year and is asked a hundred times a second
    now = clock.now()
    if _cache is None or not (timedelta(0) <= now - _cache[0] < _KEPT_FOR):
        years: dict[int, dict[date, SpecialDay]] = {}
        for day in CalendarDay.objects.all():
            years.setdefault(day.date.year, {})[day.date] = SpecialDay(DayKind(day.kind), day.name)
        _cache = (now, WorkCalendar(years))
    return _cache[1]


def forget() -> None:
    """Read the table again at the next question."""
    global _cache  # noqa: PLW0603
    _cache = None


@command("kernel.announce_year")
def announce_year(*, year: int, days: Mapping[date, SpecialDay], source: str, by: Actor, at: datetime) -> bool:
    """Put the announced days of a year in force, replacing what was there. Returns whether anything changed."""
    before = {day.date: (day.kind, day.name) for day in CalendarDay.objects.filter(date__year=year)}
    after = {day: (special.kind.value, special.name) for day, special in days.items()}
    changed = before != after
    if changed:
        CalendarDay.objects.filter(date__year=year).delete()
        CalendarDay.objects.bulk_create(
            CalendarDay(date=day, kind=kind, name=name, source=source) for day, (kind, name) in after.items()
        )
    note(SubjectRef("calendar", new_id()), year=year, days=len(after), changed=changed)
    forget()
    return changed


@pack_part("calendars", order=5)
class CalendarPart:
    """`calendars/<year>.csv`: date, kind (holiday, workday), name."""

    columns: Sequence[str] = ("date", "kind", "name")

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
            mend="国务院办公厅公布后，在配置包 calendars/ 中加入该年文件并运行 yiwang pack load",
            grave=str(today.year) in missing,
        )
    return Finding(ok=True, message=f"{'、'.join(map(str, wanted))} 年的节假日安排已录入")
