"""Who reads which file, in one table."""

import pytest

from yiwang.commons.files import policies, registry
from yiwang.commons.files.models import FileRecord
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.ids import new_id

OWNER, READER, OTHER, SHARER = (Actor(kind=ActorKind.PERSON, account_id=new_id()) for _ in range(4))
SYSTEM, NOBODY = Actor.system("test"), Actor.anonymous()


@pytest.fixture(autouse=True)
def _readers(monkeypatch):
    monkeypatch.setattr(registry, "_readers", {"case": lambda viewer, _subject: viewer == READER})
    monkeypatch.setattr(registry, "_keepers", [lambda viewer, ids: ids if viewer == SHARER else ()])


@pytest.mark.parametrize(
    ("viewer", "subject_kind", "scan", "allowed"),
    [
        (OWNER, "", "unscanned", True),
        (OWNER, "case", "clean", True),
        (OWNER, "case", "infected", False),
        (READER, "case", "unscanned", True),
        (READER, "", "unscanned", False),
        (READER, "incident", "unscanned", False),
        (READER, "case", "infected", False),
        (OTHER, "case", "clean", False),
        (OTHER, "", "clean", False),
        (SHARER, "", "clean", True),
        (SHARER, "", "infected", False),
        (SHARER, "case", "clean", False),
        (NOBODY, "case", "clean", False),
        (NOBODY, "", "clean", False),
        (SYSTEM, "case", "clean", True),
        (SYSTEM, "", "infected", False),
    ],
)
def test_who_reads(viewer, subject_kind, scan, allowed):
    subject_id = new_id() if subject_kind else None
    record = FileRecord(owner_id=OWNER.account_id, subject_kind=subject_kind, subject_id=subject_id, scan=scan)
    assert policies.can_read(viewer, record) is allowed


def test_a_file_without_an_owner_is_not_read_by_somebody_without_an_account():
    assert not policies.owns(NOBODY, FileRecord(owner_id=None, subject_kind="case", subject_id=new_id()))
