"""Plays a process model that somebody else drew to its end, its state written to bytes between any two steps.

Items are answered in the order in which they were reached; then what waits for a message or signal gets one; then the clock
goes to the next timer. Outputs come from `answers`, by element.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from yiwang.commons.flow import engine
from yiwang.commons.flow.contrib.feel import FeelEvaluator

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FEEL = FeelEvaluator()
MAX_STEPS = 400


@dataclass(frozen=True)
class Scenario:
    """How the outside world behaves: what the instance begins with and what each element is answered with.

    `errors` answers an element with a business error; `first` names elements that are answered before others; `quiet` names
    those that never get an answer, message or signal. A list of answers is given one at a time, the last again and again.
    """

    variables: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, Any] | Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    first: Sequence[str] = ()
    quiet: Sequence[str] = ()
    entry: str = ""


class Stuck(AssertionError):
    """Nothing is left that could move the instance."""


def path_of(model: engine.Model, scenario: Scenario) -> list[str]:
    """The elements that were completed, in order. Raises Stuck, EvaluationHalt."""
    at = AT
    step = engine.start(engine.load(model.spec_blob), scenario.variables, evaluator=FEEL, at=at, entry=scenario.entry)
    path, answered = _completed(step), Counter[str]()
    for _ in range(MAX_STEPS):
        if step.ended:
            return path
        command, at = _next(step, scenario, at, answered)
        step = engine.advance(engine.load(model.spec_blob), step.state, command, evaluator=FEEL, at=at)
        path += _completed(step)
    raise Stuck(f"not ended after {MAX_STEPS} steps: {path[-12:]}")


def _completed(step: engine.Step) -> list[str]:
    return [event.element_id for event in step.path if event.kind is engine.PathKind.COMPLETED]


def _answer(element: str, scenario: Scenario, answered: Counter[str]) -> dict[str, Any]:
    given = scenario.answers.get(element, {})
    answered[element] += 1
    return dict(given if isinstance(given, Mapping) else given[min(answered[element], len(given)) - 1])


def _next(
    step: engine.Step, scenario: Scenario, at: datetime, answered: Counter[str]
) -> tuple[engine.Command, datetime]:
    waiting = [each for each in (*step.open_items, *step.subscriptions) if each.element_id not in scenario.quiet]
    waiting.sort(
        key=lambda each: scenario.first.index(each.element_id) if each.element_id in scenario.first else MAX_STEPS
    )
    if waiting and not isinstance(waiting[0], engine.Subscription):
        item = waiting[0]
        if item.element_id in scenario.errors:
            return engine.Failure(item.item_id, scenario.errors[item.element_id]), at
        return engine.Completion(item.item_id, _answer(item.element_id, scenario, answered)), at
    once = [each for each in waiting if isinstance(each, engine.Subscription) and not each.repeats]
    if once:
        return engine.Arrival(once[0].subscription_id, _answer(once[0].element_id, scenario, answered)), at
    timers = sorted(step.timers, key=lambda timer: timer.due_at)
    if not timers:
        raise Stuck(f"nothing moves: {[each.element_id for each in step.subscriptions]}")
    return engine.TimerDue(), max(at, timers[0].due_at)
