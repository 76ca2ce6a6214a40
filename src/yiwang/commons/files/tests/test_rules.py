"""What a file is, by content; which ones are refused and why."""

import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.commons.files.contracts import FileDamaged, FileDangerous, FileLocked, FileTypeRefused, MediaType
from yiwang.commons.files.engine import needs_password
from yiwang.commons.files.rules import clean_name, recognise
from yiwang.commons.files.tests import samples
from yiwang.commons.files.tests.factories import encrypted_pdf

ALL = frozenset(MediaType)
WHOLE = {
    MediaType.PDF: samples.PDF,
    MediaType.JPEG: samples.JPEG,
    MediaType.PNG: samples.png(),
    MediaType.DOCX: samples.docx(),
    MediaType.XLSX: samples.xlsx(),
    MediaType.OFD: samples.ofd(),
}


def look(content: bytes, allowed: frozenset[MediaType] = ALL) -> MediaType:
    return recognise(io.BytesIO(content), len(content), allowed=allowed)


@pytest.mark.parametrize("kind", MediaType)
def test_recognises_each_type_by_its_content(kind):
    assert look(WHOLE[kind]) is kind


@pytest.mark.parametrize("content", [samples.EXE, samples.HTML, samples.SVG, b"hello", b"GIF89a", b"\x00" * 5000])
def test_refuses_content_of_no_allowed_type(content):
    with pytest.raises(FileTypeRefused) as caught:
        look(content)
    assert "PDF" in caught.value.sentence()


def test_refuses_a_type_that_this_purpose_does_not_take():
    with pytest.raises(FileTypeRefused, match="JPG、PNG"):
        look(samples.PDF, frozenset({MediaType.JPEG, MediaType.PNG}))


def test_refuses_an_archive_that_is_no_document():
    with pytest.raises(FileTypeRefused):
        look(samples.archive({"a.txt": b"x"}))


@pytest.mark.parametrize("kind", MediaType)
def test_refuses_a_file_that_was_cut_short(kind):
    with pytest.raises((FileDamaged, FileTypeRefused)):
        look(WHOLE[kind][: len(WHOLE[kind]) // 2])


@pytest.mark.parametrize(
    "content",
    [
        samples.bomb(),
        samples.overlapping(),
        samples.docx(**{"word/vbaProject.bin": b"macro"}),
        samples.docx(**{"../../etc/passwd": b"x"}),
        samples.docx(**{"payload.EXE": b"x"}),
        samples.docx(**{f"e{n}.xml": b"" for n in range(5001)}),
        samples.png(60_000, 60_000),
    ],
    ids=["bomb", "overlap", "macro", "climbing", "program", "entries", "pixels"],
)
def test_refuses_what_would_harm_its_reader(content):
    with pytest.raises(FileDangerous):
        look(content)


def test_accepts_a_white_scan_that_compresses_well():
    assert look(samples.docx(**{"word/media/white.bmp": b"\xff" * 3_000_000})) is MediaType.DOCX


@given(st.binary(max_size=300), st.sampled_from([b"", b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04"]))
def test_any_bytes_give_a_type_or_a_refusal(body, head):
    with suppress(FileTypeRefused, FileDamaged, FileDangerous):
        assert look(head + body) in ALL


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\户口簿.jpg", "户口簿.pdf"),
        ("photo\u202efdp.exe", "photofdp.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("report.pdf.exe", "report.pdf"),
        ("", "文件.pdf"),
        ("x" * 400, "x" * 100 + ".pdf"),
    ],
)
def test_a_name_is_a_label_with_the_ending_of_the_true_type(given_name, kept):
    assert clean_name(given_name, MediaType.PDF) == kept


def test_a_document_that_nobody_at_the_office_could_open_is_refused():
    locked = encrypted_pdf(opens_with="sample")
    with pytest.raises(FileLocked):
        recognise(io.BytesIO(locked), len(locked), allowed=set(MediaType))


def test_a_document_that_only_forbids_printing_and_changes_is_taken():
    restricted = encrypted_pdf(opens_with="")
    assert b"/Encrypt" in restricted
    assert recognise(io.BytesIO(restricted), len(restricted), allowed=set(MediaType)) is MediaType.PDF


@pytest.mark.parametrize(
    "body", [b"/Encrypt", b"trailer<</Encrypt 2 0 R>>", b"trailer<</Encrypt<</Filter/Standard>>>>"]
)
def test_the_word_alone_locks_nothing(body):
    assert not needs_password(samples.PDF.replace(b"trailer", body + b"\ntrailer"))


@given(st.data())
def test_broken_encryption_is_never_an_accident(data):
    body = bytearray(encrypted_pdf(opens_with="sample"))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    assert needs_password(bytes(body)) in {True, False}
