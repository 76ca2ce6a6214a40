"""What happens to a case is told to the applicant, each thing once, in the reader's language."""

import pytest
from tests.pack import actor_named

from yiwang.commons.notify import queries as messages
from yiwang.kernel import clock
from yiwang.kernel.ids import new_id
from yiwang.kernel.outbox import Delivery
from yiwang.serve.cases import queries as cases
from yiwang.serve.cases.contracts import CaseAccepted, CaseClosed, CaseDecided, CaseSubmitted
from yiwang.serve.portal import handlers
from yiwang.serve.portal.tests.conftest import SYSTEM, filed

pytestmark = pytest.mark.django_db


def told(kind=""):
    found = messages.messages(viewer=actor_named("family1-mother"), size=50).items
    return [each for each in found if each.kind == kind or not kind]


def delivered(event_id=None):
    return Delivery(event_id=event_id or new_id(), at=clock.now(), attempt=1)


def test_the_steps_of_a_bundle_are_told_once_each_and_open_its_progress(mother):
    mother.to_check()
    mother.send()
    (case,) = filed()
    member = case.members[0].case
    news = {
        CaseSubmitted: ("on_case_submitted", "case.submitted"),
        CaseAccepted: ("on_case_accepted", "case.accepted"),
        CaseDecided: ("on_case_decided", "case.decided"),
        CaseClosed: ("on_case_closed", "case.closed"),
    }
    for event_type, (name, kind) in news.items():
        own = event_type in {CaseAccepted, CaseDecided}
        event = event_type(
            case_id=member.id if own else case.id,
            number=member.number if own else case.number,
            parent_id=case.id if own else None,
        )
        event_id = new_id()
        for _time in range(2):
            getattr(handlers, name)(event, delivery=delivered(event_id))
        (message,) = told(kind)
        assert message.href == f"/cases/{case.number}/"
    html = mother.get("/messages/")
    assert f"已受理：{member.title}" in html
    assert "全部办结：新生儿出生一件事" in html
    mother.post("/language/", {"language": "en", "next": "/"})
    html = mother.get("/messages/")
    assert "All done: A child is born" in html
    assert "全部办结" not in html


def test_members_are_not_told_as_submitted_or_closed_each(mother):
    mother.to_check()
    mother.send()
    (case,) = filed()
    member = case.members[0].case
    handlers.on_case_submitted(
        CaseSubmitted(case_id=member.id, number=member.number, parent_id=case.id), delivery=delivered()
    )
    handlers.on_case_closed(
        CaseClosed(case_id=member.id, number=member.number, parent_id=case.id), delivery=delivered()
    )
    assert not told()


def test_a_case_that_is_unknown_is_a_fault_and_sends_nothing(mother):
    from yiwang.serve.cases.contracts import CaseNotFound

    with pytest.raises(CaseNotFound):
        handlers.on_case_accepted(CaseAccepted(case_id=new_id(), number="x"), delivery=delivered())
    assert not told()
    assert not cases.cases(viewer=SYSTEM).items
