"""Scans: taken from a workplace's folder once, put into a material, or thrown away."""

import contextlib
from datetime import datetime
from pathlib import Path
from uuid import UUID

from yiwang.commons.files import commands as files
from yiwang.commons.files.contracts import FileAttached, FileNotFound, MediaType
from yiwang.commons.forms import commands as forms
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.errors import DomainError, ErrorKind
from yiwang.serve.portal import policies
from yiwang.serve.portal.contracts import ScanGone, ScanState, ScanTaken, TrayClosed
from yiwang.serve.portal.contrib import tray
from yiwang.serve.portal.models import ScannedFile


def collect(*, workplace: str, folder: Path, by: Actor, at: datetime) -> int:
    """Take what the scanner has brought, each file in a transaction of its own; how many there were. Raises TrayClosed."""
    policies.check_serve(by)
    count = 0
    try:
        for taken in tray.take(folder):
            if take_scan(workplace=workplace, path=str(taken.path), source=taken.source, name=taken.name, by=by, at=at):
                tray.finish(taken)
            else:
                tray.refuse(taken)
            count += 1
    except OSError as error:
        raise TrayClosed(workplace=workplace) from error
    return count


@command("portal.take_scan")
def take_scan(*, workplace: str, path: str, source: str, name: str, by: Actor, at: datetime) -> bool:
    """Keep a scanned file for the workplace; whether its content was taken. A file taken before changes nothing.

    A refused one is kept as a line that says why. Raises NotAtCounter; TooManyFiles, and then nothing is kept.
    """
    organisation_id = policies.check_serve(by)
    known = ScannedFile.objects.filter(source=source).first()
    if known is not None:
        note(SubjectRef("scan", known.pk), again=True)
        return bool(known.state != ScanState.REFUSED.value)
    row = ScannedFile(
        source=source,
        name=name[:200],
        organisation_id=organisation_id,
        workplace=workplace,
        state=ScanState.WAITING.value,
        arrived_at=at,
    )
    try:
        with Path(path).open("rb") as stream:
            row.file_id = files.store(stream=stream, name=name, purpose="material", by=by, at=at).id
    except DomainError as refusal:
        if refusal.kind is ErrorKind.TOO_MANY:
            raise
        params = {key: str(value) for key, value in refusal.params.items()}
        row.state, row.ended_at = ScanState.REFUSED.value, at
        row.fault = {"message": refusal.message, "next": refusal.next_step, "params": params}
    row.save(force_insert=True)
    note(SubjectRef("scan", row.pk), workplace=workplace, state=row.state)
    return row.state == ScanState.WAITING.value


@command("portal.use_scan")
def use_scan(
    *,
    scan_id: UUID,
    draft_id: UUID,
    material: str,
    types: tuple[MediaType, ...] = (),
    max_bytes: int = 0,
    by: Actor,
    at: datetime,
) -> None:
    """Put a scan into a material of a draft, once. Raises ScanGone, ScanTaken, and what forms.put_file raises."""
    row = _waiting(scan_id, by)
    assert row.file_id is not None  # the table's constraint
    forms.put_file(
        draft_id=draft_id, material=material, file_id=row.file_id, types=types, max_bytes=max_bytes, by=by, at=at
    )
    row.state, row.ended_at, row.draft_id, row.material = ScanState.USED.value, at, draft_id, material
    row.save(update_fields=["state", "ended_at", "draft_id", "material"])
    note(SubjectRef("scan", scan_id), draft=str(draft_id), material=material)


@command("portal.discard_scan")
def discard_scan(*, scan_id: UUID, by: Actor, at: datetime) -> None:
    """Throw a scan away with its bytes. Raises ScanGone, ScanTaken."""
    row = _waiting(scan_id, by)
    assert row.file_id is not None  # the table's constraint
    with contextlib.suppress(FileNotFound, FileAttached):
        files.discard(file_id=row.file_id, by=by, at=at)
    row.state, row.ended_at = ScanState.DISCARDED.value, at
    row.save(update_fields=["state", "ended_at"])
    note(SubjectRef("scan", scan_id))


def _waiting(scan_id: UUID, by: Actor) -> ScannedFile:
    organisation_id = policies.check_serve(by)
    row: ScannedFile | None = (
        ScannedFile.objects.select_for_update(of=("self",)).filter(pk=scan_id, organisation_id=organisation_id).first()
    )
    if row is None:
        raise ScanGone
    if row.state != ScanState.WAITING.value:
        raise ScanTaken(name=row.name)
    return row
