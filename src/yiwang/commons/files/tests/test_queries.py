"""Reads see only what the viewer may see, and don't ask the database per file."""

import pytest

from yiwang.commons.files import commands, queries, registry
from yiwang.commons.files.contracts import FileNotFound
from yiwang.commons.files.tests import samples
from yiwang.commons.files.tests.factories import store
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.ids import new_id

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("blob_folder")]


def test_the_owner_opens_the_bytes_and_a_stranger_learns_nothing(mother, stranger):
    kept = store(mother)
    opened = queries.open_file(file_id=kept.id, viewer=mother)
    with opened.stream as stream:
        assert stream.read() == samples.PDF
    assert opened.file == kept
    for viewer, file_id in ((stranger, kept.id), (mother, new_id())):
        with pytest.raises(FileNotFound):
            queries.open_file(file_id=file_id, viewer=viewer)


def test_a_blob_that_is_gone_is_not_found(mother):
    kept = store(mother)
    registry.blobs().delete(kept.digest)
    with pytest.raises(FileNotFound):
        queries.open_file(file_id=kept.id, viewer=mother)


def test_the_context_of_the_subject_admits_readers(mother, stranger, monkeypatch):
    case = SubjectRef("case", new_id())
    kept = store(mother)
    commands.attach(file_ids=[kept.id], subject=case, by=mother, at=clock.now())
    assert queries.files_of(subject=case, viewer=stranger) == ()
    monkeypatch.setattr(registry, "_readers", {"case": lambda viewer, seen: viewer == stranger and seen == case})
    assert [file.id for file in queries.files_of(subject=case, viewer=stranger)] == [kept.id]


def test_labels_of_many_files_cost_two_queries(mother, stranger, django_assert_num_queries):
    ids = [store(mother).id for _ in range(5)]
    foreign = store(stranger).id
    with django_assert_num_queries(2):  # the files, and the drafts in which those of others might be shared
        found = queries.described(file_ids=[*ids, foreign, new_id()], viewer=mother)
    assert set(found) == set(ids)
