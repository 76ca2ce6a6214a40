"""Words in their boxes: lines, sizes, edges; what does not fit is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.licences.engine import LayoutFault, ValueTooLong, draw, read_layout
from yiwang.commons.licences.engine.layout import Box, Style
from yiwang.commons.licences.engine.setting import set_words, width_of
from yiwang.commons.licences.engine.tests.factories import small
from yiwang.commons.seals.engine import GlyphMissing, OfdPath, OfdText

BOX = Box(10, 20, 40, 30)


def lines(text, box=BOX, **style):
    return set_words(text, box, Style(**{"size": 4.0, "least": 2.0, **style}), "name")


def told(made):
    return [line.text for line in made]


def test_a_line_is_as_full_as_its_box():
    made = lines("一二三四五六七八九十甲乙")
    assert told(made) == ["一二三四五六七八九十", "甲乙"]
    assert made[0].x == 10
    assert made[0].y == pytest.approx(20 + 0.88 * 4)
    assert made[1].y - made[0].y == pytest.approx(4 * 1.5)


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one():
    assert told(lines("一二三四五六七八九十，甲乙")) == ["一二三四五六七八九", "十，甲乙"]
    assert told(lines("一二三四五六七八九（十甲）")) == ["一二三四五六七八九", "（十甲）"]


def test_numbers_and_latin_words_stay_together():
    assert told(lines("统一社会信用代码92320404MA00")) == ["统一社会信用代码", "92320404MA00"]


def test_longer_values_are_set_smaller_then_refused():
    made = lines("样" * 60)
    assert made[0].size < 4
    assert all(line.x + width_of(line.text, line.size, Style(size=line.size)) <= 50.02 for line in made)
    assert all(line.y <= 50 for line in made)
    with pytest.raises(ValueTooLong, match="name"):
        lines("样" * 600)
    with pytest.raises(ValueTooLong):
        lines("样" * 30, fit="shrink")


def test_alignment_puts_lines_where_it_says():
    assert lines("一二", align="right")[0].x == pytest.approx(42)
    assert lines("一二", align="center")[0].x == pytest.approx(26)
    (spread,) = lines("一二三", align="spread")
    assert spread.advances == pytest.approx((18, 18))
    assert lines("一二", valign="bottom")[0].y == pytest.approx(50 - 0.12 * 4)


def test_a_character_that_only_the_other_typeface_has_is_set_in_that_one():
    from yiwang.commons.seals.engine import typeface

    codes = [*range(0x3400, 0xA000), *range(0x20000, 0x2FA20), *range(0x2000, 0x3400)]
    only = next(chr(code) for code in codes if typeface("hei").has(chr(code)) != typeface("song").has(chr(code)))
    face = "song" if typeface("hei").has(only) else "hei"
    made = lines(f"一{only}二", face=face)
    assert "".join(told(made)) == f"一{only}二"
    assert len({line.face for line in made}) == 2


def test_a_character_that_no_typeface_has_is_named():
    with pytest.raises(GlyphMissing, match="U\\+E123"):
        lines("样\ue123")


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("样本一二三，。（）《》AbC0123 4"), max_size=90))
def test_every_character_is_set_and_within_the_box(text):
    try:
        made = lines(text)
    except ValueTooLong:
        return
    assert "".join(told(made)).replace(" ", "") == text.strip().replace(" ", "")
    for line in made:
        assert line.x >= 10 - 0.01
        assert line.y <= 50


def test_fields_take_their_value_with_the_words_around_it_or_what_stands_for_none():
    page = small(
        {
            "kind": "field",
            "field": "a",
            "before": "编号 ",
            "after": "号",
            "empty": "无",
            "x": 1,
            "y": 1,
            "w": 90,
            "h": 9,
        }
    )
    assert page.fields == {"a"}
    for value, expected in (("12", "编号 12号"), ("", "无"), ("  ", "无")):
        ((text,),) = (sheet.objects for sheet in draw(page, {"a": value}))
        assert (text.text, text.tag) == (expected, "a")


def test_styles_are_named_once_and_an_elements_own_words_go_first():
    page = small(
        {"kind": "text", "text": "一", "style": "big", "size": 10, "x": 1, "y": 1, "w": 90, "h": 9},
        styles={"big": {"size": 20, "face": "hei"}},
    )
    ((text,),) = (sheet.objects for sheet in draw(page, {}))
    assert (text.face, text.size) == ("hei", pytest.approx(10 * 25.4 / 72))


@pytest.mark.parametrize(
    ("element", "place"),
    [
        ({"kind": "text", "x": 1, "y": 1, "w": 1, "h": 1}, "pages.0.elements.0"),
        ({"kind": "circle"}, "pages.0.elements.0.kind"),
        ({"kind": "text", "text": "一", "x": 1, "y": 1, "w": -1, "h": 1}, "pages.0.elements.0.w"),
        ({"kind": "text", "text": "一", "style": "none", "x": 1, "y": 1, "w": 1, "h": 1}, "pages.0.elements.0"),
        ({"kind": "image", "file": "a.png", "x": 1, "y": 1, "w": 1, "h": 1}, "pages.0.elements.0"),
        ({"kind": "image", "file": "../a.png", "x": 1, "y": 1, "w": 1, "h": 1}, "pages.0.elements.0.file"),
    ],
)
def test_a_faulty_layout_tells_the_place(element, place):
    with pytest.raises(LayoutFault) as caught:
        small(element)
    assert caught.value.place == place


def test_a_watermark_lies_below_everything_else():
    page = small({"kind": "text", "text": "一", "x": 1, "y": 1, "w": 90, "h": 9})
    (sheet,) = draw(page, {}, watermark="仅供示例")
    assert isinstance(sheet.objects[0], OfdPath)
    assert isinstance(sheet.objects[1], OfdText)


def test_a_layout_needs_pages():
    with pytest.raises(LayoutFault):
        read_layout({"title": "一", "pages": []})
