"""OFD files as they are written: their parts, their fonts, their bytes; and painted again."""

import datetime as dt
import io
import os
import random
import re
import zipfile

import pytest
from defusedxml.ElementTree import fromstring
from fontTools.ttLib import TTFont

from yiwang.commons.seals.engine import (
    GlyphMissing,
    OfdImage,
    OfdPage,
    OfdPath,
    OfdText,
    PaperFault,
    SealFault,
    draw_seal,
    paint_ofd,
    rectangle,
    write_ofd,
)
from yiwang.commons.seals.engine.ofd.marking import deltas, number

DAY = dt.date(2026, 11, 23)
NS = "{http://www.ofdspec.org/2016}"
TEXT = OfdText(30, 40, "出生医学证明", "song", 8, bold=0.2, tag="title")


def written(*objects, **more):
    page = OfdPage(
        210, 297, objects or (TEXT, OfdText(30, 60, "姓名：样𫖯 ABC", "hei", 5), OfdPath(rectangle(20, 20, 170, 257)))
    )
    return write_ofd([page], **{"title": "示例", "author": "示例局", "created": DAY, **more})


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_equal_input_gives_equal_bytes_and_another_title_another_document():
    assert written() == written()
    numbers = {
        re.search(rb"<ofd:DocID>([0-9a-f]{32})<", parts(written(title=title))["OFD.xml"]).group(1) for title in "甲乙"
    }
    assert len(numbers) == 2


def test_all_parts_are_xml_and_name_parts_that_are_there():
    files = parts(written(attachments={"metadata.json": b"{}"}, custom={"证照编号": "1"}))
    for name, data in files.items():
        if name.endswith(".xml"):
            fromstring(data.decode())
    document = fromstring(files["Doc_0/Document.xml"].decode())
    named = [element.text for tag in ("PublicRes", "CustomTags", "Attachments") for element in document.iter(NS + tag)]
    assert all(f"Doc_0/{name}" in files for name in named)
    highest = int(document.find(f"{NS}CommonData/{NS}MaxUnitID").text)
    ids = [int(found) for data in files.values() for found in re.findall(rb' ID="(\d+)"', data)]
    assert max(ids) == highest
    assert len(set(ids)) == len(ids)


def test_fonts_hold_exactly_the_characters_that_are_used():
    files = parts(written())
    fonts = [TTFont(io.BytesIO(data)) for name, data in files.items() if name.endswith(".otf")]
    held = ["".join(sorted(map(chr, font.getBestCmap()))) for font in fonts]
    assert sorted(held) == sorted(["".join(sorted("出生医学证明")), "".join(sorted(set("姓名：样𫖯 ABC")))])
    for font in fonts:
        outlines = font.getGlyphSet()
        assert all(outlines[name].width > 0 for name in font.getGlyphOrder())


def test_letters_stand_as_far_apart_as_they_are_told():
    content = parts(written(OfdText(10, 20, "一二三四五", "song", 4, advances=(4, 4, 4, 6.5))))[
        "Doc_0/Pages/Page_0/Content.xml"
    ]
    assert b'DeltaX="g 3 4 6.5"' in content
    with pytest.raises(ValueError, match="one advance fewer"):
        written(OfdText(10, 20, "一二三", "song", 4, advances=(4,)))


def test_numbers_are_short_and_runs_are_counted():
    assert [number(value) for value in (120.0, 0.1 + 0.2, -0.0001, 1200)] == ["120", "0.3", "0", "1200"]
    assert number(1200, 0) == "1200"
    assert deltas([1, 1, 2, 2, 2]) == "1 1 g 3 2"


def test_tags_say_which_object_tells_what():
    files = parts(written())
    content = fromstring(files["Doc_0/Pages/Page_0/Content.xml"].decode())
    text = next(content.iter(NS + "TextObject"))
    tags = fromstring(files["Doc_0/Tags/CustomTag.xml"].decode())
    (field,) = list(tags)
    assert field.get("Name") == "title"
    assert next(iter(field)).text == text.get("ID")


def test_a_character_without_a_glyph_is_named_not_left_out():
    for character in ("\ue000", "\u200b", "\x07", "\U000e0041"):
        with pytest.raises(GlyphMissing, match=f"U\\+{ord(character):04X}"):
            written(OfdText(10, 20, f"样{character}本", "song", 4))


def test_what_xml_can_not_hold_is_refused():
    with pytest.raises(PaperFault):
        written(custom={"a": "\x00"})
    with pytest.raises(PaperFault):
        write_ofd([], title="", author="", created=DAY)


def test_attachments_never_leave_their_folder():
    files = parts(written(attachments={"../../../etc/passwd": b"x", "表 一.xlsx": b"y", "a.b/c": b"z"}))
    assert all(name.startswith(("Doc_0/", "OFD.xml")) and ".." not in name for name in files)
    assert files["Doc_0/Attachs/attachment_1.xlsx"] == b"y"


