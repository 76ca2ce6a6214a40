"""Merging, visibility and checking by the shared vectors; faults of definitions."""

import copy
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.commons.forms.contracts import Answer, DefinitionFaulty, Fault
from yiwang.commons.forms.engine import (
    Vocabulary,
    as_json,
    check,
    computed,
    define,
    evaluate,
    kept,
    self_contained,
    taken,
)  # fmt: skip
from yiwang.commons.forms.tests import samples

FORM = samples.definition()
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("vector", samples.VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_vector(vector):
    answers = samples.typed(**vector["answers"])
    state = evaluate(FORM, answers, today=date.fromisoformat(vector["today"]))
    expect = vector["expect"]
    if "visible" in expect:
        assert state.visible == set(expect["visible"])
    assert set(expect.get("shown", ())) <= state.visible
    assert not set(expect.get("hidden", ())) & state.visible
    for name, missing in expect.get("pending", {}).items():
        assert set(state.pending[name]) <= set(missing) | {"father_needed"}
    if "open" in expect:
        assert set(state.open) == set(expect["open"])
    for form, needed in expect.get("members", {}).items():
        assert state.members[form] is needed
    for name, value in expect.get("facts", {}).items():
        assert as_json(state.facts[name]) == value
    if "faults" in expect:
        assert {fault.fact: fault.code for fault in check(FORM, state, answers)} == expect["faults"]


def test_each_fact_is_asked_once_in_its_step():
    names = list(FORM.asked())
    assert len(names) == len(set(names))
    assert [step.key for step in FORM.steps] == ["situation", "child", "parents", "home", "rest"]
    assert FORM.step("rest").names == ("employer",), "what no step names is still asked"
    assert [group.key for group in FORM.step("home").groups] == ["home", "delivery"]
    assert {use.form for use in FORM.questions["child_name"].uses} == {"household", "card"}


def test_what_one_form_requires_is_required_while_that_form_is_needed():
    only_card = evaluate(FORM, samples.typed(held=True, in_city=True, wants_card=True), today=TODAY)
    both = evaluate(FORM, samples.typed(held=False, in_city=True, wants_card=False), today=TODAY)
    assert "mother_mobile" in only_card.required
    assert "mother_mobile" in both.visible - both.required


def test_a_finished_form_holds_only_what_is_asked_and_each_member_takes_its_own():
    vector = next(v for v in samples.VECTORS["vectors"] if v["name"].startswith("an answer that no longer"))
    answers = samples.typed(**vector["answers"])
    state = evaluate(FORM, answers, today=TODAY)
    whole = kept(FORM, state, answers)
    assert "father_name" not in whole
    forms = taken(FORM, state, whole)
    assert "delivery" in forms["card"]
    assert "delivery" not in forms["household"]
    assert "child_name" in forms["household"]
    assert "child_name" in forms["card"]
    assert computed(FORM, state)["age_days"] == Answer(14, "computed")


def test_a_stored_definition_needs_no_vocabulary_beside_it():
    content = self_contained(samples.CONTENT, samples.VOCABULARY)
    alone = define(content, key="newborn", version=1)
    assert list(alone.asked()) == list(FORM.asked())
    assert {"father_needed", "age_days"} <= content["vocabulary"]["facts"].keys(), "decisions read computed facts"


def test_only_the_facts_that_are_read_are_kept():
    words = copy.deepcopy(samples.VOCABULARY)
    words["facts"]["unread"] = {"type": "string", "label": {"zh": "没有人读"}}
    words["facts"]["unread_formula"] = {"type": "boolean", "label": {"zh": "无"}, "formula": 'unread = "x"'}
    kept_facts = self_contained(samples.CONTENT, words)["vocabulary"]["facts"]
    assert not {"unread", "unread_formula"} & kept_facts.keys()


def test_json_schema_for_other_programs_names_every_question():
    schema = FORM.json_schema()
    assert set(schema["properties"]) == set(FORM.asked())
    assert schema["properties"]["child_name"]["maxLength"] == 10
    assert schema["additionalProperties"] is False


def faulty(change):
    content, words = copy.deepcopy(samples.CONTENT), copy.deepcopy(samples.VOCABULARY)
    change(content, words["facts"])
    with pytest.raises(DefinitionFaulty) as caught:
        define(content, key="x", version=1, vocabulary=Vocabulary.parse(words))
    return {".".join(map(str, p.place)): p.message for p in caught.value.problems}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda c, _: c["forms"]["card"]["ui"]["fields"]["address"].update(when="delivery ="), "forms.card.ui.fields.address.when"),
        (lambda c, _: c["forms"]["card"]["ui"]["fields"]["address"].update(when="nobody = 1"), "forms.card.ui.fields.address.when"),
        (lambda c, _: c["members"][0].update(when="in_citty"), "members.0.when"),
        (lambda c, _: c["members"].append({"form": "absent"}), "members.2.form"),
        (lambda c, _: c["situation"].append({"fact": "absent", "question": {"zh": "?"}}), "situation.3.fact"),
        (lambda c, _: c["steps"][0]["fields"].append("absent"), "steps.0.fields"),
        (lambda c, _: c["steps"][1]["fields"].append("child_name"), "steps.1.fields"),
        (lambda c, _: c["forms"]["card"]["data"]["required"].append("absent"), "forms.card.data.required"),
        (lambda c, _: c["forms"]["card"]["data"]["properties"].update(region={}), "forms.card.data.properties.region"),
        (lambda c, _: c["forms"]["card"]["ui"]["groups"][0]["fields"].append("region"), "forms.card.ui.groups.0.fields"),
        (lambda c, _: c["forms"]["card"]["ui"]["groups"][0]["fields"].append("delivery"), "forms.card.ui.groups.2.fields"),
        (lambda _, f: f["father_needed"].update(formula="married or father_needed"), "facts.father_needed.formula"),
        (lambda _, f: f["delivery"].update(list="absent"), "facts.delivery.list"),
        (lambda _, f: f["birth_date"].pop("valid_message"), "facts.birth_date"),
        (lambda _, f: f["child_name"].pop("pattern_message"), "facts.child_name.schema"),
        (lambda _, f: f["mother_name"].update(prefill="applicant.name +"), "facts.mother_name.prefill"),
    ],
)  # fmt: skip
def test_a_fault_of_a_definition_is_named_with_its_place(change, place):
    assert place in faulty(change)


