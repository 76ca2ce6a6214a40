"""The real FEEL behind the engine: values come back as Python's, faults with their place, absent variables never as null."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest

from yiwang.commons.flow import engine
from yiwang.commons.flow.contrib.feel import FeelEvaluator
from yiwang.commons.flow.engine.tests.models import bpmn, chain, end, flow, gateway, loop, start, timer, user
from yiwang.commons.flow.engine.tests.play import AT

FEEL = FeelEvaluator()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 1", 2),
        ("0.1 + 0.2", Decimal("0.3")),
        ('"儿" + "童"', "儿童"),
        ("[1, {a: 2}]", [1, {"a": 2}]),
        ('date("2026-03-01") + duration("P3D")', date(2026, 3, 4)),
        ('duration("PT90M")', timedelta(minutes=90)),
        ('duration("P3M")', "P3M"),
        ('time("10:00:00+08:00")', time(10, tzinfo=timezone(timedelta(hours=8)))),
        ('date and time("2026-03-01T10:00:00Z")', datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("null", None),
        ("出生日期 < 登记日期", True),
    ],
)
def test_values_come_back_as_pythons(text, value):
    assert FEEL.evaluate(text, {"出生日期": date(2026, 1, 1), "登记日期": date(2026, 1, 9)}) == value


@pytest.mark.parametrize(
    ("text", "words"), [("missing > 1", "missing"), ('"a" + 1', "不能用于"), ("x > 1", "不能比较")]
)
def test_absent_variables_and_errors_are_faults(text, words):
    with pytest.raises(engine.ExpressionFault, match=words):
        FEEL.evaluate(text, {"x": None})


def test_a_text_that_is_not_feel_names_its_place():
    with pytest.raises(engine.ExpressionFault) as fault:
        FEEL.check("a >")
    assert (fault.value.line, fault.value.column) == (1, 4)


@pytest.mark.parametrize("text", ["__import__('os')", "().__class__", 'eval("1")', 'open("/etc/passwd")'])
def test_python_is_no_feel(text):
    with pytest.raises(engine.ExpressionFault):
        FEEL.evaluate(text, {})


def test_a_process_runs_on_it_from_gateway_to_timer_to_loop():
    late = f'<bpmn:intermediateCatchEvent id="t">{timer("timeDate", "=出生日期 + duration(&quot;P30D&quot;)")}</bpmn:intermediateCatchEvent>'
    xml = bpmn(
        start(), gateway("exclusive", "g", "d"), user("a", inner=loop("=for m in members return m * 2", "n", "sum", "=n + 1")), end("e1"), late, end("e2"),
        flow("start", "g"), flow("g", "a", '=count(members) &gt; 1 and 地区 = "常州"'), flow("g", "e1", name="d"), chain("a", "t", "e2"),
    )  # fmt: skip
    model = engine.parse({"p": xml}, evaluator=FEEL).only()
    step = engine.start(model, {"members": [1, 2], "地区": "常州", "出生日期": date(2026, 3, 1)}, evaluator=FEEL, at=AT)
    for item in step.open_items:
        step = engine.advance(model, step.state, engine.Completion(item.item_id), evaluator=FEEL, at=AT)
    assert step.variables["sum"] == [3, 5]
    assert step.timers[0].due_at.isoformat() == "2026-03-31T00:00:00+08:00"


@pytest.mark.parametrize(
    "text", ["is boring(x)", "is defined(x + 1)", "for x in y return is defined(x)", '"f(" + f(1)', "a +\n  g (b)"]
)
def test_refuses_the_call_of_what_is_no_function(text):
    with pytest.raises(engine.ExpressionFault, match="没有函数") as refused:
        FEEL.check(text)
    assert refused.value.line == text.count("\n") + 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("is defined(a)", True),
        ("is defined(b)", False),
        ("is defined(a.c)", True),
        ("is defined(a.d.e)", False),
        ("is defined(n)", True),
        ("not(is defined( b )) and is defined(a)", True),
        ('if is defined(b) then b else "is defined(b)"', "is defined(b)"),
    ],
)
def test_tells_whether_a_variable_or_an_entry_is_there(text, value):
    FEEL.check(text)
    assert FEEL.evaluate(text, {"a": {"c": 1}, "n": None}) == value


def test_takes_names_before_brackets_in_texts_and_functions_of_the_standard():
    FEEL.check('"x (" + x + string(sum(y))')
    FEEL.check("for each in list return (each)")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("get or else(x, 1)", 1),
        ('get or else("a", 1)', "a"),
        ("assert(y, y > 1)", 2),
        ('fromAi(y, "what it is", "number")', 2),
        ('trim("  a ")', "a"),
        ('is blank(" ")', True),
        ('to base64("FEEL")', "RkVFTA=="),
        ("is empty([])", True),
        ("duplicate values([1, 2, 1])", [1]),
        ("partition([1, 2, 3], 2)", [[1, 2], [3]]),
        ('put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
        ("put all({a: 1}, {a: 2, b: 3})", {"a": 2, "b": 3}),
        ('from json("[1.5, null]")', [Decimal("1.5"), None]),
        ('cycle(3, duration("PT1H"))', "R3/PT1H"),
        ('cycle(duration("P1D"))', "R/P1D"),
    ],
)
def test_functions_that_camunda_adds_are_known(text, value):
    assert FEEL.evaluate(text, {"x": None, "y": 2}) == value


@pytest.mark.parametrize(
    "text", ["assert(x, x > 9)", "partition([1], 0)", 'from json("{")', "trim(1)", "random number()"]
)
def test_their_errors_are_faults_too(text):
    with pytest.raises(engine.ExpressionFault):
        FEEL.evaluate(text, {"x": 1})


def test_a_variable_may_have_the_name_of_such_a_function():
    assert FEEL.evaluate("cycle + 1", {"cycle": 1}) == 2
    with pytest.raises(engine.ExpressionFault, match="缺少变量"):
        FEEL.evaluate("cycle + 1", {})
