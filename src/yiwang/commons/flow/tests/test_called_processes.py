"""Called processes are instances of their own, in pinned versions, and give back their result."""

import pytest

from yiwang.commons.flow import commands
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    call,
    chain,
    end,
    error,
    error_event,
    loop,
    mapping,
    script,
    user,
)
from yiwang.commons.flow.engine.tests.models import (
    start as begin,
)
from yiwang.commons.flow.models import (
    Halt,
    ProcessInstance,
    Task,
)
from yiwang.commons.flow.tests.acting import complete, stage, status
from yiwang.commons.flow.tests.factories import SYSTEM, office, publish, start
from yiwang.kernel import clock
from yiwang.kernel.ids import new_id

pytestmark = pytest.mark.django_db


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
