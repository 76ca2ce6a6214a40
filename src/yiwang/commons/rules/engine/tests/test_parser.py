from decimal import Decimal

import pytest

from yiwang.commons.rules.engine import (
    FeelSyntaxError,
    compile_expression,
    parse,
    parse_unary_tests,
    tree,
    unparse,
)
from yiwang.commons.rules.engine.feeltypes import NUMBER, ContextOf


def number(value):
    return tree.NumberLiteral(Decimal(value))


def test_a_name_with_spaces_is_found_by_the_names_in_scope():
    assert parse("家庭 年收入 + 1", ["家庭 年收入"]) == tree.Arithmetic("+", tree.Name("家庭 年收入"), number(1))


def test_the_longest_name_in_scope_wins():
    assert parse("a - b", ["a", "b", "a-b"]) == tree.Name("a-b")
    assert parse("a - b", ["a", "b"]) == tree.Arithmetic("-", tree.Name("a"), tree.Name("b"))


def test_a_keyword_inside_a_known_name_belongs_to_the_name():
    assert parse('date and time("x")', ["date and time"]) == tree.Call(
        tree.Name("date and time"), (tree.StringLiteral("x"),)
    )


def test_words_that_are_no_known_name_are_one_unknown_name():
    assert parse("first name = 1") == tree.Comparison("=", tree.Name("first name"), number(1))


def test_full_width_brackets_belong_to_a_name():
    assert parse("年龄（周岁）>= 18") == tree.Comparison(">=", tree.Name("年龄（周岁）"), number(18))


def test_a_member_with_a_symbol_is_found_by_the_declared_type():
    scope = {"loan": ContextOf((("pre-tax", NUMBER),)), "tax": None}
    assert parse("loan.pre-tax", scope) == tree.Path(tree.Name("loan"), "pre-tax")


def test_entries_of_a_context_are_names_for_those_that_follow():
    node = parse("{a b: 1, c: a b + 1}.c")
    assert node == tree.Path(
        tree.ContextLiteral(
            (("a b", number(1)), ("c", tree.Arithmetic("+", tree.Name("a b"), number(1)))),
        ),
        "c",
    )


def test_a_minus_binds_tighter_than_a_power():
    assert parse("-3 ** 2") == tree.Arithmetic("**", tree.Negation(number(3)), number(2))


def test_an_open_range_ends_before_a_bracket_that_begins_no_filter():
    assert parse("x in ]1..5[ and y", ["x", "y"]) == tree.Conjunction(
        (
            tree.In(
                tree.Name("x"),
                (tree.ExpressionTest(tree.RangeLiteral(number(1), number(5), False, False)),),
            ),
            tree.Name("y"),
        )
    )


def test_comments_count_as_space():
    assert parse("1 /* eins */ + // und\n 2") == tree.Arithmetic("+", number(1), number(2))


def test_escapes_of_strings_include_both_unicode_forms_and_surrogate_pairs():
    assert parse(r'"\u5e38\U01F40E\uD83D\uDC0E\n\d"') == tree.StringLiteral("常🐎🐎\n\\d")


def test_places_are_lines_and_columns():
    node = parse("1 +\n  missing", ["a"])
    assert isinstance(node, tree.Arithmetic)
    assert node.right.at == (2, 3)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1 +", (1, 4)),
        ("[1, 2", (1, 6)),
        ('"open', (1, 1)),
        ("if a then b", (1, 12)),
        ("1\n  )", (2, 3)),
        ("for in x return 1", (1, 5)),
        ("a and", (1, 6)),
        ("5 5", (1, 3)),
        ("{a 1}", (1, 2)),
        ("#", (1, 1)),
        ("", (1, 1)),
    ],
)
def test_an_error_points_at_what_cannot_stand_there(text, place):
    with pytest.raises(FeelSyntaxError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == place
    assert caught.value.diagnostic.text


def test_hostile_nesting_is_refused():
    with pytest.raises(FeelSyntaxError) as caught:
        parse("(" * 10_000 + "1" + ")" * 10_000)
    assert caught.value.code == "rules.too_deep"


def test_an_endless_text_is_refused():
    with pytest.raises(FeelSyntaxError) as caught:
        parse("1+" * 100_000 + "1")
    assert caught.value.code == "rules.too_long"


@pytest.mark.parametrize(
    ("text", "tests", "negated"),
    [
        ("-", (), False),
        ("< 5", (tree.ComparisonTest("<", number(5)),), False),
        (
            '"a", "b"',
            (tree.ExpressionTest(tree.StringLiteral("a")), tree.ExpressionTest(tree.StringLiteral("b"))),
            False,
        ),
        ("not(1)", (tree.ExpressionTest(number(1)),), True),
        ("-1", (tree.ExpressionTest(tree.Negation(number(1))),), False),
        ("? > 5", (tree.ExpressionTest(tree.Comparison(">", tree.Name("?"), number(5))),), False),
    ],
)
def test_cells_of_decision_tables(text, tests, negated):
    assert parse_unary_tests(text, ["not"]) == tree.UnaryTests(tests, negated)


@pytest.mark.parametrize(
    ("text", "facts", "value"),
    [
        ("`a-b` + 1", {"a-b": 4, "a": 1, "b": 2}, 5),
        ("`if` = 3", {"if": 3}, True),
        ("c.`in-put`", {"c": {"in-put": 7}}, 7),
        ("{`x y-z`: 3, r: `x y-z` + 1}.r", {}, 4),
        ("sum(for `i-1` in 1..2 return `i-1`)", {}, 3),
        ("(function(`p/q`) `p/q` + 1)(`p/q`: 2)", {}, 3),
    ],
)
def test_a_name_between_backticks_may_hold_anything(text, facts, value):
    assert compile_expression(text, list(facts)).evaluate(facts).value == value
    node = parse(text, list(facts))
    assert parse(unparse(node), list(facts)) == node


@pytest.mark.parametrize("text", ["`", "``", "`a", "` `", "a ` b", "`a\n`"])
def test_backticks_without_a_name_are_refused(text):
    with pytest.raises(FeelSyntaxError):
        compile_expression(text)
