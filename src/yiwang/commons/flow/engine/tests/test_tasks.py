"""Tasks of each kind: what the host is asked for, what comes back, the state written to bytes between any two steps."""

import pytest

from yiwang.commons.flow import engine
from yiwang.commons.flow.engine.tests.models import (
    bpmn,
    call,
    chain,
    end,
    flow,
    gateway,
    loop,
    mapping,
    rule,
    service,
    start,
    sub,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.play import Play

LINE = bpmn(start(), user("a"), user("b"), end(), chain("start", "a", "b", "end"))


def test_runs_user_tasks_one_after_the_other():
    play = Play(LINE, {"x": 1})
    assert play.open == ["a"]
    step = play.complete("a", done="是")
    assert [item.element_id for item in step.new_items] == ["b"]
    assert [(item.element_id, item.completed) for item in step.finished_items] == [("a", True)]
    play.complete("b")
    assert play.ended
    assert play.variables == {"x": 1, "done": "是"}
    assert play.path == ["start", "a", "b", "end"]


def test_an_item_tells_all_that_the_host_needs():
    extras = (
        '<zeebe:assignmentDefinition assignee="=officer" candidateGroups="org:1, clerk"/>',
        '<zeebe:formDefinition formKey="review"/>',
        '<zeebe:taskSchedule dueDate="=due"/>',
        '<zeebe:taskHeaders><zeebe:header key="scope" value="matter:x"/></zeebe:taskHeaders>',
        '<zeebe:properties><zeebe:property name="subject" value="=case"/></zeebe:properties>',
        mapping(inputs={"child": "=case + 1", "fixed": "字"}),
    )
    play = Play(
        bpmn(start(), user("a", *extras), end(), chain("start", "a", "end")),
        {"officer": "u7", "due": "2026-04-01", "case": 5},
    )
    item = play.item("a")
    assert (item.kind, item.name, item.assignee, item.candidate_groups) == (
        engine.ItemKind.USER,
        "任务a",
        "u7",
        ("org:1", "clerk"),
    )
    assert (item.form_key, item.due, item.headers, item.properties) == (
        "review",
        "2026-04-01",
        {"scope": "matter:x"},
        {"subject": 5},
    )
    assert item.inputs == {"child": 6, "fixed": "字"}
    play.complete("a")
    assert play.variables == {"officer": "u7", "due": "2026-04-01", "case": 5}


def test_output_mappings_keep_only_what_they_name():
    play = Play(bpmn(start(), user("a", mapping(outputs={"ok": "=result = 1"})), end(), chain("start", "a", "end")))
    play.complete("a", result=1, form="large")
    assert play.variables == {"ok": True}


def test_operations_and_decisions_run_inside_the_step_when_the_host_performs_them():
    asked = []

    def perform(item):
        asked.append((item.kind, item.target, dict(item.inputs)))
        return {"number": "A1"} if item.kind is engine.ItemKind.OPERATION else {item.result_variable: "通过"}

    xml = bpmn(
        start(),
        service("s", "cases.number", mapping(inputs={"case": "=c"})),
        rule("r", "eligible", "verdict"),
        user("u"),
        end(),
        chain("start", "s", "r", "u", "end"),
    )
    play = Play(xml, {"c": 3}, perform)
    assert asked == [
        (engine.ItemKind.OPERATION, "cases.number", {"case": 3}),
        (engine.ItemKind.DECISION, "eligible", {"c": 3, "number": "A1"}),
    ]
    assert play.open == ["u"]
    assert play.variables == {"c": 3, "number": "A1", "verdict": "通过"}
    assert play.path == ["start", "s", "r"]


def test_a_remote_operation_stays_open_until_its_result_comes():
    play = Play(bpmn(start(), service("s"), end(), chain("start", "s", "end")))
    assert play.item("s").kind is engine.ItemKind.OPERATION
    play.complete("s", answer=42)
    assert play.ended
    assert play.variables == {"answer": 42}


def test_a_call_activity_waits_with_its_process_and_inputs():
    xml = bpmn(
        start(),
        call(
            "c",
            "birth",
            mapping(inputs={"child": "=baby"}, outputs={"number": "=result"}),
            flags='propagateAllParentVariables="false"',
        ),
        end(),
        chain("start", "c", "end"),
    )
    play = Play(xml, {"baby": "小明", "secret": 1})
    item = play.item("c")
    assert (item.kind, item.target, item.inputs) == (engine.ItemKind.CALL, "birth", {"child": "小明"})
    play.complete("c", result="0001", noise=1)
    assert play.variables == {"baby": "小明", "secret": 1, "number": "0001"}
    assert play.ended


def test_a_called_process_gets_all_variables_where_the_model_says_so():
    play = Play(bpmn(start(), call("c", "=which"), end(), chain("start", "c", "end")), {"which": "q", "x": 1})
    assert (play.item("c").target, play.item("c").inputs) == ("q", {"which": "q", "x": 1})


def test_a_sub_process_has_its_inputs_for_itself():
    xml = bpmn(
        start(),
        sub(
            "sub",
            start("s2"),
            user("a"),
            end("e2"),
            chain("s2", "a", "e2"),
            extra=(mapping(inputs={"local": "=x"}, outputs={"out": "=local"}),),
        ),
        user("b"),
        end(),
        chain("start", "sub", "b", "end"),
    )
    play = Play(xml, {"x": 1})
    play.complete("a", local=7, other=8)
    assert play.open == ["b"]
    assert play.variables == {"x": 1, "other": 8, "out": 7}


def test_a_cancelled_instance_has_no_items_left():
    play = Play(LINE)
    step = play.do(engine.Cancel())
    assert step.ended is engine.Ended.CANCELLED
    assert [(item.element_id, item.completed) for item in step.finished_items] == [("a", False)]
    assert play.open == []


def test_a_script_sets_a_variable_by_feel():
    script = '<bpmn:scriptTask id="x"><bpmn:extensionElements><zeebe:script expression="=a * 2" resultVariable="b"/></bpmn:extensionElements></bpmn:scriptTask>'
    play = Play(bpmn(start(), script, end(), chain("start", "x", "end")), {"a": 21})
    assert play.variables == {"a": 21, "b": 42}


def test_an_item_is_completed_once_only():
    play = Play(LINE)
    first = play.item("a").item_id
    play.complete("a")
    with pytest.raises(engine.UnknownItem):
        play.do(engine.Completion(first))


def test_the_same_state_and_command_give_the_same_step():
    play = Play(LINE)
    state, command = play.state, engine.Completion(play.item("a").item_id, {"x": 1})
    steps = []
    for _ in range(2):
        play.state = state
        steps.append(play.do(command))
    assert steps[0].variables == steps[1].variables
    first, second = ([event.element_id for event in step.path] for step in steps)
    assert first == second


def test_items_and_timers_never_share_an_id_however_often_the_state_is_read_again():
    catch = f'<bpmn:intermediateCatchEvent id="t">{timer("timeDuration", "PT1H")}</bpmn:intermediateCatchEvent>'
    xml = bpmn(
        start(), user("a"), service("s"), catch, service("z"), gateway("exclusive", "g", "out"), end(),
        chain("start", "a", "s", "t", "z", "g"), flow("g", "a", "=again"), flow("g", "end", name="out"),
    )  # fmt: skip
    performed = []

    def perform(item):
        performed.append(item.item_id)
        return {}

    play = Play(xml, perform=perform)
    items, timers = [], []
    for round_ in range(4):
        items.append(play.item("a").item_id)
        play.complete("a", again=round_ < 3)
        timers.append(play.step.timers[0].timer_id)
        play.wait(hours=2)
    assert play.ended
    assert len(set(items + performed + timers)) == 4 + 8 + 4


def test_names_that_the_token_library_keeps_for_itself_may_be_ids():
    xml = bpmn(start("Start"), user("Root", inner=loop("=[1]", "m")), end("End"), chain("Start", "Root", "End"))
    play = Play(xml)
    play.complete("Root")
    assert play.ended
    assert play.path == ["Start", "Root", "Root", "End"]


def test_mappings_see_those_before_them_and_dots_make_entries():
    inputs = {"a": "=x + 1", "b": "=a + 1", "login.name": "=x", "login.key": "k"}
    outputs = {"done.by": "=who", "twice": "=done"}
    xml = bpmn(start(), user("u", mapping(inputs=inputs, outputs=outputs)), end(), chain("start", "u", "end"))
    play = Play(xml, {"x": 1, "done": {"at": 7}})
    assert play.item("u").inputs == {"a": 2, "b": 3, "login": {"name": 1, "key": "k"}}
    play.complete("u", who="z")
    assert play.variables == {"x": 1, "done": {"at": 7, "by": "z"}, "twice": {"at": 7, "by": "z"}}


def test_an_operation_may_be_named_by_an_expression():
    xml = bpmn(start(), service("s", "=kind + &quot;.send&quot;"), end(), chain("start", "s", "end"))
    assert Play(xml, {"kind": "mail"}).item("s").target == "mail.send"


@pytest.mark.parametrize("kind", [None, "", 1, ["mail"]])
def test_an_expression_that_names_no_operation_halts(kind):
    xml = bpmn(start(), service("s", "=kind"), end(), chain("start", "s", "end"))
    with pytest.raises(engine.EvaluationHalt) as halt:
        Play(xml, {"kind": kind})
    assert halt.value.element_id == "s"
