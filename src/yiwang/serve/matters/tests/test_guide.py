"""The guide asks only what still changes the outcome; materials merge and fall away; bad graphs are refused."""

from dataclasses import replace
from itertools import pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.serve.matters.contracts import (
    Inclusion,
    MemberSpec,
    Necessity,
    Option,
    Requirement,
    SatisfierKind,
    SituationQuestion,
)
from yiwang.serve.matters.rules import (
    Judgement,
    Verdicts,
    bundle_defects,
    compile_condition,
    depends_on,
    find_cycle,
    in_order,
    matter_defects,
    tailor,
)
from yiwang.serve.matters.tests.factories import (
    UPLOAD,
    bundle_spec,
    card,
    matter_spec,
    matters,
    output,
    registration,
    value_of,
)

FULL = {"held": False, "married": True, "settle_with": "mother", "wants_card": True}


def guide(facts, spec=None, specs=None):
    return tailor(value_of(spec or bundle_spec(), specs or matters()), facts, Verdicts())


def test_a_question_that_changes_nothing_is_never_asked():
    assert [q.fact for q in guide({}).questions_left] == ["held", "married", "wants_card"]


def test_questions_come_in_the_authored_order():
    assert guide({}).next_question.fact == "held"
    assert guide({"held": True}).next_question.fact == "married"


def test_when_nothing_is_open_the_guide_is_complete():
    done = guide(FULL)
    assert done.complete
    assert {m.key: m.inclusion for m in done.members} == dict.fromkeys(
        ["certificate", "registration", "card"], Inclusion.YES
    )


def test_the_result_of_one_member_is_not_asked_of_the_applicant():
    material = next(m for m in guide(FULL).materials if m.code == "certificate")
    assert (material.by, material.origin, material.exempt) == (SatisfierKind.OUTPUT, "certificate", True)
    held = next(m for m in guide({**FULL, "held": True}).materials if m.code == "certificate")
    assert (held.by, held.origin) == (SatisfierKind.UPLOAD, "")


def test_a_material_that_two_members_need_is_listed_once_in_its_strictest_form():
    first = matter_spec("one", Requirement("id", "身份证", necessity=Necessity.OPTIONAL))
    second = matter_spec("two", Requirement("id", "身份证"))
    spec = bundle_spec(members=(MemberSpec("one", "one"), MemberSpec("two", "two")), questions=())
    found = guide({}, spec, {"one": first, "two": second}).materials
    assert [(m.code, m.necessity, m.needed_by) for m in found] == [("id", Necessity.REQUIRED, ("one", "two"))]


def test_the_limit_is_the_longest_chain():
    assert guide(FULL).limits.promised == 1 + 3 + 5
    assert guide({**FULL, "held": True, "wants_card": False}).limits.promised == 3


def test_a_computed_fact_asks_for_the_facts_of_its_formula():
    specs = matters()
    specs["registration"] = replace(
        specs["registration"],
        requirements=(Requirement("father", "父亲身份证", condition="father_needed"),),
        formulas={"father_needed": 'married or settle_with = "father"'},
    )
    assert [q.fact for q in guide({"held": True, "wants_card": False}, None, specs).questions_left] == [
        "married",
        "settle_with",
    ]
    known = guide({"held": True, "wants_card": False, "married": True}, None, specs)
    assert known.complete
    assert [m.inclusion for m in known.materials] == [Inclusion.YES]


def test_a_question_behind_a_gate_is_asked_only_where_the_gate_is_open():
    spec = bundle_spec(
        questions=(
            SituationQuestion("held", "？"),
            SituationQuestion("married", "？"),
            SituationQuestion("wants_card", "？", condition="married"),
        )
    )
    assert "wants_card" not in {q.fact for q in guide({"held": True, "married": False}, spec).questions_left}
    assert [q.fact for q in guide({"held": True, "married": True}, spec).questions_left] == ["wants_card"]


