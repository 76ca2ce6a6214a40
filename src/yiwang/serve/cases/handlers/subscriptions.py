"""News from below: the process of a case has ended, the holidays of a year are known."""

from yiwang.commons.flow.contracts import InstanceEnded, InstanceStatus
from yiwang.kernel.actor import Actor
from yiwang.kernel.calendars import YearAnnounced
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


@subscribe(YearAnnounced, name="cases.on_year_announced")
def on_year_announced(event: YearAnnounced, *, delivery: Delivery) -> None:
    """Limits that were reckoned without the holidays are reckoned anew."""
    commands.reckon_anew(year=event.year, by=Actor.system("cases.on_year_announced"), at=delivery.at)
