"""Listeners are operations before and after their element; before a user task they may correct it."""

from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    chain,
    end,
    start,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.play import Play


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


def task_listener(*events):
    inner = "".join(f'<zeebe:taskListener eventType="{event}" type="{operation}"/>' for event, operation in events)
    return f"<zeebe:taskListeners>{inner}</zeebe:taskListeners>"


ASSIGNED = '<zeebe:assignmentDefinition assignee="somebody" candidateGroups="counter"/>'


def test_an_operation_corrects_a_user_task_before_it_is_created():
    listeners = task_listener(("creating", "one"), ("creating", "two"), ("completing", "three"))
    xml = bpmn(
        start(),
        user("a", ASSIGNED, listener(("start", "zero")), listeners),
        boundary("late", "a", timer("timeDuration", "P1D")),
        end(),
        end("e2"),
        chain("start", "a", "end"),
        chain("late", "e2"),
    )
    play = Play(xml)
    play.complete("a.start1", assignee="ignored")
    assert (play.item("a.creating1").target, play.open) == ("one", ["a.creating1"])
    play.complete("a.creating1", assignee="first", dueDate="2026-03-09")
    play.complete("a.creating2", assignee="second", candidateGroups=["hall", "desk"])
    item = play.item("a")
    assert (item.assignee, item.candidate_groups, item.due) == ("second", ("hall", "desk"), "2026-03-09")
    assert play.variables == {"assignee": "ignored"}
    play.complete("a")
    play.complete("a.completing1")
    assert play.ended


def test_a_user_task_that_nobody_corrects_is_as_it_is_drawn():
    xml = bpmn(start(), user("a", ASSIGNED, task_listener(("creating", "one"))), end(), chain("start", "a", "end"))
    play = Play(xml, perform=lambda _item: {})
    assert (play.item("a").assignee, play.item("a").candidate_groups) == ("somebody", ("counter",))
