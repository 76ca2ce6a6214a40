"""What a step costs the database: the number of statements, from begin to commit."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.commons.flow import commands, registry
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    chain,
    end,
    flow,
    gateway,
    rule,
    service,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.models import start as begin
from yiwang.commons.flow.models import HistoryEntry, ProcessInstance, Task, Timer
from yiwang.commons.flow.tests.factories import SYSTEM, office, publish, start
from yiwang.kernel import clock
from yiwang.kernel.models import AuditEntry, EvidenceRow, OutboxEvent

pytestmark = pytest.mark.django_db(transaction=True)
AT_MOST = 12


class Doubled:
    """A decision that reads the database once, as the published ones do."""

    def latest(self, key):
        return 1

    def decide(self, key, version, facts, *, by, at):
        assert Task.objects.filter(name=key).count() == 0
        return registry.Decided(facts["x"] * 2, {"version": version})


def steps_of(instance):
    return sorted(Task.objects.filter(instance_id=instance, status="open").values_list("element_id", flat=True))


def completed(instance, element, by, **options):
    task = Task.objects.get(instance_id=instance, element_id=element, status="open")
    with CaptureQueriesContext(connection) as said:
        commands.complete_task(task_id=task.pk, outputs={"x": 4}, by=by, at=clock.now(), **options)
    return [each["sql"] for each in said.captured_queries]


@pytest.fixture
def clerk():
    return office()


def test_from_a_user_task_to_the_next_in_twelve_statements(clerk):
    organisation, official = clerk
    publish(bpmn(begin(), user("a"), user("b"), end(), chain("start", "a", "b", "end")))
    instance = start(organisation_id=organisation)
    said = completed(instance, "a", official)
    assert len(said) <= AT_MOST, "\n".join(said)
    assert steps_of(instance) == ["b"]
    run = AuditEntry.objects.get(command="flow.complete_task").run
    assert EvidenceRow.objects.filter(run=run).count() == 1
    assert OutboxEvent.objects.filter(run=run).count() == 2
    assert HistoryEntry.objects.filter(instance_id=instance, element_id__in=["a", "b"]).count() == 4


def test_through_a_local_operation_and_a_decision_in_twelve_statements(clerk):
    organisation, official = clerk

    @registry.operation("test.number")
    def number(invocation):
        return {"number": Task.objects.filter(instance_id=invocation.instance_id).count()}

    registry.provide_decider(Doubled())
    parts = (begin(), user("a"), service("s", "test.number"), rule("r", "doubled", "twice"), user("b"), end())
    publish(bpmn(*parts, chain("start", "a", "s", "r", "b", "end")))
    instance = start(organisation_id=organisation)
    said = completed(instance, "a", official)
    assert len(said) - 2 <= AT_MOST, "\n".join(said)  # less what the operation and the decision themselves ask
    assert steps_of(instance) == ["b"]
    assert ProcessInstance.objects.get(pk=instance).variables == {"x": 4, "number": 1, "twice": 8}


def test_with_an_idempotency_key_and_into_parallel_tasks_with_a_deadline(clerk):
    organisation, official = clerk
    tasks = (user("a"), user("b"), user("c"), boundary("late", "b", timer("timeDuration", "P5D"), interrupting=False))
    gateways = (gateway("parallel", "fork"), gateway("parallel", "join"))
    flows = (chain("start", "a", "fork", "b", "join", "end"), chain("fork", "c", "join"), flow("late", "end"))
    publish(bpmn(begin(), *tasks, *gateways, end(), *flows))
    instance = start(organisation_id=organisation)
    said = completed(instance, "a", official, idempotency_key="once")
    assert len(said) <= AT_MOST, "\n".join(said)
    assert steps_of(instance) == ["b", "c"]
    assert Timer.objects.filter(instance_id=instance).count() == 1
    completed(instance, "b", official)
    assert not Timer.objects.filter(instance_id=instance).exists()


def test_the_system_and_a_holder_ask_for_no_rights(clerk):
    organisation, official = clerk
    publish(bpmn(begin(), user("a"), user("b"), end(), chain("start", "a", "b", "end")))
    open_to_all, held = start(organisation_id=organisation), start(organisation_id=organisation)
    commands.claim(task_id=Task.objects.get(instance_id=held).pk, by=official, at=clock.now())
    by_system = completed(open_to_all, "a", SYSTEM)
    task = Task.objects.get(instance_id=held, element_id="a")
    with CaptureQueriesContext(connection) as by_holder:
        commands.complete_task(task_id=task.pk, by=official, at=clock.now())
    assert len(by_system) == len(by_holder)
    assert not any("ancestry" in each for each in by_system)
