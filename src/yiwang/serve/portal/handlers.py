"""News of cases becomes messages to the applicant: filed, accepted, decided, all done."""

from django.urls import reverse

from yiwang.commons.notify import commands
from yiwang.commons.notify.contracts import Recipient
from yiwang.commons.notify.registry import Kind, register_kind
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.outbox import Delivery, subscribe
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases import queries as cases
from yiwang.serve.cases.contracts import CaseAccepted, CaseClosed, CaseDecided, CaseEventBase, CaseSubmitted
from yiwang.serve.matters import queries as matters

SUBMITTED, ACCEPTED, DECIDED, CLOSED = "case.submitted", "case.accepted", "case.decided", "case.closed"
_program = Actor.system("portal.messages")

register_kind(
    Kind(SUBMITTED, _("已收到您的申请：{title}"), _("办件编号 {number}。是否受理，五个工作日内告知您。")),
    Kind(ACCEPTED, _("已受理：{title}"), _("{organisation}受理了您的申请（{number}），正在办理。")),
    Kind(DECIDED, _("有结果了：{title}"), _("{organisation}已作出决定（{number}），请查看结果。")),
    Kind(CLOSED, _("全部办结：{title}"), _("办件 {number} 的事项都办完了，结果在进度页。")),
)


@subscribe(CaseSubmitted, name="portal.on_case_submitted")
def on_case_submitted(event: CaseSubmitted, *, delivery: Delivery) -> None:
    """Once for the whole, not for each member."""
    if event.parent_id is None:
        _tell(SUBMITTED, event, delivery)


@subscribe(CaseAccepted, name="portal.on_case_accepted")
def on_case_accepted(event: CaseAccepted, *, delivery: Delivery) -> None:
    """For each matter: every authority accepts in its own name."""
    _tell(ACCEPTED, event, delivery)


@subscribe(CaseDecided, name="portal.on_case_decided")
def on_case_decided(event: CaseDecided, *, delivery: Delivery) -> None:
    """For each matter."""
    _tell(DECIDED, event, delivery)


@subscribe(CaseClosed, name="portal.on_case_closed")
def on_case_closed(event: CaseClosed, *, delivery: Delivery) -> None:
    """For a bundle as a whole: of a single matter the decision was the end."""
    if event.parent_id is None and cases.brief(case_id=event.case_id, viewer=_program).is_bundle:
        _tell(CLOSED, event, delivery)


def _tell(kind: str, event: CaseEventBase, delivery: Delivery) -> None:
    party = cases.party(case_id=event.case_id, viewer=_program)
    words = matters.english(
        matter_ids=[party.matter_id] if party.matter_id else [], bundle_id=party.bundle_id, viewer=_program
    )
    title = {"zh": party.title, "en": words.get(party.title, party.title)}
    commands.send(
        to=Recipient(person_id=None if party.entity_id else party.person_id, entity_id=party.entity_id),
        kind=kind,
        params={"title": title, "number": party.number, "organisation": party.organisation},
        subject=SubjectRef("case", event.case_id),
        href=reverse("cases:progress", args=[party.outer_number]),
        key=f"{kind}:{event.case_id}:{delivery.event_id}",
        by=_program,
        at=delivery.at,
    )
