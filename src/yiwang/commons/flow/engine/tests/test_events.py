"""Messages, signals, conditions, escalations and event sub-processes, their state written to bytes between any two steps."""

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
    escalation,
    event_sub,
    extended,
    flow,
    gateway,
    loop,
    mapping,
    message,
    on_condition,
    on_escalation,
    on_message,
    on_signal,
    receive,
    service,
    signal,
    start,
    start_on,
    sub,
    throw,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.play import AT, EVALUATOR, Play

PAID = message("paid")
TERMINATE = "<bpmn:terminateEventDefinition/>"


def test_a_message_event_waits_with_its_key_and_takes_the_payload():
    play = Play(bpmn(start(), catch("c", on_message("paid")), end(), chain("start", "c", "end"), root=PAID), {"id": 7})
    (found,) = play.step.new_subscriptions
    assert (found.kind, found.name, found.key, found.element_id) == ("message", "paid", "7", "c")
    step = play.arrive("paid", amount=3)
    assert play.ended
    assert play.variables == {"id": 7, "amount": 3}
    assert step.gone_subscriptions == (found.subscription_id,)
    assert play.path == ["start", "c", "end"]


def test_output_mappings_of_a_message_keep_only_what_they_name():
    waits = receive("c", "paid", mapping(outputs={"total": "=amount + 1"}))
    play = Play(bpmn(start(), waits, end(), chain("start", "c", "end"), root=PAID), {"id": "a"})
    play.arrive("paid", amount=3, secret="x")
    assert play.variables == {"id": "a", "total": 4}


def test_a_message_for_a_token_that_is_gone_is_unknown():
    play = Play(bpmn(start(), receive("c", "paid"), end(), chain("start", "c", "end"), root=PAID), {"id": "a"})
    before = play.step.subscriptions[0].subscription_id
    play.arrive("paid")
    with pytest.raises(engine.UnknownItem):
        play.do(engine.Arrival(before, {}))


@pytest.mark.parametrize("key", ["=null", "=[1]", "=true"])
def test_a_correlation_key_that_is_no_text_or_number_halts(key):
    with pytest.raises(engine.EvaluationHalt, match="相关键"):
        Play(bpmn(start(), receive("c", "x"), end(), chain("start", "c", "end"), root=message("x", key)))


def test_a_message_on_the_boundary_takes_the_task_away_or_runs_beside_it():
    for interrupting in (True, False):
        xml = bpmn(
            start(),
            user("a"),
            boundary("b", "a", on_message("paid"), interrupting=interrupting),
            user("after"),
            end(),
            end("e2"),
            chain("start", "a", "end"),
            chain("b", "after", "e2"),
            root=PAID,
        )
        play = Play(xml, {"id": 1})
        play.arrive("paid", n=1)
        assert play.open == (["after"] if interrupting else ["a", "after"])
        if not interrupting:
            play.arrive("paid", n=2)
            assert play.open == ["a", "after", "after"]
            play.complete("a")
            assert play.waiting == []
            play.complete("after")
        play.complete("after")
        assert play.ended
        assert play.path.count("b") == (1 if interrupting else 2)


def test_a_receive_task_may_carry_a_deadline():
    xml = bpmn(
        start(),
        receive("c", "paid"),
        boundary("late", "c", timer("timeDuration", "P3D")),
        end(),
        end("e2"),
        chain("start", "c", "end"),
        chain("late", "e2"),
        root=PAID,
    )
    play = Play(xml, {"id": 1})
    play.wait(days=3)
    assert play.ended
    assert play.path == ["start", "late", "e2"]
    assert play.step.gone_subscriptions


def test_each_instance_of_a_loop_waits_with_a_key_of_its_own():
    waits = receive("c", "reply", inner=loop("=offices", "office", "answers", "=answer"))
    xml = bpmn(start(), waits, end(), chain("start", "c", "end"), root=message("reply", "=office"))
    play = Play(xml, {"offices": ["a", "b", "c"]})
    keys = {each.key: each.subscription_id for each in play.step.subscriptions}
    assert sorted(keys) == ["a", "b", "c"]
    for key in "cab":
        play.do(engine.Arrival(keys[key], {"answer": key * 2}))
    assert play.ended
    assert play.variables["answers"] == ["aa", "bb", "cc"]


RACE = bpmn(
    start(),
    gateway("eventBased", "g"),
    catch("m", on_message("paid")),
    catch("t", timer("timeDuration", "P1D")),
    receive("r", "other"),
    user("a"),
    user("b"),
    user("c"),
    end(),
    chain("start", "g", "m", "a", "end"),
    chain("g", "t", "b", "end"),
    chain("g", "r", "c", "end"),
    root=PAID + message("other"),
)


