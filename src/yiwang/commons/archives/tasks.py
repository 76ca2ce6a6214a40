"""Background work of archives: pack what has ended, check what is due, hand over and destroy what was decided.

Each job may be killed anywhere and runs again: what it has done is a state of the row, and packages are named by their digest.
"""

import json
import logging
import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from yiwang.commons.archives import commands, queries, registry
from yiwang.commons.archives.commands.keys import APPLICATION
from yiwang.commons.archives.contracts import State
from yiwang.commons.archives.engine import (
    DIGESTS,
    LEDGER_KEYS,
    STATEMENTS,
    Agent,
    ArchiveFault,
    Content,
    Item,
    Kind,
    Stage,
    build_package,
)
from yiwang.commons.archives.models import Archive
from yiwang.commons.archives.registry import Collected, NotYet, Opened
from yiwang.commons.crypto import queries as pool
from yiwang.commons.crypto.contracts import KeyId
from yiwang.commons.ledger import queries as ledger
from yiwang.commons.ledger.contracts import ReceiptState
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import defer_now, job, periodic
from yiwang.kernel.text import gettext_noop as _

_log = logging.getLogger(__name__)
KEEPER: Final = Actor.system("archives")
_RETENTIONS: Final = {"permanent": "永久", "years30": "30年", "years10": "10年"}
CATEGORIES: Final = {"case": _("政务服务事项")}
_RECEIPT: Final = "application/vnd.yiwang.tlog-proof"
_STEP: Final = 50


@job("archives.pack")
def pack(archive_id: str) -> None:
    """Pack an archive whose record has ended, check it, register it; comes again while something is still on its way."""
    found = queries.opened(archive_id=UUID(archive_id), viewer=KEEPER)
    if found is None:
        return
    opened, row = found
    if row.state == State.OPENED.value and row.retention:
        try:
            _pack(opened, row)
        except NotYet as wait:
            commands.wait_for(archive_id=row.pk, reason=wait.reason, by=KEEPER, at=clock.now())
            return
        except Exception:
            commands.stumble(archive_id=row.pk, by=KEEPER, at=clock.now())
            raise
        row.refresh_from_db()
    if row.state == State.PACKED.value and row.passed is None:
        _check(row, Stage.ARCHIVE)


def _pack(opened: Opened, row: Archive) -> None:
    source = registry.source_of(opened.subject.kind)
    if source is None:
        raise NotYet("source")
    collected = source(opened)
    receipts = _receipts(opened, collected)
    number = commands.number_archive(archive_id=row.pk, by=KEEPER, at=clock.now())
    row.refresh_from_db()
    key = commands.ensure_key(by=KEEPER, at=clock.now())
    commands.write_trusted_keys(by=KEEPER, at=clock.now())
    now = clock.now()
    content = _content(row, number, collected, receipts)
    try:
        signer = pool.signer(key_id=KeyId(key), application=APPLICATION)
        data = build_package(content, signer=signer, at=now)
    except ArchiveFault as fault:
        raise NotYet(fault.reason.code) from fault
    digest = DIGESTS["sm3"](data)
    _put(digest, data)
    commands.record_package(archive_id=row.pk, digest=digest, size=len(data), by=KEEPER, at=now)


def _receipts(opened: Opened, collected: Collected) -> tuple[Item, ...]:
    """The receipts of the record's statements, and the keys that judge them. Raises NotYet while some are not final."""
    if ledger.log(viewer=KEEPER) is None and not opened.patient:
        return ()
    subjects = collected.subjects or (opened.subject,)
    lines = ledger.receipts_of(subjects=subjects, viewer=KEEPER)
    if opened.patient and any(line.state is not ReceiptState.FINAL for line in lines):
        raise NotYet("receipts")
    found = ledger.receipts_for(evidence_ids=[line.evidence_id for line in lines], viewer=KEEPER)
    if not found:
        return ()
    named = [(f"{n:03}.tlog-proof", line) for n, line in enumerate(lines, 1)]
    items = [
        Item(Kind.EVIDENCE, name, line.kind, found[line.evidence_id].to_text().encode(), _RECEIPT, line.at)
        for name, line in named
        if line.evidence_id in found
    ]
    told = [
        {"kind": line.kind, "at": line.at.isoformat(), "receipt": name if line.evidence_id in found else ""}
        for name, line in named
    ]
    body = json.dumps({"number": collected.number, "statements": told}, ensure_ascii=False, sort_keys=True).encode()
    index = STATEMENTS.rpartition("/")[2]
    items.append(Item(Kind.EVIDENCE, index, "存证事项清单", body, "application/json", clock.now()))
    text = ledger.trusted_keys(viewer=KEEPER).encode()
    name = LEDGER_KEYS.rpartition("/")[2]
    return (*items, Item(Kind.EVIDENCE, name, "常享链公钥", text, "text/plain", clock.now()))


