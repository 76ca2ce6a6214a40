"""PDF files with seals: whole, changed, added to, hostile."""

import datetime as dt
import io
import os
import random
import time

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from yiwang.commons.crypto.engine import Verifier, read_certificate
from yiwang.commons.seals.engine import (
    SealFault,
    Stamp,
    Trust,
    asn1,
    is_sealed_pdf,
    parse_signed_value,
    seal_pdf,
    verify_pdf,
)
from yiwang.commons.seals.engine.pdf import judging, signing
from yiwang.commons.seals.engine.pdf.signatures import find_signatures
from yiwang.commons.seals.engine.pdf.tests.factories import DAY, NOW, STAMP, pdf, world

SUITES = ("national", "international")
OTHER = Stamp(0, 30, 100, 42, 42)


def sealed(name, *stamps, data=None, **more):
    return seal_pdf(data or pdf(), **world(name).about(*stamps, **more))


def codes(verdict):
    return [reason.code for reason in verdict.reasons]


@pytest.mark.parametrize("name", SUITES)
def test_a_sealed_pdf_is_valid_in_all_four_parts_and_the_paper_below_is_untouched(name):
    made = sealed(name)
    verdict = verify_pdf(made, world(name).trust)
    assert verdict.valid, verdict.line()
    assert made.startswith(pdf())
    (signature,) = verdict.more["signatures"]
    assert signature["seal_name"] == "常州市示例局"
    assert is_sealed_pdf(made)
    assert not is_sealed_pdf(pdf())


@pytest.mark.parametrize("name", SUITES)
def test_each_changed_byte_is_found(name):
    made = sealed(name)
    trust = world(name).trust
    chance = random.Random(20261123)
    gap = find_signatures(made)[0].gap
    places = {chance.randrange(len(made)) for _ in range(150)} | {chance.randrange(*gap) for _ in range(250)}
    places |= {gap[0], gap[0] + 1, gap[1] - 1, gap[1] - 2, 0, len(made) - 1}
    missed = []
    for place in sorted(places):
        changed = bytearray(made)
        changed[place] ^= 1 << chance.randrange(8)
        if verify_pdf(bytes(changed), trust).valid:
            missed.append((place, made[place - 5 : place + 5]))
    assert missed == []


@pytest.mark.parametrize("name", SUITES)
def test_other_digits_of_the_same_value_are_found(name):
    made = sealed(name)
    start, stop = find_signatures(made)[0].gap
    lower = made[:start] + made[start:stop].lower() + made[stop:]
    one = bytearray(made)
    place = next(at for at in range(start, stop) if chr(made[at]) in "ABCDEF")
    one[place] += 32
    assert not verify_pdf(bytes(one), world(name).trust).valid
    assert not verify_pdf(lower, world(name).trust).valid


def test_bytes_after_the_last_signature_are_found():
    made = sealed("national")
    verdict = verify_pdf(made + b"\n", world("national").trust)
    assert not verdict.valid
    assert codes(verdict) == ["pdf.added"]


def test_an_update_after_the_last_signature_is_found():
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed("national")))
    writer.root["/Sample"] = generic.TextStringObject("x")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    assert "pdf.added" in codes(verify_pdf(out.getvalue(), world("national").trust))


@pytest.mark.parametrize("name", SUITES)
def test_a_second_seal_leaves_the_first_valid(name):
    twice = sealed(name, OTHER, data=sealed(name))
    verdict = verify_pdf(twice, world(name).trust)
    assert verdict.valid, verdict.line()
    assert len(verdict.more["signatures"]) == 2


def test_a_page_changed_between_two_seals_is_found():
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed("national")))
    reference, _ = writer.find_page_for_modification(0)
    page = reference.get_object()
    stream = writer.add_object(generic.StreamObject(stream_data=b"0 0 200 200 re f"))
    contents = page.raw_get("/Contents")
    page[generic.pdf_name("/Contents")] = generic.ArrayObject([contents, stream])
    writer.mark_update(reference)
    out = io.BytesIO()
    writer.write(out)
    verdict = verify_pdf(sealed("national", OTHER, data=out.getvalue()), world("national").trust)
    assert not verdict.valid
    assert codes(verdict) == ["pdf.changed"]


def updated(data, change):
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def key(text):
    return generic.pdf_name("/" + text)


