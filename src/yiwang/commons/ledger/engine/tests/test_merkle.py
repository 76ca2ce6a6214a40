"""Proofs against published vectors and against a tree that is written as the RFC defines it."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.commons.crypto.engine import suite
from yiwang.commons.ledger.engine import (
    MAX_SIZE,
    CompactRange,
    MemoryTree,
    ProofWrong,
    empty_root,
    is_subtree,
    leaf_hash,
    root_from_consistency,
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
    verify_subtree_inclusion,
)

HELD = Path(__file__).parent / "vectors" / "transparency-dev-merkle.json"
VECTORS = json.loads(HELD.read_text())
COUNTS = {"inclusion": 98, "consistency": 98, "subtreeinclusion": 204, "subtreeconsistency": 118}
SIZES = range(1, 71)


def sha256(data):
    return hashlib.sha256(data).digest()


def naive_root(hasher, entries):
    """RFC 6962 §2.1, word by word."""
    if not entries:
        return hasher(b"")
    if len(entries) == 1:
        return hasher(b"\x00" + entries[0])
    k = split(len(entries))
    return hasher(b"\x01" + naive_root(hasher, entries[:k]) + naive_root(hasher, entries[k:]))


def naive_path(hasher, index, entries):
    """RFC 6962 §2.1.1."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if index < k:
        return [*naive_path(hasher, index, entries[:k]), naive_root(hasher, entries[k:])]
    return [*naive_path(hasher, index - k, entries[k:]), naive_root(hasher, entries[:k])]


def naive_proof(hasher, size, entries, whole=True):
    """RFC 6962 §2.1.2: SUBPROOF(m, D[n], b)."""
    if size == len(entries):
        return [] if whole else [naive_root(hasher, entries)]
    k = split(len(entries))
    if size <= k:
        return [*naive_proof(hasher, size, entries[:k], whole), naive_root(hasher, entries[k:])]
    return [*naive_proof(hasher, size - k, entries[k:], whole=False), naive_root(hasher, entries[:k])]


def split(size):
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def check(kind, case):
    def raw(text):
        return base64.b64decode(text)

    proof = [raw(line) for line in case["proof"]]
    if kind == "inclusion":
        verify_inclusion(sha256, raw(case["leafHash"]), case["leafIdx"], case["treeSize"], proof, raw(case["root"]))
    elif kind == "consistency":
        verify_consistency(sha256, case["size1"], raw(case["root1"]), case["size2"], raw(case["root2"]), proof)
    elif kind == "subtreeinclusion":
        place = (case["leafIdx"], case["start"], case["end"])
        verify_subtree_inclusion(sha256, raw(case["leafHash"]), *place, proof, raw(case["root"]))
    else:
        place = (case["start"], case["end"], case["size"])
        verify_subtree_consistency(sha256, *place, proof, raw(case["root1"]), raw(case["root2"]))


@pytest.mark.parametrize("kind", COUNTS)
def test_every_probe_of_transparency_dev_is_judged_as_published(kind):
    wrong = []
    for case in VECTORS[kind]:
        try:
            check(kind, case)
            accepted = True
        except ProofWrong:
            accepted = False
        if accepted == case["wantErr"]:
            wrong.append(case["file"])
    assert len(VECTORS[kind]) == COUNTS[kind]
    assert not wrong


@pytest.mark.data
def test_the_held_probes_are_the_published_ones(test_data):
    folder = test_data / "ledger" / "merkle" / "testdata"
    for kind, cases in VECTORS.items():
        for case in cases:
            published = json.loads((folder / kind / case["file"]).read_text())
            assert {**published, "proof": published["proof"] or [], "file": case["file"]} == case
        assert len(list((folder / kind).rglob("*.json"))) == len(cases)


def test_subtrees_of_all_sizes_to_130_hash_to_the_published_sums():
    # draft-ietf-plants-merkle-tree-certs, appendix "Subtree Test Vectors": every output folded into one SHA-256
    tree = MemoryTree(sha256, [bytes([at]) for at in range(130)])
    ranges = [(start, end) for end in range(131) for start in range(end + 1) if is_subtree(start, end)]
    roots, inclusions, consistencies = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()
    for start, end in ranges:
        roots.update(f"[{start}, {end}) {tree.subtree_root(start, end).hex()}\n".encode())
        for index in range(start, end):
            inclusions.update(line(f"{index} [{start}, {end})", tree.subtree_inclusion(index, start, end)))
    for size in range(131):
        for start, end in ranges:
            if end <= size:
                proof = tree.subtree_consistency(start, end, size)
                consistencies.update(line(f"[{start}, {end}) {size}", proof))
    assert roots.hexdigest() == "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81"
    assert inclusions.hexdigest() == "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f"
    assert consistencies.hexdigest() == "10fa99b37bf9bf9ffa26b412fbd98bd75363256d0b75d61bc4538b9c9c5a0a74"


