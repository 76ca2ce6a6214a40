"""Writes of files: store, attach to a record, discard, and the housekeeping of the sweep."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

from django.db import connection

from yiwang.commons.files import policies, registry
from yiwang.commons.files.contracts import (
    FileEmpty,
    FileNotFound,
    FileTooLarge,
    Purpose,
    ScanState,
    StoredFile,
    TooManyFiles,
)  # fmt: skip
from yiwang.commons.files.models import FileRecord
from yiwang.commons.files.queries import stored
from yiwang.commons.files.rules import clean_name, recognise
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.jobs import defer

_CHUNK: Final = 1024 * 1024
_MOST_WAITING: Final = 60
_ATTACHABLE: Final = timedelta(days=100)  # longer than any draft lives
_GRACE: Final = timedelta(hours=24)


@command("files.store")
def store(
    *, stream: BinaryIO, name: str, purpose: str, subject: SubjectRef | None = None, by: Actor, at: datetime
) -> StoredFile:
    """Keep an upload for `purpose` (a registered key); `subject` attaches it at once (for files the program makes).

    Raises Unauthenticated, TooManyFiles, FileEmpty, FileTooLarge, FileTypeRefused, FileDamaged, FileDangerous.
    """
    policies.check_store(by)
    _check_waiting(by)
    wanted = registry.purpose_of(purpose)
    handle, path = tempfile.mkstemp(dir=registry.blobs().spool(), prefix="upload-")
    try:
        with os.fdopen(handle, "w+b") as spooled:
            digest, size = _receive(stream, spooled, wanted)
            media_type = recognise(spooled, size, allowed=wanted.types)
        _lock(digest)
        registry.blobs().put(digest, Path(path))
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(path).unlink()
    record = FileRecord(
        digest=digest,
        size=size,
        media_type=media_type.value,
        name=clean_name(name, media_type),
        purpose=wanted.key,
        owner_id=by.account_id,
        subject_kind=subject.kind if subject else "",
        subject_id=subject.id if subject else None,
        uploaded_at=at,
    )
    record.save(force_insert=True)
    if registry.scanner():
        defer("files.scan", file_id=str(record.pk))
    note(SubjectRef("file", record.pk), media_type=media_type.value, size=size, purpose=wanted.key)
    return stored(record=record)


@command("files.attach")
def attach(*, file_ids: Collection[UUID], subject: SubjectRef, by: Actor, at: datetime) -> None:
    """Give the owner's files to `subject`; again is no fault. Raises FileNotFound, FileAttached; all or none."""
    del at
    records = list(FileRecord.objects.select_for_update().filter(pk__in=list(file_ids)).order_by("pk"))
    if len(records) != len(set(file_ids)):
        raise FileNotFound
    for record in records:
        policies.check_attach(by, record, subject)
    FileRecord.objects.filter(pk__in=[record.pk for record in records]).update(
        subject_kind=subject.kind, subject_id=subject.id
    )
    note(subject, files=[str(record.pk) for record in records])


@command("files.take_over")
def take_over(*, file_ids: Collection[UUID], by: Actor, at: datetime) -> int:
    """Become the owner of waiting uploads that another has put into a draft that both share; how many changed hands.

    Raises FileNotFound, FileAttached; all or none.
    """
    del at
    records = FileRecord.objects.select_for_update().filter(pk__in=list(file_ids)).exclude(owner_id=by.account_id)
    others = list(records.order_by("pk"))
    for record in others:
        policies.check_take_over(by, record)
    FileRecord.objects.filter(pk__in=[record.pk for record in others]).update(owner_id=by.account_id)
    note(SubjectRef("account", by.account_id or UUID(int=0)), files=[str(record.pk) for record in others])
    return len(others)


@command("files.discard")
def discard(*, file_id: UUID, by: Actor, at: datetime) -> None:
    """Remove an upload that belongs to nothing; the sweep removes its bytes. Raises FileNotFound, FileAttached."""
    del at
    record = FileRecord.objects.select_for_update().filter(pk=file_id).first()
    if record is None:
        raise FileNotFound
    policies.check_discard(by, record)
    record.delete()
    note(SubjectRef("file", file_id))


@command("files.record_scan")
def record_scan(*, file_id: UUID, by: Actor, at: datetime) -> ScanState:
    """Have the scanner look at a file and keep what it says. Raises FileNotFound."""
    del by, at
    record = FileRecord.objects.select_for_update().filter(pk=file_id).first()
    look = registry.scanner()
    if record is None or look is None:
        raise FileNotFound
    with registry.blobs().open(record.digest) as stream:
        state = look(stream)
    record.scan = state.value
    record.save(update_fields=["scan"])
    note(SubjectRef("file", file_id), scan=state.value)
    return state


@command("files.sweep")
def sweep(*, by: Actor, at: datetime) -> int:
    """Remove uploads nobody submitted in 100 days, blobs without a record, and what killed uploads left.

    Returns how many blobs went. A blob put (again) within a day stays: its record may not be committed yet.
    """
    abandoned = FileRecord.objects.filter(subject_id__isnull=True, uploaded_at__lt=at - _ATTACHABLE)
    removed, _each = abandoned.delete()
    store_ = registry.blobs()
    unfinished = store_.clear_spool(at - _GRACE)
    gone = 0
    for digest in store_.older_than(at - _GRACE):
        _lock(digest)
        if not FileRecord.objects.filter(digest=digest).exists():
            store_.delete(digest)
            gone += 1
    note(SubjectRef("system", UUID(int=0)), records=removed, blobs=gone, unfinished=unfinished)
    return gone


def _receive(stream: BinaryIO, into: BinaryIO, purpose: Purpose) -> tuple[str, int]:
    digest, size = hashlib.new("sm3"), 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > purpose.max_bytes:
            raise FileTooLarge(limit=purpose.max_bytes // (1024 * 1024))
        digest.update(chunk)
        into.write(chunk)
    if size == 0:
        raise FileEmpty
    into.flush()
    return digest.hexdigest(), size


def _check_waiting(by: Actor) -> None:
    if by.account_id is None:
        return
    waiting = FileRecord.objects.filter(owner_id=by.account_id, subject_id__isnull=True).count()
    if waiting >= _MOST_WAITING:
        raise TooManyFiles(count=waiting)


def _lock(digest: str) -> None:
    """Let the sweep and an upload of the same bytes wait for each other until commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(digest[:15], 16)])
