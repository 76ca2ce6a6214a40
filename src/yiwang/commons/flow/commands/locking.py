"""The one lock of flow."""

from uuid import UUID

from django.db import connection

from yiwang.commons.flow.commands.pinning import definition_with_id
from yiwang.commons.flow.contracts import UnknownInstance, UnknownTask
from yiwang.commons.flow.models import ProcessInstance, Task

_ROOT = """
SELECT id FROM commons_flow_processinstance
WHERE id = (SELECT coalesce(root_id, id) FROM commons_flow_processinstance WHERE id = {instance})
FOR UPDATE
"""
_ROOT_OF_INSTANCE = _ROOT.format(instance="%s")
_ROOT_OF_TASK = _ROOT.format(instance="(SELECT instance_id FROM commons_flow_task WHERE id = %s)")


def lock_process(*, task_id: UUID) -> None:
    """Inside a command: nobody else takes a step in the tree of processes of this task until the command has ended.

    For those who lock a subject's rows and then complete its task: everybody locks the process first. An unknown task locks
    nothing.
    """
    _lock(_ROOT_OF_TASK, task_id)


def locked(instance_id: UUID) -> ProcessInstance:
    """The instance, with the row of its outermost caller locked: one step at a time in a whole tree of processes."""
    _lock(_ROOT_OF_INSTANCE, instance_id)
    found: ProcessInstance | None = ProcessInstance.objects.filter(pk=instance_id).first()
    if found is None:
        raise UnknownInstance
    return with_definition(found)


def locked_task(task_id: UUID) -> Task:
    """The task, locked, with its instance as `locked` gives it."""
    _lock(_ROOT_OF_TASK, task_id)
    rows = Task.objects.select_related("instance").select_for_update(of=("self",))
    found: Task | None = rows.filter(pk=task_id).first()
    if found is None:
        raise UnknownTask
    with_definition(found.instance)
    return found


def with_definition(instance: ProcessInstance) -> ProcessInstance:
    """The instance with its definition from memory, where this process has met it before."""
    definition = definition_with_id(instance.definition_id)
    if definition is not None:
        instance.definition = definition
    return instance


def _lock(statement: str, identifier: UUID) -> None:
    # A statement of its own: what is read after the wait for the lock is what the last holder left.
    with connection.cursor() as cursor:
        cursor.execute(statement, [identifier])
