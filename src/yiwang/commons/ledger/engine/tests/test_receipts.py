"""Receipts: the file, its verdict, and that no byte of it can be changed unnoticed."""

import os
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.ledger.engine import (
    HEADERS,
    MAX_RECEIPT,
    Receipt,
    TextWrong,
    TrustedKeys,
    judge_receipt,
    verify_receipt,
)
from yiwang.kernel.verdicts import Mark

from .samples import TIME, SampleLog

SUITES = ("national", "international")
LOGS = {name: SampleLog.of(name, 300) for name in SUITES}
SMALL = {name: SampleLog.of(name, 3, witnesses=1) for name in SUITES}
EXAMPLES = int(os.environ.get("YIWANG_FUZZ_EXAMPLES", "60"))


STRANGE = st.one_of(
    st.sampled_from([line for log in SMALL.values() for line in log.receipt(1).to_text().encode().split(b"\n")]),
    st.binary(max_size=80),
    st.text(max_size=20).map(str.encode),
)


def codes(verdict):
    return {reason.code for reason in verdict.reasons}


@pytest.fixture(params=SUITES)
def sample(request):
    return LOGS[request.param]


@pytest.mark.parametrize("index", [0, 1, 17, 255, 256, 299])
def test_a_receipt_verifies_with_public_keys_alone(sample, index):
    receipt = sample.receipt(index)
    data = receipt.to_text().encode()
    assert Receipt.parse(data) == receipt
    trusted = TrustedKeys.parse(sample.trusted().text())
    verdict = judge_receipt(data, trusted)
    assert verdict.as_json() == {
        "valid": True, "signature": "valid", "references": "valid", "seal": "valid", "chain": "valid",
        "reasons": [], "remarks": [], "cosigned": [["w1", TIME], ["w2", TIME], ["w3", TIME]],
    }  # fmt: skip


