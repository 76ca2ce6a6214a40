from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.rules.engine import (
    Aggregation,
    DecisionTable,
    FeelSyntaxError,
    HitPolicy,
    Input,
    Output,
    Rule,
    as_text,
    compile_table,
)


def table(policy, *rules, aggregation=Aggregation.LIST, values='"高", "中", "低"', default=""):
    return DecisionTable(
        inputs=(Input("年龄"), Input("户籍")),
        outputs=(Output("档次", values=values, default=default),),
        rules=tuple(Rule(r[:2], r[2:], id=f"r{i}") for i, r in enumerate(rules, 1)),
        hit_policy=policy,
        aggregation=aggregation,
        name="补贴档次",
    )


RULES = (("< 18", "-", '"低"'), (">= 16", '"常州"', '"高"'), ("[16..60)", "-", '"中"'))


@pytest.mark.parametrize(
    ("policy", "facts", "expected", "matched"),
    [
        (HitPolicy.UNIQUE, {"年龄": 10, "户籍": "常州"}, '"低"', (1,)),
        (HitPolicy.UNIQUE, {"年龄": 17, "户籍": "常州"}, "null", (1, 2, 3)),
        (HitPolicy.ANY, {"年龄": 70, "户籍": "常州"}, '"高"', (2,)),
        (HitPolicy.ANY, {"年龄": 17, "户籍": "无锡"}, "null", (1, 3)),
        (HitPolicy.FIRST, {"年龄": 17, "户籍": "常州"}, '"低"', (1,)),
        (HitPolicy.PRIORITY, {"年龄": 17, "户籍": "常州"}, '"高"', (1, 2, 3)),
        (HitPolicy.RULE_ORDER, {"年龄": 17, "户籍": "常州"}, '["低", "高", "中"]', (1, 2, 3)),
        (HitPolicy.OUTPUT_ORDER, {"年龄": 17, "户籍": "常州"}, '["高", "中", "低"]', (1, 2, 3)),
        (HitPolicy.COLLECT, {"年龄": 17, "户籍": "无锡"}, '["低", "中"]', (1, 3)),
        (HitPolicy.UNIQUE, {"年龄": 70, "户籍": "无锡"}, "null", ()),
    ],
)
def test_hit_policies(policy, facts, expected, matched):
    outcome = compile_table(table(policy, *RULES)).evaluate(facts)
    assert as_text(outcome.value) == expected
    assert outcome.matched_rules == matched
    assert outcome.known


@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [
        (Aggregation.SUM, "60"),
        (Aggregation.COUNT, "3"),
        (Aggregation.MIN, "10"),
        (Aggregation.MAX, "30"),
        (Aggregation.LIST, "[10, 30, 20]"),
    ],
)
def test_collected_values_are_aggregated(aggregation, expected):
    rules = (("-", "-", "10"), ("-", "-", "30"), ("-", "-", "20"))
    made = compile_table(table(HitPolicy.COLLECT, *rules, aggregation=aggregation, values=""))
    assert as_text(made.evaluate({"年龄": 1, "户籍": ""}).value) == expected


def test_no_matching_rule_gives_the_default():
    made = compile_table(table(HitPolicy.UNIQUE, *RULES, default='"低"'))
    assert made.evaluate({"年龄": 70, "户籍": "无锡"}).value == "低"


def test_the_trace_tells_which_entry_failed_first():
    outcome = compile_table(table(HitPolicy.COLLECT, *RULES)).evaluate({"年龄": 17, "户籍": "无锡"})
    (trace,) = outcome.tables
    assert trace.inputs == ("年龄", "户籍")
    assert [(r.number, r.id, r.matched, r.failed_input) for r in trace.rules] == [
        (1, "r1", True, None),
        (2, "r2", False, 1),
        (3, "r3", True, None),
    ]


def test_an_output_outside_its_values_is_an_error():
    outcome = compile_table(table(HitPolicy.UNIQUE, ("-", "-", '"极高"'))).evaluate({})
    assert outcome.value is None
    assert [d.code for d in outcome.diagnostics] == ["rules.output_value"]


def test_an_input_outside_its_values_is_an_error():
    made = DecisionTable((Input("x", values="[0..10]"),), (Output(),), (Rule(("< 5",), ("1",)),))
    outcome = compile_table(made).evaluate({"x": -1})
    assert "rules.input_value" in [d.code for d in outcome.diagnostics]


def test_several_outputs_are_a_context():
    made = DecisionTable(
        (Input("x"),), (Output("a"), Output("b")), (Rule(("> 1",), ("x + 1", '"ok"')), Rule(("1",), ("y", '"no"')))
    )
    compiled = compile_table(made)
    assert compiled.evaluate({"x": 2}).value == {"a": Decimal(3), "b": "ok"}
    assert compiled.names == ("x", "y")
    assert compiled.evaluate({"x": 1}).missing_facts == ("y",)


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"年龄": 10}, ()),
        ({"年龄": 70}, ("户籍",)),
        ({}, ("年龄", "户籍")),
        ({"户籍": "无锡"}, ("年龄",)),
    ],
)
def test_only_facts_that_still_matter_are_missing(facts, missing):
    made = table(HitPolicy.UNIQUE, ("< 18", "-", '"低"'), (">= 18", '"常州"', '"高"'), (">= 18", 'not("常州")', '"中"'))
    assert compile_table(made).evaluate(facts).missing_facts == missing


def test_a_fault_in_a_cell_is_refused_with_its_place():
    with pytest.raises(FeelSyntaxError):
        compile_table(table(HitPolicy.UNIQUE, ("< < 5", "-", "1")))


CELLS = {"p": st.sampled_from(["-", "true", "false"]), "x": st.sampled_from(["-", "< 2", "2", "> 2", "not(2)"])}
OUTPUTS = st.sampled_from(['"高"', '"中"', '"低"'])


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(list(HitPolicy)),
    st.lists(st.tuples(CELLS["p"], CELLS["x"], OUTPUTS), min_size=1, max_size=4),
    st.sampled_from(["", '"低"']),
    st.sampled_from([{}, {"p": True}, {"p": False}, {"x": 1}, {"x": 2}, {"x": 3}]),
)
def test_what_a_table_knows_with_few_facts_stays_true_with_all(policy, rules, default, given_facts):
    made = compile_table(
        DecisionTable(
            (Input("p"), Input("x")),
            (Output(values='"高", "中", "低"', default=default),),
            tuple(Rule(r[:2], r[2:]) for r in rules),
            policy,
        )
    )
    outcome = made.evaluate(given_facts)
    values = {"p": [True, False], "x": [1, 2, 3]}
    absent = [name for name in values if name not in given_facts]
    for told in product(*(values[name] for name in absent)):
        full = made.evaluate({**given_facts, **dict(zip(absent, told, strict=True))})
        assert full.known
        if outcome.known:
            assert full.value == outcome.value


@pytest.mark.parametrize(("value", "expected"), [(True, '"高"'), (False, '"中"'), (None, '"低"')])
def test_an_input_without_value_is_neither_true_nor_false(value, expected):
    """A law that asks whether wages are owed must not take silence for yes."""
    made = DecisionTable(
        inputs=(Input("拖欠工资"),),
        outputs=(Output("档次"),),
        rules=(Rule(("true",), ('"高"',)), Rule(("false",), ('"中"',)), Rule(("-",), ('"低"',))),
        hit_policy=HitPolicy.FIRST,
        name="truth",
    )
    assert as_text(compile_table(made).evaluate({"拖欠工资": value}).value) == expected
