"""What stands still and waits for an administrator; and what the worker needs to call a remote operation."""

from uuid import UUID

from django.db.models import QuerySet

from yiwang.commons.flow import policies, registry
from yiwang.commons.flow.contracts import ADMINISTER, CallStatus, HaltRow, UnknownInstance
from yiwang.commons.flow.models import Halt, OperationCall, ProcessInstance
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.doctor import Finding, check
from yiwang.kernel.paging import Page, paginate


def halts_in_reach(*, viewer: Actor) -> "QuerySet[Halt]":
    """Open halts that the viewer may see, without the large columns of their instances."""
    reach = ProcessInstance.objects.filter(policies.instances_in_reach(viewer, ADMINISTER))
    rows = Halt.objects.filter(resolved_at__isnull=True, instance__in=reach.values("pk"))
    light: QuerySet[Halt] = rows.select_related("instance__definition").defer(
        "instance__state", "instance__variables", "instance__definition__bpmn", "instance__definition__spec"
    )
    return light


def halt(*, halt_id: UUID, viewer: Actor) -> HaltRow:
    """One open halt. Raises UnknownInstance, also for those who may not know."""
    found = halts_in_reach(viewer=viewer).filter(pk=halt_id).first()
    if found is None:
        raise UnknownInstance
    return _row(found)


def halts(*, viewer: Actor, cursor: str | None = None, size: int = 20) -> Page[HaltRow]:
    """Halted instances in the administrator's reach, the oldest first. One query."""
    rows = halts_in_reach(viewer=viewer)
    return paginate(rows, order=("at", "id"), cursor=cursor, size=size).map(_row)


def _row(halt: Halt) -> HaltRow:
    definition = halt.instance.definition
    return HaltRow(
        id=halt.pk,
        instance_id=halt.instance_id,
        title=halt.instance.title,
        process_key=definition.key,
        process_version=definition.version,
        element_id=halt.element_id,
        reason=halt.reason,
        expression=halt.expression,
        diagnostics=halt.diagnostics,
        at=halt.at,
    )


def call(*, call_id: UUID, viewer: Actor) -> registry.Invocation | None:
    """What a remote operation is called with; None when it is no longer wanted."""
    found = OperationCall.objects.select_related("instance").filter(pk=call_id, status=CallStatus.PENDING.value).first()
    if found is None or not viewer.is_system:
        return None
    return registry.Invocation(
        operation=found.operation,
        instance_id=found.instance_id,
        subject=SubjectRef(found.instance.subject_kind, found.instance.subject_id),
        element_id=found.element_id,
        inputs=found.inputs,
        headers=found.headers,
        properties=found.properties,
        idempotency_key=found.idempotency_key,
        by=viewer,
        at=clock.now(),
    )


@check("flow")
def _nothing_stands_still() -> Finding:
    standing = Halt.objects.filter(resolved_at__isnull=True).count()
    if standing:
        return Finding(ok=False, message=f"{standing} 个流程暂停", mend="由管理员在工作台“暂停的流程”中查看原因并恢复")
    return Finding(ok=True, message="没有暂停的流程")
