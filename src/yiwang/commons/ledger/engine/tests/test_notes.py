"""Signed notes, keys, checkpoints and cosignatures against the examples of the C2SP specifications."""

import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.commons.crypto.engine import LocalSigner, suite
from yiwang.commons.ledger.engine import (
    MAX_SIGNATURES,
    Checkpoint,
    KeyKind,
    LedgerFault,
    Note,
    NoteSignature,
    NoteSigner,
    NoteVerifier,
    SignatureWrong,
    TextWrong,
    cosigned_message,
    verify_note,
)

from .samples import TIME, SampleLog

# The examples of c2sp.org/signed-note and c2sp.org/tlog-checkpoint (CC BY 4.0, see NOTICE).
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
""".encode()
SEVERAL_LINES = """Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
""".encode()
CHECKPOINT = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
""".encode()
SUITES = ("national", "international")


def signer(name, key_name="log.example/one", *, cosigning=False):
    return NoteSigner(key_name, LocalSigner(suite(name).new_signing_key()), cosigning=cosigning)


def test_the_example_of_the_specification_verifies():
    verifier = NoteVerifier.parse(VKEY)
    assert (verifier.name, verifier.kind, verifier.vkey) == ("example.com/foo", KeyKind.ED25519, VKEY)
    note = Note.parse(NOTE)
    assert [signed.verifier for signed in verify_note(note, [verifier])] == [verifier]
    assert note.bytes() == NOTE


def test_the_text_ends_at_the_last_empty_line():
    note = Note.parse(SEVERAL_LINES)
    assert note.text.endswith("sole:\n\ned è subito sera.\n")
    assert note.bytes() == SEVERAL_LINES
    assert [line.name for line in note.signatures] == ["quasimodo.example/salvatore"]


def test_the_checkpoint_of_the_specification_is_read_with_its_cosignature():
    note = Note.parse(CHECKPOINT)
    checkpoint = Checkpoint.parse(note.text)
    assert (checkpoint.origin, checkpoint.size, checkpoint.extensions) == ("example.com/behind-the-sofa", 20852163, ())
    assert checkpoint.text() == note.text
    witness = NoteVerifier("witness.example.com/w1", KeyKind.ED25519_COSIGNATURE, bytes(32))
    assert witness.time_of(note.signatures[1]) == 1679315147
    assert cosigned_message(note.text, 1679315147).decode().splitlines()[:3] == [
        "cosignature/v1", "time 1679315147", "example.com/behind-the-sofa",
    ]  # fmt: skip


@pytest.mark.parametrize("name", SUITES)
@pytest.mark.parametrize("cosigning", [False, True])
def test_what_is_signed_verifies_and_nothing_else_does(name, cosigning):
    one, other = signer(name, cosigning=cosigning), signer(name, cosigning=cosigning)
    assert NoteVerifier.parse(one.verifier.vkey) == one.verifier
    signature = one.sign("a text\n", time=TIME)
    assert len(signature.value) == 64 + 8 * cosigning
    assert one.verifier.verify("a text\n", signature)
    assert one.verifier.time_of(signature) == TIME * cosigning
    assert not one.verifier.verify("another text\n", signature)
    assert not other.verifier.verify("a text\n", signature)
    forged = signature._replace(key_id=other.verifier.key_id)
    assert not other.verifier.verify("a text\n", forged)
    if cosigning:
        later = signature._replace(value=(TIME + 1).to_bytes(8) + signature.value[8:])
        assert not one.verifier.verify("a text\n", later)


@pytest.mark.parametrize("name", SUITES)
def test_the_same_key_has_another_id_as_witness(name):
    key = LocalSigner(suite(name).new_signing_key())
    log, witness = NoteSigner("example.org", key), NoteSigner("example.org", key, cosigning=True)
    assert log.verifier.key_id != witness.verifier.key_id
    assert log.verifier.public == witness.verifier.public == key.public
    plain = log.sign("text\n")
    assert not witness.verifier.verify("text\n", plain._replace(key_id=witness.verifier.key_id))


