"""A step that can't go on raises and leaves the old state valid; it never takes another way."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from yiwang.commons.flow import engine
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    chain,
    end,
    flow,
    gateway,
    loop,
    service,
    start,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.play import Play

CHOICE = bpmn(
    start(),
    user("a"),
    gateway("exclusive", "g", "d"),
    user("yes"),
    user("no"),
    end(),
    chain("start", "a", "g"),
    flow("g", "yes", "=x &gt; 1"),
    flow("g", "no", name="d"),
    chain("yes", "end"),
    chain("no", "end"),
)


@pytest.mark.parametrize("x", [None, "text"], ids=["null", "error"])
def test_a_condition_that_is_null_or_fails_halts_and_does_not_take_the_default(x):
    play = Play(CHOICE)
    before = play.state
    item = play.item("a").item_id
    if x == "text":
        xml = CHOICE.replace(b"x &gt; 1", b"x + 1 &gt; 1")
        play = Play(xml)
        item = play.item("a").item_id
    with pytest.raises(engine.EvaluationHalt) as halt:
        play.do(engine.Completion(item, {"x": x}))
    assert halt.value.element_id == "g_yes"
    assert "x" in halt.value.expression
    play.state = before if x is None else play.state
    assert play.do(engine.Completion(item, {"x": 2})).new_items[0].element_id == "yes"


def test_a_correction_of_the_variables_lets_the_step_go_on():
    xml = CHOICE.replace(b"x &gt; 1", b"y &gt; 1")
    play = Play(xml)
    with pytest.raises(engine.EvaluationHalt):
        play.complete("a")
    play.do(engine.Correction({"y": 5}))
    play.complete("a")
    assert play.open == ["yes"]


def test_no_branch_and_no_default_halts():
    xml = bpmn(
        start(),
        gateway("exclusive", "g"),
        end("a"),
        end("b"),
        flow("start", "g"),
        flow("g", "a", "=false"),
        flow("g", "b", "=false"),
    )
    with pytest.raises(engine.EvaluationHalt, match="默认流向") as halt:
        Play(xml)
    assert halt.value.element_id == "g"


def test_a_loop_without_any_wait_halts():
    xml = bpmn(
        start(),
        gateway("exclusive", "g"),
        gateway("exclusive", "h", "out"),
        end(),
        chain("start", "g", "h"),
        flow("h", "g", "=true"),
        flow("h", "end", name="out"),
    )
    with pytest.raises(engine.EvaluationHalt, match="循环"):
        Play(xml)


@pytest.mark.parametrize("items", ["null", "1", "[1, null]"])
def test_a_collection_that_is_no_list_of_values_halts(items):
    with pytest.raises(engine.EvaluationHalt):
        Play(bpmn(start(), user("a", inner=loop(f"={items}", "m")), end(), chain("start", "a", "end")))


@pytest.mark.parametrize("when", ["null", '"soon"', "5", '"P999999999Y"'])
def test_a_timer_without_a_time_halts(when):
    xml = bpmn(
        start(),
        user("a"),
        boundary("t", "a", timer("timeDuration", f"={when}")),
        end(),
        end("e2"),
        chain("start", "a", "end"),
        chain("t", "e2"),
    )
    with pytest.raises(engine.EvaluationHalt):
        Play(xml)


def test_a_join_that_can_never_be_complete_halts_instead_of_hanging():
    xml = bpmn(
        start(),
        gateway("exclusive", "g", "d"),
        user("a"),
        user("b"),
        gateway("parallel", "j"),
        end(),
        flow("start", "g"),
        flow("g", "a", "=true"),
        flow("g", "b", name="d"),
        chain("a", "j"),
        chain("b", "j", "end"),
    )
    play = Play(xml)
    with pytest.raises(engine.EvaluationHalt, match="没有可以继续"):
        play.complete("a")


def test_values_of_feel_survive_the_state():
    values = {
        "n": Decimal("0.10"),
        "d": date(2026, 3, 1),
        "t": timedelta(hours=3),
        "l": [{"a": Decimal(1)}],
        "z": None,
        "字": "值",
    }
    play = Play(bpmn(start(), user("a"), user("b"), end(), chain("start", "a", "b", "end")), values)
    play.complete("a")
    assert play.variables == values
    assert engine.variables_of(play.state) == values


def test_foreign_bytes_are_no_state_and_no_model():
    with pytest.raises(ValueError, match="process"):
        engine.load(b"abc")
    play = Play(bpmn(start(), service("s"), end(), chain("start", "s", "end")))
    play.state = b"YS0" + play.state[3:]
    with pytest.raises(ValueError, match="state"):
        play.do(engine.TimerDue())


def test_a_loop_of_five_hundred_rounds_stays_cheap():
    xml = bpmn(
        start(), user("a"), gateway("parallel", "f"), user("b"), user("c"), gateway("parallel", "j"), gateway("exclusive", "g", "out"), end(),
        chain("start", "a", "f", "b", "j", "g"), chain("f", "c", "j"), flow("g", "a", "=again"), flow("g", "end", name="out"),
    )  # fmt: skip
    play = Play(xml)
    sizes = set()
    for left in range(500, 0, -1):
        play.complete("a")
        play.complete("b")
        play.complete("c", again=left > 1)
        sizes.add(len(play.state))
    assert play.ended
    assert max(sizes) < 1000
