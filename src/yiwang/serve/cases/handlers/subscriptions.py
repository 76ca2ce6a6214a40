"""News from below: the process of a case has ended."""

from yiwang.commons.flow.contracts import InstanceEnded, InstanceStatus
from yiwang.kernel.actor import Actor
from yiwang.kernel.outbox import Delivery, subscribe
from yiwang.serve.cases import commands, queries


@subscribe(InstanceEnded, name="cases.on_instance_ended")
def on_instance_ended(event: InstanceEnded, *, delivery: Delivery) -> None:
    """A bundle whose process has ended leaves no member waiting, whatever its model forgot."""
    if event.subject.kind != "case" or event.status is not InstanceStatus.COMPLETED:
        return
    program = Actor.system("cases.on_instance_ended")
    case = queries.brief(case_id=event.subject.id, viewer=program)
    if case.is_bundle and case.instance_id == event.instance_id and not case.status.is_final:
        commands.settle(case_id=event.subject.id, by=program, at=delivery.at)