ATOMS = ["a", "b", "c", "d", "not(a)", "not(b)"]
CONDITIONS = st.one_of(
    st.just(""),
    st.sampled_from(ATOMS),
    st.tuples(st.sampled_from(ATOMS), st.sampled_from(["and", "or"]), st.sampled_from(ATOMS)).map(" ".join),
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(CONDITIONS, min_size=1, max_size=4), st.dictionaries(st.sampled_from("abcd"), st.booleans(), max_size=3)
)
def test_exactly_the_facts_that_can_change_the_outcome_are_asked(conditions, facts):
    codes = [f"m{i}" for i in range(len(conditions))]
    specs = {code: matter_spec(code, Requirement(code, code)) for code in codes}
    members = tuple(MemberSpec(code, code, text) for code, text in zip(codes, conditions, strict=True))
    spec = bundle_spec(members=members, questions=tuple(SituationQuestion(f, f) for f in "abcd"))
    asked = {q.fact for q in guide(facts, spec, specs).questions_left}

    def outcome(told):
        return frozenset(m.key for m in guide(told, spec, specs).members)

    free = [fact for fact in "abcd" if fact not in facts]
    telling = set()
    for answers in product([True, False], repeat=len(free)):
        told = {**facts, **dict(zip(free, answers, strict=True))}
        telling |= {fact for fact in free if outcome(told) != outcome({**told, fact: not told[fact]})}
    assert asked == telling


def test_outputs_and_inputs_give_the_order():
    edges = depends_on(bundle_spec(), matters())
    assert edges == {"certificate": (), "registration": ("certificate",), "card": ("registration",)}
    assert in_order(edges) == ("certificate", "registration", "card")


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14))
def test_a_graph_has_an_order_or_a_cycle_never_both(pairs):
    edges = {str(n): tuple(str(b) for a, b in pairs if a == n) for n in range(7)}
    cycle = find_cycle(edges)
    if cycle:
        assert cycle[0] == cycle[-1]
        assert all(later in edges[earlier] for earlier, later in pairwise(cycle))
    else:
        order = in_order(edges)
        assert all(order.index(before) < order.index(key) for key in edges for before in edges[key])


def test_a_cycle_is_refused_and_named():
    specs = matters()
    need = Requirement("card", "卡", satisfiers=(output("card", "card"), UPLOAD))
    specs["certificate"] = replace(specs["certificate"], requirements=(need,))
    defects = bundle_defects(bundle_spec(), specs, Verdicts())
    assert "certificate → card → registration → certificate" in str(defects[0])


def test_a_material_that_nobody_gives_out_is_refused():
    spec = bundle_spec(members=(MemberSpec("card", "card"),), questions=())
    assert "户口页" in str(bundle_defects(spec, matters(), Verdicts())[0])


def test_a_situation_in_which_a_material_has_no_source_is_refused_with_its_path():
    spec = bundle_spec(
        members=(MemberSpec("registration", "registration", "married"), MemberSpec("card", "card", "wants_card"))
    )
    defect = bundle_defects(spec, matters(), Verdicts())[0]
    assert defect.place == ("members", 1)
    assert "married = 否" in defect.message
    assert "wants_card = 是" in defect.message


def test_a_situation_with_nothing_to_handle_is_refused_with_its_path():
    spec = bundle_spec(members=(MemberSpec("certificate", "certificate", "not(held)"),))
    assert "held = 是" in str(bundle_defects(spec, matters(), Verdicts())[0])


def test_unknown_members_and_bad_conditions_are_refused_with_their_place():
    spec = bundle_spec(members=(MemberSpec("x", "nowhere", "(("),))
    assert [d.place for d in bundle_defects(spec, matters(), Verdicts())] == [
        ("members", 0, "matter"),
        ("members", 0, "condition"),
    ]


def test_a_promise_longer_than_the_law_is_refused():
    spec = registration()
    faulty = replace(spec, limits=replace(spec.limits, promised=21))
    assert [d.place for d in matter_defects(faulty)] == [("limits", "promised")]
    assert not matter_defects(spec)
    assert not matter_defects(card())


