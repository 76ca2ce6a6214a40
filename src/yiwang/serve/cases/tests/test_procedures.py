"""What the law knows beside accepting and deciding: materials that follow, pledges, special procedures, extension."""

from datetime import timedelta

import pytest

from yiwang.kernel import calendars, clock
from yiwang.kernel.errors import Forbidden
from yiwang.kernel.models import AuditEntry, EvidenceRow
from yiwang.serve.cases import commands, queries, tasks
from yiwang.serve.cases.contracts import (
    AlreadyExtended,
    CaseAction,
    CaseStateRefused,
    CaseStatus,
    DocumentKind,
    ExtensionTooLate,
    ExtensionTooLong,
    MaterialBy,
    MaterialInput,
    NothingToDefer,
    PledgeAlreadyChecked,
    PledgeNotOffered,
    ReasonMissing,
    ResultKind,
    TaskChoice,
)
from yiwang.serve.cases.models import Case, CasePledge, DeferredMaterial
from yiwang.serve.cases.tests.factories import SYSTEM, file_permit, make_sample

pytestmark = pytest.mark.django_db


def kinds(permit):
    return {each.kind for each in permit.view().documents}


def text(permit, kind):
    document = next(each for each in permit.view().documents if each.kind is kind)
    return "\n".join(queries.document(document_id=document.id, viewer=SYSTEM)[0].paragraphs)


def in_days(count):
    return clock.frozen(clock.now() + timedelta(days=count))


def test_conditional_acceptance_names_what_may_follow_and_until_when():
    permit = file_permit()
    desk = queries.desk_task(task_id=permit.sample.task(permit.case_id), viewer=permit.acceptor)
    assert [code for code, _name in desk.deferrable] == ["plan"]
    permit.work(TaskChoice.CONDITIONAL, deferred=["plan"])
    view = permit.view()
    due = calendars.current().add_working_days(clock.today(), 5).date
    assert (view.status, view.deferred_until) == (CaseStatus.ACCEPTED, due)
    assert [(each.material, each.due) for each in view.deferred] == [("plan", due)]
    assert kinds(permit) == {DocumentKind.RECEIPT, DocumentKind.CONDITIONAL}
    assert f"1．平面图（{due.year}年{due.month}月{due.day}日前）" in text(permit, DocumentKind.CONDITIONAL)


def test_only_what_the_list_lets_follow_and_is_missing_can_be_deferred():
    permit = file_permit()
    with pytest.raises(ReasonMissing):
        permit.work(TaskChoice.CONDITIONAL)
    with pytest.raises(NothingToDefer):
        permit.work(TaskChoice.CONDITIONAL, deferred=["form", "proof"])
    assert permit.view().status is CaseStatus.RECEIVED


def test_nothing_is_decided_before_the_deferred_materials_have_come():
    permit = file_permit()
    permit.work(TaskChoice.CONDITIONAL, deferred=["plan"])
    for choice in (TaskChoice.GRANT, TaskChoice.REFUSE):
        with pytest.raises(CaseStateRefused, match="容缺材料还没有补齐"):
            permit.work(choice, ground="《样例法》", reason="不符合")
    desk = queries.desk_task(task_id=permit.sample.task(permit.case_id), viewer=permit.reviewer)
    assert {each.choice: bool(each.refusal) for each in desk.choices}[TaskChoice.GRANT]
    applicant = permit.sample.parent.actor
    given = MaterialInput("plan", "平面图", file_id=permit.sample.upload())
    commands.add_material(case_id=permit.case_id, material=given, by=applicant, at=clock.now())
    assert permit.view().deferred_until is None
    permit.work(TaskChoice.GRANT)
    assert permit.view().result is ResultKind.GRANTED


def test_when_the_time_for_deferred_materials_has_run_out_it_can_only_be_refused():
    permit = file_permit()
    permit.work(TaskChoice.CONDITIONAL, deferred=["plan"])
    with in_days(30):
        assert queries.lapsed_deferrals(viewer=SYSTEM) == (permit.case_id,)
        tasks.daily.__wrapped__() if hasattr(tasks.daily, "__wrapped__") else tasks.daily()
        assert permit.view().events[-1].kind is CaseAction.LAPSE
        assert not commands.lapse_deferral(case_id=permit.case_id, by=SYSTEM, at=clock.now())
        with pytest.raises(CaseStateRefused, match="逾期没有补齐"):
            permit.work(TaskChoice.GRANT)
        permit.work(TaskChoice.REFUSE, ground="《样例许可法》第二条", reason="平面图逾期没有补齐")
    assert permit.view().result is ResultKind.REFUSED


def test_a_material_that_comes_late_but_before_the_decision_still_counts():
    permit = file_permit()
    permit.work(TaskChoice.CONDITIONAL, deferred=["plan"])
    with in_days(30):
        commands.lapse_deferral(case_id=permit.case_id, by=SYSTEM, at=clock.now())
        given = MaterialInput("plan", "平面图", file_id=permit.sample.upload())
        commands.add_material(case_id=permit.case_id, material=given, by=permit.sample.parent.actor, at=clock.now())
        permit.work(TaskChoice.GRANT)
    assert DeferredMaterial.objects.get().supplied_at is not None


