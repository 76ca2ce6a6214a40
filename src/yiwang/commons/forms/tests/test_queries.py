"""Pages and summaries: what is known is shown, what is asked is a field; few queries."""

from datetime import date

import pytest

from yiwang.commons.files import queries as files
from yiwang.commons.files.contracts import MediaType
from yiwang.commons.files.tests.factories import store
from yiwang.commons.forms import commands, queries
from yiwang.commons.forms.contracts import Answer, Fault, FormNotFound, Source
from yiwang.commons.forms.engine import evaluate
from yiwang.commons.forms.queries import MaterialSpec
from yiwang.commons.forms.tests import samples
from yiwang.commons.identity.tests.factories import make_organisation, make_regions
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.web.components import Source as Mark
from yiwang.web.fields import FieldKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published")]
TODAY = date(2026, 11, 23)
NOBODY = Actor.anonymous()
NEEDED = {"held": False, "in_city": True, "wants_card": True}


@pytest.fixture
def form():
    return queries.definition(key="newborn", viewer=NOBODY)


def page(form, step, answers, **more):
    state = evaluate(form, answers, today=TODAY)
    return queries.render(definition=form, step=step, state=state, answers=answers, viewer=NOBODY, **more)


def turn(form, step, posted, answers=None, **more):
    return queries.turn(
        definition=form, step=step, answers=answers or {}, posted=posted, viewer=NOBODY, today=TODAY, **more
    )


def test_an_unknown_form_or_version_is_not_found():
    for arguments in ({"key": "absent"}, {"key": "newborn", "version": 9}):
        with pytest.raises(FormNotFound):
            queries.definition(viewer=NOBODY, **arguments)


def test_a_definition_is_compiled_once(django_assert_num_queries):
    queries.definition(key="newborn", viewer=NOBODY)
    with django_assert_num_queries(1):
        queries.definition(key="newborn", viewer=NOBODY)


def test_each_type_has_its_control(form):
    make_organisation("hospital", name="妇幼保健院", duties=("birth_institution",))
    answers = samples.typed(**NEEDED)
    view = page(form, "child", answers)
    kinds = {field.name: field.kind for field in view.fields}
    assert kinds == {
        "child_name": FieldKind.TEXT,
        "birth_date": FieldKind.DATE,
        "birth_time": FieldKind.TEXT,
        "weight": FieldKind.NUMBER,
        "order": FieldKind.NUMBER,
        "hobbies": FieldKind.CHECKBOX,
        "hospital": FieldKind.RADIO,
    }
    fields = {field.name: field for field in view.fields}
    assert [choice.label for choice in fields["hospital"].options] == ["妇幼保健院"]
    assert fields["child_name"].maxlength == 10
    assert fields["child_name"].hint == "签发后不能更改"
    assert (fields["order"].minimum, fields["order"].maximum, fields["order"].required) == ("1", "15", False)
    assert (view.number, view.of, view.previous, view.following) == (2, 5, "situation", "parents")


def test_pages_speak_english(form):
    view = page(form, "child", samples.typed(**NEEDED), language="en")
    assert (view.title, view.fields[0].label) == ("The child", "Child's name")


def test_what_a_licence_says_is_shown_and_not_asked(form):
    licence = {"source": Source.LICENCE, "text": "出生医学证明", "locked": True}
    answers = {
        **samples.typed(**NEEDED),
        "child_name": Answer("陈知夏", **licence),
        "birth_date": Answer("2026-11-09", **licence),
        "mother_mobile": Answer("19900000001", Source.PREFILLED),
    }
    child = page(form, "child", answers).groups[0]
    assert [fact.value for fact in child.known.facts] == ["陈知夏", "2026年11月9日"]
    assert "出生医学证明" in str(child.provenance.label)
    assert "child_name" not in [field.name for field in child.fields]
    parents = {field.name: field for field in page(form, "parents", answers).fields}
    assert parents["mother_mobile"].provenance.source is Mark.PREFILLED
    assert parents["mother_name"].provenance is None


def test_what_was_typed_is_shown_again_with_what_is_wrong(form):
    answers = samples.typed(**NEEDED)
    result = turn(
        form,
        "child",
        {"asked": ["child_name birth_date order"], "child_name": ["陈1"], "birth_date": ["昨天"], "order": ["2"]},
        answers,
    )
    assert not result.complete
    assert result.values == {"order": 2}, "what is right is worth saving"
    view = page(form, "child", result.answers, posted=result.posted, faults=result.faults)
    fields = {field.name: field for field in view.fields}
    assert (fields["child_name"].value, fields["child_name"].error) == ("陈1", "姓名用规范汉字")
    assert fields["birth_date"].value == "昨天"
    assert [error.field_id for error in view.errors.errors] == ["f-child_name", "f-birth_date"]


def test_a_page_with_nothing_posted_complains_of_what_was_posted_empty_only(form):
    result = turn(form, "situation", {"asked": ["held in_city"], "in_city": ["yes"]})
    assert [fault.fact for fault in result.faults] == ["held"]
    assert not result.complete
    more = turn(form, "situation", {"held": ["yes"], "in_city": ["yes"]})
    assert more.faults == (), "the card question has only now appeared: it is asked, not complained of"
    assert not more.complete
    done = turn(form, "situation", {"held": ["yes"], "in_city": ["no"]})
    assert done.complete