def refused_when(condition):
    """A decision on who may use the bundle, by a condition."""

    def ruling(told):
        judgement = compile_condition(condition).judge(told)
        return Judgement(None, judgement.missing) if judgement.open else Judgement(judgement.value is True)

    return ruling


def test_what_may_still_refuse_the_whole_is_asked_first_and_a_refusal_ends_the_questions():
    ruling = refused_when('settle_with = "father"')

    def asked(facts):
        return [
            q.fact for q in tailor(value_of(bundle_spec(), matters()), facts, Verdicts(), ruling, "v1").questions_left
        ]

    assert asked({}) == ["settle_with", "held", "married", "wants_card"]
    assert asked({"settle_with": "mother"}) == ["held", "married", "wants_card"]
    assert asked({"settle_with": "father"}) == []


def test_a_decision_that_waits_for_what_the_guide_does_not_ask_changes_nothing():
    ruling = refused_when("child_age_days > 365")
    guide = tailor(value_of(bundle_spec(), matters()), {}, Verdicts(), ruling, "v1")
    assert [q.fact for q in guide.questions_left] == ["held", "married", "wants_card"]


def test_a_path_that_eligibility_refuses_may_leave_nothing_to_handle():
    spec = bundle_spec(members=(MemberSpec("certificate", "certificate", "not(held)"),))
    assert bundle_defects(spec, matters(), Verdicts(), refused_when("held")) == []
    assert "held = 是" in str(bundle_defects(spec, matters(), Verdicts(), refused_when("not(held)"))[0])


def test_a_member_that_no_answer_reaches_is_refused():
    spec = bundle_spec(
        members=(MemberSpec("registration", "registration"), MemberSpec("card", "card", 'settle_with = "uncle"'))
    )
    [defect] = bundle_defects(spec, matters(), Verdicts())
    assert defect.place == ("members", 1, "condition")
    assert "办不到事项 card" in defect.message


def test_a_question_that_no_answer_reaches_is_refused():
    gated = SituationQuestion("wants_card", "要卡吗？", condition="held and not(held)")
    spec = bundle_spec(
        members=(
            MemberSpec("registration", "registration", "married or not(married)"),
            MemberSpec("card", "card", "held"),
        ),
        questions=(SituationQuestion("held", "？"), SituationQuestion("married", "？"), gated),
    )
    assert [d.place for d in bundle_defects(spec, matters(), Verdicts())] == [("questions", 2, "condition")]


def test_a_choice_without_options_and_one_with_two_alike_are_refused():
    alike = (Option("a", "甲"), Option("a", "乙"))
    spec = bundle_spec(
        members=(MemberSpec("registration", "registration"),),
        questions=(SituationQuestion("x", "？", "choice"), SituationQuestion("y", "？", "choice", alike)),
    )
    found = [(d.place, d.message) for d in bundle_defects(spec, matters(), Verdicts())]
    assert [place for place, _ in found] == [("questions", 0, "fact"), ("questions", 1, "fact")]
    assert "没有选项" in found[0][1]
    assert "相同的选项" in found[1][1]


def test_more_paths_than_anybody_can_check_are_refused():
    facts = [f"f{n}" for n in range(13)]
    members = tuple(MemberSpec(fact, "registration", fact) for fact in facts)
    spec = bundle_spec(
        members=(*members, MemberSpec("always", "registration")),
        questions=tuple(SituationQuestion(fact, "？") for fact in facts),
    )
    [defect] = bundle_defects(spec, matters(), Verdicts())
    assert "超过 4096 条" in defect.message


def test_a_bound_on_a_number_is_walked_on_both_sides():
    spec = bundle_spec(
        members=(MemberSpec("registration", "registration", "area >= 300"),),
        questions=(SituationQuestion("area", "面积？", "number"),),
    )
    [defect] = bundle_defects(spec, matters(), Verdicts())
    assert "没有可办的事项：area = 0" in defect.message
