"""What tests of commands do again and again: where an instance stands, complete a task."""

from yiwang.commons.flow import commands
from yiwang.commons.flow.models import ProcessInstance, Task
from yiwang.commons.flow.tests.factories import SYSTEM
from yiwang.kernel import clock


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
