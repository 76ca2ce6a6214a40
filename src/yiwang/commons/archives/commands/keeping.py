"""From opened to archived and on: number, package, checks, retention by an archivist."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from yiwang.commons.archives import policies, rules
from yiwang.commons.archives.commands.journal import locked, next_in, subject_of, take
from yiwang.commons.archives.commands.opening import PACK
from yiwang.commons.archives.contracts import (
    ArchiveClosed,
    ArchiveFailed,
    ArchiveStateRefused,
    ArchiveStep,
    NotAcceptable,
    PurposeMissing,
    Retention,
    State,
)
from yiwang.commons.archives.engine import ACCEPTABLE, Report, Stage
from yiwang.commons.archives.models import Archive, ArchiveCheck
from yiwang.commons.identity import queries as identity
from yiwang.kernel.actor import Actor
from yiwang.kernel.clock import CHINA
from yiwang.kernel.command import command, note
from yiwang.kernel.jobs import defer
from yiwang.kernel.outbox import publish
from yiwang.kernel.text import gettext_noop as _

CHECK_EVERY: Final = timedelta(days=180)
_AFTER_FAULT: Final = timedelta(days=1)
_DECIDED: Final = _("保管期限已经确定。")
_PAUSES: Final = (5, 15, 30, *(60,) * 10, 120, 300, 600)
CATEGORY_CODE: Final = "ZW"  # 政务服务, within the fonds of the organisation


@command("archives.number")
def number_archive(*, archive_id: UUID, by: Actor, at: datetime) -> str:
    """Give an open archive its number (档号, DA/T 13), once: organisation-category·year-period-count. Raises ArchiveNotFound.

    Empty where its retention is undecided: then it waits for an archivist.
    """
    del at
    row = locked(archive_id)
    if not row.archive_number and row.retention:
        row.organisation_code = identity.organisation(organisation_id=row.organisation_id, viewer=by).code
        fonds = "".join(c for c in row.organisation_code if c.isascii() and c.isalnum())[:40] or "0000"
        head = f"{fonds}-{CATEGORY_CODE}·{row.year}-{rules.code_of(Retention(row.retention))}"
        row.archive_number = f"{head}-{next_in(head):05}"
        row.save(update_fields=["archive_number", "organisation_code"])
    note(subject_of(row), archive=row.archive_number)
    return str(row.archive_number)


@command("archives.wait")
def wait_for(*, archive_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Packing can't be done yet: say why on the list, and come again after a pause that grows to ten minutes."""
    del by
    row = locked(archive_id)
    pause = _PAUSES[min(row.tries, len(_PAUSES) - 1)]
    row.waiting, row.tries, row.tried_at = reason[:60], row.tries + 1, at
    row.save(update_fields=["waiting", "tries", "tried_at"])
    defer(PACK, run_at=at + timedelta(seconds=pause), archive_id=str(row.pk))
    note(subject_of(row), waiting=row.waiting)


@command("archives.stumble")
def stumble(*, archive_id: UUID, by: Actor, at: datetime) -> None:
    """Packing broke off with a fault: the list says so until a later try succeeds. The failed job tells of what."""
    del by, at
    row = locked(archive_id)
    row.waiting = "fault"
    row.save(update_fields=["waiting"])
    note(subject_of(row), waiting=row.waiting)


@command("archives.record_package")
def record_package(*, archive_id: UUID, digest: str, size: int, by: Actor, at: datetime) -> bool:
    """The package of an open archive lies in the store under `digest`; False where another one was registered before."""
    row = locked(archive_id)
    if row.state != State.OPENED.value:
        note(subject_of(row), repeat=True)
        return False
    row.digest, row.size, row.packed_at, row.waiting, row.tries = digest, size, at, "", 0
    take(row, ArchiveStep.PACK, by=by, at=at, words=digest)
    return True


