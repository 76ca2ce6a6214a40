"""Ad-hoc sub-processes: a list or an operation says which of the elements inside begin."""

import pytest

from yiwang.commons.flow import engine
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    chain,
    end,
    event_sub,
    extended,
    loop,
    mapping,
    message,
    on_message,
    service,
    start,
    start_on,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.play import EVALUATOR, Play

LISTED = '<zeebe:adHoc activeElementsCollection="=wanted"/>'
ASKING = '<zeebe:taskDefinition type="plan"/>'


def ad_hoc(*parts, extra=(LISTED,), completion="", cancels=True):
    done = f"<bpmn:completionCondition>{completion}</bpmn:completionCondition>" if completion else ""
    flag = "" if cancels else ' cancelRemainingInstances="false"'
    return f'<bpmn:adHocSubProcess id="s"{flag}>{extended(*extra)}{"".join(parts)}{done}</bpmn:adHocSubProcess>'


def around(inner, *more):
    return bpmn(start(), inner, *more, user("z"), end(), chain("start", "s", "z", "end"))


def refused(xml):
    return [(each.element_id, each.message) for each in engine.parse({"f": xml}, evaluator=EVALUATOR).errors]


def test_the_elements_of_the_list_begin_and_the_last_to_end_ends_it():
    play = Play(around(ad_hoc(user("a"), user("b"), user("c"))), {"wanted": ["c", "a"]})
    assert sorted(play.open) == ["a", "c"]
    play.complete("a")
    assert play.open == ["c"]
    play.complete("c")
    assert play.open == ["z"]


def test_an_element_may_begin_more_than_once():
    play = Play(around(ad_hoc(user("a"), user("b"))), {"wanted": ["a", "a"]})
    assert play.open == ["a", "a"]
    play.complete("a")
    play.complete("a")
    assert play.open == ["z"]


def test_elements_that_are_connected_follow_one_another():
    play = Play(around(ad_hoc(user("a"), user("b"), chain("a", "b"))), {"wanted": ["a"]})
    play.complete("a")
    assert play.open == ["b"]
    play.complete("b")
    assert play.open == ["z"]
    assert [element for element in play.path if "." not in element][:3] == ["start", "a", "b"]


def test_what_an_element_writes_is_seen_by_all():
    play = Play(around(ad_hoc(user("a"), user("b"))), {"wanted": ["a", "b"]})
    play.complete("a", answer=1)
    assert play.step.variables["answer"] == 1
    assert "adHocElement" not in play.step.variables


def test_a_completion_condition_takes_the_others_away():
    play = Play(around(ad_hoc(user("a"), user("b"), completion="=enough")), {"wanted": ["a", "b"], "enough": False})
    play.complete("a", enough=True)
    assert play.open == ["z"]
    assert "b" in play.finished


def test_a_completion_condition_that_does_not_cancel_waits_for_the_others():
    inner = ad_hoc(user("a"), user("b"), completion="=enough", cancels=False)
    play = Play(around(inner), {"wanted": ["a", "b"], "enough": False})
    play.complete("a", enough=True)
    assert play.open == ["b"]
    play.complete("b")
    assert play.open == ["z"]


def test_a_completion_condition_that_never_holds_halts():
    play = Play(around(ad_hoc(user("a"), completion="=enough")), {"wanted": ["a"], "enough": False})
    with pytest.raises(engine.EvaluationHalt) as halt:
        play.complete("a")
    assert halt.value.element_id == "s.done"


@pytest.mark.parametrize("wanted", [[], ["q"], ["b"], [1], "a"])
def test_a_list_of_anything_but_elements_that_can_begin_halts(wanted):
    with pytest.raises(engine.EvaluationHalt) as halt:
        Play(around(ad_hoc(user("a"), user("b"), chain("a", "b"))), {"wanted": wanted})
    assert halt.value.element_id in ("s.each", "s.choose")


def test_results_are_collected_in_the_order_of_the_list():
    listed = '<zeebe:adHoc activeElementsCollection="=wanted" outputCollection="all" outputElement="=answer"/>'
    kept = mapping(outputs={"answer": "=answer"})
    play = Play(around(ad_hoc(user("a", kept), user("b", kept), extra=(listed,))), {"wanted": ["a", "b"]})
    play.complete("b", answer=2)
    play.complete("a", answer=1)
    assert play.step.variables["all"] == [1, 2]


