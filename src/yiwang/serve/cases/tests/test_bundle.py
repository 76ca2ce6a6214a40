"""A bundle from filing to results: numbers, members, materials that are results, refusals, corrections."""

import hmac

import pytest
from django.db import connection

from yiwang.kernel import clock
from yiwang.kernel.evidence import hidden_hash
from yiwang.kernel.guard import opened
from yiwang.kernel.models import AuditEntry, EvidenceRow
from yiwang.kernel.outbox import relay
from yiwang.serve.cases import commands, queries
from yiwang.serve.cases.contracts import (
    Applicant,
    CaseAction,
    CaseKind,
    CaseStateRefused,
    CaseStatus,
    FieldsMissing,
    MaterialBy,
    MaterialInput,
    MaterialMissing,
    ReasonMissing,
    ResultKind,
    SituationIncomplete,
    TaskChoice,
)
from yiwang.serve.cases.models import CaseEvent, CaseResult
from yiwang.serve.cases.queries.documents import event_digest
from yiwang.serve.cases.tests.factories import ANSWERS, SITUATION, SYSTEM, make_sample
from yiwang.serve.matters import queries as matters

pytestmark = pytest.mark.django_db
NUMBER = {"child_number": "320402202611160048"}


@pytest.fixture
def sample():
    return make_sample()


def states(view):
    return {member.key: member.case.status for member in view.members}


def test_filing_numbers_the_parent_and_each_member(sample):
    view = sample.case(sample.file())
    assert view.number.startswith("320402-")
    assert [m.case.number for m in view.members] == [f"{view.number}-{n:02d}" for n in (1, 2, 3)]
    assert states(view) == {
        "certificate": CaseStatus.RECEIVED, "registration": CaseStatus.WAITING, "card": CaseStatus.WAITING,
    }  # fmt: skip
    assert view.status is CaseStatus.RECEIVED
    assert view.beneficiary == "样例宝宝"


def test_only_the_members_of_the_situation_are_filed(sample):
    view = sample.case(sample.file(situation={**SITUATION, "held": True, "wants_card": False}))
    assert list(states(view)) == ["registration"]


def test_the_whole_way_to_the_results(sample):
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    view = sample.case(case_id)
    assert states(view)["certificate"] is CaseStatus.CLOSED
    assert states(view)["registration"] is CaseStatus.RECEIVED
    sample.grant(case_id, "registration", fields=NUMBER)
    sample.grant(case_id, "card")
    view = sample.case(case_id)
    assert (view.status, view.result) == (CaseStatus.CLOSED, ResultKind.GRANTED)
    assert [m.results[0].title for m in view.members] == ["样例certificate证", "样例户口页", "样例card证"]
    assert view.closed_at is not None
    assert relay() >= 0


def test_the_result_of_a_member_becomes_a_material_of_the_next_with_its_origin(sample):
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    given = sample.case(case_id, "certificate").results[0]
    view = sample.case(case_id, "registration")
    material = next(m for m in view.materials if m.material == "certificate")
    assert material.by is MaterialBy.MEMBER_OUTPUT
    assert (material.reference, material.origin_number) == (given.number, sample.case(case_id, "certificate").number)
    brought = next(a for a in view.answers if a.fact == "certificate_number")
    assert (brought.value, brought.source, brought.source_label) == (given.number, "member", given.title)


def test_numbers_of_results_follow_their_pattern(sample):
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    sample.grant(case_id, "registration", fields=NUMBER)
    page = sample.case(case_id, "registration").results[0]
    assert page.number.startswith("3204022")
    assert page.number.endswith("000001")
    lines = {line["fact"]: line["value"] for line in page.payload["lines"]}
    assert lines["child_number"] == NUMBER["child_number"]
    assert lines["child_name"] == "样例宝宝"


