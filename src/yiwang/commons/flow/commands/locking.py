"""The one lock of flow."""

from uuid import UUID

from yiwang.commons.flow.contracts import UnknownInstance
from yiwang.commons.flow.models import ProcessInstance


def locked(instance_id: UUID) -> ProcessInstance:
    """The instance, with the row of its outermost caller locked: one step at a time in a whole tree of processes."""
    root_id = ProcessInstance.objects.filter(pk=instance_id).values_list("root_id", flat=True).first()
    ProcessInstance.objects.select_for_update().filter(pk=root_id or instance_id).values_list("pk").first()
    rows = ProcessInstance.objects.select_related("definition").defer("definition__bpmn")
    found: ProcessInstance | None = rows.filter(pk=instance_id).first()
    if found is None:
        raise UnknownInstance
    return found
