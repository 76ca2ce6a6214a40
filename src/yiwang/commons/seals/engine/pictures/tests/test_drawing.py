"""Pictures of seals: their sizes, their bytes, what is where."""

import io

import pytest
from PIL import Image

from yiwang.commons.seals.engine import DIAMETERS, GlyphMissing, PaperFault, draw_seal
from yiwang.commons.seals.engine.pdf.pictures import read_png

LONG = "江苏省示例市示例区五星街道办事处综合便民服务中心"


def looked_at(picture):
    return Image.open(io.BytesIO(picture.png)).convert("RGBA")


def test_seals_have_the_diameters_of_the_rule_at_300_dots_an_inch():
    for kind in ("city", "town", "entity"):
        picture = draw_seal("示例市示例局", kind=kind)
        assert picture.width_mm == picture.height_mm == DIAMETERS[kind]
        assert looked_at(picture).width == pytest.approx(DIAMETERS[kind] / 25.4 * 300, abs=1)
        assert Image.open(io.BytesIO(picture.png)).info["dpi"][0] == pytest.approx(300, abs=0.5)


def test_a_seal_is_red_on_nothing_with_a_star_in_the_middle():
    image = looked_at(draw_seal("示例市示例局"))
    middle, side = image.width // 2, image.width
    assert image.getpixel((middle, middle)) == (220, 20, 24, 255)
    assert image.getpixel((0, 0))[3] == 0
    assert image.getpixel((middle, side - side // 5))[3] == 0
    assert {pixel[:3] for _, pixel in image.getcolors(maxcolors=1000)} == {(220, 20, 24)}


def test_the_round_line_is_one_millimetre_wide():
    image = looked_at(draw_seal("示例市示例局"))
    row = [image.getpixel((x, image.height // 2))[3] for x in range(24)]
    inked = sum(alpha > 127 for alpha in row)
    assert inked / 300 * 25.4 == pytest.approx(1.0, abs=0.15)


def test_the_longest_names_keep_their_distance_from_the_line_below():
    image = looked_at(draw_seal(LONG, lower="业务专用章", code="3204040000001"))
    side = image.width
    between = [image.getpixel((side // 2, y))[3] for y in range(round(side * 0.66), round(side * 0.715))]
    assert 0 in between
    assert len(draw_seal(LONG, lower="业务专用章", code="3204040000001").png) < 16_000


def test_ideographs_before_the_number_are_no_lower_than_small_print():
    image = looked_at(draw_seal("示例市示例局", code="样例"))
    side = image.width
    below = image.crop((round(side * 0.42), round(side * 0.86), round(side * 0.58), round(side * 0.965)))
    _left, top, _right, bottom = below.getchannel("A").getbbox()
    assert (bottom - top) / 300 * 25.4 >= 2.0


def test_the_same_seal_has_the_same_bytes():
    one = draw_seal("示例市示例局", lower="电子证照专用章")
    draw_seal.cache_clear()
    assert draw_seal("示例市示例局", lower="电子证照专用章") == one


def test_name_seals_are_filled_up_with_the_word_seal():
    sides = {draw_seal(name, kind="personal").width_mm for name in ("李四", "样张三", "欧阳样本", "买买提江样本")}
    assert sides == {18.0}


def test_what_can_not_be_a_seal_is_refused():
    for name, kind in (("", "official"), ("长" * 41, "official"), ("示例", "no such kind")):
        with pytest.raises(PaperFault):
            draw_seal(name, kind=kind)
    with pytest.raises(GlyphMissing, match="U\\+E000"):
        draw_seal("示例\ue000局")


def test_pictures_of_all_kinds_become_colours_and_transparency():
    for mode in ("P", "RGB", "RGBA", "L", "LA", "1"):
        image = Image.linear_gradient("L").resize((37, 23)).convert(mode)
        kept = io.BytesIO()
        image.save(kept, "PNG")
        dots = read_png(kept.getvalue())
        assert dots.colours == image.convert("RGB").tobytes(), mode
        if "A" in mode:
            assert dots.alpha == image.convert("RGBA").getchannel("A").tobytes()
