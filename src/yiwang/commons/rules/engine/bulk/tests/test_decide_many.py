"""A million rows at once against one after the other: both must say the same of every row."""

import json
import math
from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from yiwang.commons.rules.engine import (
    Absent,
    Aggregation,
    DecisionTable,
    HitPolicy,
    Input,
    Output,
    Rule,
    compile_expression,
    compile_table,
    to_json,
)
from yiwang.commons.rules.engine.bulk import decide_many
from yiwang.commons.rules.engine.values import of_fact

COLUMNS = {
    "n": (pa.int64(), st.integers(-3, 9) | st.sampled_from([10**18, -(10**18)])),
    "i": (pa.int32(), st.integers(-3, 9)),
    "u": (pa.uint8(), st.integers(0, 9)),
    "m": (pa.decimal128(12, 2), st.decimals(-3, 9, places=2)),
    "x": (pa.float64(), st.sampled_from([0.1, 0.5, 2.5, 3.0, -1.0, 5.0, 1e300, 5e-324, -0.0, math.inf, math.nan])),
    "s": (pa.string(), st.sampled_from(["甲", "乙", "", "甲乙", "a", "𠮷", "é"])),
    "t": (pa.string(), st.sampled_from(["甲", "乙", "b"])),
    "p": (pa.bool_(), st.booleans()),
    "d": (pa.date32(), st.sampled_from([date(2024, 2, 29), date(2024, 2, 28), date(1999, 1, 1), date(9999, 12, 31)])),
    "k": (pa.duration("s"), st.sampled_from([timedelta(days=1), timedelta(0)])),
}
NUMBER = [
    "< 5",
    "<= 2.5",
    "> 2.50",
    ">= -2",
    "5",
    "2.5",
    "0.1",
    "not(5)",
    "not(< 3, 9)",
    "[1..5]",
    "(1..2.5]",
    "null",
    "2, 5",
]
NUMBER += [
    "? > 3 and ? < 8",
    "< i",
    "not(null)",
    "[1, 2]",
    "> 1e17",
    "< 0.123456789012345678",
    "not([0..3])",
    "? + 1 > i",
]
TEXT = [
    '"甲"',
    '"甲", "乙"',
    'not("甲")',
    'not("甲", "a")',
    '< "乙"',
    '["a".."b")',
    'starts with(?, "甲")',
    "null",
    "t",
]
TEXT += ["contains(?, t)", "string length(?) > 1", "not(null)", '["甲", "é"]', "5"]
TRUTH = ["true", "false", "not(true)", "?", "not(?)", "null", "? and i > 2", "not(false)", "? or s = t"]
DATE = ['< date("2024-02-29")', '@"2024-02-29"', '[@"2024-01-01"..@"2025-01-01")', '> @"2024-02-29T10:00:00"', "null"]
CELLS = {**dict.fromkeys("niumx", NUMBER), "s": TEXT, "t": TEXT, "p": TRUTH, "d": DATE, "k": ['> duration("PT1H")']}
CELLS |= {"n + i": NUMBER, "if p then i else m": NUMBER, "i * 2 - u": NUMBER}
FIXED = (
    ['"高"', '"中"', '"低"', "null"],
    ["1", "2.50", "3", "2.5", "null"],
    ["true", "false"],
    ['@"2024-01-01"', "null"],
)
VARIED = [["i", "i + 1", "i * m", "7"], ["s", '"中"', "t"], ["p", "i > 2", "p and i > 1"], ["n / 3", "1"]]
EXPRESSIONS = [
    "i + 1 > n", "i * m + 0.5", "n between 1 and m", "i in (1, 2, [4..6])", "p and i > 2 or s = t", "not(p)", "m = 2.5",
    "if p then s else t", "if i > 2 then 1 else null", 's < "乙"', "string length(s) + i", 'd > @"2024-02-28" and p', "-i",
    "x > 0.1", "x = i", "i = null", "null = m", "s = i", "if p and i > 1 then m else i", "p = (i > 2)", "not(i > 2)",
    "starts with(s, t)", "abs(i - 5)", "i != n", "i / 4 > 1", "n * n", "m - i", "(i > 1) = null", "i ** 2", "d = d", "k > k",
    "if s = null then 1 else 2", "i > 1 and null", "p or null", "undefined + 1", "[i, u]", "{a: i, b: s}", "x + 1", "d - d",
]  # fmt: skip
FEW = settings(max_examples=40, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


@st.composite
def tables_of_facts(draw):
    count = draw(st.integers(0, 6))
    made = {}
    for name, (kind, values) in COLUMNS.items():
        if name == "x" and draw(st.booleans()):
            values = values.filter(math.isfinite)
        values = values if draw(st.booleans()) else values | st.none()
        made[name] = pa.array(draw(st.lists(values, min_size=count, max_size=count)), kind)
    return pa.table(made)


@st.composite
def decision_tables(draw):
    names = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=3))
    narrow = [draw(st.lists(st.sampled_from(CELLS[name]), min_size=1, max_size=3)) for name in names]
    outputs = draw(st.sampled_from([*FIXED, *FIXED, *VARIED]))
    rules = draw(
        st.lists(
            st.tuples(st.tuples(*(st.sampled_from(["-", *cells]) for cells in narrow)), st.sampled_from(outputs)),
            min_size=1,
            max_size=5,
        )
    )
    policy = draw(st.sampled_from(list(HitPolicy)))
    values = '"高", "中", "低"' if "高" in outputs[0] and draw(st.booleans()) else ""
    wide = draw(st.integers(0, 5)) == 0
    return DecisionTable(
        tuple(Input(name) for name in names),
        (Output("甲", values=values), Output("乙"))
        if wide
        else (Output(values=values, default=draw(st.sampled_from(["", outputs[0]]))),),
        tuple(Rule(cells, (output, '"y"') if wide else (output,)) for cells, output in rules),
        policy,
        draw(st.sampled_from(list(Aggregation))) if policy is HitPolicy.COLLECT else Aggregation.LIST,
    )