def test_a_radio_or_box_that_nobody_touched_is_noticed(form):
    answers = samples.typed(**NEEDED, hobbies=["a"])
    hidden = page(form, "parents", answers).groups[-1].fields[-1]
    assert hidden.kind is FieldKind.HIDDEN
    result = turn(form, "parents", {"asked": [hidden.value], "mother_name": ["周雨晴"]}, answers)
    assert {"relation", "married"} <= {fault.fact for fault in result.faults}, "radios post nothing when untouched"
    unticked = turn(form, "child", {"asked": ["hobbies child_name"], "child_name": ["陈知夏"]}, answers)
    assert unticked.values["hobbies"] is None
    stranger = turn(form, "child", {"asked": ["region ../../x"], "child_name": ["陈知夏"]}, answers)
    assert stranger.faults == ()


def test_answers_that_others_wait_for_refresh_the_page(form):
    view = page(form, "home", samples.typed(**NEEDED), refresh_url="/here")
    attrs = {field.name: {attr.name for attr in field.attrs} for field in view.fields}
    assert "hx-post" in attrs["delivery"]
    assert attrs["region"] == set()
    assert view.waits


def test_a_region_is_picked_in_two_levels(form):
    make_regions()
    answers = samples.typed(**NEEDED, region="320402001")
    field = next(field for field in page(form, "home", answers).fields if field.name == "region")
    upper, lower = field.levels
    assert (upper.name, upper.value) == ("region.district", "320402")
    assert (lower.name, lower.value) == ("region", "320402001")
    other = queries.region_field(name="region", label="", value="320402001", district="320404", viewer=NOBODY)
    assert [choice.value for choice in other.levels[1].options] == ["320404001"]
    assert other.levels[1].value == ""


def test_a_street_of_another_district_is_not_taken_over_without_script(form):
    make_regions()
    answers = samples.typed(**NEEDED)
    taken = turn(form, "home", {"region": ["320402001"], "region.district": ["320402"]}, answers)
    assert taken.values["region"] == "320402001"
    changed = turn(form, "home", {"region": ["320402001"], "region.district": ["320404"]}, answers)
    assert changed.values["region"] is None
    assert "region" in {fault.fact for fault in changed.faults}


def test_the_summary_says_everything_in_words_with_its_source(form, django_assert_max_num_queries):
    make_regions()
    make_organisation("hospital", name="妇幼保健院", duties=("birth_institution",))
    answers = {
        **samples.typed(**NEEDED, birth_date="2026-11-09", region="320402001", hospital="hospital", hobbies=["a", "b"]),
        "mother_mobile": Answer("19900000001", Source.PREFILLED),
        "child_name": Answer("陈知夏", Source.LICENCE, "出生医学证明", locked=True),
    }
    state = evaluate(form, answers, today=TODAY)
    with django_assert_max_num_queries(3):
        groups = queries.summary(
            definition=form, state=state, answers=answers, viewer=NOBODY, change_url=lambda step: f"/form/{step}"
        )
    lines = {fact.label: fact for group in groups for fact in group.facts}
    assert lines["落户的街道"].value == "样例东区样例一街道"
    assert lines["出生的医院"].value == "妇幼保健院"
    assert lines["选项"].value == "甲、乙"
    assert lines["已有出生证"].value == "否"
    assert lines["母亲手机号码"].value != "19900000001", "what was not typed here is masked"
    assert lines["出生日期"].change.href == "/form/child#f-birth_date"
    assert lines["宝宝姓名"].change is None, "what a licence says can't be changed here"
    assert {group.step for group in groups} == {"situation", "child", "parents", "home"}


def test_one_sees_ones_own_drafts_only(mother, stranger, django_assert_num_queries):
    for _ in range(3):
        commands.start_draft(key="newborn", by=mother, at=clock.now())
    with django_assert_num_queries(1):
        assert len(queries.drafts(viewer=mother, key="newborn")) == 3
    assert queries.drafts(viewer=stranger) == ()
    assert queries.drafts(viewer=NOBODY) == ()


def test_an_upload_field_carries_its_limits_signed(mother, blob_folder):
    draft_id = commands.start_draft(key="newborn", by=mother, at=clock.now())
    spec = MaterialSpec("book", {"zh": "户口簿"}, types=(MediaType.PNG,), max_bytes=1000)
    draft = queries.draft(draft_id=draft_id, viewer=mother)
    field = queries.material_field(spec=spec, draft=draft, files={}, error="请上传户口簿")
    address, signed = field.file_url.split("?limits=")
    assert str(draft_id) in address
    assert queries.read_limits(signed=signed, material="book") == ([MediaType.PNG], 1000)
    assert queries.read_limits(signed=signed, material="other") is None
    assert queries.read_limits(signed=signed + "x", material="book") is None
    assert (field.accept, field.error) == (".png", "请上传户口簿")
    kept = store(mother)
    found = files.described(file_ids=[kept.id], viewer=mother)
    from dataclasses import replace

    held = queries.material_field(spec=spec, draft=replace(draft, files={"book": (kept.id,)}), files=found).files
    assert held[0].remove_value == f"book:{kept.id}"


def test_the_applicant_is_the_viewer_or_whom_the_viewer_acts_for(mother):
    facts = queries.applicant_facts(viewer=mother)
    assert facts["name"] == "周雨晴"
    assert facts["sex"] == "2"
    assert queries.applicant_facts(viewer=NOBODY) == {}


def test_faults_speak_chinese_on_a_chinese_page(form):
    fault = Fault("child_name", "forms.required", "请填写{label}", {"label": {"zh": "宝宝姓名", "en": "name"}})
    view = page(form, "child", samples.typed(**NEEDED), faults=[fault])
    assert view.fields[0].error == "请填写宝宝姓名"