@pytest.mark.parametrize(("what", "then"), [("paid", "a"), ("other", "c"), ("", "b")])
def test_the_first_event_after_an_event_gateway_takes_the_others_away(what, then):
    play = Play(RACE, {"id": 1})
    assert play.waiting == ["m", "r"]
    assert len(play.step.timers) == 1
    play.arrive(what) if what else play.wait(days=1)
    assert play.open == [then]
    assert (play.waiting, play.step.timers) == ([], ())
    play.complete(then)
    assert play.ended


def test_a_message_and_a_timer_that_come_together_take_one_way():
    play = Play(RACE, {"id": 1})
    play.at += timedelta(days=2)
    play.arrive("paid")
    assert play.open == ["a"]


def handled(parts, *, interrupting=True, begins="", root=""):
    """Task a, with an event sub-process whose task is h."""
    begin = start_on("es", begins, interrupting=interrupting)
    handler = event_sub("handler", begin, user("h"), end("ee"), chain("es", "h", "ee"))
    return bpmn(start(), user("a"), *parts, end(), handler, root=root)


PLAIN = (chain("start", "a", "end"),)


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


def test_a_signal_reaches_all_that_wait_in_the_instance_and_is_handed_on():
    xml = bpmn(
        start(),
        gateway("parallel", "f"),
        catch("c", on_signal("go")),
        user("a"),
        boundary("b", "a", on_signal("go")),
        user("late"),
        throw("t", on_signal("go"), mapping(inputs={"why": "=id"})),
        gateway("parallel", "j"),
        end(),
        chain("start", "f", "c", "j", "end"),
        chain("f", "a", "never"),
        chain("f", "late", "t", "j"),
        chain("b", "e2"),
        end("never"),
        end("e2"),
        root=signal("go"),
    )
    play = Play(xml, {"id": 5})
    assert play.waiting == ["b", "c"]
    play.complete("late")
    assert play.waiting == []
    assert play.ended
    assert play.variables["why"] == 5
    (thrown,) = play.thrown
    assert (thrown.kind, thrown.name, dict(thrown.payload)) == ("signal", "go", {"why": 5})


def test_a_signal_from_outside_arrives_like_a_message():
    xml = bpmn(start(), catch("c", on_signal("go")), end(), chain("start", "c", "end"), root=signal("go"))
    play = Play(xml)
    assert [each.kind for each in play.step.subscriptions] == ["signal"]
    play.arrive("go")
    assert play.ended


def test_a_thrown_message_tells_name_key_id_payload_and_until_when():
    sent = '<zeebe:publishMessage correlationKey="=id" messageId="=id + 1" timeToLive="PT1H"/>'
    thrown = throw("t", on_message("paid"), sent, mapping(inputs={"sum": "=id * 2"}))
    play = Play(bpmn(start(), thrown, end(), chain("start", "t", "end"), root=PAID), {"id": 4})
    (found,) = play.thrown
    assert (found.kind, found.name, found.key, found.message_id, dict(found.payload)) == (
        "message", "paid", "4", "5", {"sum": 8},
    )  # fmt: skip
    assert found.expires_at is not None
    assert (found.expires_at - AT).total_seconds() == 3600


def test_a_message_end_with_an_operation_asks_the_host():
    inner = '<bpmn:extensionElements><zeebe:taskDefinition type="mail"/></bpmn:extensionElements>' + on_message("paid")
    play = Play(bpmn(start(), end("e", inner), chain("start", "e"), root=PAID), {"id": 4})
    assert play.item("e").target == "mail"
    play.complete("e")
    assert play.ended


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("code", ["", "up"])
def test_an_escalation_fires_the_nearest_event_and_the_scope_goes_on_or_not(interrupting, code):
    inner = sub(
        "inner",
        start("s1"),
        throw("t", on_escalation("up")),
        user("a"),
        end("e1"),
        chain("s1", "t", "a", "e1"),
    )
    xml = bpmn(
        start(),
        inner,
        boundary("b", "inner", on_escalation(code), interrupting=interrupting),
        user("h"),
        end(),
        end("e2"),
        chain("start", "inner", "end"),
        chain("b", "h", "e2"),
        root=escalation("up"),
    )
    play = Play(xml)
    assert play.open == (["h"] if interrupting else ["a", "h"])
    assert play.thrown == []
    assert play.path[:4] == ["start", "s1", "t", "b"]