def rows_one_by_one(evaluate, facts, absent):
    found = []
    for row in facts.to_pylist():
        told = {k: v for k, v in row.items() if v is not None} if absent is Absent.UNKNOWN else row
        outcome = evaluate(told, absent=absent)
        found.append((outcome.value, list(getattr(outcome, "matched_rules", ())), sorted(outcome.missing_facts)))
    return found


def plain(value):
    value = of_fact(value, "") if value is not None else None
    return value.normalize() if isinstance(value, Decimal) else value


def alike(given, value):
    """Numbers by their value; where values are of several kinds, or have no column of their own, their JSON text."""
    if not isinstance(given, str) or isinstance(value, str):
        return repr(plain(given)) == repr(plain(value))
    if isinstance(value, Decimal) and not given.startswith('"'):
        return Decimal(given) == value
    return given == json.dumps(to_json(value, tagged=True), ensure_ascii=False)


def same(decision, evaluate, facts, absent, **more):
    result = decide_many(decision, facts, matched_rules=True, missing_facts=True, absent=absent, processes=1, **more)
    rows = result.to_arrow().to_pylist()
    expected = rows_one_by_one(evaluate, facts, absent)
    assert len(rows) == len(expected)
    for row, (value, matched, missing) in zip(rows, expected, strict=True):
        if any(name.startswith("value.") for name in row):
            entries = {name.removeprefix("value."): given for name, given in row.items() if name.startswith("value.")}
            if value is None:
                value = dict.fromkeys(entries)
            assert all(alike(given, value[n]) for n, given in entries.items()), result.plan.explain()
        else:
            assert alike(row["value"], value), result.plan.explain()
        assert (row["matched_rules"], sorted(row["missing_facts"])) == (matched, missing), result.plan.explain()
    return result


@FEW
@given(decision_tables(), tables_of_facts(), st.sampled_from(list(Absent)))
def test_tables_say_the_same_of_every_row(table, facts, absent):
    made = compile_table(table)
    same(made, made.evaluate, facts, absent)


@FEW
@given(st.sampled_from(EXPRESSIONS), tables_of_facts(), st.sampled_from(list(Absent)))
def test_expressions_say_the_same_of_every_row(text, facts, absent):
    made = compile_expression(text, list(COLUMNS))
    same(made, made.evaluate, facts, absent)
