"""Names and numbers in all the writings that people and registers use."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from yiwang.commons.identity.contracts.real_names import Answer, Assurance, CheckReason, CheckState, Verdict
from yiwang.commons.identity.engine.realnames import (
    Known,
    Match,
    is_mandate_period,
    is_name,
    last_day_as_child,
    match_names,
    outcome,
    plain_name,
    typed_id_number,
)
from yiwang.commons.identity.engine.realnames.names import LONGEST
from yiwang.kernel.codes import InvalidCode, validate_id_number
from yiwang.kernel.codes.checksum import id_check_character

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
RARE = st.characters(min_codepoint=0x20000, max_codepoint=0x2A6DF)
NAMES = st.text(HAN | RARE, min_size=2, max_size=10)
DOTS = "·•・‧∙⋅．・･"
BLANKS = " \u3000\u200b\ufeff\t\u00a0"
BIRTHS = st.dates(date(1950, 1, 1), date(1999, 12, 31))


def number(birth: date, sequence: int = 1) -> str:
    body = f"320402{birth:%Y%m%d}{sequence:03d}"
    return body + id_check_character(body)


@given(st.text())
def test_any_text_has_one_plain_writing(text):
    plain = plain_name(text)
    assert plain_name(plain) == plain
    assert len(plain) <= LONGEST
    assert match_names(text, text) is not Match.DIFFERENT or not plain


@given(st.text(), st.text())
def test_matching_asks_not_who_is_first(one, other):
    assert match_names(one, other) is match_names(other, one)


@given(NAMES, st.data())
def test_blanks_and_width_never_count(name, data):
    blanked = "".join(character + data.draw(st.sampled_from(["", *BLANKS])) for character in name)
    assert match_names(blanked, name) is Match.SAME


@given(st.lists(st.text(HAN, min_size=1, max_size=6), min_size=2, max_size=4), st.data())
def test_all_dots_of_minority_names_are_one(parts, data):
    first = data.draw(st.sampled_from(DOTS)).join(parts)
    second = data.draw(st.sampled_from(DOTS)).join(parts)
    assert match_names(first, second) is Match.SAME
    assert match_names(first, "".join(parts)) is Match.VARIANT, "a dot left out is for a human to see"


@given(NAMES, NAMES)
def test_two_names_are_never_taken_for_one(one, other):
    assume(plain_name(one) != plain_name(other))
    assert match_names(one, other) is not Match.SAME


@given(NAMES, st.data())
def test_a_character_that_a_register_could_not_write_is_for_a_human(name, data):
    place = data.draw(st.integers(0, len(name) - 1))
    unread = data.draw(st.sampled_from("*?□\ue000\uf000"))
    assert match_names(name, name[:place] + unread + name[place + 1 :]) is Match.VARIANT


@pytest.mark.parametrize(
    ("claimed", "registered", "match"),
    [
        ("张三", "張三", Match.VARIANT),
        ("闫小明", "阎小明", Match.VARIANT),
        ("李喆", "李哲", Match.VARIANT),
        ("陈䶮", "陈龑", Match.VARIANT),
        ("\u9fb4文", "\ue81e文", Match.SAME),
        ("\U000215d7文", "\ue831文", Match.SAME),
        ("王\uf9dc", "王隆", Match.SAME),
        ("王芳\ufe00", "王芳", Match.SAME),
        ("王芳\U000e0100", "王芳", Match.SAME),
        ("ＪＯＨＮ", "john", Match.SAME),
        ("买买提·吐尔逊", "买买提•吐尔逊", Match.SAME),
        ("·王芳·", "王芳", Match.SAME),
        ("王芳", "王方", Match.DIFFERENT),
        ("王芳", "王芳芳", Match.DIFFERENT),
        ("王芳", "芳王", Match.DIFFERENT),
        ("", "", Match.DIFFERENT),
        ("**", "王芳", Match.DIFFERENT),
    ],
)
def test_known_writings(claimed, registered, match):
    assert match_names(claimed, registered) is match


@pytest.mark.parametrize("text", ["王芳", "买买提·吐尔逊", "欧阳娜娜", "John Smith", "O’Neil", "文\U000215d7"])
def test_these_can_be_names(text):
    assert is_name(text)


@pytest.mark.parametrize("text", ["", "王", "·", "··", "123", "王芳1", "<b>王</b>", "王芳" * 60, "…", "\x00王芳;"])
def test_these_can_not(text):
    assert not is_name(text)


@given(BIRTHS, st.integers(1, 990))
def test_old_and_new_numbers_are_one(birth, sequence):
    new = number(birth, sequence)
    old = new[:6] + new[8:17]
    assert typed_id_number(old) == typed_id_number(new) == new


@given(BIRTHS, st.integers(1, 990), st.data())
def test_however_a_number_is_typed_it_is_the_same(birth, sequence, data):
    new = number(birth, sequence)
    wide = "".join(data.draw(st.sampled_from([c, chr(ord(c) + 0xFEE0)])) for c in new)
    spaced = wide[:6] + data.draw(st.sampled_from(["", " ", "-", "\u3000"])) + wide[6:]
    x = data.draw(st.sampled_from(["X", "x", "×", "Х", "Ⅹ", "ｘ"]))
    typed = spaced[:-1] + (x if new[-1] == "X" else spaced[-1])
    assert typed_id_number(typed) == new


@given(BIRTHS, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_never_another_number(birth, place, shift):
    right = number(birth)
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    with pytest.raises(InvalidCode):
        typed_id_number(wrong)


@given(st.text(max_size=200))
def test_any_text_is_a_number_or_refused(text):
    try:
        found = typed_id_number(text)
    except InvalidCode:
        return
    assert validate_id_number(found).value == found


@given(st.dates(date(1950, 1, 1), date(2025, 12, 31)))
def test_a_parent_acts_until_the_day_before_the_child_is_eighteen(birth):
    child = validate_id_number(number(birth), today=date(2026, 1, 1))
    last = last_day_as_child(birth)
    assert child.age_on(last) == 17
    assert child.age_on(last + timedelta(days=1)) == 18


def test_a_mandate_begins_today_and_ends_within_three_years():
    first = date(2026, 1, 1)
    assert is_mandate_period(first, first)
    assert is_mandate_period(first, date(2028, 12, 31))
    assert not is_mandate_period(first, date(2025, 12, 31))
    assert not is_mandate_period(first, date(2029, 6, 1))


KNOWN = st.builds(
    Known,
    own_number=st.sampled_from([None, True, False]),
    own_name=st.sampled_from(Match),
    other=st.booleans(),
)


@given(st.builds(Answer, st.sampled_from(Verdict)), KNOWN, st.sampled_from(Assurance))
def test_nothing_passes_but_what_agrees(answer, known, level):
    found = outcome(answer, known, level)
    if found.state is CheckState.PASSED:
        assert answer.verdict is Verdict.AGREES
        assert known.own_number is not False
        assert not known.other or level >= Assurance.CONFIRMED
        assert not known.own_number or known.own_name is Match.SAME
    else:
        assert found.reason is not CheckReason.NONE
    assert found.state is not CheckState.ASKED
