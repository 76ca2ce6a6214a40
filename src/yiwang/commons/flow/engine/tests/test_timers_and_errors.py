"""Timers, errors and terminate ends: what takes an activity away, and what goes on beside it."""

from datetime import timedelta

import pytest

from yiwang.commons.flow import engine
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    call,
    catch,
    chain,
    end,
    error,
    error_event,
    flow,
    gateway,
    loop,
    service,
    start,
    sub,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.play import AT, Play


def test_an_interrupting_timer_takes_its_task_away():
    xml = bpmn(
        start(),
        user("a"),
        boundary("t", "a", timer("timeDuration", "P5D")),
        user("late"),
        end(),
        end("end2"),
        chain("start", "a", "end"),
        chain("t", "late", "end2"),
    )
    play = Play(xml)
    assert [(each.element_id, each.due_at) for each in play.step.timers] == [("t", AT + timedelta(days=5))]
    play.wait(days=4)
    assert play.open == ["a"]
    step = play.wait(days=1)
    assert play.open == ["late"]
    assert [(item.element_id, item.completed) for item in step.finished_items] == [("a", False)]
    assert step.timers == ()
    play.complete("late")
    assert play.ended


def test_a_task_done_in_time_drops_its_timer():
    xml = bpmn(
        start(),
        user("a"),
        boundary("t", "a", timer("timeDuration", "P5D")),
        user("late"),
        end(),
        end("end2"),
        chain("start", "a", "end"),
        chain("t", "late", "end2"),
    )
    play = Play(xml)
    play.complete("a")
    assert play.ended
    assert play.step.timers == ()


def test_a_timer_that_does_not_interrupt_adds_a_branch():
    xml = bpmn(
        start(),
        user("a"),
        boundary("t", "a", timer("timeDuration", "PT1H"), interrupting=False),
        user("remind"),
        end(),
        end("end2"),
        chain("start", "a", "end"),
        chain("t", "remind", "end2"),
    )
    play = Play(xml)
    play.wait(hours=2)
    assert play.open == ["a", "remind"]
    play.complete("a")
    assert play.open == ["remind"]
    play.complete("remind")
    assert play.ended


def test_a_repeating_timer_reminds_until_the_task_is_done():
    xml = bpmn(
        start(),
        user("a"),
        boundary("t", "a", timer("timeCycle", "R2/P1D"), interrupting=False),
        user("remind"),
        end(),
        end("end2"),
        chain("start", "a", "end"),
        chain("t", "remind", "end2"),
    )
    play = Play(xml)
    play.wait(days=1)
    assert play.open == ["a", "remind"]
    play.wait(days=1)
    assert play.open == ["a", "remind", "remind"]
    play.wait(days=5)
    assert play.open == ["a", "remind", "remind"]
    assert play.step.timers == ()
    play.complete("a")
    assert play.open == ["remind", "remind"]
    play.complete("remind")
    play.complete("remind")
    assert play.ended


def test_a_timer_event_waits_for_a_date_from_a_variable():
    xml = bpmn(
        start(),
        f'<bpmn:intermediateCatchEvent id="t">{timer("timeDate", "=day")}</bpmn:intermediateCatchEvent>',
        end(),
        chain("start", "t", "end"),
    )
    play = Play(xml, {"day": "2026-03-05"})
    assert play.step.timers[0].due_at.isoformat() == "2026-03-05T00:00:00+08:00"
    assert not play.ended
    play.wait(days=4)
    assert play.ended


@pytest.mark.parametrize("known", ["E1", ""])
def test_an_error_boundary_catches_a_failed_operation(known):
    xml = bpmn(
        start(),
        service("s"),
        boundary("e", "s", error_event(known)),
        user("mend"),
        end(),
        end("end2"),
        chain("start", "s", "end"),
        chain("e", "mend", "end2"),
        root=error("E1"),
    )
    play = Play(xml)
    play.fail("s", "E1")
    assert play.open == ["mend"]
    play.complete("mend")
    assert play.ended


def test_an_error_that_nobody_catches_halts():
    play = Play(bpmn(start(), service("s"), end(), chain("start", "s", "end")))
    with pytest.raises(engine.EvaluationHalt, match="E9"):
        play.fail("s", "E9")


def test_a_business_error_of_a_performed_operation_takes_the_boundary():
    def perform(item):
        raise engine.BusinessError("E1")

    xml = bpmn(
        start(),
        service("s"),
        boundary("e", "s", error_event("E1")),
        user("mend"),
        end(),
        end("end2"),
        chain("start", "s", "end"),
        chain("e", "mend", "end2"),
        root=error("E1"),
    )
    assert Play(xml, perform=perform).open == ["mend"]