def test_a_result_needs_what_officials_must_enter_and_nothing_changes_without_it(sample):
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    sample.work(case_id, "registration", TaskChoice.ACCEPT)
    with pytest.raises(FieldsMissing):
        sample.work(case_id, "registration", TaskChoice.GRANT)
    assert sample.case(case_id, "registration").status is CaseStatus.ACCEPTED
    sample.work(case_id, "registration", TaskChoice.GRANT, fields=NUMBER)


def test_a_refused_member_ends_those_that_need_it_and_no_other(sample):
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    sample.work(case_id, "registration", TaskChoice.ACCEPT)
    sample.work(case_id, "registration", TaskChoice.REFUSE, ground="样例法第一条", reason="不符合条件")
    view = sample.case(case_id)
    assert states(view) == {
        "certificate": CaseStatus.CLOSED, "registration": CaseStatus.CLOSED, "card": CaseStatus.DISCONTINUED,
    }  # fmt: skip
    assert (view.status, view.result) == (CaseStatus.CLOSED, ResultKind.PARTLY_GRANTED)
    assert sample.case(case_id, "registration").reason == "不符合条件"


def test_a_refusal_needs_ground_and_reason(sample):
    case_id = sample.file()
    sample.work(case_id, "certificate", TaskChoice.ACCEPT)
    with pytest.raises(ReasonMissing):
        sample.work(case_id, "certificate", TaskChoice.REFUSE, reason="不符合")


def test_a_correction_is_told_once_and_the_others_go_on(sample):
    case_id = sample.file(situation={**SITUATION, "held": True})
    sample.work(case_id, "registration", TaskChoice.CORRECT, reason="户口簿缺少首页")
    view = sample.case(case_id, "registration")
    assert view.status is CaseStatus.CORRECTION
    assert view.events[-1].note == "户口簿缺少首页"
    commands.supply_correction(
        task_id=sample.task(case_id, "registration"),
        case_id=view.id,
        materials=(MaterialInput("book", "户口簿", file_id=sample.upload()),),
        by=sample.parent.actor,
        at=clock.now(),
    )
    assert sample.case(case_id, "registration").status is CaseStatus.RECEIVED
    with pytest.raises(CaseStateRefused):
        sample.work(case_id, "registration", TaskChoice.CORRECT, reason="再补")
    sample.work(case_id, "registration", TaskChoice.ACCEPT)


def test_an_application_that_is_declined_ends_without_a_decision_on_the_merits(sample):
    case_id = sample.file()
    sample.work(case_id, "certificate", TaskChoice.DECLINE, ground="样例法第一条", reason="不属于本机关职权范围")
    view = sample.case(case_id)
    assert view.members[0].case.result is ResultKind.NOT_ACCEPTED
    assert view.result is ResultKind.REFUSED
    assert states(view)["registration"] is CaseStatus.DISCONTINUED


def test_missing_materials_and_open_questions_are_refused_and_nothing_is_filed(sample):
    with pytest.raises(MaterialMissing) as missing:
        sample.file(materials=[])
    assert list(missing.value.fields) == ["book"]
    with pytest.raises(SituationIncomplete):
        sample.file(situation={"held": True}, materials=[])
    assert not queries.cases(viewer=SYSTEM).items


def test_limits_run_from_acceptance_and_are_recomputed_from_the_events(sample):
    case_id = sample.file()
    assert sample.case(case_id, "certificate").promised_due is None
    sample.work(case_id, "certificate", TaskChoice.ACCEPT)
    view = sample.case(case_id, "certificate")
    assert view.promised_due is not None
    assert view.clock.due == view.promised_due
    assert view.promised_due <= view.statutory_due
    parent = sample.case(case_id)
    assert parent.clock.due == parent.promised_due


def test_the_history_is_a_chain_that_can_be_checked(sample):
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    number = sample.case(case_id, "certificate").number
    assert queries.check_history(number=number, viewer=SYSTEM) == (True, 0)
    kinds = [event.kind for event in sample.case(case_id, "certificate").events]
    did = CaseAction
    assert kinds == [did.SUBMIT, did.RECEIVE, did.ACCEPT, did.GRANT, did.ISSUE_RESULT, did.CLOSE]


