"""From posted strings to JSON and back; proposals of the account."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.commons.forms.contracts import Answer, Source
from yiwang.commons.forms.engine import answered, canonical_json, prefilled, read, read_posted, shown, wrong_types
from yiwang.commons.forms.tests import samples

FORM = samples.definition()
TODAY = date(2026, 11, 23)
MOTHER = {
    "name": "周雨晴",
    "sex": "2",
    "id_number": "11010519491231002X",
    "mobile": "19900000001",
    "region": "320402001",
}


def fact(name):
    return FORM.questions[name].fact


@pytest.mark.parametrize(
    ("name", "posted", "value"),
    [
        ("child_name", " 陈知夏 ", "陈知夏"),
        ("held", "yes", True),
        ("held", "no", False),
        ("birth_date", "2026-11-09", "2026-11-09"),
        ("birth_date", "2026年11月9日", "2026-11-09"),
        ("birth_date", "２０２６/11/9", "2026-11-09"),
        ("birth_time", "6:42", "06:42"),
        ("birth_time", "06：42", "06:42"),
        ("order", "２", 2),
        ("weight", "3,250.50", "3250.5"),
        ("mother_id_number", "110105 19491231 002x", "11010519491231002X"),
        ("mother_mobile", "199-0000-0001", "19900000001"),
        ("delivery", "post", "post"),
        ("note", "一\n二", "一\n二"),
        ("child_name", "", None),
        ("birth_date", "   ", None),
    ],
)
def test_reads_what_people_type(name, posted, value):
    assert read(fact(name), [posted]) == (value, "")


@pytest.mark.parametrize(
    ("name", "posted", "code"),
    [
        ("held", "maybe", "choice"),
        ("birth_date", "2026-02-30", "date"),
        ("birth_date", "昨天", "date"),
        ("birth_date", "9999999-1-1", "date"),
        ("birth_time", "25:00", "time"),
        ("order", "二", "integer"),
        ("order", "1e9", "integer"),
        ("order", "9" * 30, "integer"),
        ("weight", "NaN", "decimal"),
        ("weight", "1e999999", "decimal"),
        ("note", "x" * 20_001, "too_long"),
    ],
)
def test_says_what_cannot_be_read(name, posted, code):
    assert read(fact(name), [posted]) == (None, code)


def test_only_this_step_is_read_and_invisible_characters_are_dropped():
    posted = {"child_name": ["陈\x00知\u202e夏\u200b"], "birth_date": ["x"], "relation": ["mother"], "stranger": ["1"]}
    result = read_posted(FORM, "child", posted)
    assert dict(result.values) == {"child_name": "陈知夏"}
    assert [fault.fact for fault in result.faults] == ["birth_date"]
    assert result.raw["birth_date"] == ("x",)


def test_boxes_give_a_list():
    assert read_posted(FORM, "child", {"hobbies": ["a", "b"]}).values == {"hobbies": ["a", "b"]}
    assert "hobbies" not in read_posted(FORM, "child", {}).values


@given(st.sampled_from([*FORM.asked()]), st.lists(st.text(max_size=30), max_size=3))
def test_any_posted_text_is_read_without_an_exception_and_shown_again(name, strings):
    posted = read_posted(FORM, FORM.questions[name].step, {name: strings})
    for value in posted.values.values():
        shown(fact(name), value)
        wrong_types(FORM, {name: value})


def test_typing_keeps_the_source_of_what_stays_and_never_overwrites_a_licence():
    before = {
        "child_name": Answer("陈知夏", Source.LICENCE, "出生医学证明", locked=True),
        "mother_name": Answer("周雨晴", Source.PREFILLED),
        "note": Answer("旧"),
    }
    after = answered(before, {"child_name": "李四", "mother_name": "周雨晴", "note": None, "order": 2}, revision=7)
    assert after["child_name"].value == "陈知夏"
    assert after["mother_name"].source is Source.PREFILLED
    assert "note" not in after
    assert after["order"] == Answer(2, Source.TYPED, revision=7)


def test_proposals_follow_what_they_were_derived_from():
    first = prefilled(FORM, {}, MOTHER, today=TODAY)
    assert first["relation"] == Answer("mother", Source.PREFILLED)
    assert first["mother_name"].value == "周雨晴"
    changed = prefilled(FORM, answered(first, {"relation": "father"}), MOTHER, today=TODAY)
    assert "mother_name" not in changed, "a proposal that no longer follows is withdrawn"
    assert changed["father_name"].value == "周雨晴"
    corrected = prefilled(FORM, answered(first, {"mother_mobile": "19900000002"}), MOTHER, today=TODAY)
    assert corrected["mother_mobile"] == Answer("19900000002", Source.TYPED)


def test_what_the_account_does_not_know_is_not_proposed():
    assert "mother_mobile" not in prefilled(FORM, {}, {"sex": "2", "name": "周雨晴"}, today=TODAY)
    assert prefilled(FORM, {}, {}, today=TODAY) == {}


def test_one_byte_form_for_equal_values():
    assert canonical_json({"b": 1, "a": "é"}) == canonical_json({"a": "e\u0301", "b": 1}) == '{"a":"é","b":1}'.encode()


def test_an_answer_survives_storage():
    answer = Answer([1, "x"], Source.SHARED, "户籍信息", locked=True, revision=3)
    assert Answer.from_json(answer.as_json()) == answer