def test_a_pledge_stands_for_a_material_and_is_told_signed_and_kept():
    permit = file_permit(materials=(MaterialInput("proof", "场所证明", MaterialBy.PLEDGE),))
    assert kinds(permit) == {DocumentKind.RECEIPT, DocumentKind.PLEDGE}
    said = text(permit, DocumentKind.PLEDGE)
    assert "场所合法取得、符合安全要求" in said
    assert "撤销许可，记入信用记录" in said
    assert "承诺人：样例母亲" in said
    assert queries.is_pledged(case_id=permit.case_id)
    material = next(each for each in permit.view().materials if each.material == "proof")
    assert material.by is MaterialBy.PLEDGE


def test_what_the_matter_does_not_offer_cannot_be_pledged_for():
    with pytest.raises(PledgeNotOffered):
        file_permit(materials=(MaterialInput("plan", "平面图", MaterialBy.PLEDGE),))
    assert not Case.objects.filter(matter_code="permit").exists()


def pledged_and_granted():
    permit = file_permit(materials=(MaterialInput("proof", "场所证明", MaterialBy.PLEDGE),))
    permit.work(TaskChoice.ACCEPT)
    permit.work(TaskChoice.GRANT)
    return permit, permit.view().pledges[0]


def test_the_after_check_runs_from_the_decision_and_a_kept_pledge_ends_it():
    permit, pledge = pledged_and_granted()
    assert pledge.check_due == calendars.current().add_working_days(clock.today(), 20).date
    assert "书面承诺" in text(permit, DocumentKind.GRANT)
    commands.check_pledge(pledge_id=pledge.id, kept=True, finding="现场属实", by=permit.reviewer, at=clock.now())
    assert permit.view().pledges[0].kept is True
    assert permit.view().result is ResultKind.GRANTED
    with pytest.raises(PledgeAlreadyChecked):
        commands.check_pledge(pledge_id=pledge.id, kept=False, finding="改口", by=permit.reviewer, at=clock.now())


def test_a_false_pledge_revokes_the_decision_with_its_document():
    permit, pledge = pledged_and_granted()
    with pytest.raises(ReasonMissing):
        commands.check_pledge(pledge_id=pledge.id, kept=False, finding=" ", by=permit.reviewer, at=clock.now())
    commands.check_pledge(pledge_id=pledge.id, kept=False, finding="场所为违法建筑", by=permit.reviewer, at=clock.now())
    view = permit.view()
    assert (view.status, view.result, view.reason) == (CaseStatus.CLOSED, ResultKind.REVOKED, "场所为违法建筑")
    said = text(permit, DocumentKind.REVOCATION)
    assert "场所为违法建筑" in said
    assert "国办发〔2020〕42号" in said
    assert "行政复议" in said
    assert EvidenceRow.objects.filter(kind="case.revoke", subject_id=permit.case_id).count() == 1


def test_a_false_pledge_before_the_decision_revokes_nothing():
    permit = file_permit(materials=(MaterialInput("proof", "场所证明", MaterialBy.PLEDGE),))
    permit.work(TaskChoice.ACCEPT)
    pledge = permit.view().pledges[0]
    commands.check_pledge(pledge_id=pledge.id, kept=False, finding="不实", by=permit.reviewer, at=clock.now())
    assert permit.view().status is CaseStatus.ACCEPTED
    assert DocumentKind.REVOCATION not in kinds(permit)


def test_a_special_procedure_is_told_in_writing_and_stops_the_clock_until_it_ends():
    permit = file_permit()
    permit.work(TaskChoice.ACCEPT)
    due = permit.view().promised_due
    commands.stop_clock(
        case_id=permit.case_id, procedure_key="expert_review", days=10, reason="技术复杂", by=permit.reviewer,
        at=clock.now(),
    )  # fmt: skip
    view = permit.view()
    assert (view.promised_due, view.special) == (None, "专家评审")
    assert view.special_until == calendars.current().add_working_days(clock.today(), 10).date
    said = text(permit, DocumentKind.SPECIAL)
    assert "专家评审" in said
    assert "第四十五条" in said
    with pytest.raises(CaseStateRefused, match="正在进行"):
        commands.stop_clock(case_id=permit.case_id, procedure_key="hearing", by=permit.reviewer, at=clock.now())
    with in_days(7):
        commands.resume_clock(case_id=permit.case_id, result="评审通过", by=permit.reviewer, at=clock.now())
        assert permit.view().promised_due > due
        with pytest.raises(CaseStateRefused, match="没有正在进行"):
            commands.resume_clock(case_id=permit.case_id, by=permit.reviewer, at=clock.now())