def filled(text):
    def change(writer):
        form = writer.add_object(generic.StreamObject(stream_data=b"0 0 9 9 re f"))
        box = generic.ArrayObject(generic.NumberObject(value) for value in (50, 500, 450, 560))
        words = {"Type": "Annot", "Subtype": "Widget", "FT": "Tx"}
        field = generic.DictionaryObject({key(word): key(value) for word, value in words.items()})
        field |= {key("T"): generic.pdf_string("amount"), key("V"): generic.pdf_string(text), key("Rect"): box}
        field[key("AP")] = generic.DictionaryObject({key("N"): form})
        known = writer.root.get("/AcroForm")
        if known is not None and len(known["/Fields"]) > 1:
            reference = known["/Fields"].raw_get(0)
            reference.get_object()[key("V")] = generic.pdf_string(text)
            writer.mark_update(reference)
            return
        reference = writer.find_page_for_modification(0)[0]
        made = writer.add_object(generic.DictionaryObject(field))
        reference.get_object()[key("Annots")] = generic.ArrayObject([made])
        writer.root[key("AcroForm")] = generic.DictionaryObject({key("Fields"): generic.ArrayObject([made])})
        writer.mark_update(reference)
        writer.update_root()

    return change


def test_a_form_filled_in_between_two_seals_is_found():
    first = sealed("national", data=updated(pdf(), filled("100")))
    trust = world("national").trust
    assert verify_pdf(first, trust).valid
    assert verify_pdf(sealed("national", OTHER, data=first), trust).valid
    second = sealed("national", OTHER, data=updated(first, filled("999999")))
    assert codes(verify_pdf(second, trust)) == ["pdf.changed"]


def test_a_note_or_a_wish_for_new_looks_between_two_seals_is_found():
    def note(writer):
        page = writer.find_page_for_modification(0)[0].get_object()
        words = {"Type": "Annot", "Subtype": "FreeText"}
        page["/Annots"].append(writer.add_object(generic.DictionaryObject({key(k): key(v) for k, v in words.items()})))
        writer.update_container(page["/Annots"])

    def looks(writer):
        form = writer.root["/AcroForm"]
        form[key("NeedAppearances")] = generic.BooleanObject(True)
        writer.update_container(form)

    for change in (note, looks):
        second = sealed("national", OTHER, data=updated(sealed("national"), change))
        assert codes(verify_pdf(second, world("national").trust)) == ["pdf.changed"]


def test_a_later_seal_that_draws_anything_else_is_found(monkeypatch):
    first = sealed("national")

    def covering(writer, picture, box):
        return writer.add_object(generic.StreamObject(stream_data=b"1 1 1 rg 0 0 2000 2000 re f"))

    wide = sealed("national", Stamp(0, 0, 0, 210, 297), data=first)
    monkeypatch.setattr(signing, "_appearance", covering)
    drawn = sealed("national", OTHER, data=first)
    for second in (wide, drawn):
        assert not verify_pdf(second, world("national").trust).valid


def test_nothing_is_compared_for_signatures_that_nobody_made(monkeypatch):
    twice = bytearray(sealed("national", OTHER, data=sealed("national")))
    twice[30] ^= 1
    monkeypatch.setattr(judging, "later_changes", None)
    assert not verify_pdf(bytes(twice), world("national").trust).valid


def test_a_value_with_more_in_it_than_its_parts_is_found():
    made = sealed("national")
    (signature,) = find_signatures(made)
    parts = [node.whole for node in asn1.read(signature.value).children()]
    longer = asn1.sequence(*parts, asn1.octets(b"more")).hex().upper().encode()
    start, stop = signature.gap
    changed = made[: start + 1] + longer.ljust(stop - start - 2, b"0") + made[stop - 1 :]
    assert not verify_pdf(changed, world("national").trust).valid


def test_several_stamps_in_one_signature_stand_on_their_pages():
    stamps = (STAMP, Stamp(1, 10, 10, 42, 42), Stamp(2, 10, 10, 42, 42))
    made = sealed("national", *stamps, data=pdf(3))
    assert verify_pdf(made, world("national").trust).valid
    pages = PdfFileReader(io.BytesIO(made)).root["/Pages"]["/Kids"]
    assert [len(page.get_object()["/Annots"]) for page in pages] == [1, 1, 1]
    with pytest.raises(SealFault):
        sealed("national", *stamps, data=made)


