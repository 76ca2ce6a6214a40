"""The attacker has every right on the database and the log's key. The log's own check sees nothing; strangers do."""

from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from yiwang.commons.crypto.engine import LocalSigner, suite
from yiwang.commons.ledger import queries
from yiwang.commons.ledger.cli.reporting import report
from yiwang.commons.ledger.contracts import FindingKind
from yiwang.commons.ledger.engine import (
    Checkpoint,
    MemoryTree,
    NoteSigner,
    NoteVerifier,
    TrustedKeys,
    leaf_hash,
    perfect_levels,
)
from yiwang.commons.ledger.engine.witnessing.asking import Outcome, WitnessAddress, ask_witnesses
from yiwang.commons.ledger.engine.witnessing.copying import TreeCopy
from yiwang.commons.ledger.engine.witnessing.fetching import Reply
from yiwang.commons.ledger.engine.witnessing.keeping import WitnessStore
from yiwang.commons.ledger.engine.witnessing.misbehaviour import AlarmFolder, Misbehaviour, proves
from yiwang.commons.ledger.engine.witnessing.monitor import Monitor, Seen
from yiwang.commons.ledger.engine.witnessing.reading import RemoteLog
from yiwang.commons.ledger.engine.witnessing.service import WitnessService
from yiwang.commons.ledger.engine.witnessing.serving import serving
from yiwang.commons.ledger.engine.witnessing.witness import Witness, logs_by_origin
from yiwang.commons.ledger.models import Entry
from yiwang.commons.ledger.queries import signing, tree
from yiwang.commons.ledger.rules import WIDTH
from yiwang.commons.ledger.tests.attacking import past_the_guards
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log, append, drafts, sign

pytestmark = pytest.mark.django_db


class Surroundings:
    """The log as the program serves it, a monitor and a witness at other organisations."""

    def __init__(self, client, folder, stack):
        a_log()
        append(drafts(600))
        sign()
        self.key = NoteVerifier.parse(TrustedKeys.parse(queries.trusted_keys(viewer=SYSTEM)).logs[0].vkey)
        self.hasher = tree.hasher(log=tree.open_log())
        self._client = client
        self._copy = TreeCopy(folder / "monitor", self.hasher)
        stack.callback(self._copy.close)
        self.alarms = AlarmFolder(folder / "monitor" / "alarms")
        store = WitnessStore(folder / "witness")
        stack.callback(store.close)
        key = NoteSigner("w.example.org", LocalSigner(suite("international").new_signing_key()), cosigning=True)
        self.witness = Witness(key, store, logs_by_origin([self.key]))
        url = stack.enter_context(serving(WitnessService(self.witness)))
        self.address = WitnessAddress("w", "Sample University", url, key.verifier)

    def _fetch(self, url, *, seconds, limit):
        answer = self._client.get(urlsplit(url).path)
        return Reply(answer.status_code, answer.content)

    def look(self, *seen, witnesses=False):
        remote = RemoteLog("http://log.example/ledger", [self.key], self.hasher, fetch=self._fetch)
        around = [self.address] if witnesses else []
        return Monitor(remote, self._copy, self.alarms, witnesses=around, pause=0.01).look(seen)

    def ask_witness(self):
        """As the program asks, of the head that its tables hold now."""
        note = queries.checkpoint(viewer=SYSTEM)
        prove = lambda old, new: queries.consistency_proof(old=old, new=new, viewer=SYSTEM)  # noqa: E731
        reached = TrustedKeys.of([self.key], {"w": self.address.verifier}, 1).reached
        return ask_witnesses(note, [self.address], prove=prove, reached=reached).answers[0].outcome

    def proven(self):
        """Whether one of the proofs that were kept convinces somebody who knows the log's public key alone."""
        kept = [Misbehaviour.parse((folder / "proof.json").read_bytes()) for folder in self.alarms.standing()]
        return any(proves(one, [self.key]) for one in kept)


@pytest.fixture
def around(client, tmp_path):
    with ExitStack() as stack:
        yield Surroundings(client, tmp_path, stack)
    tree.forget()


FORGED = b'{"facts":{"forged":true}}'