def test_each_legal_step_leaves_audit_and_evidence(sample):
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    member = sample.case(case_id, "certificate").id
    kinds = set(EvidenceRow.objects.filter(subject_id=member).values_list("kind", flat=True))
    assert {"case.submit", "case.receive", "case.accept", "case.grant", "case.result", "case.close"} <= kinds
    names = set(AuditEntry.objects.filter(subject_id=member).values_list("command", flat=True))
    assert {"cases.submit_bundle", "cases.receive", "cases.accept", "cases.decide", "cases.close"} <= names


def test_nobody_can_guess_a_licence_number_or_a_word_from_the_public_evidence(sample):
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    member = sample.case(case_id, "certificate")
    number = member.results[0].number
    row = EvidenceRow.objects.get(kind="case.result", subject_id=member.id)
    told = row.statement["facts"]["number"]
    salt, _, digest = told.rpartition(":")
    assert hmac.new(bytes.fromhex(salt), number.encode(), "sm3").hexdigest() != digest
    result = CaseResult.objects.get(case_id=member.id)
    assert told == hidden_hash(number, bytes(result.salt))
    assert queries.verify(number=member.number, viewer=SYSTEM).sound

    step = EvidenceRow.objects.get(kind="case.close", subject_id=member.id)
    event = CaseEvent.objects.get(case_id=member.id, kind="close")
    assert step.statement["facts"]["chain"] == bytes(event.hash).hex()
    assert event_digest(event=event, previous=bytes(event.prev_hash)) == bytes(event.hash)
    event.nonce = b""
    assert event_digest(event=event, previous=bytes(event.prev_hash)) != bytes(event.hash)
    nonces = list(CaseEvent.objects.filter(case_id=member.id).values_list("nonce", flat=True))
    assert {len(each) for each in nonces} == {16}
    assert len({bytes(each) for each in nonces}) == len(nonces) > 3


def test_a_changed_number_of_a_result_is_found_by_verify(sample):
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    number = sample.case(case_id, "certificate").number
    with opened("tests"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE serve_cases_caseresult SET number = '伪2号'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    faults = queries.verify(number=number, viewer=SYSTEM).faults
    assert [fault.rpartition("：")[2] for fault in faults] == ["样例certificate证的编号", "结果缺失"]


def test_words_to_the_applicant_and_internal_opinions_are_kept_apart(sample):
    case_id = sample.file()
    sample.work(case_id, "certificate", TaskChoice.ACCEPT, opinion="已核对原件")
    number = sample.case(case_id, "certificate").number
    own = queries.case(number=number, viewer=sample.parent.actor)
    assert not any(event.opinion for event in own.events)
    official = queries.case(number=number, viewer=sample.acceptors["certificate"])
    assert "已核对原件" in {event.opinion for event in official.events}


def test_a_matter_by_itself_is_filed_and_granted(sample):
    matter = matters.matter(code="certificate", viewer=SYSTEM)
    case_id = commands.submit_matter(
        matter_id=matter.id,
        applicant=Applicant(person_id=sample.parent.person_id),
        situation={},
        answers=ANSWERS,
        region_code="320402001",
        by=sample.parent.actor,
        at=clock.now(),
    )
    view = sample.case(case_id)
    assert (view.kind, view.status) == (CaseKind.SINGLE, CaseStatus.RECEIVED)
    for choice, by in ((TaskChoice.ACCEPT, sample.acceptors), (TaskChoice.GRANT, sample.reviewers)):
        task = sample.task(case_id)
        commands.handle_task(task_id=task, case_id=case_id, choice=choice, by=by["certificate"], at=clock.now())
    view = sample.case(case_id)
    assert (view.status, view.result) == (CaseStatus.CLOSED, ResultKind.GRANTED)
    assert [result.title for result in view.results] == ["样例certificate证"]
