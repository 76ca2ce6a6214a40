"""Which open cases were reckoned by another calendar than the one in force."""

from collections import defaultdict
from uuid import UUID

from yiwang.kernel import calendars
from yiwang.kernel.actor import Actor
from yiwang.kernel.legal_calendar import LimitUnit
from yiwang.serve.cases import policies, rules
from yiwang.serve.cases.contracts import CaseStatus
from yiwang.serve.cases.models import Case, CaseEvent

_FINAL = sorted(status.value for status in CaseStatus if status.is_final)


def misreckoned(
    *, year: int, viewer: Actor, after: UUID | None = None, size: int = 200
) -> tuple[tuple[UUID, ...], UUID | None]:
    """Of the next `size` open cases those whose limits are others now, and where to go on (None: that was all).

    Of cases that wait for acceptance, whose limit only the process holds, those whose five days touch `year`. Two queries.
    """
    rows = Case.objects.filter(policies.visible(viewer), received_at__isnull=False).exclude(status__in=_FINAL)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    fields = (
        "id",
        "promised_days",
        "statutory_days",
        "promised_due",
        "statutory_due",
        "promised_unit",
        "statutory_unit",
    )
    cases = list(rows.only(*fields).order_by("pk")[:size])
    entries: defaultdict[UUID, list[rules.Entry]] = defaultdict(list)
    events = CaseEvent.objects.filter(case__in=cases).order_by("case_id", "seq")
    for case_id, kind, at, data in events.values_list("case_id", "kind", "at", "data"):
        entries[case_id].append(rules.entry_of(kind, at, data))
    found = tuple(case.pk for case in cases if _differs(case, entries[case.pk], year))
    return found, cases[-1].pk if len(cases) == size else None


def _differs(case: Case, entries: list[rules.Entry], year: int) -> bool:
    calendar = calendars.current()
    since = rules.waiting_since(entries)
    if since is not None:
        return year in {rules.day_of(since).year, rules.acceptance_due(since, calendar).year}
    promised = rules.due_date(entries, case.promised_days, calendar, LimitUnit(case.promised_unit))
    statutory = rules.due_date(entries, case.statutory_days, calendar, LimitUnit(case.statutory_unit))
    return (promised, statutory) != (case.promised_due, case.statutory_due)
