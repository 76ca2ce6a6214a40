"""The look-ups of a table against the plain definition: every rule in turn, its cells until one fails."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.commons.rules.engine import (
    Absent,
    Aggregation,
    DecisionTable,
    HitPolicy,
    Input,
    Output,
    Rule,
    compile_table,
)
from yiwang.commons.rules.engine.budget import DEFAULT_BUDGET
from yiwang.commons.rules.engine.compiler import RUN, UNSET, Environment, Unit
from yiwang.commons.rules.engine.expression import BUILTIN_SCOPE, fact_reader, guarded, start
from yiwang.commons.rules.engine.outcome import outcome_of
from yiwang.commons.rules.engine.tables_compile import TableCompiler

NUMBERS = ["-", "< 5", "<= 5", "> 5.5", ">= -2", "5", "5, 7", "not(5)", "not(< 3, 9)", "[1..5]", "(1..5.5]", "[5..5]"]
NUMBERS += ["? > 3 and ? < 8", "> b", "[b..9]", "? = b", "[1, 2, 5]", "null", "< 1e33", "true", "1e40"]
TEXTS = [
    "-",
    '"甲"',
    '"甲", "乙"',
    'not("甲")',
    '< "乙"',
    '["a".."c")',
    'starts with(?, "甲")',
    '""',
    "null",
    "5",
    "s2",
]
BOOLEANS = ["-", "true", "false", "not(true)", "?", "not(?)", "null", '"true"']
DATES = ["-", '< date("2024-02-29")', '@"2024-02-29"', '[@"2024-01-01"..@"2025-01-01")', '> date("bad")', "? > today()"]
DATES += ['> @"2024-02-29T10:00:00"', 'not(date("2024-02-29"))']
OUTPUTS = ['"高"', '"中"', '"低"', "1", "2.50", "b", "null", "n + 1", "[1]", 'if b > 1 then "高" else "低"', "1 + 1"]

VALUES = st.one_of(
    st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -2, -3, 10**34, 10**40, -(10**34) - 1, 2**53]),
    st.sampled_from([5.0, 5.5, 1e300, 0.1, float("inf"), float("nan"), -0.0]),
    st.sampled_from([Decimal(5), Decimal("5.50"), Decimal("5.5000000000000000000000000000000000001"), Decimal("nan")]),
    st.sampled_from(["甲", "乙", "", "a", "b", "c", "丙", "true"]),
    st.sampled_from([True, False, None]),
    st.sampled_from([date(2024, 2, 29), date(2025, 1, 1), date(2030, 1, 1), datetime(2024, 2, 29, 10), time(10)]),
    st.sampled_from([timedelta(days=1), [1], [5], [], {"a": 1}, {}]),
)
FACTS = st.fixed_dictionaries(
    {}, optional={"n": VALUES, "s": VALUES, "p": VALUES, "d": VALUES, "b": VALUES, "s2": VALUES}
)
LIKELY = st.fixed_dictionaries(
    {},
    optional={
        "n": st.integers(-3, 10) | st.sampled_from([5.5, Decimal("5.5"), None]),
        "s": st.sampled_from(["甲", "乙", "", "a", "b", "c"]),
        "p": st.booleans(),
        "d": st.sampled_from([date(2024, 2, 29), date(2024, 2, 28), date(2025, 1, 1)]),
        "b": st.integers(0, 9),
        "s2": st.sampled_from(["甲", "乙"]),
    },
)


def plain(table, facts, absent):
    """What the definition says, by the same closures but without any look-up."""
    unit = Unit()
    ready = TableCompiler(table, BUILTIN_SCOPE.child({}), Environment(unit)).ready()

    def decide(f):
        run = f[RUN]
        run.charge(len(ready.rows))
        for slot in ready.slots:
            f[slot] = UNSET
        record, hits = ready.by_rows(f)
        run.tables.append(record)
        nothing = all(hit.missing for hit in hits)
        return ready.policy.settle(hits, ready.default(f) if nothing else None, run)

    run = start(DEFAULT_BUDGET, None)
    run.where = table.name
    return outcome_of(run, guarded(run, decide, unit.frame(run, fact_reader(facts, absent))), table.name)


def told(outcome):
    remarks = sorted((d.code, repr(sorted(d.params.items())), d.at) for d in outcome.diagnostics)
    traces = [(t.where, [(r.number, r.matched, r.failed_input) for r in t.rules]) for t in outcome.tables]
    return repr((outcome.value, outcome.matched_rules, outcome.missing_facts, remarks, traces))


def seen(outcome):
    """Of each rule that failed, the value at which it did."""
    return [
        repr(trace.values[rule.failed_input])
        for trace in outcome.tables
        for rule in trace.rules
        if rule.matched is False
    ]


@st.composite
def tables(draw, outputs=OUTPUTS):
    columns = draw(
        st.lists(
            st.sampled_from([("n", NUMBERS), ("s", TEXTS), ("p", BOOLEANS), ("d", DATES), ("n + b", NUMBERS)]),
            min_size=1,
            max_size=4,
        )
    )
    narrow = [(name, draw(st.lists(st.sampled_from(cells), min_size=1, max_size=4))) for name, cells in columns]
    rules = draw(
        st.lists(
            st.tuples(st.tuples(*(st.sampled_from(["-", *cells]) for _, cells in narrow)), st.sampled_from(outputs)),
            min_size=1,
            max_size=6,
        )
    )
    policy = draw(st.sampled_from(list(HitPolicy)))
    return DecisionTable(
        tuple(Input(name, values=draw(st.sampled_from(["", "", "", "> 3"]))) for name, _ in narrow),
        (
            Output(
                values=draw(st.sampled_from(["", "", '"高", "中", "低"'])), default=draw(st.sampled_from(["", '"低"']))
            ),
        ),
        tuple(Rule(cells, (output,)) for cells, output in rules),
        policy,
        draw(st.sampled_from(list(Aggregation))) if policy is HitPolicy.COLLECT else Aggregation.LIST,
        "表",
    )


def same(table, facts, absent):
    made = compile_table(table)
    for _ in range(2):
        found, expected = made.evaluate(facts, absent=absent), plain(table, facts, absent)
        assert told(found) == told(expected)
        assert seen(found) == seen(expected)


MANY = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(tables(), FACTS | LIKELY, st.sampled_from(list(Absent)))
def test_look_ups_give_what_going_through_the_rules_gives(table, facts, absent):
    same(table, facts, absent)


@MANY
@given(tables(outputs=['"高"', '"中"', '"低"', "1", "2.50", "null"]), LIKELY | FACTS, st.sampled_from(list(Absent)))
def test_constant_outputs_by_the_short_way_are_the_same(table, facts, absent):
    same(table, facts, absent)


@pytest.mark.parametrize("value", [10**34, 10**34 - 1, -(10**34), 10**40, 1, 2, 3])
@pytest.mark.parametrize(
    "cell", ["< 1e34", "> 9999999999999999999999999999999999", "[1.5..2.5]", "2", "not(2)", "1e6000"]
)
def test_whole_numbers_of_any_size_find_their_class(cell, value):
    table = DecisionTable((Input("n"),), (Output(),), (Rule((cell,), ("1",)), Rule(("-",), ("2",))), HitPolicy.FIRST)
    same(table, {"n": value}, Absent.UNKNOWN)


def test_a_table_of_a_thousand_rules_decides_almost_as_quickly_as_one_of_ten():
    rules = tuple(Rule((f"[{n * 10}..{n * 10 + 9}]", f'"{n % 7}"'), (f'"{n}"',)) for n in range(1000))
    table = DecisionTable((Input("n"), Input("s")), (Output(),), rules, HitPolicy.FIRST)
    made = compile_table(table)
    assert made.evaluate({"n": 4321, "s": str(432 % 7)}).matched_rules == (433,)
    short = compile_table(replace(table, rules=rules[430:440]))
    assert short.evaluate({"n": 4321, "s": str(432 % 7)}).value == "432"
    assert made._short is not None
    assert short._short is not None
