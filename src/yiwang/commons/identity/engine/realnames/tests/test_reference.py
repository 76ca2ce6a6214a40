"""Names and numbers against naive references, written apart from what they judge: one rule after the other, no table shared."""

import re
import unicodedata
from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from yiwang.commons.identity.engine.realnames import Match, match_names, typed_id_number
from yiwang.kernel.codes import InvalidCode

DOTS = "·•‧∙⋅●・･.．。・ꞏ˙﹒"
BLANKS = " \u3000\u00a0\u2003\t\u200b\u200d\ufeff"
EXTENSIONS = "\U00020087\U00020bb7\U000215d7\U0002a6d6\U0002b81c\U0002ceb0\U00030edd\U000310b7"
UNREAD = "\ue000\uf000\U000f0000\U0010fffd*□"
PLAIN = "王芳张吾尔买提欧"
PAIRS = ("刘劉", "张張", "陈陳", "叶葉", "肖萧", "闫阎", "吉𠮷", "丽麗", "国國", "傅付")
ALPHABET = st.sampled_from(PLAIN + "".join(PAIRS) + EXTENSIONS + UNREAD + DOTS + BLANKS + "ＡaBb")
TEXTS = st.lists(ALPHABET, max_size=9).map("".join)
PARTS = st.lists(st.text(st.sampled_from(PLAIN + EXTENSIONS), min_size=1, max_size=4), min_size=1, max_size=4)


def tidy(text):
    """A name the slow way: width, dots, blanks, capitals; dots at the ends and twice count for nothing."""
    found = "".join("·" if each in DOTS else unicodedata.normalize("NFKC", each) for each in text)
    found = re.sub(r"[\s\u200b-\u200f\ufeff]", "", found)
    return re.sub("·+", "·", found).strip("·").upper()


def expected_same(one, other):
    """Surely one name: the same writing, and nothing in it that could be any character."""
    return tidy(one) == tidy(other) != "" and not set(tidy(one)) & set(UNREAD)


@given(TEXTS, TEXTS)
@example("买买提·吐尔逊", "买买提•吐尔逊")
@example("\ue000芳", "\ue000芳")
@example("\U000f0000芳", "\U000f0000芳")
def test_what_is_surely_one_name_is_what_the_slow_way_says(one, other):
    assert (match_names(one, other) is Match.SAME) == expected_same(one, other)
    assert (match_names(one, one) is Match.SAME) == expected_same(one, one)


@given(PARTS, st.data())
def test_dots_blanks_and_width_change_no_name_and_a_lost_dot_is_for_a_human(parts, data):
    def written():
        dotted = data.draw(st.sampled_from(DOTS)).join(parts)
        return "".join(data.draw(st.sampled_from(["", each])) + c for c, each in zip(dotted, BLANKS * 9, strict=False))

    one, other = written(), written()
    assert match_names(one, other) is Match.SAME
    lost = "".join(parts)
    assert match_names(one, lost) is (Match.SAME if len(parts) == 1 else Match.VARIANT)


@given(st.text(st.sampled_from(PLAIN), min_size=1, max_size=4), st.sampled_from(PAIRS), st.integers(0, 4))
def test_a_traditional_or_popular_writing_is_neither_taken_for_the_same_nor_for_another_name(rest, pair, place):
    one, other = (rest[:place] + each + rest[place:] for each in pair)
    assert match_names(one, other) is Match.VARIANT


@given(st.text(st.sampled_from(PLAIN), min_size=2, max_size=5), st.sampled_from(EXTENSIONS), st.integers(0, 4))
def test_a_rare_character_of_four_bytes_is_itself_and_no_other(rest, rare, place):
    place = min(place, len(rest) - 1)
    name = rest[:place] + rare + rest[place + 1 :]
    assert match_names(name, name) is Match.SAME
    for another in set(EXTENSIONS) - {rare}:
        assert match_names(name, name.replace(rare, another)) is Match.DIFFERENT
    assert match_names(name, name.replace(rare, "\U000f0123")) is Match.VARIANT


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check_character(body):
    return "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def slow_number(text):
    """GB 11643 the slow way for numbers of Tianning (320402); None for what is none."""
    wide = {chr(ord(c) + 0xFEE0): c for c in "0123456789XxABC-"}
    found = "".join(wide.get(c, c) for c in text)
    found = re.sub(r"[\s\u200b\ufeff-]", "", found)
    found = found.replace("×", "X").replace("Х", "X").replace("Ⅹ", "X").upper()
    if re.fullmatch(r"\d{15}", found, re.ASCII):
        century = "18" if found[12:] in {"996", "997", "998", "999"} else "19"
        found = found[:6] + century + found[6:]
        found += check_character(found)
    if not re.fullmatch(r"320402\d{11}[\dX]", found, re.ASCII) or check_character(found[:17]) != found[17]:
        return None
    try:
        born = date(int(found[6:10]), int(found[10:12]), int(found[12:14]))
    except ValueError:
        return None
    return found if date(1983, 1, 1) <= born <= date(2020, 1, 1) else "outside"


def number(born, sequence):
    body = f"320402{born:%Y%m%d}{sequence:03d}"
    return body + check_character(body)


@st.composite
def typed(draw):
    """A number as somebody types it: now and then right, mostly with something changed behind the division."""
    new = number(draw(st.dates(date(1986, 1, 1), date(1999, 12, 31))), draw(st.integers(1, 990)))
    text = draw(st.sampled_from([new, new[:6] + new[8:17], new.lower(), new.replace("X", "×"), new.replace("X", "Ⅹ")]))
    for _turn in range(draw(st.integers(0, 2))):
        place = draw(st.integers(6, len(text)))
        what = draw(st.sampled_from(["", "0", "7", "x", "X", "９", " ", "\u3000", "-", "A", "²", "٣"]))
        text = text[:place] + what + text[place + draw(st.integers(0, 1)) :]
    return "".join(draw(st.sampled_from([c, chr(ord(c) + 0xFEE0)])) if c in "0123456789Xx" else c for c in text)


@given(typed())
@example("32040219900101001x")
@example("320402900101001")
def test_a_typed_number_is_what_the_slow_way_says(text):
    slow = slow_number(text)
    try:
        found = typed_id_number(text)
    except InvalidCode:
        found = None
    if slow != "outside":
        assert found == slow