@pytest.mark.parametrize("name", SUITES)
def test_openssl_reads_the_key_of_a_verifier(name, tmp_path):
    file = tmp_path / "key.der"
    file.write_bytes(signer(name).verifier.public)
    command = ["openssl", "pkey", "-pubin", "-inform", "DER", "-in", str(file), "-noout", "-text"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert ("SM2" if name == "national" else "ED25519") in said


def test_unknown_signatures_are_ignored_and_wrong_ones_of_known_keys_refuse_the_note():
    known, unknown = signer("international"), signer("international", "other.example")
    note = Note("text\n").signed(unknown).signed(known)
    assert [signed.verifier for signed in verify_note(note, [known.verifier])] == [known.verifier]
    with pytest.raises(SignatureWrong) as nobody:
        verify_note(Note("text\n").signed(unknown), [known.verifier])
    assert nobody.value.reason.code == "log.unsigned"
    wrong = known.sign("text\n")._replace(value=bytes(64))
    with pytest.raises(SignatureWrong) as refused:
        verify_note(note.with_signatures([wrong]), [known.verifier])
    assert refused.value.reason.code == "log.invalid"


def test_sixteen_signatures_and_more_are_read_but_not_without_end():
    line = signer("international").sign("text\n")
    many = [line._replace(name=f"key{at}.example") for at in range(MAX_SIGNATURES + 1)]
    note = Note("text\n", tuple(many[:MAX_SIGNATURES]))
    assert Note.parse(note.bytes()) == note
    with pytest.raises(TextWrong) as refused:
        Note.parse(replace(note, signatures=tuple(many)).bytes())
    assert refused.value.reason.code == "text.too_many"


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"", "text.end", 1),
        (b"text\n", "text.missing", 2),
        (b"text\n\n", "text.missing", 3),
        (NOTE[:-1], "text.end", 3),
        (NOTE.replace("— ".encode(), b"- "), "text.line", 3),
        (NOTE.replace(b"Uw2Q", b"Uw2*"), "text.base64", 3),
        (NOTE.replace(b"yaQM=", b"yaQN="), "text.base64", 3),  # the same bytes, spelled another way
        (NOTE.replace(b"yaQM=", b"yaQM"), "text.base64", 3),
        (NOTE.replace(b"com/foo", b"com+foo"), "key.name", 3),
        (NOTE.replace(b"com/foo", "com\u3000foo".encode()), "key.name", 3),
        (NOTE.replace(b"This", b"\x07his"), "text.control", 1),
        (NOTE.replace(b"This", b"\xffhis"), "text.encoding", 1),
        (NOTE.replace(b"\n", b"\r\n"), "text.control", 1),
        ("text\n\n— a.example AAAAAA==\n".encode(), "text.line", 3),
        (b"x" * 300_000 + b"\n", "text.too_long", 0),
    ],
)
def test_a_note_of_another_form_is_refused_with_its_line(data, code, line):
    with pytest.raises(TextWrong) as refused:
        Note.parse(data)
    assert (refused.value.reason.code, refused.value.reason.line) == (code, line)


@pytest.mark.parametrize(
    ("vkey", "code"),
    [
        ("", "key.form"),
        ("example.com/foo+530d903a", "key.form"),
        (VKEY.replace("530d903a", "530d903b"), "key.id"),
        (VKEY.replace("530d903a", "530D903A"), "key.id"),
        (VKEY.replace("AekyeRrm", "CekyeRrm"), "key.kind"),  # a type that nobody assigned
        ("a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "key.name"),
        (VKEY[:-4], "key.form"),
        (VKEY + "=", "text.base64"),
    ],
)
def test_a_key_of_another_form_is_refused(vkey, code):
    with pytest.raises(TextWrong) as refused:
        NoteVerifier.parse(vkey, 7)
    assert (refused.value.reason.code, refused.value.reason.line) == (code, 7)


def test_a_point_that_is_not_on_the_curve_verifies_nothing():
    good = signer("national")
    bad = NoteVerifier(good.name, KeyKind.SM2, b"\x04" + bytes(64))
    assert NoteVerifier.parse(bad.vkey) == bad
    assert not bad.verify("text\n", good.sign("text\n")._replace(key_id=bad.key_id))


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("origin\n1\n", "text.missing", 3),
        ("\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "text.line", 1),
        ("origin\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "text.number", 2),
        ("origin\n٣\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "text.number", 2),
        ("origin\n9223372036854775808\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "text.number", 2),
        ("origin\n1\nCsUY\n", "text.hash", 3),
        ("origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nextension\n", "text.line", 4),
    ],
)
def test_a_checkpoint_of_another_form_is_refused_with_its_line(text, code, line):
    with pytest.raises(TextWrong) as refused:
        Checkpoint.parse(text)
    assert (refused.value.reason.code, refused.value.reason.line) == (code, line)


def test_extension_lines_are_kept_and_signed():
    sample = SampleLog.of("national", 3, witnesses=1)
    checkpoint = replace(sample.checkpoint(), extensions=("one", "two words"))
    note = checkpoint.note(sample.log).signed(sample.witnesses[0], time=TIME)
    assert Checkpoint.parse(note.text) == checkpoint
    assert len(verify_note(note, [sample.log.verifier, sample.witnesses[0].verifier])) == 2


def test_with_signatures_keeps_each_once():
    sample = SampleLog.of("international", 1, witnesses=2)
    note = sample.note()
    assert note.with_signatures(note.signatures) == note
    line = note.signatures[2].line()
    assert NoteSignature.parse(line) == note.signatures[2]


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    for read in (Note.parse, Checkpoint.parse):
        try:
            found = read(data)
        except LedgerFault as fault:
            assert str(fault) == fault.reason.text("en")  # noqa: PT017
        else:
            assert (found.bytes() if isinstance(found, Note) else found.text().encode()) == data
