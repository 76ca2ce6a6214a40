"""Fields are labelled, described and grouped for those who can't see them."""

import re

import pytest

from yiwang.web.fields import GROUPED, Choice, Field, FieldKind, RegionLevel
from yiwang.web.samples import fields


def test_a_sample_exists_of_each_kind_that_is_seen():
    assert {field.kind for field in fields()} >= set(FieldKind) - {
        FieldKind.HIDDEN,
        FieldKind.SEARCH,
        FieldKind.TEXT,
    } | {FieldKind.TEXT}


def test_label_hint_error_and_control_stand_in_this_order(render):
    html = render(Field("tel", "手机号码", FieldKind.PHONE, hint="11 位", error="少 1 位"))
    places = [html.index(part) for part in ("手机号码", "11 位", "少 1 位", "<input")]
    assert places == sorted(places)


def test_the_control_names_its_hint_and_its_error(render):
    html = render(Field("tel", "手机号码", hint="11 位", error="少 1 位"))
    assert 'aria-describedby="f-tel-hint f-tel-error"' in html
    assert 'id="f-tel-hint"' in html
    assert 'id="f-tel-error"' in html
    assert 'aria-invalid="true"' in html


@pytest.mark.parametrize("field", [f for f in fields() if f.kind in GROUPED], ids=lambda f: f.kind)
def test_several_controls_form_a_fieldset(field, render):
    html = render(field)
    assert html.count("<fieldset") == html.count("<legend") == 1


@pytest.mark.parametrize("field", [f for f in fields() if f.kind not in GROUPED], ids=lambda f: f.kind)
def test_a_single_control_has_its_label(field, render):
    html = render(field)
    assert f'for="{field.id}"' in html
    assert re.search(rf'<(input|select|textarea)[^>]*id="{field.id}"', html)


def test_a_refused_choice_stays_visible_with_its_reason(render):
    html = render(Field("d", "决定", FieldKind.RADIO, options=(Choice("a", "补正", refused="受理后不得再要求补正"),)))
    assert "disabled" in html
    assert "受理后不得再要求补正" in html


def test_a_password_is_never_sent_back(render):
    assert "geheim" not in render(Field("p", "密码", FieldKind.PASSWORD, "geheim"))


def test_optional_fields_say_so_and_required_ones_tell_the_reader(render):
    assert "选填" in render(Field("a", "备注", required=False))
    assert 'aria-required="true"' in render(Field("a", "姓名"))


def test_a_region_asks_for_the_next_level_and_works_without_script(render):
    levels = (
        RegionLevel("city", "市", (Choice("32", "样例市"),), "32"),
        RegionLevel("district", "区", (Choice("3202", "样例区"),)),
    )
    html = render(Field("region", "地区", FieldKind.REGION, levels=levels, lookup_url="/regions/"))
    assert html.count('hx-get="/regions/"') == 1
    assert "<noscript>" in html
    assert '<option value="32" selected>' in html


def test_names_with_dots_give_ids_that_css_can_select():
    assert Field("child.name[0]", "姓名").id == "f-child-name-0-"


def test_hidden_fields_are_only_a_value(render):
    assert render(Field("t", "", FieldKind.HIDDEN, "1")) == '<input type="hidden" name="t" value="1">'


def test_one_question_a_page_has_its_label_as_heading(render):
    html = render(Field("where", "孩子随谁落户？", FieldKind.YES_NO, as_heading=True))
    assert "<h1>孩子随谁落户？</h1>" in html
