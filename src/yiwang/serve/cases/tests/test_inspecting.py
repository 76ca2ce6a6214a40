"""A visit between acceptance and decision, and the reminder before the limit."""

import pytest

from yiwang.kernel import clock
from yiwang.kernel.errors import Forbidden
from yiwang.kernel.models import EvidenceRow
from yiwang.serve.cases import commands
from yiwang.serve.cases.contracts import CaseAction, CaseStateRefused, CaseStatus, ReasonMissing, TaskChoice
from yiwang.serve.cases.tests.factories import SYSTEM, file_permit

pytestmark = pytest.mark.django_db


def accepted():
    permit = file_permit()
    permit.work(TaskChoice.ACCEPT)
    return permit


def test_a_visit_stands_in_the_history_with_its_findings_and_its_time_counts():
    permit = accepted()
    due = permit.view().promised_due
    commands.inspect(
        case_id=permit.case_id, passed=False, findings="后厨没有洗手池", by=permit.reviewer, at=clock.now()
    )
    view = permit.view()
    event = next(each for each in view.events if each.kind is CaseAction.INSPECT)
    assert (view.status, event.note, event.data["passed"]) == (CaseStatus.REVIEWING, "后厨没有洗手池", False)
    assert view.promised_due == due
    assert EvidenceRow.objects.filter(kind="case.inspect", subject_id=permit.case_id).count() == 1


def test_a_visit_that_did_not_pass_says_why():
    permit = accepted()
    with pytest.raises(ReasonMissing):
        commands.inspect(case_id=permit.case_id, passed=False, findings=" ", by=permit.reviewer, at=clock.now())
    assert CaseAction.INSPECT not in {each.kind for each in permit.view().events}


def test_nobody_is_visited_before_acceptance_nor_by_whoever_may_not_decide():
    permit = file_permit()
    with pytest.raises(CaseStateRefused, match="受理"):
        commands.inspect(case_id=permit.case_id, passed=True, by=permit.reviewer, at=clock.now())
    permit.work(TaskChoice.ACCEPT)
    with pytest.raises(Forbidden):
        commands.inspect(case_id=permit.case_id, passed=True, by=permit.acceptor, at=clock.now())


def test_a_reminder_is_noted_while_the_case_waits_for_a_decision_and_never_after():
    permit = accepted()
    commands.remind(case_id=permit.case_id, by_process=True, by=SYSTEM, at=clock.now())
    permit.work(TaskChoice.GRANT)
    before = len(permit.view().events)
    commands.remind(case_id=permit.case_id, by_process=True, by=SYSTEM, at=clock.now())
    view = permit.view()
    assert [each.kind for each in view.events].count(CaseAction.REMIND) == 1
    assert len(view.events) == before
    assert not EvidenceRow.objects.filter(kind="case.remind").exists()
