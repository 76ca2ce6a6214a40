"""Processes that wait for a message, and how tests send one and run what was deferred."""

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from yiwang.commons.flow import commands, tasks
from yiwang.commons.flow.contracts import InstanceStatus
from yiwang.commons.flow.engine.tests.models import bpmn, chain, end, message, receive, user
from yiwang.commons.flow.engine.tests.models import start as begin
from yiwang.commons.flow.models import ProcessInstance
from yiwang.commons.flow.tests.factories import SYSTEM
from yiwang.kernel import clock

PAID = message("paid", "=id")
WAITS = bpmn(begin(), receive("c", "paid"), user("a"), end(), chain("start", "c", "a", "end"), root=PAID)
GROUP = '<zeebe:assignmentDefinition candidateGroups="applicant"/>'


def waiting(process_id="p", **more):
    return bpmn(
        begin(), receive("c", "paid"), end(), chain("start", "c", "end"), root=PAID, process_id=process_id, **more
    )


def correlate(key="1", name="paid", **more):
    return commands.correlate(**{"name": name, "key": key, "by": SYSTEM, "at": clock.now(), **more})


def run_jobs():
    """Runs what was deferred, in order, until nothing is left; as the worker does, but here."""
    doors = {"flow.deliver_message": tasks.deliver_message, "flow.deliver_signal": tasks.deliver_signal}
    done = 0
    while job := ProcrastinateJob.objects.filter(task_name__in=doors, status="todo").order_by("pk").first():
        doors[job.task_name](**job.args)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
        done += 1
    return done


def status(instance_id):
    return InstanceStatus(ProcessInstance.objects.get(pk=instance_id).status)


def ended(instance_id):
    return status(instance_id) is InstanceStatus.COMPLETED