def test_the_signature_stands_where_the_stamp_says():
    made = sealed("national")
    (widget,) = PdfFileReader(io.BytesIO(made)).root["/Pages"]["/Kids"][0].get_object()["/Annots"]
    left, bottom, right, top = (float(value) for value in widget.get_object()["/Rect"])
    assert left == pytest.approx(120 * 72 / 25.4, abs=0.01)
    assert top == pytest.approx((297 - 200) * 72 / 25.4, abs=0.1)
    assert (right - left, top - bottom) == pytest.approx((42 * 72 / 25.4,) * 2, abs=0.01)


@pytest.mark.filterwarnings("ignore")
def test_pyhanko_finds_our_pades_valid_too():
    made = sealed("international")
    (signature,) = PdfFileReader(io.BytesIO(made)).embedded_signatures
    root = world("international").trust.roots[-1]
    from asn1crypto.x509 import Certificate

    context = ValidationContext(trust_roots=[Certificate.load(root)], moment=NOW + DAY, allow_fetching=False)
    status = validate_pdf_signature(signature, context, skip_diff=True)
    assert status.intact
    assert status.valid
    assert status.trusted


def test_the_value_in_the_national_suite_is_what_sm2_signed():
    made = sealed("national")
    (signature,) = find_signatures(made)
    value = parse_signed_value(signature.value)
    key = read_certificate(value.certificate).public_key
    assert value.data_hash == signature.digest(made, "sm3")
    assert Verifier(key).verify(value.signed, value.signature)


def test_a_seal_out_of_force_is_told():
    verdict = verify_pdf(sealed("national", at=NOW + 701 * DAY), Trust(roots=(), at=NOW + 702 * DAY))
    assert "seal.not_then" in codes(verdict)


def test_without_trusted_roots_the_chain_is_unknown():
    verdict = verify_pdf(sealed("national"), Trust(at=NOW + 2 * DAY))
    assert not verdict.valid
    assert verdict.chain.value == "unknown"
    assert verdict.signature.value == verdict.references.value == verdict.seal.value == "valid"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7",
        b"%PDF-1.7\n/ByteRange [0 1 2 3]",
        b"%PDF-1.7\n/ByteRange [0 99999999999 1 1]",
        b"%PDF-1.7\n" + b"/ByteRange [0 9 9 9]" * 60,
        b"%PDF-1.7\n1 0 obj<</Contents <30> /ByteRange [0 30 34 60]>>endobj",
        b"PK\x03\x04",
    ],
)
def test_what_is_no_sealed_pdf_is_told_without_an_error(data):
    verdict = verify_pdf(data, world("national").trust)
    assert not verdict.valid
    assert verdict.reasons


@pytest.mark.parametrize("name", SUITES)
def test_pieces_taken_out_put_in_and_doubled_are_found(name):
    made = sealed(name)
    chance = random.Random(38540)
    for _ in range(int(os.environ.get("YIWANG_FUZZ", "80"))):
        at, other = chance.randrange(len(made)), chance.randrange(len(made))
        size = chance.choice([1, 2, 7, 40, 600])
        changed = chance.choice(
            [
                made[:at] + made[at + size :],
                made[:at] + chance.randbytes(size) + made[at:],
                made[:at] + made[other : other + size] + made[at:],
                made[:at] + made[other : other + size] + made[at + size :],
            ]
        )
        assert changed == made or not verify_pdf(changed, world(name).trust).valid


def test_large_files_that_claim_many_signatures_are_refused_at_once():
    data = b"%PDF-1.7\n" + b"/ByteRange [0 9 9 9]" * 49 + bytes(20_000_000)
    began = time.process_time()
    assert codes(verify_pdf(data, world("national").trust)) == ["pdf.many"]
    assert time.process_time() - began < 1


def test_cut_files_are_told_without_an_error():
    made = sealed("national")
    for length in range(0, len(made), len(made) // 40):
        assert not verify_pdf(made[:length], world("national").trust).valid


def test_refuses_to_seal_what_is_no_pdf_or_has_no_such_page():
    for data, stamp in ((b"%PDF-1.7\nnothing", STAMP), (b"no", STAMP), (pdf(), Stamp(7, 1, 1, 42, 42))):
        with pytest.raises(SealFault):
            sealed("national", stamp, data=data)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        sealed("national", at=dt.datetime(2026, 11, 24))
