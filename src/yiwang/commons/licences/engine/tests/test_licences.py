"""The sample city's licences as OFD and as PDF: the same to the eye, small, with all that they should say."""

import datetime as dt
import io
import zipfile

import pypdfium2
import pytest
import typst
from PIL import Image, ImageChops, ImageFilter

from yiwang.commons.licences.engine import draw, render_ofd, render_pdf, stamps
from yiwang.commons.licences.engine.tests.factories import LAYOUTS, QR, VALUES, layout
from yiwang.commons.seals.engine import OfdText, paint_ofd

ABOUT = {"created": dt.date(2026, 11, 23), "author": "样本局", "qr_text": QR}
DOTS = 75


def painted_pdf(data):
    page = pypdfium2.PdfDocument(data)[0]
    return page.render(scale=DOTS / 72).to_pil().convert("L")


def painted_ofd(data):
    (svg,) = paint_ofd(data)
    source = b'#set page(width: auto, height: auto, margin: 0mm)\n#image("page.svg")'
    made = typst.compile({"main": source, "page.svg": svg.encode()}, format="png", ppi=DOTS, ignore_system_fonts=True)
    return Image.open(io.BytesIO(made)).convert("L")


@pytest.mark.parametrize("name", LAYOUTS)
def test_ofd_and_pdf_look_the_same(name):
    one = painted_pdf(render_pdf(layout(name), VALUES, **ABOUT)).filter(ImageFilter.GaussianBlur(1.2))
    other = painted_ofd(render_ofd(layout(name), VALUES, **ABOUT)).filter(ImageFilter.GaussianBlur(1.2))
    assert abs(one.width - other.width) <= 1
    assert abs(one.height - other.height) <= 1
    other = other.resize(one.size)
    histogram = ImageChops.difference(one, other).histogram()
    assert sum(histogram[70:]) / sum(histogram) < 0.002


@pytest.mark.parametrize("name", LAYOUTS)
def test_equal_values_give_equal_bytes(name):
    assert render_ofd(layout(name), VALUES, **ABOUT) == render_ofd(layout(name), VALUES, **ABOUT)
    assert render_pdf(layout(name), VALUES, **ABOUT) == render_pdf(layout(name), VALUES, **ABOUT)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_licence_unpacked_leaves_room_for_a_seal_within_150_kilobytes(name):
    with zipfile.ZipFile(io.BytesIO(render_ofd(layout(name), VALUES, **ABOUT))) as package:
        assert sum(entry.file_size for entry in package.infolist()) < 110_000


@pytest.mark.parametrize("name", LAYOUTS)
def test_nothing_stands_outside_the_page_or_on_another_line(name):
    for page in draw(layout(name), VALUES, qr_text=QR):
        texts = [item for item in page.objects if isinstance(item, OfdText)]
        for item in texts:
            assert 0 <= item.x <= page.width
            assert item.x + sum(item.advances) + item.size <= page.width + item.size
            assert item.size <= item.y <= page.height


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_seal_lies_over_the_date_and_on_the_page(name):
    (place,) = layout(name).seals
    (stamp,) = stamps(layout(name), 42, 42)
    sheet = layout(name).sheets[place.page]
    assert stamp.x >= 0
    assert stamp.x + stamp.width <= sheet.width
    assert stamp.y + stamp.height <= sheet.height
    page = draw(layout(name), VALUES)[place.page]
    dates = [item for item in page.objects if isinstance(item, OfdText) and item.tag == "issued_on"]
    assert any(
        stamp.y + 21 < item.y < stamp.y + 42 and stamp.x < item.x + sum(item.advances) / 2 < stamp.x + 42
        for item in dates
    )
    issuer = next(item for item in page.objects if isinstance(item, OfdText) and item.tag == "issuer_name")
    assert stamp.y < issuer.y - issuer.size < stamp.y + 42


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_pdf_can_be_searched(name):
    text = pypdfium2.PdfDocument(render_pdf(layout(name), VALUES, **ABOUT))[0].get_textpage().get_text_range()
    assert "样本市钟楼区市场监督管理局" in text.replace("\r\n", "")


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_licence_with_nothing_filled_in_is_drawn(name):
    assert draw(layout(name), {})


def test_letters_of_the_pdf_stand_where_the_pages_say():
    (page,) = draw(layout("business_licence"), VALUES)
    title = next(item for item in page.objects if isinstance(item, OfdText) and item.text == "营业执照")
    sheet = pypdfium2.PdfDocument(render_pdf(layout("business_licence"), VALUES, **ABOUT))[0]
    text = sheet.get_textpage()
    whole = text.get_text_range()
    at = whole.index("营")
    left, bottom, right, top = text.get_charbox(at, loose=True)
    millimetre = 25.4 / 72
    assert left * millimetre == pytest.approx(title.x, abs=0.05)
    assert (right - left) * millimetre == pytest.approx(title.size, abs=0.05)
    assert (sheet.get_height() - bottom) * millimetre > title.y > (sheet.get_height() - top) * millimetre