@command("archives.record_check")
def record_check(*, archive_id: UUID, report: Report, digest: str, by: Actor, at: datetime) -> bool:
    """Keep a four-property check; at the stage of archiving a sound package is archived by it. Whether it passed.

    Raises ArchiveNotFound, ArchiveStateRefused.
    """
    row = locked(archive_id)
    report = replace(report, accepted=frozenset(row.accepted))
    ArchiveCheck(
        archive=row,
        stage=report.stage.value,
        at=at,
        passed=report.passed,
        digest=digest,
        findings=[each.as_json() for each in report.findings],
    ).save(force_insert=True)
    if not report.passed and row.passed is not False:
        publish(ArchiveFailed(row.pk, row.archive_number))
    row.passed = report.passed
    kept = row.state not in {State.OPENED.value, State.PACKED.value}
    if kept:
        row.next_check = (at + (CHECK_EVERY if report.passed else _AFTER_FAULT)).astimezone(CHINA).date()
    if not report.passed:
        take(row, ArchiveStep.FAIL, by=by, at=at, words=report.stage.label)
    elif row.state == State.PACKED.value:
        take(row, ArchiveStep.PASS, by=by, at=at, words=report.stage.label)
        _archive(row, by=by, at=at)
    elif report.stage is Stage.PRESERVE:
        take(row, ArchiveStep.PRESERVE, by=by, at=at)
    else:
        row.save(update_fields=["passed", "next_check"])
        note(subject_of(row), stage=report.stage.value, passed=True)
    return report.passed


@command("archives.schedule")
def schedule(*, archive_id: UUID, retention: Retention, ground: str, by: Actor, at: datetime) -> None:
    """An archivist decides, once, how long an archive is kept that no rule fits; it is packed then.

    Raises ArchiveNotFound, MayNotKeep, PurposeMissing, ArchiveStateRefused.
    """
    row = locked(archive_id)
    policies.check_keep(by, row)
    if len(ground.strip()) < 2:
        raise PurposeMissing
    if row.retention:
        raise ArchiveStateRefused(number=row.archive_number or row.number, reason=_DECIDED)
    row.retention, row.retention_ground = retention.value, ground.strip()[:300]
    row.retain_until = rules.ends(retention, row.closed_at.astimezone(CHINA).date())
    row.archive_number, row.waiting, row.tries = "", "", 0
    take(row, ArchiveStep.SCHEDULE, by=by, at=at, words=f"{retention.label} {ground.strip()}")
    defer(PACK, archive_id=str(row.pk))


@command("archives.repack")
def repack(*, archive_id: UUID, by: Actor, at: datetime) -> None:
    """Put a package aside that did not pass, and make it anew. Raises ArchiveNotFound, MayNotKeep, ArchiveStateRefused."""
    row: Archive = locked(archive_id)
    policies.check_keep(by, row)
    row.passed, row.accepted = None, []
    take(row, ArchiveStep.REPACK, by=by, at=at)
    defer(PACK, archive_id=str(row.pk))


@command("archives.accept_defects")
def accept_defects(*, archive_id: UUID, ground: str, by: Actor, at: datetime) -> None:
    """An archivist takes on record that files came locked, broken or with scripts, and archives the package as it is.

    The originals stay as they were given in: they are the evidence. Later checks tell these failures and stop at none of them.
    Raises ArchiveNotFound, MayNotKeep, PurposeMissing, NotAcceptable, ArchiveStateRefused.
    """
    row = locked(archive_id)
    policies.check_keep(by, row)
    if len(ground.strip()) < 2:
        raise PurposeMissing
    check = row.checks.filter(digest=row.digest).order_by("-at", "-id").first()
    stopping = {each.check.id for each in Report.kept(check.stage, check.findings).stopping} if check else set()
    if not stopping or stopping - ACCEPTABLE:
        raise NotAcceptable(number=row.archive_number or row.number)
    row.accepted, row.passed = sorted(stopping), True
    take(row, ArchiveStep.ACCEPT, by=by, at=at, words=ground.strip())
    _archive(row, by=by, at=at)


def _archive(row: Archive, *, by: Actor, at: datetime) -> None:
    row.next_check = (at + CHECK_EVERY).astimezone(CHINA).date()
    take(row, ArchiveStep.ARCHIVE, by=by, at=at)
    publish(ArchiveClosed(row.pk, row.archive_number, row.subject_kind, row.subject_id))
