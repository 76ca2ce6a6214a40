"""Background work of cases. Each job is idempotent and ends in one command a case."""

import logging
from collections.abc import Callable
from uuid import UUID

from yiwang.commons.seals.contracts import SealNotInForce
from yiwang.kernel import calendars, clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import defer_now, is_queued, job, periodic
from yiwang.serve.cases import commands, queries
from yiwang.serve.cases.contracts import SealMissing

RECKONING = Actor.system("cases reckoning")
SEALING = Actor.system("cases sealing")
_log = logging.getLogger(__name__)


class SomeNotReckoned(RuntimeError):
    """The others were; the job tries again, and what is right by then is left alone."""


@job("cases.reckon_one")
def reckon_one(case_id: str) -> None:
    """The limit of a case has changed: its tasks and timers follow."""
    commands.move_due(case_id=UUID(case_id), by=RECKONING, at=clock.now())


@job("cases.seal_papers")
def seal_papers(case_id: str) -> None:
    """Documents and results of a case get their organisation's seal. Where it has none to use its officials are told."""
    try:
        commands.seal_papers(case_id=UUID(case_id), by=SEALING, at=clock.now())
    except (SealMissing, SealNotInForce):
        commands.ask_for_seal(case_id=UUID(case_id), by=SEALING, at=clock.now())


@periodic("cases.seal_late", "37 * * * *")
def seal_late() -> None:
    """Hourly: what should long bear its seal is tried again, so that nothing waits for ever once the seal is there."""
    for case_id in dict.fromkeys(case_id for case_id, _office in queries.late_papers(viewer=SEALING)):
        if not is_queued("cases.seal_papers", case_id=str(case_id)):
            defer_now("cases.seal_papers", case_id=str(case_id))


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


@periodic("cases.daily", "5 0 * * *")
def daily() -> None:
    """What a new day brings: materials that did not follow in time, results whose last day of delivery has come."""
    for case_id in queries.lapsed_deferrals(viewer=RECKONING):
        _one(commands.lapse_deferral, case_id)
    for case_id in queries.results_due(viewer=RECKONING):
        _one(commands.release_results, case_id)


def _one(command: Callable[..., object], case_id: UUID) -> None:
    try:
        command(case_id=case_id, by=RECKONING, at=clock.now())
    except Exception:  # noqa: BLE001  one case never keeps the others waiting
        _log.exception("daily work on case %s", case_id)
