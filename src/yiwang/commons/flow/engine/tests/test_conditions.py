"""Conditional events: looked at whenever a variable may have changed, fired when they come to hold."""

import pytest

from yiwang.commons.flow import engine
from yiwang.commons.flow.engine.tests.models import (
    PLAIN,
    boundary,
    bpmn,
    catch,
    chain,
    end,
    gateway,
    handled,
    on_condition,
    start,
    user,
)
from yiwang.commons.flow.engine.tests.play import Play


def test_a_condition_waits_until_a_variable_makes_it_true():
    xml = bpmn(start(), catch("c", on_condition("=x > 3".replace(">", "&gt;"))), end(), chain("start", "c", "end"))
    play = Play(xml, {"x": 1})
    assert not play.ended
    play.do(engine.Correction({"x": 2}))
    assert not play.ended
    play.do(engine.Correction({"x": 4}))
    assert play.ended
    assert Play(xml, {"x": 9}).ended


def test_a_condition_whose_variable_is_not_there_yet_waits():
    xml = bpmn(start(), catch("c", on_condition("=done")), end(), chain("start", "c", "end"))
    play = Play(xml)
    play.do(engine.Correction({"done": True}))
    assert play.ended


def test_a_condition_that_is_no_truth_halts():
    xml = bpmn(start(), catch("c", on_condition("=done")), end(), chain("start", "c", "end"))
    with pytest.raises(engine.EvaluationHalt, match="既不是真也不是假"):
        Play(xml, {"done": 3})


def test_a_condition_on_the_boundary_sees_what_another_branch_writes():
    xml = bpmn(
        start(),
        gateway("parallel", "f"),
        user("a"),
        boundary("b", "a", on_condition("=stop")),
        user("other"),
        end(),
        end("e2"),
        end("e3"),
        chain("start", "f", "a", "end"),
        chain("f", "other", "e2"),
        chain("b", "e3"),
    )
    play = Play(xml, {"stop": False})
    play.complete("other", stop=True)
    assert play.ended
    assert "b" in play.path


def test_a_condition_that_does_not_interrupt_fires_each_time_it_becomes_true():
    play = Play(handled(PLAIN, begins=on_condition("=x"), interrupting=False), {"x": False})
    for value in (True, True, False, True):
        play.do(engine.Correction({"x": value}))
    assert play.open == ["a", "h", "h"]
