"""Papers as PDF: the same bytes each time, fonts inside, text that can be found again, limits, nothing read as markup."""

import re
import shutil
import subprocess
import zlib
from dataclasses import replace
from datetime import date

import pytest

from yiwang.web import printing
from yiwang.web.printing import Paper, PrintingFailed, pdf, printed

PAPER = Paper(
    authority="样例市样例局",
    title="受理通知书",
    number="样局受〔2026〕00012号",
    to="样例母亲",
    paragraphs=("材料齐全，现予受理。", "#panic() *一* $x$ @y <z> \\ // 后面"),
    day=date(2026, 11, 23),
    date="2026年11月23日",
    unsealed="未加盖电子印章",
    sample="样例文书",
    foot=("校验码 0123456789abcdef",),
)


@pytest.fixture(autouse=True)
def fresh():
    pdf.cache_clear()


def text(made, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) reads the text")
    file = tmp_path / "paper.pdf"
    file.write_bytes(made)
    done = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True)
    return "".join(done.stdout.decode().split())


def test_the_same_paper_gives_the_same_bytes_and_another_does_not():
    first = pdf(PAPER)
    pdf.cache_clear()
    assert pdf(PAPER) == first
    assert pdf(replace(PAPER, to="样例父亲")) != first


def test_a_paper_is_pdf_a_with_its_fonts_inside():
    made = pdf(PAPER)
    assert made.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in made
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL)
    assert len(streams) > 2
    whole = made + b"".join(zlib.decompress(each) for each in streams if each[:1] == b"x")
    assert b"NotoSerifSC" in whole
    assert b"/FontFile3" in whole


def test_what_it_says_can_be_found_in_it_and_nothing_is_read_as_markup(tmp_path):
    found = text(pdf(PAPER), tmp_path)
    for words in ("样例市样例局", "受理通知书", "样局受〔2026〕00012号", "样例母亲：", "材料齐全，现予受理。",
                  "#panic()*一*$x$@y<z>\\//后面", "未加盖电子印章", "样例文书", "校验码0123456789abcdef"):  # fmt: skip
        assert words in found, words


def test_a_long_paper_has_as_many_pages_as_it_needs(tmp_path):
    long = replace(PAPER, paragraphs=("第一段。" * 60,) * 20)
    assert "—9—" in text(pdf(long), tmp_path)


def test_a_paper_without_end_is_refused():
    with pytest.raises(PrintingFailed):
        pdf(replace(PAPER, paragraphs=("字" * printing.LONGEST,)))


def test_a_fault_of_the_typesetter_is_told_as_one_and_the_place_is_free_again(monkeypatch):
    monkeypatch.setattr(printing, "_PROGRAM", "/nowhere.py")
    for _each in range(printing.AT_ONCE + 1):
        with pytest.raises(PrintingFailed):
            pdf(PAPER)
    monkeypatch.undo()
    assert pdf(PAPER)


def test_printing_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(printing, "PATIENCE", 0.001)
    with pytest.raises(PrintingFailed):
        pdf(PAPER)


def test_several_papers_are_set_at_once_and_each_says_where_its_seal_belongs():
    short, long = printed((PAPER, replace(PAPER, paragraphs=PAPER.paragraphs * 30)))
    assert short.pdf == pdf(PAPER)
    assert (short.page, long.page > 0) == (0, True)
    assert short.x == pytest.approx(135.64, abs=0.1), "the middle of authority and date, 74 mm from the right edge"
    assert 60 < short.y < 240
    assert 40 < long.y < 262
