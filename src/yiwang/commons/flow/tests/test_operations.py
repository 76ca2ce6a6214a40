"""Operations and decisions that a process asks for, inside the step or outside the transaction."""

from datetime import timedelta

import pytest

from yiwang.commons.flow import commands, queries, registry
from yiwang.commons.flow.contracts import (
    TaskClosed,
)
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    chain,
    end,
    error,
    error_event,
    mapping,
    rule,
    service,
    user,
)
from yiwang.commons.flow.engine.tests.models import (
    start as begin,
)
from yiwang.commons.flow.models import (
    Halt,
    HistoryEntry,
    OperationCall,
    ProcessInstance,
)
from yiwang.commons.flow.tests.acting import complete, stage, status
from yiwang.commons.flow.tests.factories import SYSTEM, office, publish, start
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db


class TestOperations:
    def test_a_local_operation_runs_inside_the_step(self):
        seen = []

        @registry.operation("cases.number")
        def number(invocation):
            seen.append((invocation.subject.kind, dict(invocation.inputs)))
            return {"number": "A1"}

        publish(
            bpmn(begin(), service("s", "cases.number", mapping(inputs={"n": "=x"})), end(), chain("start", "s", "end"))
        )
        instance = start(variables={"x": 3})
        assert seen == [("case", {"n": 3})]
        assert ProcessInstance.objects.get(pk=instance).variables == {"x": 3, "number": "A1"}

    def test_a_refusal_of_an_operation_reaches_who_completes_and_undoes_all(self):
        organisation, clerk = office()

        @registry.operation("cases.refuse")
        def refuse(invocation):
            raise TaskClosed

        publish(bpmn(begin(), user("a"), service("s", "cases.refuse"), end(), chain("start", "a", "s", "end")))
        instance = start(organisation_id=organisation)
        with pytest.raises(TaskClosed):
            complete("a", by=clerk)
        assert (status(instance), stage(instance)) == ("running", ["a"])

    def test_a_remote_result_comes_back_once(self):
        registry.operation("far.ask", mode=registry.Mode.REMOTE)(
            lambda invocation: {"answer": invocation.idempotency_key}
        )
        publish(bpmn(begin(), service("s", "far.ask"), end(), chain("start", "s", "end")))
        instance = start()
        row = OperationCall.objects.get()
        found = queries.call(call_id=row.pk, viewer=SYSTEM)
        outputs = registry.run_named(found)
        assert commands.complete_remote(call_id=row.pk, outputs=outputs, by=SYSTEM, at=clock.now())
        assert not commands.complete_remote(call_id=row.pk, outputs=outputs, by=SYSTEM, at=clock.now())
        assert status(instance) == "completed"
        assert ProcessInstance.objects.get(pk=instance).variables == {"answer": row.idempotency_key}

    def test_a_remote_operation_that_keeps_failing_halts_and_can_be_called_again(self):
        registry.operation("far.ask", mode=registry.Mode.REMOTE)(lambda invocation: {})
        publish(bpmn(begin(), service("s", "far.ask"), end(), chain("start", "s", "end")))
        instance = start()
        row = OperationCall.objects.get()
        states = [
            commands.fail_remote(call_id=row.pk, error="timeout", by=SYSTEM, at=clock.now()).value for _ in range(3)
        ]
        assert states == ["pending", "pending", "failed"]
        assert status(instance) == "halted"
        assert Halt.objects.get().diagnostics == {"error": "timeout"}
        commands.retry_halted(halt_id=Halt.objects.get().pk, by=SYSTEM, at=clock.now())
        row.refresh_from_db()
        assert (row.status, row.attempts, status(instance)) == ("pending", 0, "running")
        commands.complete_remote(call_id=row.pk, outputs={}, by=SYSTEM, at=clock.now())
        assert status(instance) == "completed"

    def test_a_remote_operation_that_never_answers_halts(self):
        registry.operation("far.ask", mode=registry.Mode.REMOTE, timeout=timedelta(minutes=1))(
            lambda invocation: registry.LATER
        )
        publish(bpmn(begin(), service("s", "far.ask"), end(), chain("start", "s", "end")))
        instance = start()
        assert queries.due_calls(viewer=SYSTEM) == ()
        with clock.frozen(clock.now() + timedelta(minutes=2)):
            (call_id,) = queries.due_calls(viewer=SYSTEM)
            assert commands.give_up_remote(call_id=call_id, by=SYSTEM, at=clock.now())
        assert status(instance) == "halted"

    def test_a_business_error_takes_the_boundary_of_the_model(self):
        organisation, _clerk = office()
        registry.operation("far.ask", mode=registry.Mode.REMOTE)(lambda invocation: {})
        publish(
            bpmn(
                begin(),
                service("s", "far.ask"),
                boundary("e", "s", error_event("E1")),
                user("mend"),
                end(),
                end("e2"),
                chain("start", "s", "end"),
                chain("e", "mend", "e2"),
                root=error("E1"),
            )
        )
        instance = start(organisation_id=organisation)
        commands.fail_remote(
            call_id=OperationCall.objects.get().pk, error="no", error_code="E1", by=SYSTEM, at=clock.now()
        )
        assert stage(instance) == ["mend"]

    def test_a_decision_leaves_its_version_and_rules_in_the_history(self):
        class Decider:
            def latest(self, key):
                return 7

            def decide(self, key, version, facts, *, by, at):
                return registry.Decided(facts["age"] < 18, {"version": version, "rules": [2]})

        registry.provide_decider(Decider())
        publish(bpmn(begin(), rule("r", "minor", "is_minor"), end(), chain("start", "r", "end")))
        instance = start(variables={"age": 3})
        assert ProcessInstance.objects.get(pk=instance).variables["is_minor"] is True
        entry = HistoryEntry.objects.get(kind="decided")
        assert entry.details == {"decision": "minor", "version": 7, "rules": [2]}