@pytest.mark.parametrize("procedure", ["hearing", "inspection", "testing", "expert_review"])
def test_nothing_is_decided_before_the_special_procedure_has_ended(procedure):
    permit = file_permit()
    permit.work(TaskChoice.ACCEPT)
    commands.stop_clock(case_id=permit.case_id, procedure_key=procedure, by=permit.reviewer, at=clock.now())
    for choice in (TaskChoice.GRANT, TaskChoice.REFUSE):
        with pytest.raises(CaseStateRefused, match="特别程序正在进行，结束之前不能作出决定"):
            permit.work(choice, ground="《样例法》", reason="不符合")
    for result in (ResultKind.GRANTED, ResultKind.REFUSED):
        with pytest.raises(CaseStateRefused, match="特别程序正在进行"):
            commands.decide(
                case_id=permit.case_id, result=result, ground="《样例法》", reason="不符合", by_process=True, by=SYSTEM,
                at=clock.now(),
            )  # fmt: skip
    desk = queries.desk_task(task_id=permit.sample.task(permit.case_id), viewer=permit.reviewer)
    assert desk.blocked == "特别程序正在进行，结束之前不能作出决定"
    commands.resume_clock(case_id=permit.case_id, result="通过", by=permit.reviewer, at=clock.now())
    permit.work(TaskChoice.GRANT)
    assert permit.view().result is ResultKind.GRANTED


def test_a_procedure_that_the_list_does_not_know_is_refused_before_acceptance_too():
    permit = file_permit()
    with pytest.raises(CaseStateRefused):
        commands.stop_clock(case_id=permit.case_id, procedure_key="hearing", by=permit.reviewer, at=clock.now())
    permit.work(TaskChoice.ACCEPT)
    with pytest.raises(ReasonMissing):
        commands.stop_clock(case_id=permit.case_id, procedure_key="coffee", by=permit.reviewer, at=clock.now())


def extend(permit, **options):
    commands.extend(
        **{
            "case_id": permit.case_id, "days": 10, "reason": "案情复杂", "approver": "样例局长", "by": permit.head,
            "at": clock.now(), **options,
        }
    )  # fmt: skip


def test_the_limit_is_extended_once_by_ten_working_days_with_the_heads_approval():
    permit = file_permit()
    permit.work(TaskChoice.ACCEPT)
    before = permit.view().promised_due
    extend(permit)
    view = permit.view()
    assert view.promised_due == calendars.current().add_working_days(before, 10).date
    assert view.clock.due == view.promised_due
    said = text(permit, DocumentKind.EXTENSION)
    assert "样例局长" in said
    assert "第四十二条" in said
    with pytest.raises(AlreadyExtended):
        extend(permit, days=1)


def test_an_extension_needs_its_reason_its_approver_its_right_and_its_time():
    permit = file_permit()
    permit.work(TaskChoice.ACCEPT)
    with pytest.raises(ReasonMissing):
        extend(permit, approver="")
    with pytest.raises(ExtensionTooLong):
        extend(permit, days=11)
    with pytest.raises(Forbidden):
        extend(permit, by=permit.reviewer)
    with in_days(60), pytest.raises(ExtensionTooLate):
        extend(permit)
    assert permit.view().extension_days == 0


def test_tasks_and_timers_follow_a_moved_limit():
    permit = file_permit()
    permit.work(TaskChoice.ACCEPT)
    extend(permit)
    tasks.reckon_one(str(permit.case_id))
    entry = AuditEntry.objects.filter(command="flow.reschedule", subject_id=permit.case_id).latest("at")
    assert entry.details["variables"] == ["promised_due"]


RIGHTS = {
    "stop_clock": lambda permit, by: commands.stop_clock(
        case_id=permit.case_id, procedure_key="hearing", by=by, at=clock.now()
    ),
    "extend": lambda permit, by: extend(permit, by=by),
    "check_pledge": lambda permit, by: commands.check_pledge(
        pledge_id=CasePledge.objects.get(case_id=permit.case_id).pk, kept=True, finding="属实", by=by, at=clock.now()
    ),
}


@pytest.mark.parametrize("step", sorted(RIGHTS))
def test_who_may_take_which_step(step):
    permit = file_permit(materials=(MaterialInput("proof", "场所证明", MaterialBy.PLEDGE),))
    permit.work(TaskChoice.ACCEPT)
    sample = permit.sample
    for stranger in (permit.acceptor, sample.reviewers["card"], sample.parent.actor):
        with pytest.raises(Forbidden):
            RIGHTS[step](permit, stranger)
    RIGHTS[step](permit, permit.head)


def test_a_member_under_correction_blocks_no_other_and_the_bundle_shows_it():
    sample = make_sample()
    case_id = sample.file()
    sample.work(case_id, "certificate", TaskChoice.CORRECT, reason="缺页")
    view = sample.case(case_id)
    assert {m.key: m.case.status for m in view.members}["certificate"] is CaseStatus.CORRECTION
    assert view.status is CaseStatus.RECEIVED
