"""Whatever is asked, in whatever order and however twisted: what a witness co-signed is one history.

`YIWANG_FUZZ_EXAMPLES` sets how many examples each test tries.
"""

import os
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from yiwang.commons.ledger.engine.notes import Checkpoint, Note
from yiwang.commons.ledger.engine.tiles import TILE_WIDTH, Tile
from yiwang.commons.ledger.engine.tree import MemoryTree
from yiwang.commons.ledger.engine.witnessing.copying import HeldHead, TreeCopy
from yiwang.commons.ledger.engine.witnessing.exchanging import AddCheckpoint, signature_lines, size_told
from yiwang.commons.ledger.engine.witnessing.keeping import WitnessStore
from yiwang.commons.ledger.engine.witnessing.misbehaviour import Misbehaviour
from yiwang.commons.ledger.engine.witnessing.reading import first_difference
from yiwang.commons.ledger.engine.witnessing.witness import Witness, logs_by_origin
from yiwang.commons.ledger.engine.wording import LedgerFault

from .logs import ORIGIN, Log, signer


def _examples(usual: int) -> int:
    return int(os.environ.get("YIWANG_FUZZ_EXAMPLES", usual))


LOG = Log(entries=[b"%d" % n for n in range(24)])
FACES = [LOG, *(LOG.fork(keep=keep).grow(24 - keep) for keep in (0, 3, 4, 9))]
KEY = signer("witness.example.org/p", cosigning=True)


class _Store(WitnessStore):
    """Without synchronisation: what a crash would lose is not tested here."""

    def __init__(self, folder):
        super().__init__(folder)
        self._sql.execute("PRAGMA synchronous = OFF")


requests = st.tuples(
    st.sampled_from(range(len(FACES))),
    st.integers(0, 24),
    st.one_of(st.none(), st.integers(0, 24)),
    st.one_of(st.none(), st.sampled_from(range(len(FACES)))),
)


@given(st.lists(requests, max_size=20))
@settings(max_examples=_examples(40))
def test_what_a_witness_cosigned_is_one_history(asked):
    with tempfile.TemporaryDirectory() as folder:
        store = _Store(Path(folder))
        witness = Witness(KEY, store, logs_by_origin([LOG.key.verifier]), now=lambda: 1_800_000_000)
        cosigned = []
        known = 0
        for face, size, old, proof_of in asked:
            at = known if old is None else old
            prover = FACES[face if proof_of is None else proof_of]
            proof = prover.prove(at, size) if 0 < at < size else []
            answer = witness.add_checkpoint(FACES[face].add_checkpoint(at, size=size, proof=proof))
            if answer.status == 200:
                assert at == known <= size
                known = size
                cosigned.append((size, FACES[face].checkpoint_root(size)))
            else:
                assert answer.status in {400, 409, 422}
            head = store.head(ORIGIN)
            assert (head.size if head else 0) == known
        store.close()
    assert any(all(face.checkpoint_root(size) == root for size, root in cosigned) for face in FACES)


GOOD = LOG.add_checkpoint(7)


@given(st.binary(max_size=400), st.integers(0, len(GOOD)), st.integers(0, len(GOOD)))
@settings(max_examples=_examples(150))
@example(b"", 0, 0)
@example(b"\n\n", 5, 5)
def test_twisted_requests_get_a_refusal_and_never_an_exception(junk, start, end):
    twisted = GOOD[: min(start, end)] + junk + GOOD[max(start, end) :]
    try:
        asked = AddCheckpoint.parse(twisted)
        Checkpoint.parse(asked.note.text)
    except LedgerFault:
        return
    assert asked.bytes() == twisted


@given(st.binary(max_size=300))
@settings(max_examples=_examples(100))
def test_junk_is_refused_by_every_reader(junk):
    for read in (AddCheckpoint.parse, signature_lines, size_told, Misbehaviour.parse, Note.parse):
        try:
            read(junk)
        except LedgerFault:
            continue


@given(st.lists(st.integers(1, 700), min_size=1, max_size=4), st.data())
@settings(max_examples=_examples(15))
def test_a_copy_has_the_root_of_every_size_and_forgets_what_was_not_held(steps, data):
    hasher = LOG.suite.digest
    leaves = [hasher(b"%d" % n) for n in range(sum(steps) + 300)]
    tree = MemoryTree(hasher)
    for leaf in leaves:
        tree.append_hash(leaf)
    with tempfile.TemporaryDirectory() as folder:
        copy = TreeCopy(Path(folder), hasher)
        copy._sql.execute("PRAGMA synchronous = OFF")
        size = 0
        for step in steps:
            with copy.growing():
                copy.append(leaves[size : size + 300])  # of which nothing is confirmed
            assert copy.size == size
            with copy.growing():
                copy.append(leaves[size : size + step])
                size += step
                copy.hold(HeldHead(ORIGIN, size, tree.root(size), b"", "", 0))
        assert copy.size == size
        for at in data.draw(st.lists(st.integers(1, size), min_size=1, max_size=5)):
            assert copy.tree(at).root() == tree.root(at)
            if at < size:
                assert copy.tree(size).consistency(at) == tree.consistency(at, size)
        number = data.draw(st.integers(0, (size - 1) // TILE_WIDTH))
        width = min(TILE_WIDTH, size - number * TILE_WIDTH)
        assert copy.leaves(number, width) == leaves[number * TILE_WIDTH : number * TILE_WIDTH + width]
        assert len(copy.read(Tile(0, number + 9))) == 0
        copy.close()


@given(st.integers(1, 300), st.data())
@settings(max_examples=_examples(30))
def test_the_first_difference_is_the_first(size, data):
    hasher = LOG.suite.digest
    leaves = [hasher(b"%d" % n) for n in range(size)]
    changed = data.draw(st.lists(st.integers(0, size - 1), max_size=4))
    other = [hasher(b"x") if n in changed else leaf for n, leaf in enumerate(leaves)]
    trees = []
    for hashes in (leaves, other):
        tree = MemoryTree(hasher)
        for leaf in hashes:
            tree.append_hash(leaf)
        trees.append(tree)
    assert first_difference(*trees, size) == (min(changed) if changed else None)
