from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from yiwang.commons.rules.engine import (
    Absent,
    Budget,
    FeelSyntaxError,
    as_text,
    compile_expression,
    compile_unary_tests,
)

DOUBLED = ", ".join(f"x{i}: [x{i - 1}, x{i - 1}]" for i in range(1, 61))
NOW = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)


def evaluate(text, facts=None, **options):
    return compile_expression(text).evaluate(facts or {}, **options)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 + 0.2", "0.3"),
        ("1 / 3", "0.3333333333333333333333333333333333"),
        ("10 ** 2 - 1", "99"),
        ('"常" + "州"', '"常州"'),
        ('date("2024-01-31") + duration("P1M")', "2024-02-29"),
        ('@"2024-03-10T00:00:00@Asia/Shanghai" - @"2024-03-09T16:00:00Z"', "PT0S"),
        ('date("2025-01-01").weekday', "3"),
        ("for i in 1..3, j in [10, 20] return i * j", "[10, 20, 20, 40, 30, 60]"),
        ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1, 1, 2, 6, 24]"),
        ("some x in [1, 2] satisfies x > 1", "true"),
        ("every x in [1, 2] satisfies x > 1", "false"),
        ("[1, 2, 3][item > 1][1]", "2"),
        ("[{a: 1, b: 2}, {a: 3, b: 4}][a = 3].b", "[4]"),
        ("{f: function(x: number) x * 2, y: f(4)}.y", "8"),
        ("5 in (< 3, [4..6])", "true"),
        ("4 in [1..4)", "false"),
        ("sort([3, 1, 2], function(a, b) a < b)", "[1, 2, 3]"),
        ('substring("foobar", -2, 1)', '"a"'),
        ('string join(["a", null, "c"], "-")', '"a-c"'),
        ('replace("0123456789", "(\\d{3})(\\d+)", "$2-$1")', '"3456789-012"'),
        ("decimal(2.5, 0)", "2"),
        ("[1, [2, [3]]] instance of list<number>", "false"),
        ("{a: 1} instance of context<a: number>", "true"),
        ('years and months duration(date("2020-05-01"), date("2024-04-30"))', "P3Y11M"),
        ('time("23:30:00") + duration("PT1H")', "00:30:00"),
        ("mode([6, 1, 9, 6, 1])", "[1, 6]"),
        ('context put({a: {b: 1}}, ["a", "b"], 2)', "{a: {b: 2}}"),
        ("null and false", "false"),
        ("null or true", "true"),
        ("(1..3] = ]1..3]", "true"),
        ("before([1..5), [5..9])", "true"),
        ('@"10:00:00" < @"11:00:00Z"', "true"),
        ('@"2025-01-01T10:00:00+08:00" = @"2025-01-01T02:00:00Z"', "true"),
        ("3 in (? > 5, ? < 4)", "true"),
        ("(function(a, b) b = null)(a: 1)", "true"),
        ('some x in [1, "a"] satisfies x = 1', "true"),
        ('week of year(date("2021-01-03"))', "53"),
        ("list replace([2, 4, 7], function(item, newItem) item < newItem, 5)", "[5, 5, 7]"),
    ],
)
def test_values_of_the_standard(text, expected):
    result = evaluate(text)
    assert as_text(result.value) == expected
    assert not result.diagnostics


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('1 + "a"', "rules.operands"),
        ("1 / 0", "rules.division_by_zero"),
        ("10 ** 10000", "rules.out_of_range"),
        ('date("2025-02-30")', "rules.argument_value"),
        ("abs()", "rules.arguments"),
        ("substring(1, 2)", "rules.argument_type"),
        ('matches("a", "[")', "rules.pattern"),
        ('1 < "a"', "rules.not_comparable"),
        ("{a: 1}.b", "rules.no_such_entry"),
        ("[3..1]", "rules.bad_range"),
        ("{a: 1, a: 2}", "rules.duplicate_key"),
        ('substring("abc", 2, 5)', "rules.argument_value"),
        ("[1] instance of list", "rules.unknown_type"),
        ('@"2025-13-01"', "rules.bad_literal"),
        ('"f"(1)', "rules.not_a_function"),
    ],
)
def test_an_error_is_null_and_says_where(text, code):
    result = evaluate(text)
    assert result.value is None
    assert code in [d.code for d in result.diagnostics]
    assert result.known
    assert all(d.text for d in result.diagnostics)


def test_a_condition_that_is_no_truth_value_is_remarked():
    result = evaluate('if "x" then 1 else 2')
    assert as_text(result.value) == "2"
    assert [d.code for d in result.diagnostics] == ["rules.not_boolean"]


def test_a_diagnostic_carries_the_place_in_the_text():
    (diagnostic,) = evaluate('true and\n  (1 + "a") = 1').diagnostics[:1]
    assert diagnostic.at == (2, 4)


