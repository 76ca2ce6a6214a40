"""What commands do, refuse, and undo as a whole."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from yiwang.commons.flow import commands, queries, registry
from yiwang.commons.flow.contracts import (
    DefinitionRefused,
    InstanceIsOver,
    NotYourTask,
    TaskClosed,
    TaskStatus,
    TaskTaken,
    UnknownProcess,
    UnknownTask,
)
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    chain,
    end,
    flow,
    gateway,
    loop,
    service,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.models import (
    start as begin,
)
from yiwang.commons.flow.models import (
    Halt,
    HistoryEntry,
    ProcessDefinition,
    ProcessInstance,
    Task,
    Timer,
)
from yiwang.commons.flow.tests.acting import complete, stage, status, the_task
from yiwang.commons.flow.tests.factories import SYSTEM, office, publish, start
from yiwang.commons.identity.tests.factories import Grants, make_official, make_resident
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import AuditEntry, EvidenceRow, OutboxEvent

pytestmark = pytest.mark.django_db
LINE = bpmn(begin(), user("a"), user("b"), end(), chain("start", "a", "b", "end"))
CHOICE = bpmn(
    begin(), user("a"), gateway("exclusive", "g", "d"), user("yes"), user("no"), end(),
    chain("start", "a", "g"), flow("g", "yes", "=x &gt; 1"), flow("g", "no", name="d"), chain("yes", "end"), chain("no", "end"),
)  # fmt: skip


class TestPublishing:
    def test_numbers_versions_and_keeps_equal_content_as_one(self):
        assert (publish(LINE).version, publish(LINE).created) == (1, False)
        assert publish(CHOICE).version == 2
        assert publish(LINE).version == 3
        assert ProcessDefinition.objects.count() == 3

    def test_refuses_a_faulty_file_with_every_fault(self):
        with pytest.raises(DefinitionRefused) as refused:
            publish(bpmn(begin(), user("a"), user("lost"), service("s", ""), end(), chain("start", "a", "s", "end")))
        assert {finding.element_id for finding in refused.value.findings} == {"lost", "s"}
        assert not ProcessDefinition.objects.exists()

    def test_refuses_an_operation_that_nobody_registered(self):
        with pytest.raises(DefinitionRefused, match="missing"):
            publish(bpmn(begin(), service("s", "missing.operation"), end(), chain("start", "s", "end")))

    def test_only_administrators_publish(self):
        _organisation, clerk = office()
        with pytest.raises(NotYourTask):
            commands.publish_definition(bpmn=LINE, by=clerk, at=clock.now())

    def test_an_instance_keeps_its_version(self):
        organisation, _clerk = office()
        publish(LINE)
        instance = start(organisation_id=organisation)
        publish(bpmn(begin(), user("other"), end(), chain("start", "other", "end")))
        complete("a")
        assert stage(instance) == ["b"]


class TestRunning:
    def test_a_process_runs_from_start_to_end(self):
        organisation, clerk = office()
        publish(LINE)
        instance = start(variables={"n": 1}, organisation_id=organisation)
        task = the_task()
        assert (task.title, task.name, task.organisation_id, task.status) == ("样例办件", "任务a", organisation, "open")
        commands.complete_task(task_id=task.pk, outputs={"ok": True}, by=clerk, at=clock.now())
        complete("b", by=clerk)
        row = ProcessInstance.objects.get(pk=instance)
        assert (row.status, row.variables) == ("completed", {"n": 1, "ok": True})
        assert Task.objects.get(element_id="a").completed_by_id == clerk.account_id
        kinds = list(OutboxEvent.objects.order_by("seq").values_list("type", flat=True))
        assert [kind.rsplit(".", 1)[1] for kind in kinds] == [
            "TaskCreated",
            "TaskCreated",
            "TaskCompleted",
            "TaskCompleted",
            "InstanceEnded",
        ] or kinds
        evidence = set(EvidenceRow.objects.values_list("kind", flat=True))
        assert {"process.published", "process.started", "process.task_completed", "process.ended"} <= evidence
        assert AuditEntry.objects.filter(command="flow.complete_task").count() == 2

    def test_an_unknown_process_is_refused(self):
        with pytest.raises(UnknownProcess):
            start("nothing")

    def test_a_repeat_with_the_same_key_starts_one_instance(self):
        organisation, _clerk = office()
        publish(LINE)
        subject = SubjectRef("case", new_id())
        first, second = (start(subject=subject, organisation_id=organisation, idempotency_key="k1") for _ in range(2))
        assert first == second
        assert ProcessInstance.objects.count() == 1

    def test_cancelling_takes_everything_away(self):
        organisation, _clerk = office()
        publish(
            bpmn(
                begin(),
                user("a"),
                boundary("t", "a", timer("timeDuration", "P1D")),
                end(),
                end("e2"),
                chain("start", "a", "end"),
                chain("t", "e2"),
            )
        )
        instance = start(organisation_id=organisation)
        commands.cancel(instance_id=instance, reason="withdrawn", by=SYSTEM, at=clock.now())
        assert status(instance) == "cancelled"
        assert (Task.objects.get().status, Timer.objects.count()) == ("cancelled", 0)
        with pytest.raises(InstanceIsOver):
            commands.cancel(instance_id=instance, reason="again", by=SYSTEM, at=clock.now())

    def test_due_timers_fire_once(self):
        organisation, _clerk = office()
        publish(
            bpmn(
                begin(),
                user("a"),
                boundary("t", "a", timer("timeDuration", "P1D")),
                user("late"),
                end(),
                end("e2"),
                chain("start", "a", "end"),
                chain("t", "late", "e2"),
            )
        )
        instance = start(organisation_id=organisation)
        assert not commands.fire_timers(instance_id=instance, by=SYSTEM, at=clock.now())
        with clock.frozen(clock.now() + timedelta(days=2)):
            assert queries.due_instances(viewer=SYSTEM) == (instance,)
            assert commands.fire_timers(instance_id=instance, by=SYSTEM, at=clock.now())
            assert not commands.fire_timers(instance_id=instance, by=SYSTEM, at=clock.now())
        assert stage(instance) == ["late"]
        assert Task.objects.get(element_id="a").status == "cancelled"

    def test_the_model_says_who_works_until_when(self):
        organisation, _clerk = office()
        extras = (
            f'<zeebe:assignmentDefinition candidateGroups="org:{organisation}, role:reviewer"/>',
            '<zeebe:taskSchedule dueDate="2026-04-01"/>',
            '<zeebe:properties><zeebe:property name="scope" value="matter:birth"/><zeebe:property name="grade" value="3"/></zeebe:properties>',
        )
        publish(bpmn(begin(), user("a", *extras), end(), chain("start", "a", "end")))
        start()
        task = the_task()
        assert (task.organisation_id, task.role, task.scope_key, task.grade) == (
            organisation,
            "reviewer",
            "matter:birth",
            3,
        )
        assert task.due_at.astimezone(clock.CHINA).isoformat() == "2026-04-01T23:59:59+08:00"

    def test_the_subjects_owner_says_where_its_tasks_belong(self):
        organisation, _clerk = office()
        due = clock.now() + timedelta(days=3)
        registry.register_task_place(
            "case", lambda question: registry.TaskPlace(organisation, "matter:x", 2, f"{question.name}·甲", due)
        )
        publish(LINE)
        start()
        task = the_task()
        assert (task.organisation_id, task.scope_key, task.grade, task.title, task.due_at) == (
            organisation,
            "matter:x",
            2,
            "任务a·甲",
            due,
        )

    def test_a_task_of_nobody_halts(self):
        publish(LINE)
        instance = start()
        assert status(instance) == "halted"
        assert "机构" in Halt.objects.get().reason

    def test_working_days_are_counted_by_the_calendar(self):
        organisation, _clerk = office()
        days = '<zeebe:properties><zeebe:property name="working_days" value="5"/></zeebe:properties>'
        publish(bpmn(begin(), user("a", days), end(), chain("start", "a", "end")))
        start(organisation_id=organisation)
        assert the_task().due_at > clock.now() + timedelta(days=5)


class TestTasks:
    @pytest.fixture
    def made(self):
        organisation, clerk = office()
        publish(LINE)
        start(organisation_id=organisation)
        return organisation, clerk, the_task()

    def test_claim_release_claim(self, made):
        _organisation, clerk, task = made
        commands.claim(task_id=task.pk, by=clerk, at=clock.now())
        commands.claim(task_id=task.pk, by=clerk, at=clock.now())
        assert the_task().assignee_id == clerk.account_id
        commands.release(task_id=task.pk, by=clerk, at=clock.now())
        assert the_task().status == "open"
        assert list(
            HistoryEntry.objects.filter(kind__in=["claimed", "released"]).order_by("id").values_list("kind", flat=True)
        ) == ["claimed", "released"]

    def test_nobody_takes_or_completes_what_another_holds(self, made):
        organisation, clerk, task = made
        other = make_official(organisation, grants=["flow.work"]).actor
        commands.claim(task_id=task.pk, by=clerk, at=clock.now())
        for action in (commands.claim, commands.complete_task):
            with pytest.raises(TaskTaken):
                action(task_id=task.pk, by=other, at=clock.now())
        with pytest.raises(NotYourTask):
            commands.release(task_id=task.pk, by=other, at=clock.now())

    def test_strangers_know_of_no_task(self, made):
        _organisation, _clerk, task = made
        _elsewhere, stranger = office()
        resident = make_resident().actor
        for actor in (stranger, resident):
            with pytest.raises(UnknownTask):
                commands.claim(task_id=task.pk, by=actor, at=clock.now())
            with pytest.raises(NotYourTask):
                commands.complete_task(task_id=task.pk, by=actor, at=clock.now())

    def test_a_task_is_completed_once(self, made):
        _organisation, clerk, task = made
        commands.complete_task(task_id=task.pk, by=clerk, at=clock.now())
        with pytest.raises(TaskClosed):
            commands.complete_task(task_id=task.pk, by=clerk, at=clock.now())

    def test_a_head_hands_a_task_to_an_official_of_the_organisation(self, made):
        organisation, clerk, task = made
        head = make_official(organisation, grants=["flow.work", "flow.assign"]).actor
        commands.reassign(task_id=task.pk, account_id=clerk.account_id, by=head, at=clock.now())
        assert the_task().assignee_id == clerk.account_id
        _elsewhere, stranger = office()
        with pytest.raises(UnknownTask):
            commands.reassign(task_id=task.pk, account_id=stranger.account_id, by=head, at=clock.now())
        other = make_official(organisation, grants=["flow.work"]).actor
        with pytest.raises(NotYourTask):
            commands.reassign(task_id=task.pk, account_id=other.account_id, by=other, at=clock.now())

    def test_a_role_keeps_the_others_out(self):
        organisation, clerk = office()
        reviewer = make_official(organisation, role="reviewer", grants=["flow.work"]).actor
        publish(
            bpmn(
                begin(),
                user("a", '<zeebe:assignmentDefinition candidateGroups="reviewer"/>'),
                end(),
                chain("start", "a", "end"),
            )
        )
        start(organisation_id=organisation)
        with pytest.raises(UnknownTask):
            commands.claim(task_id=the_task().pk, by=clerk, at=clock.now())
        commands.claim(task_id=the_task().pk, by=reviewer, at=clock.now())

    def test_the_applicant_completes_only_their_own(self):
        mother, stranger = make_resident(), make_resident()
        publish(
            bpmn(
                begin(),
                user("a", '<zeebe:assignmentDefinition candidateGroups="applicant"/>'),
                end(),
                chain("start", "a", "end"),
            )
        )
        instance = start(applicant_person_id=mother.person_id)
        with pytest.raises(NotYourTask):
            complete("a", by=stranger.actor)
        complete("a", by=mother.actor)
        assert status(instance) == "completed"


@pytest.mark.django_db(transaction=True)
def test_of_sixteen_who_claim_at_once_one_gets_the_task():
    organisation, _clerk = office()
    officials = [make_official(organisation, grants=[Grants("flow.work")]).actor for _ in range(16)]
    publish(LINE)
    start(organisation_id=organisation)
    task = the_task()

    def attempt(actor):
        try:
            commands.claim(task_id=task.pk, by=actor, at=clock.now())
        except TaskTaken:
            return None
        else:
            return actor.account_id
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        winners = [winner for winner in pool.map(attempt, officials) if winner]
    task.refresh_from_db()
    assert winners == [task.assignee_id]
    assert task.status == TaskStatus.CLAIMED


@pytest.mark.django_db(transaction=True)
def test_parallel_tasks_completed_at_once_all_count():
    organisation, _clerk = office()
    publish(bpmn(begin(), user("a", inner=loop("=items", "m", "results", "=m")), end(), chain("start", "a", "end")))
    instance = start(variables={"items": list(range(8))}, organisation_id=organisation)

    def attempt(task_id):
        try:
            commands.complete_task(task_id=task_id, by=SYSTEM, at=clock.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(attempt, Task.objects.values_list("pk", flat=True)))
    row = ProcessInstance.objects.get(pk=instance)
    assert (row.status, row.variables["results"]) == ("completed", list(range(8)))