def test_a_deadline_on_its_boundary_takes_everything_away():
    xml = bpmn(
        start(),
        ad_hoc(user("a"), user("b")),
        boundary("t", "s", timer("timeDuration", "PT1H")),
        user("late"),
        user("z"),
        end(),
        end("e2"),
        chain("start", "s", "z", "end"),
        chain("t", "late", "e2"),
    )
    play = Play(xml, {"wanted": ["a", "b"]})
    play.wait(hours=2)
    assert play.open == ["late"]


def test_an_event_sub_process_inside_it_watches_over_all_of_it():
    takes_over = event_sub(
        "w", start_on("by", on_message("stop")), user("instead"), end("we"), chain("by", "instead", "we")
    )
    xml = bpmn(
        start(), ad_hoc(user("a"), user("b"), takes_over), user("z"), end(), chain("start", "s", "z", "end"), root=message("stop"),
    )  # fmt: skip
    play = Play(xml, {"wanted": ["a", "b"], "id": 1})
    assert play.waiting == ["by"]
    play.arrive("stop")
    assert play.open == ["instead"]
    play.complete("instead")
    assert play.open == ["z"]


def test_its_inputs_are_seen_by_the_list():
    mapped = mapping(inputs={"wanted": "=first"})
    play = Play(around(ad_hoc(user("a"), user("b"), extra=(LISTED, mapped))), {"first": ["b"]})
    assert play.open == ["b"]


def test_each_instance_of_a_loop_begins_its_own():
    listed = '<zeebe:adHoc activeElementsCollection="=[tool]"/>'
    play = Play(around(ad_hoc(user("a"), user("b"), loop("=tools", "tool"), extra=(listed,))), {"tools": ["a", "b"]})
    assert sorted(play.open) == ["a", "b"]
    play.complete("a")
    play.complete("b")
    assert play.open == ["z"]


def test_an_operation_says_what_begins_until_it_says_that_it_is_done():
    play = Play(around(ad_hoc(user("a"), user("b"), extra=(ASKING,))))
    assert play.open == ["s.ask"]
    begun = [{"elementId": "a", "variables": {"topic": "x"}}, {"elementId": "b"}]
    play.complete("s.ask", activateElements=begun)
    assert sorted(play.open) == ["a", "b"]
    play.complete("a")
    play.complete("b")
    assert play.open == ["s.ask"]
    play.complete("s.ask", isCompletionConditionFulfilled=True)
    assert play.open == ["z"]


def test_variables_for_an_element_are_its_own():
    about = mapping(inputs={"topic": "=topic"})
    play = Play(around(ad_hoc(user("a", about), extra=(ASKING,))))
    begun = [{"elementId": "a", "variables": {"topic": each}} for each in "xy"]
    play.complete("s.ask", activateElements=begun)
    assert [item.inputs["topic"] for item in play.step.open_items] == ["x", "y"]
    assert "topic" not in play.step.variables


def test_an_operation_that_begins_nothing_and_is_not_done_halts():
    play = Play(around(ad_hoc(user("a"), extra=(ASKING,))))
    with pytest.raises(engine.EvaluationHalt) as halt:
        play.complete("s.ask")
    assert halt.value.element_id == "s.each"


def test_an_operation_that_is_performed_at_once_is_asked_again_too():
    asked = []

    def perform(item):
        if item.target != "plan":
            return {}
        asked.append(dict(item.inputs))
        return (
            {"activateElements": [{"elementId": "a"}]} if len(asked) < 3 else {"isCompletionConditionFulfilled": True}
        )

    extra = (ASKING, mapping(inputs={"goal": "=goal + 1"}))
    play = Play(around(ad_hoc(service("a"), extra=extra)), {"goal": 1}, perform)
    assert play.open == ["z"]
    assert asked == [{"goal": 2}] * 3


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        (ad_hoc(user("a"), extra=()), ("s", "没有说明自由子流程启动哪些环节。")),
        (ad_hoc(), ("s", "自由子流程里没有可以启动的环节。")),
        (ad_hoc(start("x"), user("a"), chain("x", "a")), ("x", "自由子流程里不能有开始或结束事件。")),
        (ad_hoc(user("a"), end("x"), chain("a", "x")), ("x", "自由子流程里不能有开始或结束事件。")),
    ],
)
def test_refuses_one_of_which_nobody_says_what_begins(inner, said):
    assert said in refused(around(inner))
