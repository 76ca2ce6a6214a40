"""A host in miniature: keeps the state as bytes between any two steps, as the real one does."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from yiwang.commons.flow import engine
from yiwang.commons.flow.engine.tests.feelish import Feelish

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
EVALUATOR = Feelish()


class Play:
    """One instance. `open` lists element ids of waiting items in the order they were reached."""

    def __init__(
        self,
        xml: bytes,
        variables: Mapping[str, Any] | None = None,
        perform: Callable[..., Any] = engine.leave_open,
        entry: str = "",
    ) -> None:
        model = engine.parse({"p.bpmn": xml}, evaluator=EVALUATOR).only()
        self.blob = model.spec_blob
        self.at = AT
        self.perform = perform
        self.path: list[str] = []
        self.finished: list[str] = []
        self.thrown: list[engine.Thrown] = []
        begun = engine.start(
            self._model(), variables or {}, evaluator=EVALUATOR, at=self.at, perform=perform, entry=entry
        )
        self._keep(begun)

    def _model(self) -> engine.Model:
        return engine.load(self.blob)

    def _keep(self, step: engine.Step) -> engine.Step:
        self.step, self.state = step, step.state
        self.path += [event.element_id for event in step.path if event.kind is engine.PathKind.COMPLETED]
        self.thrown += step.thrown
        self.finished += [item.element_id for item in step.finished_items]
        return step

    def do(self, command: engine.Command) -> engine.Step:
        return self._keep(
            engine.advance(self._model(), self.state, command, evaluator=EVALUATOR, at=self.at, perform=self.perform)
        )

    def item(self, element: str, index: int = 0) -> engine.WorkItem:
        return [item for item in self.step.open_items if item.element_id == element][index]

    def complete(self, element: str, index: int = 0, **outputs: Any) -> engine.Step:
        return self.do(engine.Completion(self.item(element, index).item_id, outputs))

    def fail(self, element: str, code: str) -> engine.Step:
        return self.do(engine.Failure(self.item(element).item_id, code))

    def arrive(self, name: str, **payload: Any) -> engine.Step:
        """The message or signal of that name, to the first that waits for it."""
        found = next(each for each in self.step.subscriptions if each.name == name)
        return self.do(engine.Arrival(found.subscription_id, payload))

    @property
    def waiting(self) -> list[str]:
        return sorted(each.element_id for each in self.step.subscriptions)

    def wait(self, **time: float) -> engine.Step:
        self.at += timedelta(**time)
        return self.do(engine.TimerDue())

    @property
    def open(self) -> list[str]:
        return sorted(item.element_id for item in self.step.open_items)

    @property
    def variables(self) -> Mapping[str, Any]:
        return self.step.variables

    @property
    def ended(self) -> bool:
        return self.step.ended is engine.Ended.COMPLETED