def _content(row: Archive, number: str, collected: Collected, receipts: tuple[Item, ...]) -> Content:
    keeper = Agent("立档单位", "organisation", row.organisation_name, row.organisation_code)
    return Content(
        archive_number=number,
        number=collected.number,
        title=collected.title,
        category=CATEGORIES.get(row.category, row.category),
        organisation=row.organisation_name,
        organisation_code=row.organisation_code,
        retention=_RETENTIONS[row.retention],
        retention_ground=row.retention_ground,
        matter_code=collected.matter_code,
        matter=collected.matter,
        result=collected.result,
        submitted_at=collected.submitted_at,
        closed_at=collected.closed_at,
        packed_at=clock.now(),
        matter_version=collected.matter_version,
        region=collected.region,
        grade=collected.grade,
        sample=collected.sample,
        agents=(keeper, *collected.agents),
        steps=collected.steps,
        relations=collected.relations,
        items=(*collected.items, *receipts),
        absent=collected.absent,
    )


def _put(digest: str, data: bytes) -> None:
    store = registry.packages()
    handle, path = tempfile.mkstemp(dir=store.spool(), prefix="package-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    store.put(digest, Path(path))


def _check(row: Archive, stage: Stage) -> bool:
    report = queries.check_stored(digest=row.digest, stage=stage, viewer=KEEPER)
    return commands.record_check(archive_id=row.pk, report=report, digest=row.digest, by=KEEPER, at=clock.now())


@periodic("archives.catch_up", cron="17 * * * *")
def catch_up() -> None:
    """Hourly: what was opened an hour ago and is not archived gets its job again, whatever became of the last one."""
    for archive_id in queries.waiting_jobs(since=clock.now() - timedelta(hours=1), viewer=KEEPER):
        defer_now("archives.pack", archive_id=str(archive_id))


@periodic("archives.fixity_due", cron="40 3 * * *")
def check_due() -> None:
    """Every night: the packages that are due for their check."""
    check_all(everything=0)
    sweep()


def sweep() -> None:
    """Remove what killed jobs left: packages that no archive names, or whose archive is destroyed."""
    store, limit = registry.packages(), clock.now() - timedelta(days=1)
    store.clear_spool(limit)
    for digest in store.older_than(limit):
        if not queries.is_kept(digest=digest, viewer=KEEPER):
            store.delete(digest)


@job("archives.fixity", attempts=2)
def check_all(everything: int = 1) -> None:
    """The four-property check of preservation over the packages that are due, or over all; its progress is shown."""
    due = queries.due_for_check(everything=bool(everything), viewer=KEEPER)
    if not due:
        return
    run = commands.start_fixity(total=len(due), by=KEEPER, at=clock.now())
    failed = 0
    for done, archive_id in enumerate(due, 1):
        try:
            failed += not _preserved(archive_id)
        except Exception:  # noqa: BLE001  one package never keeps the others from their check
            failed += 1
            _log.exception("the check of archive %s", archive_id)
        if done % _STEP == 0:
            commands.advance_fixity(run_id=run, done=done, failed=failed, by=KEEPER, at=clock.now())
    commands.end_fixity(run_id=run, done=len(due), failed=failed, by=KEEPER, at=clock.now())


def _preserved(archive_id: UUID) -> bool:
    """Whether the package passes its check of preservation; also where there is nothing to check any more."""
    found = queries.opened(archive_id=archive_id, viewer=KEEPER)
    if found is None or State(found[1].state) not in {State.ARCHIVED, State.PRESERVED, State.TRANSFERRED}:
        return True
    return _check(found[1], Stage.PRESERVE)


@job("archives.transfer")
def transfer(list_id: str) -> None:
    """Check the packages of a handover list at the stage of transfer, and hand over those that passed."""
    found = queries.archive_list(list_id=UUID(list_id), viewer=KEEPER)
    passed = []
    for entry in found.entries:
        opened = queries.opened(archive_id=entry.archive_id, viewer=KEEPER)
        if opened and State(opened[1].state) in {State.ARCHIVED, State.PRESERVED} and _check(opened[1], Stage.TRANSFER):
            passed.append(entry.archive_id)
    commands.complete_transfer(list_id=UUID(list_id), passed=passed, by=KEEPER, at=clock.now())


@job("archives.destroy")
def destroy(list_id: str) -> None:
    """Destroy what an approved list names: first the rows say so, then the packages go."""
    for digest in commands.destroy(list_id=UUID(list_id), by=KEEPER, at=clock.now()):
        registry.packages().delete(digest)