def line(prefix, proof):
    return " ".join([prefix, *(one.hex() for one in proof)]).encode() + b"\n"


@pytest.mark.parametrize("name", ["national", "international"])
def test_roots_and_proofs_of_all_sizes_to_70_are_those_of_the_definition(name):
    hasher = suite(name).digest
    entries = [bytes([at]) * (at % 5) for at in range(SIZES[-1])]
    tree, edge = MemoryTree(hasher, entries), CompactRange(hasher)
    known = {}

    def remembering(data):  # the definition hashes the same subtrees over and over
        if data not in known:
            known[data] = hasher(data)
        return known[data]

    assert tree.root(0) == edge.root() == empty_root(hasher)
    for size in SIZES:
        edge.append(leaf_hash(hasher, entries[size - 1]))
        root = naive_root(remembering, entries[:size])
        assert tree.root(size) == edge.root() == root
        for index in range(size):
            proof = tree.inclusion(index, size)
            assert proof == naive_path(remembering, index, entries[:size])
            verify_inclusion(remembering, leaf_hash(hasher, entries[index]), index, size, proof, root)
        for earlier in range(1, size + 1):
            proof = tree.consistency(earlier, size)
            assert proof == naive_proof(remembering, earlier, entries[:size])
            verify_consistency(remembering, earlier, tree.root(earlier), size, root, proof)


def test_the_root_of_rfc_vectors_under_sm3_is_computed_by_the_same_rules():
    entries = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243")]
    hasher = suite("national").digest
    assert MemoryTree(hasher, entries).root() == naive_root(hasher, entries)
    assert (
        MemoryTree(sha256, entries).root().hex()
        == (
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"  # the six-leaf tree of the reference implementation of RFC 6962
        )
    )


@given(st.data())
def test_a_proof_proves_no_other_index_size_or_hash(data):
    size = data.draw(st.integers(2, 70))
    tree = MemoryTree(sha256, [bytes([at]) for at in range(size)])
    index = data.draw(st.integers(0, size - 1))
    proof, leaf, root = tree.inclusion(index), tree.root(1), tree.root()
    leaf = leaf_hash(sha256, bytes([index]))
    other = data.draw(st.integers(0, 100).filter(lambda value: value != index))
    with pytest.raises(ProofWrong):
        verify_inclusion(sha256, leaf, other, size, proof, root)
    at, bit = data.draw(st.integers(0, len(proof) * 32 - 1)), 1 << data.draw(st.integers(0, 7))
    changed = bytearray(b"".join(proof))
    changed[at] ^= bit
    broken = [bytes(changed[start : start + 32]) for start in range(0, len(changed), 32)]
    with pytest.raises(ProofWrong):
        verify_inclusion(sha256, leaf, index, size, broken, root)
    earlier = data.draw(st.integers(1, size - 1))
    with pytest.raises(ProofWrong):
        verify_consistency(sha256, earlier, root, size, root, tree.consistency(earlier))


numbers = st.one_of(st.integers(-2, 80), st.integers(MAX_SIZE - 2, MAX_SIZE + 2), st.integers())
hashes = st.lists(st.binary(min_size=0, max_size=33), max_size=70)


@given(numbers, numbers, numbers, hashes, st.binary(max_size=33), st.binary(max_size=33))
def test_nonsense_is_refused_at_once(first, second, third, proof, leaf, root):
    for verify in (
        lambda: verify_inclusion(sha256, leaf, first, second, proof, root),
        lambda: verify_subtree_inclusion(sha256, leaf, first, second, third, proof, root),
        lambda: root_from_consistency(sha256, first, second, third, proof, leaf),
        lambda: verify_consistency(sha256, first, leaf, second, root, proof),
    ):
        try:
            verify()
        except ProofWrong as wrong:
            assert wrong.reason.text("zh") and wrong.reason.text("en")  # noqa: PT017, PT018
        else:
            assert leaf == root or len(proof) <= 63  # equal sizes with equal roots need no proof


def test_a_log_of_any_size_goes_on_from_its_right_edge():
    entries = [bytes([at]) for at in range(70)]
    whole = CompactRange(sha256)
    for at, entry in enumerate(entries):
        resumed = CompactRange(sha256, at, list(whole.hashes))
        assert len(resumed.hashes) == len(resumed.nodes)
        for edge in (whole, resumed):
            edge.append(leaf_hash(sha256, entry))
        assert resumed.root() == whole.root() == MemoryTree(sha256, entries[: at + 1]).root()
    with pytest.raises(ProofWrong):
        CompactRange(sha256, 3, [b""])