def test_a_called_process_that_fails_takes_the_boundary_of_the_sub_process_around_it():
    body = (
        start("s2"),
        gateway("parallel", "f"),
        call("c", "q"),
        user("a"),
        end("e2"),
        chain("s2", "f", "c", "e2"),
        chain("f", "a", "e2"),
    )
    xml = bpmn(
        start(),
        sub("sub", *body),
        boundary("e", "sub", error_event("E1")),
        user("mend"),
        end(),
        end("end2"),
        chain("start", "sub", "end"),
        chain("e", "mend", "end2"),
        root=error("E1"),
    )
    play = Play(xml)
    step = play.fail("c", "E1")
    assert play.open == ["mend"]
    assert sorted(item.element_id for item in step.finished_items) == ["a", "c"]


@pytest.mark.parametrize("looped", ["", loop("=[1, 2]", "m")])
def test_an_error_end_leaves_its_sub_process_by_the_boundary(looped):
    body = (
        start("s2"),
        gateway("parallel", "f"),
        user("a"),
        user("b"),
        end("e2", error_event("E1")),
        end("e3"),
        chain("s2", "f", "a", "e2"),
        chain("f", "b", "e3"),
    )
    xml = bpmn(
        start(),
        sub("sub", *body, looped),
        boundary("e", "sub", error_event("E1")),
        user("mend"),
        end(),
        end("end2"),
        chain("start", "sub", "end"),
        chain("e", "mend", "end2"),
        root=error("E1"),
    )
    play = Play(xml)
    play.complete("a")
    assert play.open == ["mend"]
    play.complete("mend")
    assert play.ended


def test_an_error_end_that_nothing_catches_ends_the_process_with_its_code():
    done = []

    def perform(item):
        done.append(item.target)
        return {"noted": True}

    xml = bpmn(
        start(),
        gateway("parallel", "f"),
        user("a"),
        user("b"),
        service("s", "note"),
        end("e1", error_event("E1")),
        end("e2"),
        chain("start", "f", "a", "s", "e1"),
        chain("f", "b", "e2"),
        root=error("E1"),
    )
    play = Play(xml, perform=perform)
    step = play.complete("a")
    assert (step.ended, step.error_code, step.open_items, step.variables) == (
        engine.Ended.FAILED,
        "E1",
        (),
        {"noted": True},
    )
    assert ("b", False) in [(item.element_id, item.completed) for item in step.finished_items]
    assert done == ["note"]


def test_a_terminate_end_takes_everything_away():
    xml = bpmn(
        start(),
        gateway("parallel", "f"),
        user("a"),
        user("b"),
        end("e1", "<bpmn:terminateEventDefinition/>"),
        end("e2"),
        chain("start", "f", "a", "e1"),
        chain("f", "b", "e2"),
    )
    play = Play(xml)
    step = play.complete("a")
    assert play.ended
    assert sorted((item.element_id, item.completed) for item in step.finished_items) == [("a", True), ("b", False)]


def test_a_terminate_end_in_a_sub_process_ends_only_that():
    body = (
        start("s2"),
        gateway("parallel", "f"),
        user("a"),
        user("b"),
        end("e1", "<bpmn:terminateEventDefinition/>"),
        end("e2"),
        chain("s2", "f", "a", "e1"),
        chain("f", "b", "e2"),
    )
    play = Play(bpmn(start(), sub("sub", *body), user("after"), end(), chain("start", "sub", "after", "end")))
    play.complete("a")
    assert play.open == ["after"]
    play.complete("after")
    assert play.ended


@pytest.mark.parametrize("drawn", [("far", "near"), ("near", "far")])
def test_of_two_timers_that_came_due_while_nobody_looked_the_earlier_goes_first(drawn):
    times = {"far": "P2D", "near": "P1D"}
    races = bpmn(
        start(), gateway("eventBased", "g"), *(catch(each, timer("timeDuration", times[each])) for each in drawn),
        user("a"), user("b"), end(), end("e2"), chain("start", "g"), *(flow("g", each) for each in drawn),
        chain("near", "a", "end"), chain("far", "b", "e2"),
    )  # fmt: skip
    play = Play(races)
    play.wait(days=9)
    assert play.open == ["a"]
    guarded = bpmn(
        start(), user("u"),
        *(boundary(each, "u", timer("timeDuration", times[each]), interrupting=each == "near") for each in drawn),
        user("a"), user("b"), end(), end("e2"), end("e3"), chain("start", "u", "end"), chain("near", "a", "e2"),
        chain("far", "b", "e3"),
    )  # fmt: skip
    play = Play(guarded)
    play.wait(days=9)
    assert play.open == ["a"], "the earlier took the task away, and the later with it"


def test_dates_that_are_over_go_in_their_order_too():
    xml = bpmn(
        start(), gateway("eventBased", "g"), catch("x", timer("timeDate", "2026-01-03")),
        catch("y", timer("timeDate", "2026-01-02")), user("a"), user("b"), end(), end("e2"), chain("start", "g"),
        flow("g", "x"), flow("g", "y"), chain("x", "a", "end"), chain("y", "b", "e2"),
    )  # fmt: skip
    assert Play(xml).open == ["b"]
