"""Event sub-processes: interrupting or beside, begun by each kind of event, ending with their scope."""

from yiwang.commons.flow.engine.tests.models import (
    PLAIN,
    boundary,
    bpmn,
    chain,
    end,
    error,
    error_event,
    escalation,
    event_sub,
    handled,
    message,
    on_escalation,
    on_message,
    service,
    start,
    start_on,
    sub,
    throw,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.play import Play

PAID = message("paid")
TERMINATE = "<bpmn:terminateEventDefinition/>"


def test_an_interrupting_event_sub_process_takes_its_process_over():
    play = Play(handled(PLAIN, begins=on_message("paid"), root=PAID), {"id": 1})
    assert (play.open, play.waiting) == (["a"], ["es"])
    play.arrive("paid", why="moved")
    assert (play.open, play.waiting) == (["h"], [])
    play.complete("h")
    assert play.ended
    assert play.variables["why"] == "moved"
    assert play.path == ["start", "es", "h", "ee", "handler"]


def test_an_event_sub_process_that_does_not_interrupt_runs_as_often_as_its_event_comes():
    play = Play(handled(PLAIN, begins=on_message("paid"), root=PAID, interrupting=False), {"id": 1})
    play.arrive("paid")
    play.arrive("paid")
    assert play.open == ["a", "h", "h"]
    play.complete("a")
    assert not play.ended
    play.complete("h")
    play.complete("h")
    assert play.ended


def test_an_unused_event_sub_process_leaves_nothing_behind():
    play = Play(handled(PLAIN, begins=timer("timeDuration", "P1D")), {})
    assert [each.element_id for each in play.step.timers] == ["es"]
    play.complete("a")
    assert play.ended
    assert play.path == ["start", "a", "end"]


def test_a_timer_begins_an_event_sub_process_once_or_in_a_cycle():
    once = Play(handled(PLAIN, begins=timer("timeDuration", "P1D")))
    once.wait(days=1)
    assert once.open == ["h"]
    cycle = Play(handled(PLAIN, begins=timer("timeCycle", "R2/P1D"), interrupting=False))
    for _day in range(3):
        cycle.wait(days=1)
    assert cycle.open == ["a", "h", "h"]


def test_an_interrupting_event_sub_process_takes_one_that_runs_beside_away():
    xml = bpmn(
        start(),
        user("a"),
        end(),
        chain("start", "a", "end"),
        event_sub("one", start_on("s1", on_message("note"), interrupting=False), user("n"), end("e1"), chain("s1", "n", "e1")),
        event_sub("two", start_on("s2", on_message("paid")), user("h"), end("e2"), chain("s2", "h", "e2")),
        root=PAID + message("note"),
    )  # fmt: skip
    play = Play(xml, {"id": 1})
    play.arrive("note")
    assert play.open == ["a", "n"]
    play.arrive("paid")
    assert (play.open, play.waiting) == (["h"], [])
    play.complete("h")
    assert play.ended


def test_an_error_begins_the_event_sub_process_of_its_scope():
    xml = bpmn(
        start(),
        service("a", "op"),
        end(),
        chain("start", "a", "end"),
        event_sub("handler", start_on("es", error_event("bad")), user("h"), end("ee"), chain("es", "h", "ee")),
        root=error("bad"),
    )
    play = Play(xml)
    play.fail("a", "bad")
    assert play.open == ["h"]
    play.complete("h")
    assert play.ended


def test_an_error_inside_an_event_sub_process_goes_further_out():
    inner = sub(
        "inner",
        start("s1"),
        user("a"),
        end("e1"),
        chain("s1", "a", "e1"),
        event_sub("handler", start_on("es", on_message("paid")), end("ee", error_event("bad")), chain("es", "ee")),
        event_sub("same", start_on("ex", error_event("bad")), end("exe"), chain("ex", "exe")),
    )
    xml = bpmn(
        start(),
        inner,
        boundary("b", "inner", error_event("bad")),
        user("after"),
        end(),
        end("e2"),
        chain("start", "inner", "end"),
        chain("b", "after", "e2"),
        root=PAID + error("bad"),
    )
    play = Play(xml, {"id": 1})
    play.arrive("paid")
    assert play.open == ["after"]


def test_a_terminate_end_ends_the_event_sub_processes_too():
    xml = handled(
        (end("stop", TERMINATE), chain("start", "a", "stop")), begins=on_message("paid"), root=PAID, interrupting=False
    ).replace(b'<bpmn:endEvent id="end"></bpmn:endEvent>', b"")
    play = Play(xml, {"id": 1})
    play.arrive("paid")
    assert play.open == ["a", "h"]
    play.complete("a")
    assert play.ended


def test_an_event_sub_process_of_a_sub_process_ends_with_it():
    inner = sub(
        "inner",
        start("s1"),
        user("a"),
        end("e1"),
        chain("s1", "a", "e1"),
        event_sub("handler", start_on("es", on_message("paid")), user("h"), end("ee"), chain("es", "h", "ee")),
    )
    xml = bpmn(start(), inner, user("b"), end(), chain("start", "inner", "b", "end"), root=PAID)
    first, second = Play(xml, {"id": 1}), Play(xml, {"id": 1})
    first.complete("a")
    assert (first.open, first.waiting) == (["b"], [])
    second.arrive("paid")
    second.complete("h")
    assert second.open == ["b"]


def test_an_escalation_begins_an_event_sub_process():
    xml = bpmn(
        start(),
        throw("t", on_escalation("up")),
        user("a"),
        end(),
        chain("start", "t", "a", "end"),
        event_sub("handler", start_on("es", on_escalation("up"), interrupting=False), user("h"), end("ee"), chain("es", "h", "ee")),
        root=escalation("up"),
    )  # fmt: skip
    assert Play(xml).open == ["a", "h"]
