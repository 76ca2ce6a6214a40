"""Materials of a draft: uploads, at most twenty to a material, and pledges in their place."""

from collections.abc import Collection
from datetime import datetime
from typing import BinaryIO, Final
from uuid import UUID

from yiwang.commons.files import commands as files
from yiwang.commons.files import queries as stored_files
from yiwang.commons.files.contracts import (
    FileAttached,
    FileNotFound,
    FileTooLarge,
    FileTypeRefused,
    MediaType,
    StoredFile,
    TooManyFiles,
)
from yiwang.commons.forms.commands.drafting import locked
from yiwang.commons.forms.contracts import DraftNotFound
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note

_MOST: Final = 20


@command("forms.add_file")
def add_file(
    *,
    draft_id: UUID,
    material: str,
    stream: BinaryIO,
    name: str,
    types: Collection[MediaType] = (),
    max_bytes: int = 0,
    by: Actor,
    at: datetime,
) -> StoredFile:
    """Keep an upload for a material of a draft; `types` and `max_bytes` narrow what files allows.

    Raises DraftNotFound and the refusals of files.
    """
    row = locked(draft_id, by)
    held = row.files.get(material, [])
    if len(held) >= _MOST:
        raise TooManyFiles(count=len(held))
    allowed = "、".join(each.extension.upper() for each in types)
    try:
        kept = files.store(stream=stream, name=name, purpose="material", by=by, at=at)
    except FileTypeRefused as refusal:
        raise (FileTypeRefused(allowed=allowed) if types else refusal) from None
    if types and kept.media_type not in types:
        raise FileTypeRefused(allowed=allowed)
    if max_bytes and kept.size > max_bytes:
        raise FileTooLarge(limit=round(max_bytes / 1024 / 1024, 1))
    row.files = {**row.files, material: [*held, str(kept.id)]}
    row.updated_at = at
    row.save(update_fields=["files", "updated_at"])
    note(SubjectRef("draft", draft_id), material=material, file=str(kept.id))
    return kept


@command("forms.put_file")
def put_file(
    *,
    draft_id: UUID,
    material: str,
    file_id: UUID,
    types: Collection[MediaType] = (),
    max_bytes: int = 0,
    by: Actor,
    at: datetime,
) -> None:
    """Put an upload that waits elsewhere (in a scanner's tray) into a draft, for a material; again is no fault.

    Raises DraftNotFound, FileNotFound and the refusals of add_file.
    """
    row = locked(draft_id, by)
    held = row.files.get(material, [])
    kept = stored_files.described(file_ids=[file_id], viewer=by).get(file_id)
    if kept is None:
        raise FileNotFound
    if kept.subject is not None:
        raise FileAttached
    if len(held) >= _MOST:
        raise TooManyFiles(count=len(held))
    if types and kept.media_type not in types:
        raise FileTypeRefused(allowed="、".join(each.extension.upper() for each in types))
    if max_bytes and kept.size > max_bytes:
        raise FileTooLarge(limit=round(max_bytes / 1024 / 1024, 1))
    if str(file_id) not in held:
        row.files = {**row.files, material: [*held, str(file_id)]}
        row.updated_at = at
        row.save(update_fields=["files", "updated_at"])
    note(SubjectRef("draft", draft_id), material=material, file=str(file_id))


@command("forms.pledge_materials")
def pledge_materials(*, draft_id: UUID, materials: Collection[str], by: Actor, at: datetime) -> None:
    """Keep which materials the owner signs a pledge for instead of handing them in; again replaces the choice.

    What is pledged, and whether it may be, is said by whoever offers it. Raises DraftNotFound.
    """
    row = locked(draft_id, by)
    wanted = sorted(set(materials))
    if wanted != row.pledged:
        row.pledged, row.updated_at = wanted, at
        row.save(update_fields=["pledged", "updated_at"])
    note(SubjectRef("draft", draft_id), pledged=len(wanted))


@command("forms.remove_file")
def remove_file(*, draft_id: UUID, material: str, file_id: UUID, by: Actor, at: datetime) -> None:
    """Take an upload away from a draft. Raises DraftNotFound, also for a file that is not in it."""
    row = locked(draft_id, by)
    held = row.files.get(material, [])
    if str(file_id) not in held:
        raise DraftNotFound
    files.discard(file_id=file_id, by=by, at=at)
    row.files = {**row.files, material: [each for each in held if each != str(file_id)]}
    row.updated_at = at
    row.save(update_fields=["files", "updated_at"])
    note(SubjectRef("draft", draft_id), material=material, file=str(file_id))
