"""Killed with SIGKILL at random moments of appending: nothing that was confirmed is missing, no receipt ever fails.

YIWANG_KILLS: how many writers are killed (30); YIWANG_KILL_SEED: the moments of an earlier run again.
"""

import os
import secrets
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote
from uuid import UUID

import pytest
from django.db import connection

from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.contracts import EntryRefused, NewEntry
from yiwang.commons.ledger.engine import Receipt, TrustedKeys, verify_consistency, verify_receipt
from yiwang.commons.ledger.models import Checkpoint, Entry, PendingEvidence
from yiwang.commons.ledger.queries import tree
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log, append, drafts, evidence, sign
from yiwang.kernel import clock
from yiwang.kernel.models import EvidenceRow

pytestmark = pytest.mark.django_db(transaction=True)
KILLS = int(os.environ.get("YIWANG_KILLS", "30"))


def test_no_receipt_that_was_handed_out_fails_after_kills(tmp_path):
    a_log()
    seed = int(os.environ.get("YIWANG_KILL_SEED") or secrets.randbelow(10**9))
    sys.stdout.write(f"YIWANG_KILL_SEED={seed}\n")
    here = {**os.environ, "DATABASE_URL": address(), "DJANGO_SETTINGS_MODULE": "yiwang.site.settings"}
    command = [sys.executable, "-m", "yiwang.commons.ledger.tests.writing", str(seed), str(KILLS), str(tmp_path)]
    done = subprocess.run(command, env=here, stdout=subprocess.PIPE, text=True, check=True)
    sys.stdout.write(f"killed {done.stdout}")
    while commands.sequence(by=SYSTEM, at=clock.now()):
        continue
    sign()
    assert queries.check(viewer=SYSTEM).sound
    nothing_that_was_confirmed_is_missing(tmp_path)
    every_receipt_verifies(tmp_path)


def nothing_that_was_confirmed_is_missing(folder):
    held = {row.index: bytes(row.data) for row in Entry.objects.all()}
    assert sorted(held) == list(range(len(held)))
    told = [line for file in folder.glob("*/appended") for line in file.read_text().splitlines()]
    assert told, "the writers were killed before they did anything"
    for line in told:
        index, _, data = line.partition(" ")
        assert held[int(index)] == data.encode()
    recorded = {UUID(line) for file in folder.glob("*/evidence") for line in file.read_text().splitlines()}
    entries = Counter(Entry.objects.exclude(evidence_id=None).values_list("evidence_id", flat=True))
    assert recorded <= set(entries)
    assert set(entries) == set(EvidenceRow.objects.values_list("id", flat=True))
    assert set(entries.values()) == {1}
    assert not PendingEvidence.objects.exists()


def every_receipt_verifies(folder):
    trusted = TrustedKeys.parse(queries.trusted_keys(viewer=SYSTEM))
    log = tree.open_log()
    newest = Checkpoint.objects.order_by("-size").first()
    receipts = [Receipt.parse(file.read_bytes()) for file in folder.glob("*/*.receipt") if file.read_bytes()]
    assert receipts
    for receipt in receipts:
        assert verify_receipt(receipt, trusted).valid
        head = receipt.checkpoint
        proof = queries.consistency_proof(old=head.size, new=newest.size, viewer=SYSTEM)
        verify_consistency(tree.hasher(log=log), head.size, head.root, newest.size, bytes(newest.root), proof)


def test_threads_that_append_at_once_share_transactions_and_get_their_own_places():
    a_log()
    first = tree.size(log=tree.open_log())
    entries = drafts(400)
    with ThreadPoolExecutor(16) as pool:
        places = list(pool.map(lambda entry: commands.append_one(entry=entry), entries))
    assert sorted(places) == list(range(first, first + 400))
    held = {row.index: bytes(row.data) for row in Entry.objects.all()}
    assert all(held[place] == entry.data for place, entry in zip(places, entries, strict=True))
    assert queries.check(viewer=SYSTEM).sound


def test_a_single_append_that_can_be_no_entry_is_refused_and_the_next_goes_on():
    a_log()
    with pytest.raises(EntryRefused):
        commands.append_one(entry=NewEntry(b"", "test", clock.now()))
    assert commands.append_one(entry=drafts(1)[0]) == tree.size(log=tree.open_log()) - 1


def test_batches_and_sequencing_of_several_processes_at_once_neither_lose_nor_repeat():
    a_log()
    for _ in range(6):
        evidence(20)

    def work(number):
        try:
            if number % 2:
                append(drafts(30, number * 1000))
            else:
                commands.sequence(limit=25, by=SYSTEM, at=clock.now())
            sign()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(16)))
    while commands.sequence(by=SYSTEM, at=clock.now()):
        continue
    sign()
    result = queries.check(viewer=SYSTEM)
    assert result.sound, result.differences
    assert Entry.objects.filter(kind="test.step", evidence_id__isnull=False).count() == 120


def address() -> str:
    """The database of this test, for another process."""
    here = connection.settings_dict
    secret = f":{quote(here['PASSWORD'], safe='')}" if here["PASSWORD"] else ""
    where = f"host={quote(here['HOST'], safe='')}&port={here['PORT']}"
    return f"postgresql://{quote(here['USER'])}{secret}@/{here['NAME']}?{where}"
