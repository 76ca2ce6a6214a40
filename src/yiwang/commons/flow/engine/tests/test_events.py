"""Messages, signals, conditions, escalations and event sub-processes, their state written to bytes between any two steps."""

from datetime import timedelta

import pytest

from yiwang.commons.flow import engine
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    catch,
    chain,
    end,
    escalation,
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
