"""The engine's own tests again, on the real FEEL instead of their small stand-in."""

from datetime import timedelta
from types import ModuleType

import pytest

from yiwang.commons.flow.contrib.feel import FeelEvaluator
from yiwang.commons.flow.engine.tests import (
    play,
    test_ad_hoc,
    test_conditions,
    test_event_subprocesses,
    test_events,
    test_gateways,
    test_halts,
    test_listeners,
    test_multi_instance,
    test_signals_and_escalations,
    test_tasks,
    test_timers_and_errors,
)
from yiwang.commons.flow.engine.tests.models import bpmn, chain, end, event_sub, start, start_on, timer, user


@pytest.fixture(autouse=True)
def real_feel(monkeypatch):
    monkeypatch.setattr(play, "EVALUATOR", FeelEvaluator())


def _taken_over(module: ModuleType) -> dict[str, object]:
    return {name: found for name, found in vars(module).items() if name.startswith("test_") and callable(found)}


for taken in (
    test_ad_hoc,
    test_conditions,
    test_event_subprocesses,
    test_events,
    test_gateways,
    test_halts,
    test_listeners,
    test_multi_instance,
    test_signals_and_escalations,
    test_tasks,
    test_timers_and_errors,
):
    globals().update(_taken_over(taken))


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_loop_by_number_runs_that_often(number):
    cardinality = f"<bpmn:loopCardinality>={number}</bpmn:loopCardinality>"
    inner = f"<bpmn:multiInstanceLoopCharacteristics>{cardinality}</bpmn:multiInstanceLoopCharacteristics>"
    begun = play.Play(bpmn(start(), user("a", inner=inner), end(), chain("start", "a", "end")))
    assert begun.open == ["a"] * number
    assert begun.ended == (not number)


@pytest.mark.parametrize(
    "moment", ['=duration("PT2H")', '=date and time("2026-03-02T03:00:00Z")', '="PT" + string(2) + "H"']
)
def test_a_timer_of_an_event_sub_process_takes_what_feel_says(moment):
    kind = "timeDate" if "date" in moment else "timeDuration"
    handler = event_sub("h", start_on("es", timer(kind, moment)), user("late"), end("e2"), chain("es", "late", "e2"))
    begun = play.Play(bpmn(start(), user("a"), end(), chain("start", "a", "end"), handler))
    assert [each.due_at - play.AT for each in begun.step.timers] == [timedelta(hours=2)]
    begun.wait(hours=2)
    assert begun.open == ["late"]
