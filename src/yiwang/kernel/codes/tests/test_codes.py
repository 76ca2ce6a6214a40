"""Properties: what the generator makes is valid, and one changed character never is."""

from contextlib import suppress
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.codes import (
    InvalidCode,
    Sex,
    clean_code,
    division,
    division_path,
    divisions,
    is_division_code,
    mask_credit_code,
    mask_id_number,
    mask_mobile,
    mask_name,
    upgrade_id_number,
    validate_credit_code,
    validate_id_number,
    validate_mobile,
    validate_organisation_code,
)
from yiwang.kernel.codes.checksum import CREDIT_ALPHABET
from yiwang.kernel.codes.synthetic import (
    synthetic_credit_code,
    synthetic_family,
    synthetic_id_number,
    synthetic_mobile,
)

TODAY = date(2026, 11, 22)
CHANGZHOU = (
    "320402",
    "320403",
    "320404",
    "320405",
    "320411",
    "320412",
    "320413",
    "320421",
    "320481",
    "320482",
    "320483",
)

id_numbers = st.builds(
    synthetic_id_number,
    division_code=st.sampled_from(CHANGZHOU),
    birth_date=st.dates(date(1900, 1, 1), TODAY),
    sex=st.sampled_from(Sex),
    serial=st.integers(0, 3),
)
credit_codes = st.builds(
    synthetic_credit_code,
    division_code=st.sampled_from(CHANGZHOU),
    serial=st.integers(0, 9999),
    authority=st.sampled_from("159"),
    category=st.sampled_from("123"),
)


@given(id_numbers)
def test_a_generated_id_number_is_valid_and_upgrades_to_itself(number):
    parsed = validate_id_number(number, today=TODAY)
    assert parsed.birth_date.strftime("%Y%m%d") == number[6:14]
    assert parsed.sex is (Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)
    assert parsed.division.code == number[:6]
    assert upgrade_id_number(number, today=TODAY) == number


@given(id_numbers, st.integers(0, 17), st.integers(1, 9))
def test_an_id_number_with_one_changed_digit_is_refused(number, place, step):
    was = 10 if number[place] == "X" else int(number[place])
    changed = number[:place] + str((was + step) % 10) + number[place + 1 :]
    if changed != number:
        with pytest.raises(InvalidCode):
            validate_id_number(changed, today=TODAY)


@given(id_numbers.filter(lambda number: number[6:8] == "19"))
def test_a_15_digit_number_is_the_long_one_without_century_and_check(number):
    short = number[:6] + number[8:17]
    assert upgrade_id_number(short, today=TODAY) == number


def test_15_digit_sequences_996_to_999_belong_to_the_nineteenth_century():
    assert validate_id_number("320402950101998", today=TODAY).birth_date == date(1895, 1, 1)


@given(credit_codes)
def test_a_generated_credit_code_is_valid(code):
    parsed = validate_credit_code(code)
    assert parsed.division is not None
    assert validate_organisation_code(parsed.organisation_code)


@given(credit_codes, st.integers(0, 17), st.sampled_from(CREDIT_ALPHABET))
def test_a_credit_code_with_one_changed_character_is_refused(code, place, character):
    if code[place] != character:
        with pytest.raises(InvalidCode):
            validate_credit_code(code[:place] + character + code[place + 1 :])


def test_an_organisation_code_may_hold_letters_that_credit_codes_avoid():
    assert validate_organisation_code("D2143569X") == "D2143569X"


def test_age_is_full_on_the_birthday():
    person = validate_id_number("320402199001010017", today=TODAY)
    assert person.age_on(date(2026, 1, 1)) == 36
    assert person.age_on(date(2025, 12, 31)) == 35


def test_an_ended_division_is_known_with_its_years():
    assert is_division_code("320405")
    assert not is_division_code("320405", on=date(2020, 1, 1))
    assert is_division_code("320405", on=date(1990, 1, 1))
    assert division("320405").ended


def test_a_code_used_twice_has_the_name_of_its_time():
    assert [entry.name for entry in divisions("320411")] == ["郊区", "新北区"]
    assert division("320411", on=date(1990, 6, 1)).name == "郊区"
    assert division("320411").name == "新北区"
    assert validate_id_number("320411200002290024").division.name == "郊区"


def test_a_path_names_every_level():
    assert division_path("320412") == ("江苏省", "常州市", "武进区")
    assert division_path("320400") == ("江苏省", "常州市")
    assert division_path("999999") == ()


def test_typed_codes_are_cleaned_before_they_are_parsed():
    assert clean_code(" ３２０４０５-19680315 005x\u200b") == "32040519680315005X"


def test_masks_keep_what_helps_to_recognise():
    assert mask_id_number("320402199001010017") == "320402********0017"
    assert mask_id_number("320402900101001") == "320402******001"
    assert mask_mobile("19900001234") == "199****1234"
    assert mask_name("欧阳若安") == "欧***"
    assert mask_name("") == ""
    assert mask_credit_code("92320402000000076X") == "9232************6X"


@given(st.text(max_size=20))
def test_any_text_gives_a_value_or_a_reason(text):
    for check in (validate_id_number, validate_credit_code, validate_organisation_code, validate_mobile):
        with suppress(InvalidCode):
            check(text)


@given(st.integers())
def test_a_synthetic_family_is_valid_and_marked(seed):
    family = synthetic_family(Random(seed), today=TODAY, mother_division="320402", father_division="320412")
    for parent in (family.mother, family.father):
        assert parent.sample
        assert 24 <= validate_id_number(parent.id_number, today=TODAY).age_on(TODAY) <= 39
        assert parent.id_number[14:16] == "00"
        assert validate_mobile(parent.mobile)
    assert 0 < (TODAY - family.child_birth_date).days <= 28


def test_synthetic_serials_end_before_real_sequences_begin():
    with pytest.raises(ValueError, match="serial 4"):
        synthetic_id_number(division_code="320402", birth_date=TODAY, sex=Sex.FEMALE, serial=4)
    assert synthetic_mobile(7) == "19900000007"
