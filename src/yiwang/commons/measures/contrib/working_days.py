"""Working days between two moments, in SQL: weekdays by arithmetic, corrected by the announced days of the calendar."""

from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import FloatField, Func
from django.db.models.functions import TruncDate
from django.db.models.sql.compiler import SQLCompiler

_ANNOUNCED: Final = """
(SELECT coalesce(sum(CASE WHEN extract(isodow FROM c.date) < 6 AND c.kind = 'holiday' THEN -1
                          WHEN extract(isodow FROM c.date) > 5 AND c.kind = 'workday' THEN 1 ELSE 0 END), 0)
   FROM kernel_calendarday c WHERE c.date > {start} AND c.date <= {end})
"""


class WorkingDays(Func):
    """Days of work after the day of `start` up to and with that of `end`, as the legal calendar counts; null where one
    of them is.

    `weekdays(d)` counts Mondays to Fridays since Monday 1970-01-05; of the announced days a holiday on a weekday takes
    one away, a make-up day at a weekend adds one.
    """

    output_field = FloatField()
    arity = 2

    def __init__(self, start: Any, end: Any) -> None:
        super().__init__(TruncDate(start), TruncDate(end))

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, Any]:
        (start, first), (end, second) = (compiler.compile(each) for each in self.get_source_expressions())
        text = f"({_weekdays(end)} - {_weekdays(start)} + {_ANNOUNCED.format(start=start, end=end)})::float8"
        return text, [*second, *second, *first, *first, *first, *second]


def _weekdays(day: str) -> str:
    since = f"({day} - DATE '1970-01-05')"
    return f"({since} / 7 * 5 + least({since} %% 7 + 1, 5))"
