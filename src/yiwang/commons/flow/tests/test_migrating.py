"""Running instances carried to another version, by themselves kept at theirs, planned before and told of afterwards."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from yiwang.commons.flow import commands, queries, registry, tasks
from yiwang.commons.flow.commands import migrating
from yiwang.commons.flow.contracts import (
    AlreadyMigrating,
    HistoryKind,
    InstanceStatus,
    MappingRefused,
    NotAdministrator,
    SameVersion,
    UnknownVersion,
)
from yiwang.commons.flow.engine.tests.models import boundary, bpmn, call, chain, end, flow, gateway, script, timer, user
from yiwang.commons.flow.engine.tests.models import start as begin
from yiwang.commons.flow.models import Halt, HistoryEntry, InstanceMigration, ProcessInstance, Task, Timer
from yiwang.commons.flow.tests.factories import SYSTEM, office, publish, start
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import EvidenceRow

pytestmark = pytest.mark.django_db
FIRST = bpmn(begin(), user("a"), user("b"), end(), chain("start", "a", "b", "end"))
SECOND = bpmn(begin(), user("a"), user("c"), end(), chain("start", "a", "c", "end"))


@pytest.fixture
def organisation():
    return office()[0]


def migrate(from_version=1, to_version=2, by=SYSTEM, **options):
    found = commands.migrate_instances(
        key="p", from_version=from_version, to_version=to_version, by=by, at=clock.now(), **options
    )
    return queries.migration(migration_id=found, viewer=SYSTEM)


def plan(**options):
    return queries.plan_migration(**{"key": "p", "from_version": 1, "to_version": 2, "viewer": SYSTEM, **options})


def complete(instance, element):
    task = Task.objects.get(instance_id=instance, element_id=element, status="open")
    commands.complete_task(task_id=task.pk, by=SYSTEM, at=clock.now())


def waiting(instance):
    return sorted(Task.objects.filter(instance_id=instance, status="open").values_list("element_id", flat=True))


def test_a_new_version_amid_running_instances_leaves_them_at_theirs(organisation):
    publish(FIRST)
    before = start(organisation_id=organisation)
    publish(SECOND)
    after = start(organisation_id=organisation)
    for instance in (before, after):
        complete(instance, "a")
    assert (waiting(before), waiting(after)) == (["b"], ["c"])
    assert [(row.version, row.running, row.is_latest) for row in queries.versions(viewer=SYSTEM).items] == [
        (2, 1, True), (1, 1, False),
    ]  # fmt: skip


def test_a_called_process_keeps_the_version_that_was_pinned_before_it_began(organisation):
    publish(bpmn(begin(), user("x"), end(), chain("start", "x", "end"), process_id="inner"))
    publish(bpmn(begin(), user("a"), call("c", "inner"), end(), chain("start", "a", "c", "end")))
    instance = start(organisation_id=organisation)
    publish(bpmn(begin(), user("y"), end(), chain("start", "y", "end"), process_id="inner"))
    complete(instance, "a")
    child = ProcessInstance.objects.get(parent_id=instance)
    assert waiting(child.pk) == ["x"]


def test_carries_those_that_are_safe_and_tells_of_those_that_stay(organisation):
    publish(FIRST)
    moving, staying = start(organisation_id=organisation), start(organisation_id=organisation)
    over = start(organisation_id=organisation)
    complete(staying, "a")
    for element in ("a", "b"):
        complete(over, element)
    publish(SECOND)
    planned = {row.id: row for row in plan().page.items}
    assert (planned[moving].is_safe, planned[moving].stages) == (True, ("任务a",))
    assert [(each.element_id, each.name) for each in planned[staying].obstacles] == [("b", "任务b")]
    assert plan().total == len(planned) == 2
    done = migrate()
    assert (done.total, done.moved, done.refused, done.ended_at is not None) == (2, 1, 1, True)
    assert done.reasons == (("b", planned[staying].obstacles[0].reason, 1),)
    complete(moving, "a")
    complete(staying, "b")
    assert waiting(moving) == ["c"]
    assert ProcessInstance.objects.get(pk=staying).status == "completed"
    assert ProcessInstance.objects.get(pk=over).definition.version == 1


def test_leaves_history_evidence_and_pins(organisation):
    publish(FIRST)
    instance = start(organisation_id=organisation)
    publish(bpmn(begin(), user("x"), end(), chain("start", "x", "end"), process_id="inner"))
    publish(bpmn(begin(), user("a"), call("c", "inner"), end(), chain("start", "a", "c", "end")))
    migrate()
    row = ProcessInstance.objects.get(pk=instance)
    assert set(row.pins) == {"process:inner"}
    line = HistoryEntry.objects.get(instance_id=instance, kind=HistoryKind.MIGRATED)
    assert line.details == {"from": 1, "to": 2}
    fact = EvidenceRow.objects.get(kind="process.migrated").statement["facts"]
    assert (fact["instance"], fact["from"], fact["to"]) == (str(instance), 1, 2)
    complete(instance, "a")
    assert waiting(ProcessInstance.objects.get(parent_id=instance).pk) == ["x"]


def test_what_waits_is_shown_at_its_new_element_and_its_deadline_stays(organisation):
    def version(task, late):
        parts = (user(task), boundary(late, task, timer("timeDuration", "P5D")), user("l"), end())
        return bpmn(begin(), *parts, chain("start", task, "end"), chain(late, "l", "end"))

    publish(version("a", "late"))
    instance = start(organisation_id=organisation)
    due = Timer.objects.get(instance_id=instance).due_at
    publish(version("first", "overdue"))
    assert migrate(mapping={"a": "first", "late": "overdue"}).moved == 1
    assert waiting(instance) == ["first"]
    row = Timer.objects.get(instance_id=instance)
    assert (row.element_id, row.due_at) == ("overdue", due)
    commands.fire_timers(instance_id=instance, by=SYSTEM, at=due + timedelta(seconds=1))
    assert waiting(instance) == ["l"]


def test_a_halted_instance_is_mended_by_a_new_version_and_goes_on(organisation):
    publish(
        bpmn(
            begin(), user("a"), script("s", "=1 + missing", "y"), user("b"), end(), chain("start", "a", "s", "b", "end")
        )
    )
    instance = start(organisation_id=organisation)
    complete(instance, "a")
    assert ProcessInstance.objects.get(pk=instance).status == InstanceStatus.HALTED
    publish(
        bpmn(begin(), user("a"), script("s", "=1 + 1", "y"), user("b"), end(), chain("start", "a", "s", "b", "end"))
    )
    assert migrate().moved == 1
    commands.retry_halted(halt_id=Halt.objects.get(instance_id=instance).pk, by=SYSTEM, at=clock.now())
    assert waiting(instance) == ["b"]


def test_many_are_carried_by_jobs_batch_by_batch(organisation, monkeypatch):
    monkeypatch.setattr(migrating, "BATCH", 4)
    publish(FIRST)
    instances = [start(organisation_id=organisation) for _ in range(10)]
    publish(SECOND)
    begun = migrate()
    assert (begun.moved, begun.ended_at) == (4, None)
    with pytest.raises(AlreadyMigrating):
        migrate()
    for _ in range(2):
        tasks.migrate_batch(str(begun.id))
    done = queries.migration(migration_id=begun.id, viewer=SYSTEM)
    assert (done.moved, done.ended_at is not None) == (10, True)
    tasks.migrate_batch(str(begun.id))
    assert queries.migration(migration_id=begun.id, viewer=SYSTEM) == done
    assert set(ProcessInstance.objects.filter(pk__in=instances).values_list("definition__version", flat=True)) == {2}
    assert queries.migrations(viewer=SYSTEM).items == (done,)


def test_branches_that_wait_for_each_other_meet_in_the_new_version(organisation):
    def version(after):
        joins = (gateway("parallel", "f"), gateway("parallel", "j"))
        flows = chain("start", "f", "a", "j", after, "end") + chain("f", "b", "j")
        return bpmn(begin(), user("a"), user("b"), user(after), *joins, end(), flows)

    publish(version("c"))
    instance = start(organisation_id=organisation)
    complete(instance, "a")
    publish(version("d"))
    assert migrate().moved == 1
    complete(instance, "b")
    assert waiting(instance) == ["d"]


def test_refuses_before_anything_is_done(organisation):
    publish(FIRST)
    start(organisation_id=organisation)
    publish(SECOND)
    with pytest.raises(SameVersion):
        migrate(to_version=1)
    with pytest.raises(UnknownVersion):
        migrate(to_version=3)
    with pytest.raises(MappingRefused) as refused:
        migrate(mapping={"b": "end", "nothing": "c"})
    assert set(refused.value.fields) == {"b", "nothing"}
    assert [each.element_id for each in plan(mapping={"b": "end"}).faults] == ["b"]
    _organisation, clerk = office("flow.work")
    with pytest.raises(NotAdministrator):
        migrate(by=clerk)
    with pytest.raises(NotAdministrator):
        plan(viewer=clerk)
    assert not InstanceMigration.objects.exists()


def test_the_plan_and_the_list_of_versions_ask_few_questions(organisation, django_assert_num_queries):
    publish(FIRST)
    publish(SECOND)
    for _ in range(5):
        start(organisation_id=organisation, definition_id=queries.process_versions(key="p", viewer=SYSTEM)[1][1])
    with django_assert_num_queries(5):  # two versions, the page, its stages, how many there are
        assert len(plan().page.items) == 5
    with django_assert_num_queries(1):
        queries.versions(viewer=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_a_step_and_a_migration_at_once_wait_for_each_other(organisation):
    publish(FIRST)
    instances = [start(organisation_id=organisation) for _ in range(6)]
    publish(SECOND)

    def work():
        for instance in instances:
            complete(instance, "a")
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    done = migrate()
    thread.join()
    assert done.moved + done.refused == 6
    for instance in instances:
        row = ProcessInstance.objects.get(pk=instance)
        assert waiting(instance) == (["c"] if row.definition.version == 2 else ["b"])


def test_the_operation_of_a_subject_is_not_called_again(organisation):
    called = []

    @registry.operation("test.once")
    def once(invocation):
        called.append(invocation.instance_id)

    from yiwang.commons.flow.engine.tests.models import service

    publish(bpmn(begin(), service("s", "test.once"), user("a"), end(), chain("start", "s", "a", "end")))
    instance = start(organisation_id=organisation, subject=SubjectRef("case", new_id()))
    publish(
        bpmn(
            begin(),
            service("s", "test.once"),
            user("a"),
            user("b"),
            end(),
            chain("start", "s", "a", "b", "end"),
            flow("a", "end"),
        )
    )
    migrate()
    complete(instance, "a")
    assert called == [instance]