def test_a_written_page_is_painted_with_all_that_is_on_it():
    seal = draw_seal("示例市示例局")
    (page,) = paint_ofd(
        written(TEXT, OfdImage(10, 10, 42, 42, seal.png), OfdPath(rectangle(1, 2, 3, 4), fill=(1, 2, 255)))
    )
    tree = fromstring(page)
    assert tree.get("viewBox") == "0 0 210 297"
    assert len(list(tree.iter("{http://www.w3.org/2000/svg}use"))) == 6
    assert 'fill="#0102ff"' in page
    assert "data:image/png;base64," in page


@pytest.mark.parametrize(
    "content",
    [
        '<ofd:TextObject ID="9" Boundary="0 0 9 9" Font="1" Size="1e999"><ofd:TextCode X="0" Y="0">一</ofd:TextCode></ofd:TextObject>',
        '<ofd:TextObject ID="9" Boundary="0 0 9 9" Font="1" Size="4"><ofd:TextCode X="nan" Y="inf">一</ofd:TextCode></ofd:TextObject>',
        '<ofd:TextObject ID="9" Boundary="0 0 9 9" Font="1" Size="4"><ofd:TextCode X="0" Y="0" DeltaX="g 999999 1 g 999999 1">一</ofd:TextCode></ofd:TextObject>',
        '<ofd:PathObject ID="9" Boundary="0 0 9 9&quot; onload=&quot;x"><ofd:AbbreviatedData>M 0 0 L 1 1</ofd:AbbreviatedData></ofd:PathObject>',
        '<ofd:PathObject ID="9" Boundary="0 0 9 9"><ofd:FillColor Value="&quot;/&gt;&lt;script/&gt;"/><ofd:AbbreviatedData>M 0 0 L &lt;script&gt;</ofd:AbbreviatedData></ofd:PathObject>',
        '<ofd:ImageObject ID="9" Boundary="0 0 9 9" ResourceID="../../x"/>',
        '<ofd:PathObject ID="9" Boundary="0 0 9 9"><ofd:FillColor Value="²"/><ofd:AbbreviatedData>M 0 0</ofd:AbbreviatedData></ofd:PathObject>',
        '<ofd:PathObject ID="9" Boundary="0 0 9 9"><ofd:StrokeColor Value="0000999 1 1"/><ofd:AbbreviatedData>M 0 0</ofd:AbbreviatedData></ofd:PathObject>',
        '<ofd:TextObject ID="9" Boundary="0 0 9 9" Font="1" Size="4"><ofd:TextCode X="0" Y="0" DeltaX="g ² 4">一二</ofd:TextCode></ofd:TextObject>',
    ],
)
def test_hostile_objects_are_left_out(content):
    files = parts(written())
    name = "Doc_0/Pages/Page_0/Content.xml"
    files[name] = files[name].replace(b"</ofd:Layer>", content.encode() + b"</ofd:Layer>")
    (page,) = paint_ofd(packed(files))
    fromstring(page)
    assert "script" not in page
    assert "onload" not in page


def test_parts_with_random_changes_are_painted_or_refused():
    chance = random.Random(33190)
    files = parts(written(TEXT, OfdText(30, 60, "样本", "hei", 5), OfdPath(rectangle(20, 20, 170, 257), dash=(1, 2))))
    names = [name for name in files if name.endswith(".xml")]
    for _ in range(int(os.environ.get("YIWANG_FUZZ", "150"))):
        changed = dict(files)
        name = chance.choice(names)
        data = bytearray(changed[name])
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(data))
            piece = chance.choice([b"", b"9", b"-", b"e9", b"nan", b" ", b'"', b"<", b"g 9 9", b"/", "\u4e00".encode()])
            data[at : at + chance.randrange(0, 5)] = piece
        changed[name] = bytes(data)
        try:
            painted = paint_ofd(packed(changed))
        except SealFault:
            continue
        for page in painted:
            fromstring(page)


def test_pages_with_too_much_on_them_are_painted_within_limits():
    files = parts(written())
    name = "Doc_0/Pages/Page_0/Content.xml"
    code = '<ofd:TextCode X="0" Y="0">' + "一二三四五" * 20_000 + "</ofd:TextCode>"
    crowd = f'<ofd:TextObject ID="9" Boundary="0 0 9 9" Font="1" Size="4">{code}</ofd:TextObject>'
    files[name] = files[name].replace(b"</ofd:Layer>", crowd.encode() + b"</ofd:Layer>")
    (page,) = paint_ofd(packed(files))
    assert len(page) < 20_000_000


def test_one_heavy_picture_on_many_pages_is_painted_within_limits():
    heavy = b"\x89PNG\r\n\x1a\n" + bytes(3_000_000)
    page = OfdPage(210, 297, (OfdImage(1, 1, 9, 9, heavy),))
    painted = paint_ofd(write_ofd([page] * 30, title="示例", author="示例局", created=DAY))
    assert len(painted) == 30
    assert sum(map(len, painted)) < 20_000_000


def test_what_is_no_ofd_is_refused():
    for data in (b"", b"PK\x03\x04", written()[:-40]):
        with pytest.raises(SealFault):
            paint_ofd(data)


def packed(files):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as package:
        for name, data in files.items():
            package.writestr(name, data)
    return kept.getvalue()
