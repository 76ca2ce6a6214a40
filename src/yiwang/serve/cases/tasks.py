"""Background work of cases. Each job is idempotent and ends in one command a case."""

import logging

from yiwang.kernel import calendars, clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import job
from yiwang.serve.cases import commands, queries

RECKONING = Actor.system("cases reckoning")
_log = logging.getLogger(__name__)


class SomeNotReckoned(RuntimeError):
    """The others were; the job tries again, and what is right by then is left alone."""


@job("cases.reckon")
def reckon(year: int) -> None:
    """After the days of `year` were announced: every open case whose limits are others now, batch by batch."""
    calendars.forget()
    after, failed = None, 0
    while True:
        found, after = queries.misreckoned(year=year, after=after, viewer=RECKONING)
        for case_id in found:
            try:
                commands.move_due(case_id=case_id, by=RECKONING, at=clock.now())
            except Exception:  # noqa: BLE001  one case never keeps the others waiting
                failed += 1
                _log.exception("due dates of case %s", case_id)
        if after is None:
            break
    if failed:
        raise SomeNotReckoned(f"{failed} cases")
