"""What commands do, refuse, and undo as a whole."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from yiwang.commons.flow import commands, queries, registry
from yiwang.commons.flow.contracts import (
    DefinitionRefused,
    InstanceIsHalted,
    InstanceIsOver,
    InstanceStatus,
    NothingToRetry,
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
    call,
    chain,
    end,
    error,
    error_event,
    flow,
    gateway,
    loop,
    mapping,
    rule,
    script,
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
    OperationCall,
    ProcessDefinition,
    ProcessInstance,
    Task,
    Timer,
)
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


def stage(instance_id):
    return sorted(
        Task.objects.filter(instance_id=instance_id, status__in=["open", "claimed"]).values_list(
            "element_id", flat=True
        )
    )


def the_task(element="a", **more):
    return Task.objects.get(element_id=element, status__in=["open", "claimed"], **more)


def complete(element="a", by=SYSTEM, **outputs):
    commands.complete_task(task_id=the_task(element).pk, outputs=outputs, by=by, at=clock.now())


def status(instance_id):
    return ProcessInstance.objects.get(pk=instance_id).status


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


class TestCalledProcesses:
    CHILD = bpmn(begin(), user("c"), end(), chain("start", "c", "end"), process_id="child")
    PARENT = bpmn(
        begin(),
        call("call", "child", mapping(outputs={"result": "=verdict"})),
        user("after"),
        end(),
        chain("start", "call", "after", "end"),
    )

    def test_a_called_process_is_an_instance_of_its_own_and_gives_back_its_result(self):
        organisation, clerk = office()
        publish(self.CHILD)
        publish(self.PARENT)
        instance = start(organisation_id=organisation)
        child = ProcessInstance.objects.get(parent_id=instance)
        assert (child.subject_id, child.root_id) == (ProcessInstance.objects.get(pk=instance).subject_id, instance)
        complete("c", by=clerk, verdict="通过")
        assert status(child.pk) == "completed"
        assert stage(instance) == ["after"]
        assert ProcessInstance.objects.get(pk=instance).variables == {"result": "通过"}

    def test_called_processes_keep_the_version_of_the_start(self):
        organisation, clerk = office()
        publish(self.CHILD)
        publish(bpmn(begin(), user("first"), call("call", "child"), end(), chain("start", "first", "call", "end")))
        start(organisation_id=organisation)
        publish(bpmn(begin(), user("newer"), end(), chain("start", "newer", "end"), process_id="child"))
        complete("first", by=clerk)
        assert ProcessInstance.objects.get(parent__isnull=False).definition.version == 1

    def test_members_of_a_bundle_run_side_by_side_about_their_own_subjects(self):
        organisation, clerk = office()
        members = [str(new_id()) for _ in range(3)]
        publish(self.CHILD)
        subject = '<zeebe:properties><zeebe:property name="subject" value="=member"/></zeebe:properties>'
        publish(
            bpmn(
                begin(),
                call("call", "child", subject, inner=loop("=members", "member")),
                end(),
                chain("start", "call", "end"),
                process_id="bundle",
            )
        )
        instance = start("bundle", {"members": members}, organisation_id=organisation)
        assert sorted(str(row.subject_id) for row in ProcessInstance.objects.filter(parent_id=instance)) == sorted(
            members
        )
        for task in Task.objects.filter(element_id="c"):
            commands.complete_task(task_id=task.pk, by=clerk, at=clock.now())
        assert status(instance) == "completed"

    def test_a_called_process_without_any_person_returns_in_the_same_transaction(self):
        publish(bpmn(begin(), script("x", '="通过"', "verdict"), end(), chain("start", "x", "end"), process_id="child"))
        organisation, _clerk = office()
        publish(self.PARENT)
        instance = start(organisation_id=organisation)
        assert stage(instance) == ["after"]

    def test_a_called_process_that_ends_in_an_error_takes_the_callers_boundary(self):
        organisation, clerk = office()
        publish(
            bpmn(
                begin(),
                user("c"),
                end("e", error_event("REFUSED")),
                chain("start", "c", "e"),
                process_id="child",
                root=error("REFUSED"),
            )
        )
        publish(
            bpmn(
                begin(),
                call("call", "child"),
                boundary("b", "call", error_event("REFUSED")),
                user("tell"),
                end(),
                end("e2"),
                chain("start", "call", "end"),
                chain("b", "tell", "e2"),
                root=error("REFUSED"),
            )
        )
        instance = start(organisation_id=organisation)
        complete("c", by=clerk)
        assert stage(instance) == ["tell"]
        assert ProcessInstance.objects.get(parent_id=instance).status == "completed"

    def test_an_error_end_of_an_outermost_process_halts_it(self):
        organisation, clerk = office()
        publish(
            bpmn(begin(), user("c"), end("e", error_event("REFUSED")), chain("start", "c", "e"), root=error("REFUSED"))
        )
        instance = start(organisation_id=organisation)
        complete("c", by=clerk)
        assert status(instance) == "halted"

    def test_a_called_process_that_is_not_published_halts_the_caller(self):
        publish(self.PARENT)
        instance = start()
        assert status(instance) == "halted"
        assert "child" in Halt.objects.get().reason

    def test_a_halted_called_process_leaves_the_caller_waiting(self):
        publish(self.CHILD)
        publish(self.PARENT)
        instance = start()
        child = ProcessInstance.objects.get(parent_id=instance)
        assert (status(instance), status(child.pk)) == ("running", "halted")

    def test_cancelling_the_caller_cancels_the_called(self):
        organisation, _clerk = office()
        publish(self.CHILD)
        publish(self.PARENT)
        instance = start(organisation_id=organisation)
        commands.cancel(instance_id=instance, reason="withdrawn", by=SYSTEM, at=clock.now())
        assert set(ProcessInstance.objects.values_list("status", flat=True)) == {"cancelled"}
        assert Task.objects.get().status == "cancelled"

    def test_cancelling_a_called_process_halts_a_caller_that_does_not_expect_it(self):
        organisation, _clerk = office()
        publish(self.CHILD)
        publish(self.PARENT)
        instance = start(organisation_id=organisation)
        child = ProcessInstance.objects.get(parent_id=instance)
        commands.cancel(instance_id=child.pk, reason="wrong", by=SYSTEM, at=clock.now())
        assert (status(instance), status(child.pk)) == ("halted", "cancelled")


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