def test_a_computed_fact_is_never_a_question():
    def ask_age(content, _facts):
        content["forms"]["card"]["data"]["properties"]["age_days"] = {}
        content["forms"]["card"]["ui"]["groups"][0]["fields"].append("age_days")

    assert "由系统计算" in faulty(ask_age)["forms.card.data.properties.age_days"]


def test_a_sentence_speaks_the_language_of_the_page():
    fault = Fault("x", "forms.required", "请填写{label}", {"label": {"zh": "姓名", "en": "name"}})
    assert fault.sentence() == "请填写姓名"
    assert fault.sentence("en", lambda _: "Enter {label}") == "Enter name"


@given(
    st.dictionaries(
        st.sampled_from([*FORM.asked(), "unknown"]),
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.lists(st.text(max_size=2), max_size=2)
        ),
        max_size=12,
    )
)
def test_any_json_in_any_fact_gives_a_state_and_faults_never_an_exception(values):
    answers = samples.typed(**values)
    state = evaluate(FORM, answers, today=TODAY)
    for fault in check(FORM, state, answers):
        assert fault.sentence()
    assert not state.visible & state.pending.keys()
    assert state.required <= state.visible


def test_a_state_is_worked_out_in_milliseconds():
    answers = samples.typed(**samples.VECTORS["vectors"][8]["answers"])
    begun = time.perf_counter()
    for _ in range(10):
        evaluate(FORM, answers, today=TODAY)
    assert (time.perf_counter() - begun) / 10 < 0.05
