"""The key by which the world knows the log: it stays, and where it can't be used somebody is told."""

from datetime import timedelta

import pytest

from yiwang.commons.crypto import commands as pool
from yiwang.commons.crypto import queries as keys
from yiwang.commons.crypto import registry
from yiwang.commons.crypto.contracts import KeyHeld
from yiwang.commons.ledger import commands, queries, tasks
from yiwang.commons.ledger.contracts import KeyMissing
from yiwang.commons.ledger.models import Log
from yiwang.commons.ledger.queries import health
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log, append, drafts, evidence, sign
from yiwang.commons.ledger.views.operating import _notes
from yiwang.kernel import clock
from yiwang.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
WHY = {"reason": "样例", "by": SYSTEM}


@pytest.fixture
def unguarded(monkeypatch):
    """As in an installation whose keys were changed before anybody refused it."""
    monkeypatch.setattr(registry, "_holders", [])


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    monkeypatch.setattr(tasks, "_resting", tasks.Resting())


@pytest.mark.parametrize("step", [pool.rotate_key, pool.suspend_key, pool.retire_key])
def test_the_key_of_the_open_log_stays_as_it_is_until_another_log_follows(step):
    a_log()
    key = Log.objects.get().key_id
    with pytest.raises(KeyHeld):
        step(key_id=key, at=clock.now(), **WHY)
    a_log(succeed=True)
    step(key_id=key, at=clock.now(), **WHY)


def test_a_log_opened_while_the_clock_was_ahead_signs_when_it_is_right_again():
    with clock.frozen(clock.now() + timedelta(days=30)):
        a_log()
    append(drafts(3))
    assert sign() == 3
    log = Log.objects.get()
    assert keys.public_key(key_id=log.key_id) == bytes(log.public_key)


@pytest.mark.usefixtures("unguarded")
def test_a_log_goes_on_signing_with_its_own_version_of_a_key_that_was_rotated():
    a_log()
    pool.rotate_key(key_id=Log.objects.get().key_id, at=clock.now(), **WHY)
    append(drafts(3))
    assert sign() == 3
    assert queries.check(viewer=SYSTEM).sound


@pytest.mark.usefixtures("unguarded")
def test_entries_that_nobody_signs_are_told_of_and_not_tried_each_second():
    a_log()
    evidence(1)
    tasks.sequence_evidence()
    pool.suspend_key(key_id=Log.objects.get().key_id, at=clock.now(), **WHY)
    evidence(1)
    tasks.sequence_evidence()
    with pytest.raises(KeyMissing):
        commands.sign_checkpoint(by=SYSTEM, at=clock.now())
    written = AuditEntry.objects.count()
    for _ in range(5):
        tasks.sequence_evidence()
    assert AuditEntry.objects.count() == written
    assert health.ledger().ok
    with clock.frozen(clock.now() + timedelta(minutes=3)):
        told = health.ledger()
        assert (told.ok, told.grave) == (False, True)
        found = queries.standing(viewer=SYSTEM)
        assert "新存证没有签发" in {note.title for note in _notes(found, queries.log(viewer=SYSTEM))}
    pool.resume_key(key_id=Log.objects.get().key_id, at=clock.now(), **WHY)
    tasks._resting.end()
    tasks.sequence_evidence()
    assert queries.standing(viewer=SYSTEM).unsigned_since is None
