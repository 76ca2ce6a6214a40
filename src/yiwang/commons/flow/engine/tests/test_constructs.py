"""Each construct as a micro-model, its state written to bytes and read again between any two steps."""

from datetime import timedelta

import pytest

from yiwang.commons.flow import engine
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    call,
    chain,
    end,
    error,
    error_event,
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
from yiwang.commons.flow.engine.tests.play import AT, Play

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


def listener(*events):
    inner = "".join(f'<zeebe:executionListener eventType="{event}" type="{operation}"/>' for event, operation in events)
    return f"<zeebe:executionListeners>{inner}</zeebe:executionListeners>"


def test_execution_listeners_are_operations_before_and_after_their_element():
    xml = bpmn(
        f'<bpmn:startEvent id="start"><bpmn:extensionElements>{listener(("end", "log"))}</bpmn:extensionElements></bpmn:startEvent>',
        user("a", listener(("start", "one"), ("start", "two"), ("end", "three"))),
        boundary("late", "a", timer("timeDuration", "P1D")),
        f'<bpmn:endEvent id="end"><bpmn:extensionElements>{listener(("start", "last"))}</bpmn:extensionElements></bpmn:endEvent>',
        end("e2"),
        chain("start", "a", "end"),
        chain("late", "e2"),
    )
    play = Play(xml)
    seen = []
    while not play.ended:
        (item,) = play.step.open_items
        seen.append(item.target or item.element_id)
        play.complete(item.element_id)
    assert seen == ["log", "one", "two", "a", "three", "last"]
    late = Play(xml, perform=lambda _item: {})
    late.wait(days=1)
    assert late.path == ["start", "start.end1", "a.start1", "a.start2", "late", "e2"]


def test_mappings_see_those_before_them_and_dots_make_entries():
    inputs = {"a": "=x + 1", "b": "=a + 1", "login.name": "=x", "login.key": "k"}
    outputs = {"done.by": "=who", "twice": "=done"}
    xml = bpmn(start(), user("u", mapping(inputs=inputs, outputs=outputs)), end(), chain("start", "u", "end"))
    play = Play(xml, {"x": 1, "done": {"at": 7}})
    assert play.item("u").inputs == {"a": 2, "b": 3, "login": {"name": 1, "key": "k"}}
    play.complete("u", who="z")
    assert play.variables == {"x": 1, "done": {"at": 7, "by": "z"}, "twice": {"at": 7, "by": "z"}}
