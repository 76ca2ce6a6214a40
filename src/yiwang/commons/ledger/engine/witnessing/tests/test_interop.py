"""A log that another implementation (tlog-scales) keeps: witnessed and watched by ours."""

import pytest

from yiwang.commons.ledger.engine.notekeys import NoteVerifier
from yiwang.commons.ledger.engine.witnessing.copying import TreeCopy
from yiwang.commons.ledger.engine.witnessing.exchanging import request_body, signature_lines
from yiwang.commons.ledger.engine.witnessing.keeping import WitnessStore
from yiwang.commons.ledger.engine.witnessing.misbehaviour import AlarmFolder
from yiwang.commons.ledger.engine.witnessing.monitor import Monitor
from yiwang.commons.ledger.engine.witnessing.reading import RemoteLog
from yiwang.commons.ledger.engine.witnessing.serving import Answer, serving
from yiwang.commons.ledger.engine.witnessing.witness import Witness, logs_by_origin

from .logs import Log, signer

backend, reader, signing, theirs, writer = (
    pytest.importorskip(f"tlog_scales.{name}") for name in ("backend", "reader", "signing", "tlog", "writer")
)
ORIGIN = "other.example/log"
KEY = signing.PlainEd25519Signer(ORIGIN, bytes(range(32)))
VERIFIER = NoteVerifier.parse(KEY.vkey.serialize())


@pytest.fixture
def grow(tmp_path):
    log = writer.TilesWriter.create(tmp_path / "log", ORIGIN)
    entries = iter(range(100_000))

    def grow(count):
        for _ in range(count):
            log.add_leaf(b"entry %d" % next(entries))
        log.commit([KEY])
        return (tmp_path / "log" / "checkpoint").read_bytes()

    return grow


def test_our_witness_cosigns_its_heads_by_its_proofs_and_it_verifies_our_cosignature(grow, tmp_path):
    store = WitnessStore(tmp_path / "w")
    witness = Witness(signer("w.example.org", cosigning=True), store, logs_by_origin([VERIFIER]))
    old = 0
    for count in (5, 300, 1, 700):
        note = grow(count)
        proof = []
        if old:
            found = reader.TilesReader(backend.LocalBackend(tmp_path / "log"))
            found.get_checkpoint()
            proof = found.get_consistency_proof(old, old + count).node_hashes
        answer = witness.add_checkpoint(request_body(old, proof, note))
        assert answer.status == 200, answer.body
        (line,) = signature_lines(answer.body)
        checkpoint = theirs.Checkpoint.from_text(note.decode() + line.line() + "\n")
        checkpoint.verify(signing.Vkey.from_string(witness.signer.verifier.vkey))
        old += count
    store.close()


def test_our_monitor_follows_it_and_finds_its_rewrite(grow, tmp_path):
    def files(request):
        path = tmp_path / "log" / request.path.removeprefix("/")
        return Answer(200, path.read_bytes()) if path.is_file() else Answer(404, b"")

    copy = TreeCopy(tmp_path / "m", Log().suite.digest)
    with serving(files) as url:
        log = RemoteLog(url, [VERIFIER], copy.hasher)
        for size, count in ((5, 5), (700, 695), (701, 1)):
            grow(count)
            report = Monitor(log, copy, AlarmFolder(tmp_path / "a")).look()
            assert (report.size, report.findings) == (size, ())
        bundle = tmp_path / "log" / "tile" / "entries" / "001"
        bundle.write_bytes(bundle.read_bytes().replace(b"entry 300", b"entry 3oo"))
        report = Monitor(log, copy, AlarmFolder(tmp_path / "a")).look(reread=-1)
        assert [(one.code, one.params["index"]) for one in report.findings] == [("altered", 300)]
    copy.close()
