"""Reads of files: one to open, those of a record, labels of several."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from yiwang.commons.files import policies, registry
from yiwang.commons.files.contracts import FileNotFound, MediaType, ScanState, StoredFile
from yiwang.commons.files.models import FileRecord
from yiwang.kernel.actor import Actor, SubjectRef


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file with its bytes; whoever gets it closes `stream`."""

    file: StoredFile
    stream: BinaryIO


def open_file(*, file_id: UUID, viewer: Actor) -> OpenFile:
    """Open one file. Raises FileNotFound also where the viewer may not read it, or the bytes are gone."""
    record = FileRecord.objects.filter(pk=file_id).first()
    if record is None:
        raise FileNotFound
    policies.check_read(viewer, record)
    try:
        return OpenFile(stored(record=record), registry.blobs().open(record.digest))
    except FileNotFoundError:
        raise FileNotFound from None


def files_of(*, subject: SubjectRef, viewer: Actor) -> tuple[StoredFile, ...]:
    """The files of one record that the viewer may read, oldest first."""
    rows = FileRecord.objects.filter(subject_kind=subject.kind, subject_id=subject.id).order_by("id")
    return tuple(stored(record=row) for row in rows if policies.can_read(viewer, row))


def described(*, file_ids: Collection[UUID], viewer: Actor) -> Mapping[UUID, StoredFile]:
    """Those of `file_ids` that exist and that the viewer may read. One query, and one a keeper for those of others."""
    rows = list(FileRecord.objects.filter(pk__in=list(file_ids)))
    among = policies.shared(viewer, rows)
    return {row.pk: stored(record=row) for row in rows if policies.can_read(viewer, row, among)}


def stored(*, record: FileRecord) -> StoredFile:
    """The row as the value that leaves the context."""
    return StoredFile(
        id=record.pk,
        name=record.name,
        media_type=MediaType(record.media_type),
        size=record.size,
        digest=record.digest,
        purpose=record.purpose,
        owner_id=record.owner_id,
        subject=policies.subject_of(record),
        uploaded_at=record.uploaded_at,
        scan=ScanState(record.scan),
    )