def _rewrite(index: int, data: bytes = FORGED, *, size: int = 600) -> None:
    """An entry, the tile above it, the head and its signature: all as if it had always been so."""
    log = tree.open_log()
    hasher = tree.hasher(log=log)
    entries = [bytes(one) for one in Entry.objects.order_by("index").values_list("data", flat=True)][:size]
    entries[index] = data
    root = MemoryTree(hasher, entries).root()
    note = Checkpoint(log.origin, size, root).note(signing.note_signer(log=log)).bytes().decode()
    first = index // WIDTH * WIDTH
    with past_the_guards() as cursor:
        cursor.execute('UPDATE commons_ledger_entry SET data = %s WHERE "index" = %s', [data, index])
        if first + WIDTH <= size:
            rows = perfect_levels(hasher, [leaf_hash(hasher, one) for one in entries[first : first + WIDTH]])
            nodes = b"".join(b"".join(row) for row in rows[:-1])
            cursor.execute(
                "UPDATE commons_ledger_tile SET nodes = %s, root = %s WHERE level = 0 AND number = %s",
                [nodes, rows[-1][0], first // WIDTH],
            )
        cursor.execute('DELETE FROM commons_ledger_entry WHERE "index" >= %s', [size])
        cursor.execute("DELETE FROM commons_ledger_tile WHERE (number + 1) * 256 > %s", [size])
        cursor.execute("UPDATE commons_ledger_checkpoint SET size = %s, root = %s, note = %s", [size, root, note])
    tree.forget()


def test_an_honest_log_is_followed_through_its_tables(around):
    report = around.look()
    assert (report.size, report.new, report.findings) == (600, 600, ())
    assert around.ask_witness() is Outcome.COSIGNED
    append(drafts(300, 600))
    sign()
    assert around.ask_witness() is Outcome.COSIGNED
    report = around.look(witnesses=True)
    assert (report.size, report.new, report.findings) == (900, 300, ())


@pytest.mark.parametrize("index", [17, 590])
def test_a_rewritten_entry_with_all_nodes_and_a_new_signature_is_found(around, index):
    around.look()
    assert around.ask_witness() is Outcome.COSIGNED
    _rewrite(index)
    assert queries.check(viewer=SYSTEM).sound, "the tables alone tell nothing"
    report = around.look()
    assert [one.code for one in report.findings if one.proof] == ["fork"]
    assert str(index) in report.findings[0].text()
    assert around.proven()
    assert around.ask_witness() is Outcome.DISAGREES


def test_a_rewrite_is_found_also_when_the_log_has_grown_since(around):
    around.look()
    assert around.ask_witness() is Outcome.COSIGNED
    _rewrite(17)
    append(drafts(100, 600))
    sign()
    report = around.look()
    assert [one.code for one in report.findings if one.proof] == ["rewritten"]
    assert around.proven()
    assert around.ask_witness() is Outcome.DISAGREES


def test_a_log_cut_short_is_found(around):
    around.look()
    assert around.ask_witness() is Outcome.COSIGNED
    _rewrite(17, size=550)
    assert around.ask_witness() is Outcome.AHEAD
    report = around.look()
    assert report.findings[0].code == "rewritten"
    assert around.proven()


def test_a_fork_shown_to_the_witness_alone_is_found_by_the_monitor(around):
    around.look()
    honest = bytes(Entry.objects.get(index=17).data)
    _rewrite(17)
    assert around.ask_witness() is Outcome.COSIGNED
    _rewrite(17, honest)
    assert [one.code for one in around.look(witnesses=True).findings] == ["split"]
    assert around.proven()


def test_a_receipt_handed_out_before_a_rewrite_convicts_the_log(around):
    kept = queries.receipt_for(index=17, viewer=SYSTEM).to_text().encode()
    _rewrite(17)
    report = around.look(Seen("receipt of a resident", kept))  # a monitor that never saw the log before
    assert [one.code for one in report.findings] == ["split"]
    assert around.proven()


def test_an_entry_changed_without_its_tile_is_found_by_reading_again(around):
    around.look()
    with past_the_guards() as cursor:
        cursor.execute("""UPDATE commons_ledger_entry SET data = 'forged' WHERE "index" = 300""")
    assert [(one.code, one.params["index"]) for one in around.look().findings] == [("altered", 300)]


def test_what_a_monitor_proved_is_kept_among_the_findings_once(around):
    around.look()
    _rewrite(17)
    around.look()
    for _ in range(2):
        result = CliRunner().invoke(report, [str(around.alarms.folder)], catch_exceptions=False)
        assert result.exit_code == 0
    (finding,) = queries.findings(viewer=SYSTEM).items
    assert finding.kind is FindingKind.REWRITTEN
    assert finding.words.startswith("已证实")
    (folder,) = around.alarms.standing()
    proof = folder / "proof.json"
    proof.write_text(proof.read_text().replace(around.key.name, "other.example/log"))
    assert CliRunner().invoke(report, [str(proof)]).exit_code == 1
