"""A FEEL error halts the instance where it was; after the cause is mended the same step is tried again."""

import pytest

from yiwang.commons.flow import commands, queries, registry
from yiwang.commons.flow.contracts import (
    InstanceIsHalted,
    InstanceStatus,
    NothingToRetry,
)
from yiwang.commons.flow.engine.tests.models import (
    bpmn,
    chain,
    end,
    flow,
    gateway,
    service,
    user,
)
from yiwang.commons.flow.engine.tests.models import (
    start as begin,
)
from yiwang.commons.flow.models import (
    Halt,
    ProcessDefinition,
)
from yiwang.commons.flow.tests.acting import complete, stage, status, the_task
from yiwang.commons.flow.tests.factories import SYSTEM, office, publish, start
from yiwang.commons.identity.tests.factories import make_official
from yiwang.kernel import clock
from yiwang.kernel.models import AuditEntry, OutboxEvent

pytestmark = pytest.mark.django_db
CHOICE = bpmn(
    begin(), user("a"), gateway("exclusive", "g", "d"), user("yes"), user("no"), end(),
    chain("start", "a", "g"), flow("g", "yes", "=x &gt; 1"), flow("g", "no", name="d"), chain("yes", "end"), chain("no", "end"),
)  # fmt: skip


class TestHalts:
    def test_a_feel_error_halts_and_never_takes_another_way(self):
        organisation, clerk = office()
        publish(CHOICE)
        instance = start(organisation_id=organisation)
        task = the_task()
        commands.complete_task(task_id=task.pk, outputs={}, by=clerk, at=clock.now())
        task.refresh_from_db()
        assert (status(instance), stage(instance), task.status) == ("halted", [], "done")
        halt = Halt.objects.get()
        assert (halt.element_id, halt.expression) == ("g_yes", "x > 1")
        assert OutboxEvent.objects.filter(type__endswith="InstanceHalted").count() == 1

    def test_a_retry_with_the_mended_variable_goes_on(self):
        organisation, clerk = office()
        publish(CHOICE)
        instance = start(organisation_id=organisation)
        complete("a", by=clerk)
        first = Halt.objects.get()
        assert commands.retry_halted(halt_id=first.pk, by=SYSTEM, at=clock.now()) is InstanceStatus.HALTED
        second = Halt.objects.get(resolved_at__isnull=True)
        with pytest.raises(NothingToRetry):
            commands.retry_halted(halt_id=first.pk, by=SYSTEM, at=clock.now())
        commands.retry_halted(halt_id=second.pk, variables={"x": 2}, by=SYSTEM, at=clock.now())
        assert (status(instance), stage(instance)) == ("running", ["yes"])

    def test_a_start_that_halts_can_be_retried(self):
        organisation, _clerk = office()
        publish(
            bpmn(
                begin(),
                gateway("exclusive", "g", "d"),
                user("yes"),
                user("no"),
                end(),
                flow("start", "g"),
                flow("g", "yes", "=x"),
                flow("g", "no", name="d"),
                chain("yes", "end"),
                chain("no", "end"),
            )
        )
        instance = start(organisation_id=organisation)
        assert status(instance) == "halted"
        commands.retry_halted(halt_id=Halt.objects.get().pk, variables={"x": True}, by=SYSTEM, at=clock.now())
        assert stage(instance) == ["yes"]

    def test_tasks_of_a_halted_instance_wait(self):
        organisation, clerk = office()
        publish(
            bpmn(
                begin(),
                gateway("parallel", "f"),
                user("a"),
                user("b"),
                gateway("exclusive", "g", "d"),
                end(),
                end("e2"),
                end("e3"),
                chain("start", "f", "a", "g"),
                chain("f", "b", "e3"),
                flow("g", "end", "=x"),
                flow("g", "e2", name="d"),
            )
        )
        instance = start(organisation_id=organisation)
        complete("a", by=clerk)
        with pytest.raises(InstanceIsHalted):
            complete("b", by=clerk)
        commands.retry_halted(halt_id=Halt.objects.get().pk, variables={"x": True}, by=SYSTEM, at=clock.now())
        complete("b", by=clerk)
        assert status(instance) == "completed"

    def test_what_the_failed_step_had_done_is_undone(self):
        organisation, clerk = office()
        done = []

        @registry.operation("note.it")
        def note_it(invocation):
            done.append(invocation.idempotency_key)
            publish(bpmn(begin(), user("z"), end(), chain("start", "z", "end"), process_id="made_inside"))

        publish(
            bpmn(
                begin(),
                user("a"),
                service("s", "note.it"),
                gateway("exclusive", "g", "d"),
                end(),
                end("e2"),
                chain("start", "a", "s", "g"),
                flow("g", "end", "=x"),
                flow("g", "e2", name="d"),
            )
        )
        instance = start(organisation_id=organisation)
        complete("a", by=clerk)
        assert (status(instance), len(done)) == ("halted", 1)
        assert not ProcessDefinition.objects.filter(key="made_inside").exists()
        assert not AuditEntry.objects.filter(command="flow.publish_definition", details__key="made_inside").exists()
        commands.retry_halted(halt_id=Halt.objects.get().pk, variables={"x": True}, by=SYSTEM, at=clock.now())
        assert status(instance) == "completed"
        assert ProcessDefinition.objects.filter(key="made_inside").count() == 1

    def test_only_administrators_in_reach_retry(self):
        organisation, clerk = office()
        publish(CHOICE)
        start(organisation_id=organisation)
        complete("a", by=clerk)
        halt = Halt.objects.get()
        assert queries.halts(viewer=clerk).items == ()
        administrator = make_official(organisation, grants=["flow.administer"]).actor
        assert [row.id for row in queries.halts(viewer=administrator).items] == [halt.pk]
        commands.retry_halted(halt_id=halt.pk, variables={"x": 5}, by=administrator, at=clock.now())
