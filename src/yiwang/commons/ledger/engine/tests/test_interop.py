"""Both ways with another implementation of the C2SP formats (tlog-scales): each reads what the other wrote."""

import pytest

from yiwang.commons.ledger.engine import (
    ENTRIES,
    Checkpoint,
    Node,
    Note,
    NoteVerifier,
    Tile,
    TileTree,
    pack_entries,
    pack_hashes,
    tiles_of,
    unpack_entries,
    verify_note,
)

from .samples import SampleLog

reader = pytest.importorskip("tlog_scales.reader")
backend, signing, theirs, writer = (
    pytest.importorskip(f"tlog_scales.{name}") for name in ("backend", "signing", "tlog", "writer")
)
SIZE = 600


@pytest.fixture(scope="module")
def sample():
    return SampleLog.of("international", SIZE)


def test_it_reads_our_tiles_and_finds_our_roots_and_proofs(sample, tmp_path):
    def write(path, data):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)

    write("checkpoint", sample.note().bytes())
    for tile in tiles_of(SIZE):
        hashes = [sample.tree.node(Node(8 * tile.level, tile.number * 256 + at)) for at in range(tile.width)]
        write(tile.path(), pack_hashes(hashes))
        if tile.level == 0:
            first = tile.number * 256
            write(
                Tile(ENTRIES, tile.number, tile.width).path(), pack_entries(sample.entries[first : first + tile.width])
            )
    found = reader.TilesReader(backend.LocalBackend(tmp_path))
    checkpoint = found.get_checkpoint()
    assert (checkpoint.origin, checkpoint.size, checkpoint.root_hash) == (sample.log.name, SIZE, sample.tree.root())
    assert found.calculate_root_hash() == sample.tree.root()
    for index in (0, 255, 256, 400, SIZE - 1):
        assert found.get_entry(index) == sample.entries[index]
        assert found.get_inclusion_proof(index, SIZE).node_hashes == sample.tree.inclusion(index)
        assert found.get_consistency_proof(index + 1, SIZE).node_hashes == sample.tree.consistency(index + 1)


def test_it_verifies_our_checkpoints_and_cosignatures(sample):
    checkpoint = theirs.Checkpoint.from_text(sample.note().bytes().decode())
    for signer in (sample.log, *sample.witnesses):
        checkpoint.verify(signing.Vkey.from_string(signer.verifier.vkey))
    assert signing.Vkey.from_string(sample.log.verifier.vkey).serialize() == sample.log.verifier.vkey


def test_it_accepts_our_proofs(sample):
    proof = theirs.InclusionProof(400, SIZE, sample.tree.inclusion(400))
    proof.check(sample.tree.node(Node(0, 400)), sample.tree.root())
    for earlier in range(1, SIZE, 7):
        theirs.ConsistencyProof(earlier, SIZE, sample.tree.consistency(earlier)).check(
            sample.tree.root(earlier), sample.tree.root()
        )


def test_we_read_the_log_that_it_writes(sample, tmp_path):
    key = signing.PlainEd25519Signer("other.example/log", bytes(range(32)))
    log = writer.TilesWriter.create(tmp_path / "log", "other.example/log")
    for entry in sample.entries:
        log.add_leaf(entry)
    log.commit([key])
    note = Note.parse((tmp_path / "log" / "checkpoint").read_bytes())
    verifier = NoteVerifier.parse(key.vkey.serialize())
    assert [signed.verifier for signed in verify_note(note, [verifier])] == [verifier]
    assert Checkpoint.parse(note.text) == Checkpoint("other.example/log", SIZE, sample.tree.root())
    tiled = TileTree(sample.suite.digest, SIZE, lambda tile: (tmp_path / "log" / tile.path()).read_bytes())
    assert tiled.root() == sample.tree.root()
    assert tiled.inclusion(400) == sample.tree.inclusion(400)
    bundle = (tmp_path / "log" / Tile(ENTRIES, 1).path()).read_bytes()
    assert unpack_entries(bundle, 256) == sample.entries[256:512]
