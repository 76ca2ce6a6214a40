"""Loops over a collection: parallel and sequential, of tasks and of sub-processes."""

from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    chain,
    end,
    flow,
    gateway,
    loop,
    mapping,
    start,
    sub,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.play import Play


def test_parallel_instances_collect_in_the_order_of_the_input():
    xml = bpmn(
        start(),
        user("a", mapping(inputs={"n": "=m + 1"}), inner=loop("=members", "m", "results", "=verdict")),
        end(),
        chain("start", "a", "end"),
    )
    play = Play(xml, {"members": [10, 20, 30]})
    assert [item.inputs["n"] for item in play.step.open_items] == [11, 21, 31]
    for value in (30, 10, 20):
        index = [item.inputs["n"] for item in play.step.open_items].index(value + 1)
        play.complete("a", index, verdict=f"v{value}")
    assert play.ended
    assert play.variables == {"members": [10, 20, 30], "results": ["v10", "v20", "v30"]}


def test_sequential_instances_come_one_at_a_time():
    xml = bpmn(
        start(),
        user("a", inner=loop("=members", "m", "results", "=m", sequential=True)),
        user("b"),
        end(),
        chain("start", "a", "b", "end"),
    )
    play = Play(xml, {"members": ["x", "y", "x"]})
    for _ in range(3):
        assert play.open == ["a"]
        play.complete("a")
    assert play.open == ["b"]
    assert play.variables["results"] == ["x", "y", "x"]


def test_an_empty_collection_passes_through():
    for sequential in (True, False):
        xml = bpmn(
            start(),
            user("a", inner=loop("=[]", "m", "results", "=m", sequential=sequential)),
            end(),
            chain("start", "a", "end"),
        )
        play = Play(xml)
        assert play.ended
        assert play.variables == {"results": []}


def test_a_completion_condition_takes_the_other_instances_away():
    xml = bpmn(
        start(),
        user("a", inner=loop("=[1, 2, 3]", "m", completion="=ok = true")),
        user("b"),
        end(),
        chain("start", "a", "b", "end"),
    )
    play = Play(xml)
    play.complete("a", ok=False)
    assert play.open == ["a", "a"]
    step = play.complete("a", ok=True)
    assert play.open == ["b"]
    assert sorted(item.completed for item in step.finished_items) == [False, True]


def test_a_loop_of_sub_processes_keeps_variables_apart():
    body = (
        start("s2"),
        user("a"),
        gateway("exclusive", "g", "n"),
        user("b"),
        end("e2"),
        chain("s2", "a", "g"),
        flow("g", "b", "=ok"),
        flow("g", "e2", name="n"),
        flow("b", "e2"),
    )
    xml = bpmn(start(), sub("sub", *body, loop("=[1, 2]", "m", "results", "=ok")), end(), chain("start", "sub", "end"))
    play = Play(xml)
    assert play.open == ["a", "a"]
    play.complete("a", 0, ok=True)
    play.complete("a", 0, ok=False)
    assert play.open == ["b"]
    play.complete("b")
    assert play.ended
    assert play.variables == {"results": [True, False]}


def test_a_timer_on_a_loop_of_sub_processes_takes_them_all_away():
    body = (start("s2"), user("a"), end("e2"), chain("s2", "a", "e2"))
    xml = bpmn(
        start(),
        sub("sub", *body, loop("=[1, 2, 3]", "m")),
        boundary("t", "sub", timer("timeDuration", "P1D")),
        user("late"),
        end(),
        end("end2"),
        chain("start", "sub", "end"),
        chain("t", "late", "end2"),
    )
    play = Play(xml)
    play.complete("a")
    play.wait(days=2)
    assert play.open == ["late"]
    play.complete("late")
    assert play.ended