def test_an_absent_fact_is_unknown_and_not_null():
    result = evaluate("申请人.年龄 >= 18", {"申请人": {"姓名": "样例"}})
    assert not result.known
    assert result.missing_facts == ("申请人.年龄",)
    assert evaluate("申请人.年龄 >= 18", {"申请人": {"年龄": None}}).known


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("false and x", ()),
        ("true or x", ()),
        ("x and y", ("x", "y")),
        ("x and false", ()),
        ("if x then 1 else 1", ()),
        ("if x then y else 1", ("x", "y")),
        ("x = null", ("x",)),
        ("some i in [1, 2] satisfies i = 1 or x", ()),
        ("[1, x]", ("x",)),
        ("{a: 1, b: x}.a", ()),
        ("{a: 1, b: x}.b", ("x",)),
        ("count(x)", ("x",)),
        ("x in (1, 2)", ("x",)),
        ("[1, 2][item > x]", ("x",)),
        ("for i in x return i", ("x",)),
        ("x.a.b", ("x.a.b",)),
    ],
)
def test_missing_facts_are_those_on_which_the_result_depends(text, missing):
    assert evaluate(text).missing_facts == missing


def test_absent_facts_may_count_as_null():
    result = evaluate("x = null", absent=Absent.NULL)
    assert result.value is True


def test_facts_of_python_are_converted():
    facts = {"birthday": date(2000, 2, 29), "income": 1234.5, "children": ({"age": 3}, {"age": 7}), "at": NOW}
    text = 'birthday + @"P18Y" = @"2018-02-28" and income = 1234.5 and count(children[age < 5]) = 1 and at < now()'
    assert evaluate(text, facts, now=datetime(2026, 1, 1, tzinfo=UTC)).value is True


def test_today_is_the_moment_that_is_given():
    assert as_text(evaluate("today()", now=NOW).value) == "2025-09-01"


def test_names_are_the_facts_that_an_expression_reads():
    assert compile_expression("年龄 > 18 and count([1, 2]) > n", ["年龄", "n", "z"]).names == ("年龄", "n")


def test_a_name_outside_a_closed_vocabulary_is_remarked_and_null():
    expression = compile_expression("年岁 > 18", ["年龄"])
    assert [r.params for r in expression.remarks] == [{"name": "年岁"}]
    result = expression.evaluate({"年岁": 20})
    assert result.value is None
    assert result.known


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("-", 1, True),
        ("< 5", 3, True),
        ("[1..3], > 10", 11, True),
        ('not("a", "b")', "c", True),
        ('"a"', "b", False),
        ("? > 5 and ? < 7", 6, True),
        ("null", None, True),
        ("true", 5, True),
    ],
)
def test_cells_test_their_input(text, given, expected):
    assert compile_unary_tests(text).evaluate({}, input=given).value is expected


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..1e12 return i",
        "count(for i in 1..100000, j in 1..100000 return 1)",
        "every i in 1..1e30 satisfies true",
        '{f: function(g, s) g(g, s + s), y: f(f, "x")}.y',
        "for i in 1..90000 return partial",
        "{l: for i in 1..40000 return i, r: for j in 1..40000 return l = l}.r",
        f"{{x0: [1], {DOUBLED}, y: x60 = x60}}.y",
        f"{{x0: [], {DOUBLED}, y: flatten(x60)}}.y",
        f"{{x0: [1], {DOUBLED}, y: string(x60)}}.y",
        f"{{x0: [1], {DOUBLED}, y: x60 instance of list<number>}}.y",
        f"{{x0: [1], {DOUBLED}}}.x60",
        "(for i in 1..200 return if i = 1 then [] else [partial[-1]])[-1]",
    ],
)
def test_what_runs_away_ends_with_a_diagnostic(text):
    result = evaluate(text, budget=Budget(steps=200_000, items=50_000))
    assert result.value is None
    assert result.diagnostics


def test_growing_text_ends_with_a_diagnostic():
    text = 'for i in 1..60 return if i = 1 then "xxxxxxxxxx" else partial[-1] + partial[-1]'
    assert "rules.text_too_long" in [d.code for d in evaluate(text).diagnostics]


def test_a_recursive_function_ends_with_a_diagnostic():
    text = "{f: function(g, n) g(g, n + 1), y: f(f, 1)}.y"
    assert "rules.too_deep" in [d.code for d in evaluate(text).diagnostics]


def test_a_regular_expression_that_backtracks_for_ever_is_stopped():
    result = evaluate('matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "(a|aa)+$")')
    assert [d.code for d in result.diagnostics] == ["rules.pattern_time"]
    assert evaluate('matches("a", "(a{1000}){1000}")').diagnostics[0].code == "rules.pattern"


def test_a_long_chain_neither_fails_nor_overflows():
    assert evaluate(" or ".join(["false"] * 3000 + ["true"])).value is True
    with pytest.raises(FeelSyntaxError):
        compile_expression("+".join(["1"] * 5000))


def test_numbers_have_34_digits():
    assert evaluate("1234567890123456789012345678901234567890").value == Decimal(
        "1.234567890123456789012345678901235E+39"
    )
