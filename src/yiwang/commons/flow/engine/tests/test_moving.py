"""Instances carried over to another version: go on its way where that is safe, else stay with every reason told."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.flow import engine
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    call,
    chain,
    end,
    flow,
    gateway,
    loop,
    service,
    start,
    sub,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.play import EVALUATOR, Play
from yiwang.commons.flow.engine.tests.test_random_models import Maker

LINE = bpmn(start(), user("a"), user("b"), end(), chain("start", "a", "b", "end"))


def parsed(xml):
    return engine.parse({"p.bpmn": xml}, evaluator=EVALUATOR).only()


def move(play, xml, **mapping):
    new = parsed(xml)
    play.state = engine.Move(engine.load(play.blob), new, mapping).state(play.state)
    play.blob = new.spec_blob
    return play.do(engine.Correction({}))


def refused(play, xml, **mapping):
    before = play.state
    with pytest.raises(engine.CannotMove) as why:
        move(play, xml, **mapping)
    assert play.state == before
    return {each.element_id: each.reason for each in why.value.obstacles}


def test_goes_on_as_the_new_version_says_with_its_variables():
    play = Play(LINE, {"x": 1})
    item = play.item("a")
    move(play, bpmn(start(), user("a"), user("check"), user("b"), end(), chain("start", "a", "check", "b", "end")))
    assert play.item("a") == item
    play.complete("a", y=2)
    assert (play.open, dict(play.variables)) == (["check"], {"x": 1, "y": 2})
    play.complete("check")
    play.complete("b")
    assert play.ended


def test_an_element_that_is_passed_may_be_gone():
    play = Play(LINE)
    play.complete("a")
    move(play, bpmn(start(), user("b"), user("c"), end(), chain("start", "b", "c", "end")))
    play.complete("b")
    assert play.open == ["c"]


def test_an_element_with_another_id_is_named_by_the_mapping():
    play = Play(LINE)
    renamed = bpmn(start(), user("first"), user("b"), end(), chain("start", "first", "b", "end"))
    assert "没有" in refused(play, renamed)["a"]
    step = move(play, renamed, a="first")
    assert [(item.element_id, item.name) for item in step.open_items] == [("first", "任务a")]
    play.complete("first")
    assert play.open == ["b"]


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        (bpmn(start(), user("b"), end(), chain("start", "b", "end")), "新版本没有它"),
        (bpmn(start(), service("a"), user("b"), end(), chain("start", "a", "b", "end")), "种类变了"),
        (
            bpmn(start(), user("a", inner=loop("=[1]", "i")), user("b"), end(), chain("start", "a", "b", "end")),
            "多实例",
        ),
        (
            bpmn(
                start(), sub("s", start("s1"), user("a"), end("e1"), chain("s1", "a", "e1")), user("b"), end(),
                chain("start", "s", "b", "end"),
            ),
            "子流程",
        ),
        (
            bpmn(
                start(), user("a"), user("b"), boundary("late", "a", timer("timeDuration", "P5D")), end(),
                chain("start", "a", "b", "end"), flow("late", "end"),
            ),
            "边界事件变了",
        ),
    ],
)  # fmt: skip
def test_refuses_where_the_place_is_another(xml, said):
    assert said in refused(Play(LINE), xml)["a"]


def test_refuses_inside_a_multi_instance():
    many = bpmn(start(), user("a", inner=loop("=[1, 2]", "i")), end(), chain("start", "a", "end"))
    assert "多实例" in refused(Play(many), many)["a"]


def test_a_timer_on_the_boundary_keeps_its_time_and_takes_the_new_way():
    def version(duration, *then):
        parts = (start(), user("a"), boundary("late", "a", timer("timeDuration", duration)), *map(user, then), end())
        return bpmn(*parts, chain("start", "a", "end"), chain("late", *then, "end"))

    play = Play(version("P5D", "old"))
    due = play.step.timers
    move(play, version("P9D", "new"))
    assert play.step.timers == due
    play.wait(days=6)
    assert play.open == ["new"]


def test_a_token_in_a_sub_process_moves_within_it():
    def version(*inner):
        return bpmn(
            start(), sub("s", start("s1"), *map(user, inner), end("e1"), chain("s1", *inner, "e1")), user("z"), end(),
            chain("start", "s", "z", "end"),
        )  # fmt: skip

    play = Play(version("a"))
    move(play, version("a", "b"))
    for element in ("a", "b", "z"):
        play.complete(element)
    assert play.ended


def forked(*branches, after="d"):
    parts = [gateway("parallel", "fork"), gateway("parallel", "join"), user(after)]
    for branch in branches:
        parts += [user(element) for element in branch] + [chain("fork", *branch, "join")]
    return bpmn(start(), *parts, end(), chain("start", "fork"), chain("join", after, "end"))


def test_branches_that_wait_for_each_other_still_meet():
    play = Play(forked("b", "c"))
    play.complete("c")
    move(play, forked("bx", "c", after="e"))
    play.complete("b")
    play.complete("x")
    assert play.open == ["e"]
    play.complete("e")
    assert play.ended


def test_a_branch_that_has_ended_in_a_sub_process_is_no_obstacle_to_the_others():
    inner = sub(
        "s", start("i"), gateway("parallel", "f"), user("a"), user("b"), end("x"), end("y"),
        chain("i", "f", "a", "x"), chain("f", "b", "y"),
    )  # fmt: skip
    play = Play(bpmn(start(), inner, end(), chain("start", "s", "end")))
    play.complete("a")
    same = engine.load(play.blob)
    play.state = engine.Move(same, same).state(play.state)
    play.complete("b")
    assert play.ended


def test_refuses_where_a_branch_that_came_to_a_join_is_gone():
    play = Play(forked("b", "c"))
    play.complete("c")
    assert "汇合" in refused(play, forked("b", "x"))["c"]


def test_refuses_where_a_branch_would_wait_for_one_that_never_began():
    play = Play(LINE)
    new = bpmn(
        start(), user("a"), user("b"), user("c"), gateway("parallel", "fork"), gateway("parallel", "join"), end(),
        chain("start", "fork", "a", "join", "b", "end"), chain("fork", "c", "join"),
    )  # fmt: skip
    assert "汇合" in refused(play, new)["join"]


def test_a_fork_still_ahead_is_no_obstacle():
    play = Play(LINE)
    new = bpmn(
        start(), user("a"), user("b"), user("c"), gateway("inclusive", "fork", "d"), gateway("inclusive", "join"), end(),
        chain("start", "a", "fork"), flow("fork", "b", name="d"), flow("fork", "c", "=true"), chain("b", "join", "end"),
        chain("c", "join"),
    )  # fmt: skip
    move(play, new)
    play.complete("a")
    assert play.open == ["c"]
    play.complete("c")
    assert play.ended


def test_an_instance_that_never_took_a_step_just_changes_its_version():
    assert engine.Move(parsed(LINE), parsed(LINE)).state(b"") == b""


def test_a_called_process_must_stay_the_same():
    play = Play(bpmn(start(), call("c", "one"), end(), chain("start", "c", "end")))
    assert "换成了别的" in refused(play, bpmn(start(), call("c", "two"), end(), chain("start", "c", "end")))["c"]


def test_tells_the_faults_of_a_mapping():
    faults = engine.Move(parsed(LINE), parsed(LINE), {"nothing": "a", "a": "nothing", "b": "end"}).faults()
    assert [each.element_id for each in faults] == ["nothing", "a", "b"]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_an_instance_moved_to_its_own_version_at_every_wait_runs_as_if_it_were_not(data):
    maker = Maker(data.draw)
    parts, entry, out = maker.block(3, 1)
    play = Play(bpmn(start(), parts, end(), chain("start", entry), chain(out, "end")))
    same = engine.Move(engine.load(play.blob), engine.load(play.blob))
    while not play.ended:
        play.state = moved_but_in_loops(same, play.state)
        play.complete(min(item.element_id for item in play.step.open_items))
    assert Counter(element for element in play.path if element.startswith("u")) == +maker.visits
    assert play.step.timers == ()


def moved_but_in_loops(same, state):
    try:
        return same.state(state)
    except engine.CannotMove as refusal:
        if all("多实例" in each.reason for each in refusal.obstacles):
            return state
        raise
