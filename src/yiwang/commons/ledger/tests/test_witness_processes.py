"""The whole round: the program's log, witnesses in processes of their own of which one is killed, a monitor, a receipt."""

import signal
from urllib.parse import urlsplit

import pytest

from yiwang.commons.ledger import commands, queries, tasks
from yiwang.commons.ledger.contracts import ReceiptState
from yiwang.commons.ledger.engine import TrustedKeys, verify_receipt
from yiwang.commons.ledger.engine.witnessing.asking import WitnessAddress
from yiwang.commons.ledger.engine.witnessing.copying import TreeCopy
from yiwang.commons.ledger.engine.witnessing.fetching import Reply
from yiwang.commons.ledger.engine.witnessing.misbehaviour import AlarmFolder
from yiwang.commons.ledger.engine.witnessing.monitor import Monitor, Seen
from yiwang.commons.ledger.engine.witnessing.reading import RemoteLog
from yiwang.commons.ledger.engine.witnessing.tests.processes import Running
from yiwang.commons.ledger.queries import signing, tree
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log, evidence
from yiwang.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.kill]


@pytest.fixture
def running(tmp_path):
    """Two witness processes on the national suite; both must co-sign."""
    a_log("national")
    key = signing.note_verifier(log=tree.open_log()).vkey
    made = {
        name: Running(tmp_path / name, "--name", f"{name}.example", "--log-key", key) for name in ("audit", "court")
    }
    for name, one in made.items():
        commands.add_witness(vkey=one.vkey, organisation=f"样例 {name}", url=one.url, by=SYSTEM, at=clock.now())
    commands.set_quorum(needed=2, by=SYSTEM, at=clock.now())
    yield made
    for one in made.values():
        if one.process.returncode is None:
            one.end()


def _state(subject):
    return {line.state for line in queries.receipts_of(subjects=[subject], viewer=SYSTEM)}


def _step():
    subject = evidence(2)
    tasks.sequence_evidence()
    tasks.ask_for_cosignatures()
    return subject


def test_receipts_wait_while_a_witness_is_killed_and_are_final_when_it_is_back(running, client, tmp_path):
    assert _state(_step()) == {ReceiptState.FINAL}
    running["court"].end(signal.SIGKILL)
    waiting = _step()
    assert _state(waiting) == {ReceiptState.WAITING_WITNESSES}
    port = running["court"].port
    running["court"] = Running(tmp_path / "court", port=port)
    tasks.ask_for_cosignatures()
    assert _state(waiting) == {ReceiptState.FINAL}

    # What a stranger has: the keys, the receipt, the addresses.
    trusted = TrustedKeys.parse(client.get("/ledger/keys").content)
    line = queries.receipts_of(subjects=[waiting], viewer=SYSTEM)[0]
    receipt = queries.receipt_for(evidence_id=line.evidence_id, viewer=SYSTEM)
    assert verify_receipt(receipt, trusted).valid
    assert set(trusted.witnesses) == {"audit.example", "court.example"}
    witnesses = [WitnessAddress(name, "", trusted.urls[name], key) for name, key in trusted.witnesses.items()]

    def fetch(url, *, seconds, limit):
        answer = client.get(urlsplit(url).path)
        return Reply(answer.status_code, answer.content)

    hasher = tree.hasher(log=tree.open_log())
    copy = TreeCopy(tmp_path / "monitor", hasher)
    log = RemoteLog("http://log.example/ledger", trusted.logs, hasher, fetch=fetch)
    monitor = Monitor(log, copy, AlarmFolder(tmp_path / "alarms"), witnesses=witnesses, pause=0.01)
    report = monitor.look([Seen("resident", receipt.to_text().encode())])
    assert (report.size, report.findings) == (queries.standing(viewer=SYSTEM).size, ())
    copy.close()
    assert [one.end() for one in running.values()] == [0, 0]
