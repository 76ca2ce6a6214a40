"""Gateways and loops drawn with them, run from start to end with the state written to bytes between any two steps."""

import pytest

from yiwang.commons.flow.engine.tests.models import (
    bpmn,
    chain,
    end,
    flow,
    gateway,
    start,
    user,
)
from yiwang.commons.flow.engine.tests.play import Play


def test_parallel_branches_meet_again():
    xml = bpmn(
        start(),
        gateway("parallel", "f"),
        user("a"),
        user("b"),
        gateway("parallel", "j"),
        user("c"),
        end(),
        chain("start", "f", "a", "j", "c", "end"),
        chain("f", "b", "j"),
    )
    play = Play(xml)
    assert play.open == ["a", "b"]
    play.complete("b", b=1)
    assert play.open == ["a"]
    play.complete("a", a=1)
    assert play.open == ["c"]
    play.complete("c")
    assert play.ended
    assert play.variables == {"a": 1, "b": 1}


@pytest.mark.parametrize(("age", "way"), [(5, "young"), (70, "old"), (30, "other")])
def test_an_exclusive_gateway_takes_one_way(age, way):
    xml = bpmn(
        start(),
        gateway("exclusive", "g", "d"),
        user("young"),
        user("old"),
        user("other"),
        end(),
        flow("start", "g"),
        flow("g", "young", "=age &lt; 10"),
        flow("g", "old", "=age &gt; 60"),
        flow("g", "other", name="d"),
        flow("young", "end"),
        flow("old", "end"),
        flow("other", "end"),
    )
    assert Play(xml, {"age": age}).open == [way]


def test_an_inclusive_gateway_waits_for_the_ways_it_took():
    xml = bpmn(
        start(),
        gateway("inclusive", "f"),
        user("a"),
        user("b"),
        user("c"),
        gateway("inclusive", "j"),
        user("d"),
        end(),
        flow("start", "f"),
        flow("f", "a", "=x &gt; 0"),
        flow("f", "b", "=x &gt; 1"),
        flow("f", "c", "=x &gt; 2"),
        flow("a", "j"),
        flow("b", "j"),
        flow("c", "j"),
        flow("j", "d"),
        flow("d", "end"),
    )
    play = Play(xml, {"x": 2})
    assert play.open == ["a", "b"]
    play.complete("a")
    assert play.open == ["b"]
    play.complete("b")
    assert play.open == ["d"]
    play.complete("d")
    assert play.ended


def test_a_loop_back_runs_a_task_again():
    xml = bpmn(
        start(),
        user("a"),
        gateway("exclusive", "g", "out"),
        end(),
        chain("start", "a", "g"),
        flow("g", "a", "=again"),
        flow("g", "end", name="out"),
    )
    play = Play(xml)
    for again in (True, True, False):
        play.complete("a", again=again)
    assert play.ended
    assert play.path.count("a") == 3
