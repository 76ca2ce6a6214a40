"""Uploads are kept whole or not at all, attached once, discarded only while they belong to nothing."""

import hashlib
import io
import os
from datetime import timedelta

import pytest

from yiwang.commons.files import commands, queries, registry
from yiwang.commons.files.contracts import (
    FileAttached,
    FileEmpty,
    FileNotFound,
    FileTooLarge,
    FileTypeRefused,
    MediaType,
    Purpose,
    ScanState,
    TooManyFiles,
)  # fmt: skip
from yiwang.commons.files.models import FileRecord
from yiwang.commons.files.tests import samples
from yiwang.commons.files.tests.factories import store
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.errors import Unauthenticated
from yiwang.kernel.guard import UnguardedWrite
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("blob_folder")]
SYSTEM = Actor.system("test")


def a_case() -> SubjectRef:
    return SubjectRef("case", new_id())


def blobs(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_keeps_an_upload_under_its_digest_with_its_true_type(mother, blob_folder):
    kept = store(mother, samples.png(), name="../身份证.exe")
    assert (kept.media_type, kept.name, kept.owner_id) == (MediaType.PNG, "身份证.png", mother.account_id)
    assert kept.digest == hashlib.new("sm3", samples.png()).hexdigest()
    (path,) = blobs(blob_folder)
    assert path.name == kept.digest
    assert path.read_bytes() == samples.png()
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_audit_knows_the_upload_but_not_its_name(mother):
    kept = store(mother)
    entry = AuditEntry.objects.get(command="files.store")
    assert entry.subject_id == kept.id
    assert "出生" not in str(entry.details)


def test_the_same_bytes_of_two_people_are_two_records_over_one_blob(mother, stranger, blob_folder):
    assert store(mother).id != store(stranger).id
    assert len(blobs(blob_folder)) == 1


def test_an_upload_over_the_limit_is_stopped_while_it_comes_in(mother, blob_folder):
    registry.register_purpose(Purpose("tiny", frozenset(MediaType), 1024 * 1024))

    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            self.given += size
            return b"%PDF-" + b"x" * (size - 5)

    endless = Endless()
    with pytest.raises(FileTooLarge, match="最大 1 MB"):
        commands.store(stream=endless, name="a.pdf", purpose="tiny", by=mother, at=clock.now())
    assert endless.given <= 2 * 1024 * 1024
    assert blobs(blob_folder) == []


@pytest.mark.parametrize(
    ("content", "error"), [(b"", FileEmpty), (samples.EXE, FileTypeRefused), (samples.HTML, FileTypeRefused)]
)
def test_a_refused_upload_leaves_nothing_but_its_audit(mother, blob_folder, content, error):
    with pytest.raises(error):
        store(mother, content, name="户口簿.pdf")
    assert blobs(blob_folder) == []
    assert not FileRecord.objects.exists()
    assert AuditEntry.objects.get(command="files.store").error_code == error.code


def test_a_photo_purpose_takes_no_pdf(mother):
    with pytest.raises(FileTypeRefused):
        store(mother, samples.PDF, purpose="photo")


def test_nobody_uploads_without_logging_in():
    with pytest.raises(Unauthenticated):
        store(Actor.anonymous())


def test_an_account_has_a_limit_of_waiting_uploads(mother, monkeypatch):
    monkeypatch.setattr(commands, "_MOST_WAITING", 2)
    store(mother)
    store(mother)
    with pytest.raises(TooManyFiles):
        store(mother)


def test_a_row_cannot_be_written_around_the_commands(mother):
    with pytest.raises(UnguardedWrite):
        FileRecord(owner_id=mother.account_id).save()


def test_the_owner_attaches_once_and_again_without_harm(mother):
    kept, case = store(mother), a_case()
    for _ in range(2):
        commands.attach(file_ids=[kept.id], subject=case, by=mother, at=clock.now())
    assert queries.files_of(subject=case, viewer=mother)[0].id == kept.id
    with pytest.raises(FileAttached):
        commands.attach(file_ids=[kept.id], subject=a_case(), by=mother, at=clock.now())
    with pytest.raises(FileAttached):
        commands.discard(file_id=kept.id, by=mother, at=clock.now())


def test_attaching_is_all_or_none(mother, stranger):
    mine, theirs = store(mother), store(stranger)
    case = a_case()
    with pytest.raises(FileNotFound):
        commands.attach(file_ids=[mine.id, theirs.id], subject=case, by=mother, at=clock.now())
    with pytest.raises(FileNotFound):
        commands.attach(file_ids=[mine.id, new_id()], subject=case, by=mother, at=clock.now())
    assert queries.files_of(subject=case, viewer=SYSTEM) == ()


def test_only_the_owner_discards(mother, stranger):
    kept = store(mother)
    with pytest.raises(FileNotFound):
        commands.discard(file_id=kept.id, by=stranger, at=clock.now())
    commands.discard(file_id=kept.id, by=mother, at=clock.now())
    with pytest.raises(FileNotFound):
        queries.open_file(file_id=kept.id, viewer=mother)


def test_an_infected_file_is_closed_to_everybody(mother):
    kept = store(mother)
    registry.provide_scanner(lambda stream: ScanState.INFECTED if stream.read(4) == b"%PDF" else ScanState.CLEAN)
    try:
        assert commands.record_scan(file_id=kept.id, by=SYSTEM, at=clock.now()) is ScanState.INFECTED
    finally:
        registry.provide_scanner(None)
    with pytest.raises(FileNotFound):
        queries.open_file(file_id=kept.id, viewer=mother)
    with pytest.raises(FileNotFound):
        commands.attach(file_ids=[kept.id], subject=a_case(), by=mother, at=clock.now())


def age(path, days):
    then = (clock.now() - timedelta(days=days)).timestamp()
    os.utime(path, (then, then))


def test_the_sweep_removes_what_nothing_refers_to_and_nothing_else(mother, blob_folder):
    kept = store(mother)
    dropped = store(mother, samples.png())
    commands.discard(file_id=dropped.id, by=mother, at=clock.now())
    half = blob_folder / "incoming" / "upload-killed"
    half.write_bytes(b"%PDF-1.7 and then the power failed")
    assert commands.sweep(by=SYSTEM, at=clock.now()) == 0, "what is younger than a day may be uncommitted"
    for path in blobs(blob_folder):
        age(path, 2)
    assert commands.sweep(by=SYSTEM, at=clock.now()) == 1
    assert [path.name for path in blobs(blob_folder)] == [kept.digest]


def test_the_sweep_forgets_uploads_never_submitted(mother, blob_folder):
    forgotten = store(mother)
    used = store(mother, samples.png())
    commands.attach(file_ids=[used.id], subject=a_case(), by=mother, at=clock.now())
    later = clock.now() + timedelta(days=110)
    commands.sweep(by=SYSTEM, at=later)
    assert [row.pk for row in FileRecord.objects.all()] == [used.id]
    assert forgotten.digest not in [path.name for path in blobs(blob_folder)]


def test_an_upload_in_a_shared_draft_changes_hands_and_no_other_does(mother, stranger, monkeypatch):
    shared, own = store(mother).id, store(mother, samples.png()).id
    monkeypatch.setattr(registry, "_keepers", [lambda viewer, ids: {shared} & set(ids) if viewer == stranger else ()])
    with pytest.raises(FileNotFound):
        commands.take_over(file_ids=[shared, own], by=stranger, at=clock.now())
    assert commands.take_over(file_ids=[shared], by=stranger, at=clock.now()) == 1
    assert commands.take_over(file_ids=[shared], by=stranger, at=clock.now()) == 0
    assert FileRecord.objects.get(pk=shared).owner_id == stranger.account_id
