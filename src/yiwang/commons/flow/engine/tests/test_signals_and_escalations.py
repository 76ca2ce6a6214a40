"""Signals are heard by all that wait; escalations go outwards to the nearest event that knows them."""

import pytest

from yiwang.commons.flow import engine
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    call,
    catch,
    chain,
    end,
    escalation,
    gateway,
    mapping,
    on_escalation,
    on_signal,
    signal,
    start,
    sub,
    throw,
    user,
)
from yiwang.commons.flow.engine.tests.play import Play


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