@pytest.mark.parametrize(("name", "size", "witnesses"), [("national", 3, 1), ("international", 300, 3)])
def test_each_changed_byte_of_a_receipt_is_found(name, size, witnesses):
    sample = SampleLog.of(name, size, witnesses)
    data = sample.receipt(size // 2).to_text().encode()
    trusted = sample.trusted(threshold=witnesses)
    chance = random.Random(20261123)
    unnoticed = []
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1 << chance.randrange(8)
        if judge_receipt(bytes(changed), trusted).valid:
            unnoticed.append((at, bytes(changed[at - 10 : at + 10])))
    assert not unnoticed


def test_each_cut_of_a_receipt_is_found(sample):
    data = sample.receipt(17).to_text().encode()
    trusted = sample.trusted(threshold=3)
    assert not [at for at in range(len(data)) if judge_receipt(data[:at], trusted).valid]
    assert not judge_receipt(data + b"\n", trusted).valid
    assert not judge_receipt(b"\n" + data, trusted).valid


def test_a_change_that_only_the_names_of_unneeded_witnesses_suffer_leaves_the_quorum_and_is_remarked(sample):
    data = sample.receipt(17).to_text().replace("witness3.example", "witness8.example").encode()
    verdict = judge_receipt(data, sample.trusted(threshold=2))
    assert verdict.valid
    assert [remark.code for remark in verdict.remarks] == ["witness.ignored"]
    assert not judge_receipt(data, sample.trusted(threshold=3)).valid


def test_a_receipt_of_another_entry_index_or_size_is_invalid(sample):
    receipt = sample.receipt(17)
    for other in (
        replace(receipt, entry=sample.entries[18]),
        replace(receipt, index=18),
        replace(receipt, note=sample.note(299)),
        replace(receipt, proof=receipt.proof[:-1]),
        replace(receipt, proof=(*receipt.proof, receipt.proof[0])),
    ):
        verdict = verify_receipt(other, sample.trusted())
        assert (verdict.valid, verdict.references, verdict.signature) == (False, Mark.INVALID, Mark.VALID)


def test_without_keys_the_proof_is_judged_and_nothing_is_called_valid(sample):
    verdict = verify_receipt(sample.receipt(3), None)
    assert {verdict.signature, verdict.seal, verdict.chain} == {Mark.UNKNOWN}
    assert (verdict.references, codes(verdict)) == (Mark.VALID, {"keys.none"})


def test_the_quorum_must_be_reached(sample):
    verdict = verify_receipt(sample.receipt(3, cosigned_by=1), sample.trusted(threshold=2))
    assert (verdict.valid, verdict.seal, codes(verdict)) == (False, Mark.INVALID, {"witness.quorum"})
    assert "1 < 2/3 (w1)" in verdict.reasons[0].text()


def test_a_policy_without_witnesses_asks_for_none_and_says_so(sample):
    verdict = verify_receipt(sample.receipt(3, cosigned_by=0), sample.trusted(threshold=0))
    assert (verdict.valid, verdict.seal) == (True, Mark.VALID)
    assert [remark.code for remark in verdict.remarks] == ["policy.no_witness"]


def test_one_witness_that_signs_twice_counts_once(sample):
    receipt = sample.receipt(3, cosigned_by=1)
    again = receipt.note.signed(sample.witnesses[0], time=TIME + 60)
    assert codes(verify_receipt(replace(receipt, note=again), sample.trusted(threshold=2))) == {"witness.quorum"}


def test_a_witness_that_lies_refuses_the_receipt_by_its_name(sample):
    receipt = sample.receipt(3)
    elsewhere = sample.witnesses[1].sign(sample.checkpoint(299).text(), time=TIME)
    signatures = tuple(elsewhere if one.name == "witness2.example" else one for one in receipt.note.signatures)
    verdict = verify_receipt(replace(receipt, note=replace(receipt.note, signatures=signatures)), sample.trusted(2))
    assert (verdict.valid, verdict.seal, codes(verdict)) == (False, Mark.INVALID, {"witness.invalid"})
    assert "w2" in verdict.reasons[0].text("en")


def test_another_log_under_the_same_name_is_not_believed(sample):
    forger = SampleLog.of(sample.suite.name, 300)
    forger.witnesses = sample.witnesses  # even with cosignatures
    verdict = verify_receipt(forger.receipt(3), sample.trusted())
    assert (verdict.signature, codes(verdict)) == (Mark.INVALID, {"log.unsigned"})
    claimed = forger.receipt(3)
    first = claimed.note.signatures[0]._replace(key_id=sample.log.verifier.key_id)
    note = replace(claimed.note, signatures=(first, *claimed.note.signatures[1:]))
    verdict = verify_receipt(replace(claimed, note=note), sample.trusted())
    assert (verdict.signature, codes(verdict)) == (Mark.INVALID, {"log.invalid"})


def test_a_log_that_nobody_named_is_unknown_not_wrong(sample):
    stranger = replace(sample.trusted(), logs=())
    verdict = verify_receipt(sample.receipt(3), stranger)
    assert (verdict.valid, verdict.signature, codes(verdict)) == (False, Mark.UNKNOWN, {"log.unknown"})


def test_the_hash_must_be_that_of_the_logs_suite(sample):
    other = "sha256" if sample.suite.hash_name == "sm3" else "sm3"
    verdict = verify_receipt(replace(sample.receipt(3), hash_name=other), sample.trusted())
    assert (verdict.signature, verdict.references) == (Mark.INVALID, Mark.INVALID)
    assert "log.hash" in codes(verdict)


def test_a_time_in_the_future_is_remarked_and_decides_nothing(sample):
    verdict = verify_receipt(sample.receipt(3), sample.trusted(), now=TIME - 1)
    assert verdict.valid
    assert {remark.code for remark in verdict.remarks} == {"witness.future"}
    assert not verify_receipt(sample.receipt(3), sample.trusted(), now=TIME).remarks


def test_the_latest_time_that_can_be_written_is_shown(sample):
    note = sample.checkpoint().note(sample.log).signed(sample.witnesses[0], time=2**63 - 1)
    receipt = replace(sample.receipt(3), note=note)
    assert verify_receipt(receipt, sample.trusted(threshold=1), now=TIME).valid


def test_the_entry_may_come_from_elsewhere(sample):
    receipt = sample.receipt(3)
    lines = receipt.to_text().splitlines(keepends=True)
    bare = "".join(lines[:1] + lines[2:]).encode()
    assert Receipt.parse(bare, entry=receipt.entry) == receipt
    assert codes(judge_receipt(bare, sample.trusted())) == {"text.missing"}
    assert judge_receipt(bare, sample.trusted(), entry=receipt.entry).valid
    assert not judge_receipt(receipt.to_text().encode(), sample.trusted(), entry=b"something else").valid


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        (HEADERS["sha256"], "c2sp.org/tlog-proof@v2", "text.header", 1),
        ("extra ", "extra  ", "text.base64", 2),
        ("extra ", "extras ", "text.missing", 2),
        ("index 3", "index 03", "text.number", 3),
        ("index 3", "index -3", "text.number", 3),
        ("index 3", "Index 3", "text.missing", 3),
        ("index 3\n", "index 3\nAAAA\n", "text.hash", 4),
        ("index 3\n", "index 3\n" + ("A" * 43 + "=\n") * 64, "proof.length", 4),
        ("\n\n", "\n", "text.base64", 13),
        ("\n300\n", "\n0300\n", "text.number", 15),
        ("\n— ledger", "\n- ledger", "text.line", 18),
    ],
)
def test_a_receipt_of_another_form_is_refused_with_its_line(old, new, code, line):
    text = LOGS["international"].receipt(3).to_text().replace(old, new, 1)
    with pytest.raises(TextWrong) as refused:
        Receipt.parse(text)
    assert (refused.value.reason.code, refused.value.reason.line) == (code, line)


def test_what_strangers_wrote_is_told_short_and_without_what_a_terminal_obeys(sample):
    strange = "x\x9b31m\u202e" + "y" * 50_000
    data = sample.receipt(3).to_text().replace("witness3.example", strange).encode()
    (remark,) = judge_receipt(data, sample.trusted()).remarks
    assert len(remark.text()) < 250
    assert remark.text("en").isprintable()


def test_size_is_bounded_before_anything_is_read():
    data = LOGS["national"].receipt(3).to_text().encode()
    assert codes(judge_receipt(data + b"x" * MAX_RECEIPT, None)) == {"text.too_long"}


@settings(max_examples=EXAMPLES)
@given(st.data())
def test_pieces_put_together_in_any_way_are_judged_without_an_exception(data):
    sample = SMALL[data.draw(st.sampled_from(SUITES))]
    text = b"\n".join(data.draw(st.lists(STRANGE, max_size=12)))
    assert not judge_receipt(text, sample.trusted(1)).valid
    whole = sample.receipt(1).to_text().encode()
    at, gone = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 90))
    changed = whole[:at] + data.draw(STRANGE) + whole[at + gone :]
    assert judge_receipt(changed, sample.trusted(1)).valid == (changed == whole)