def test_an_escalation_of_another_code_goes_on_and_is_handed_to_the_caller():
    inner = sub("inner", start("s1"), end("e1", on_escalation("up")), chain("s1", "e1"))
    xml = bpmn(
        start(),
        inner,
        boundary("b", "inner", on_escalation("other")),
        end(),
        end("e2"),
        chain("start", "inner", "end"),
        chain("b", "e2"),
        root=escalation("up") + escalation("other"),
    )
    play = Play(xml)
    assert play.ended
    assert [(each.kind, each.name) for each in play.thrown] == [("escalation", "up")]


def test_an_escalation_of_a_called_process_fires_at_its_call():
    xml = bpmn(
        start(),
        call("c", "other"),
        boundary("b", "c", on_escalation("up"), interrupting=False),
        user("h"),
        end(),
        end("e2"),
        chain("start", "c", "end"),
        chain("b", "h", "e2"),
        root=escalation("up"),
    )
    play = Play(xml)
    play.do(engine.Escalation(play.item("c").item_id, "up"))
    assert play.open == ["c", "h"]
    play.do(engine.Escalation(play.item("c").item_id, "nobody"))
    assert [each.name for each in play.thrown] == ["nobody"]


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


STARTS = bpmn(
    start(),
    start_on("by_message", on_message("paid"), mapping(outputs={"got": "=amount"})),
    start_on("by_signal", on_signal("go")),
    start_on("by_timer", timer("timeCycle", "R/P1D")),
    user("a"),
    user("b"),
    end(),
    chain("start", "a", "end"),
    chain("by_message", "b", "end"),
    chain("by_signal", "b"),
    chain("by_timer", "b"),
    root=message("paid", "") + signal("go"),
)


def test_a_process_begins_by_its_plain_start_or_by_a_message():
    assert Play(STARTS).open == ["a"]
    play = Play(STARTS, {"amount": 3, "rest": 1}, entry="by_message")
    assert (play.open, play.variables) == (["b"], {"got": 3})
    play.complete("b")
    assert play.path == ["by_message", "b", "end"]


def test_a_model_tells_by_which_events_it_begins():
    model = engine.parse({"p": STARTS}, evaluator=EVALUATOR).only()
    assert [(each.element_id, each.kind, each.name, each.timer) for each in model.beginnings] == [
        ("by_message", "message", "paid", ""),
        ("by_signal", "signal", "go", ""),
        ("by_timer", "timer", "", "R/P1D"),
    ]
    assert model.entry == "start"


def test_a_process_without_a_plain_start_begins_by_the_event_that_is_named():
    xml = bpmn(
        start_on("one", on_message("paid")),
        start_on("two", on_signal("go")),
        end(),
        flow("one", "end"),
        flow("two", "end"),
        root=message("paid", "") + signal("go"),
    )
    assert Play(xml, entry="two").path == ["two", "end"]
    with pytest.raises(engine.EvaluationHalt, match="开始事件"):
        Play(xml)


def mapped(node, **outputs):
    return mapping(outputs=outputs or {node: "=1"})


def test_output_mappings_of_all_events_are_applied():
    inner = sub(
        "s",
        f'<bpmn:startEvent id="s1">{extended(mapped("s1"))}</bpmn:startEvent>',
        throw("t", on_escalation("up"), mapped("t")),
        end("e1"),
        chain("s1", "t", "e1"),
    )
    xml = bpmn(
        f'<bpmn:startEvent id="start">{extended(mapped("start"))}</bpmn:startEvent>',
        catch("wait", timer("timeDuration", "P1D"), mapped("wait")),
        catch("when", on_condition("=x"), mapped("when")),
        inner,
        boundary("b", "s", extended(mapped("b")) + on_escalation(), interrupting=False),
        user("u"),
        boundary("r", "u", extended(mapped("r")) + timer("timeCycle", "R1/P1D"), interrupting=False),
        boundary("o", "u", extended(mapped("o")) + timer("timeDuration", "P9D")),
        end("end", extended(mapped("end"))),
        end("e2"),
        end("e3"),
        end("e4"),
        chain("start", "wait", "when", "s", "u", "end"),
        chain("b", "e2"),
        chain("r", "e3"),
        chain("o", "e4"),
        root=escalation("up"),
    )
    for ends_by_timer in (False, True):
        play = Play(xml, {"x": True})
        play.wait(days=1)
        play.wait(days=1)
        play.wait(days=9) if ends_by_timer else play.complete("u")
        assert play.ended
        expected = {"start", "wait", "when", "s1", "t", "b", "r", "o" if ends_by_timer else "end"}
        assert {name for name, value in play.variables.items() if value == 1} - {"x"} == expected


def test_mappings_of_an_end_that_does_not_map_are_refused():
    xml = bpmn(start(), end("b", extended(mapped("b")) + TERMINATE), chain("start", "b"))
    assert [each.element_id for each in engine.parse({"p": xml}, evaluator=EVALUATOR).errors] == ["b"]
