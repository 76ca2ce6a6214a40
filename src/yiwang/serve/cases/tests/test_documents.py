"""Each legal step is a numbered document with its ground and remedies, delivered with a receipt."""

import re
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.db import connection

from yiwang.commons.identity.tests.factories import make_official, make_resident
from yiwang.kernel import calendars, clock
from yiwang.kernel.errors import Forbidden
from yiwang.kernel.guard import opened
from yiwang.kernel.models import EvidenceRow
from yiwang.kernel.outbox import OutboxEvent
from yiwang.serve.cases import commands, queries
from yiwang.serve.cases.cli import cli
from yiwang.serve.cases.contracts import (
    Answer,
    CaseNotFound,
    CaseStatus,
    DeliveryChannel,
    DeliveryRefused,
    DeliveryState,
    DocumentKind,
    DocumentNotFound,
    TaskChoice,
    TemplateChanged,
)
from yiwang.serve.cases.models import CaseDelivery, CaseDocument, CaseEvent
from yiwang.serve.cases.queries import wording
from yiwang.serve.cases.tests.factories import ANSWERS, SITUATION, SYSTEM, file_permit, make_sample
from yiwang.serve.matters.contracts import DeliveryChoice

pytestmark = pytest.mark.django_db
NUMBER = {"child_number": "320402202611160048"}


def kinds(view):
    return [each.kind for each in view.documents]


def texts(document):
    return "\n".join(queries.document(document_id=document.id, viewer=SYSTEM)[0].paragraphs)


def of_kind(view, kind):
    return next(each for each in view.documents if each.kind is kind)


def test_each_step_of_a_granted_case_leaves_its_document():
    permit = file_permit()
    permit.work(TaskChoice.ACCEPT)
    permit.work(TaskChoice.GRANT)
    view = permit.view()
    assert kinds(view) == [DocumentKind.RECEIPT, DocumentKind.ACCEPTANCE, DocumentKind.GRANT]
    assert view.status is CaseStatus.CLOSED
    receipt, acceptance, grant = view.documents
    assert "收件不等于受理" in texts(receipt)
    assert "承诺自受理次日起8个工作日内作出决定" in texts(acceptance)
    assert grant.title == "准予行政许可决定书"
    assert "依据《样例许可法》第二条、《样例条例》第九条，决定准予行政许可。" in texts(grant)
    assert {each.authority for each in view.documents} == {"样例1局"}
    assert {each.addressee for each in view.documents} == {"样例母亲"}
    assert not any(each.sealed for each in view.documents)


def test_numbers_count_for_each_organisation_kind_and_year_without_gap():
    sample = make_sample()
    first, second = file_permit(sample), None
    with pytest.raises(CaseNotFound):
        commands.accept(case_id=SYSTEM_ID, by=SYSTEM, at=clock.now())
    first.work(TaskChoice.ACCEPT)
    second = sample.file()
    sample.work(second, "certificate", TaskChoice.ACCEPT)
    numbers = [first.numbers()["acceptance"], sample.case(second, "certificate").documents[0].number]
    found = [re.fullmatch(r"(.+)受〔(\d{4})〕(\d{5})号", number) for number in numbers]
    assert all(found)
    assert found[0][1] == found[1][1]
    assert int(found[1][3]) == int(found[0][3]) + 1
    assert found[0][2] == str(clock.today().year)


SYSTEM_ID = "00000000-0000-7000-8000-000000000000"


def test_a_refusal_names_reason_ground_and_both_remedies_with_authority_and_time():
    permit = file_permit()
    permit.work(TaskChoice.ACCEPT)
    permit.work(TaskChoice.REFUSE, ground="《样例许可法》第三条", reason="场所不符合安全要求")
    refusal = of_kind(permit.view(), DocumentKind.REFUSAL)
    said = texts(refusal)
    assert refusal.title == "不予行政许可决定书"
    assert "理由：场所不符合安全要求" in said
    assert "依据《样例许可法》第三条" in said
    assert "六十日内向" in said
    assert "申请行政复议" in said
    assert "六个月内依法向" in said
    assert "人民法院" in said


def test_the_correction_notice_lists_everything_item_by_item_and_is_told_once():
    permit = file_permit()
    permit.work(TaskChoice.CORRECT, reason="1、平面图缺少比例\n2、场所证明过期")
    said = texts(of_kind(permit.view(), DocumentKind.CORRECTION))
    assert "1．平面图缺少比例" in said
    assert "2．场所证明过期" in said
    assert "不再要求补正" in said


def test_an_application_that_is_not_accepted_gets_a_reasoned_decision():
    permit = file_permit()
    permit.work(TaskChoice.DECLINE, ground="《样例许可法》第一条", reason="不属于本机关职权范围")
    said = texts(of_kind(permit.view(), DocumentKind.NON_ACCEPTANCE))
    assert "不属于本机关职权范围" in said
    assert "决定不予受理" in said
    assert "行政复议" in said


def test_who_answers_too_late_has_accepted_and_the_document_says_by_which_law():
    permit = file_permit()
    commands.accept(case_id=permit.case_id, ground="deemed", by_process=True, by=SYSTEM, at=clock.now())
    said = texts(of_kind(permit.view(), DocumentKind.ACCEPTANCE))
    assert "第三十二条" in said
    assert "即为受理" in said


def test_a_bundle_gets_one_receipt_that_names_its_members():
    sample = make_sample()
    view = sample.case(sample.file())
    assert kinds(view) == [DocumentKind.RECEIPT]
    said = texts(view.documents[0])
    assert "1．样例certificate（样例1局）" in said
    assert not any(member.documents for member in view.members if member.key != "certificate")


def test_a_member_that_cannot_go_on_is_told_why_and_by_what_it_failed():
    sample = make_sample()
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    sample.work(case_id, "registration", TaskChoice.ACCEPT)
    sample.work(case_id, "registration", TaskChoice.REFUSE, ground="《样例法》第一条", reason="不符合条件")
    card = sample.case(case_id, "card")
    assert card.status is CaseStatus.DISCONTINUED
    assert "样例registration" in texts(of_kind(card, DocumentKind.TERMINATION))


def test_a_withdrawal_is_confirmed_in_writing_once():
    sample = make_sample()
    case_id = sample.file()
    commands.withdraw(case_id=case_id, reason="另行办理", by=sample.parent.actor, at=clock.now())
    assert "撤回的理由：另行办理" in texts(of_kind(sample.case(case_id), DocumentKind.WITHDRAWAL))


def test_online_a_notice_arrives_when_it_is_issued_and_the_applicant_confirms_it_with_a_proof():
    permit = file_permit()
    acceptance_of = lambda: of_kind(permit.view(), DocumentKind.ACCEPTANCE)  # noqa: E731
    permit.work(TaskChoice.ACCEPT)
    before = acceptance_of()
    assert before.delivery.state is DeliveryState.DELIVERED
    assert commands.confirm_receipt(document_id=before.id, by=permit.sample.parent.actor, at=clock.now())
    after = acceptance_of()
    assert after.delivery.state is DeliveryState.CONFIRMED
    proof = queries.document(document_id=after.delivery.receipt_id, viewer=permit.sample.parent.actor)[0]
    assert proof.kind is DocumentKind.SERVICE
    assert any(before.number in line for line in proof.paragraphs)
    assert not commands.confirm_receipt(document_id=before.id, by=permit.sample.parent.actor, at=clock.now())
    assert CaseDocument.objects.filter(case_id=permit.case_id, kind="service").count() == 1
    assert CaseEvent.objects.filter(case_id=permit.case_id, kind="confirm_receipt").count() == 1


def test_delivery_is_told_to_others_and_leaves_evidence():
    permit = file_permit()
    permit.work(TaskChoice.ACCEPT)
    told = OutboxEvent.objects.filter(type__endswith="DocumentDelivered", aggregate_id=permit.case_id)
    assert [row.payload["kind"] for row in told.order_by("seq")] == ["receipt", "acceptance"]
    digests = {row.statement["facts"]["digest"] for row in EvidenceRow.objects.filter(kind="case.document")}
    assert {each.digest for each in permit.view().documents} <= digests


def test_strangers_neither_read_nor_confirm_a_document():
    permit = file_permit()
    receipt = permit.view().documents[0]
    stranger = make_resident("样例路人").actor
    with pytest.raises(DocumentNotFound):
        queries.document(document_id=receipt.id, viewer=stranger)
    with pytest.raises(CaseNotFound):
        commands.confirm_receipt(document_id=receipt.id, by=stranger, at=clock.now())
    elsewhere = make_official(permit.sample.offices["card"], grants=["cases.view", "cases.produce"]).actor
    with pytest.raises(Forbidden):
        commands.record_delivery(
            document_id=receipt.id, channel=DeliveryChannel.COUNTER, signer="某", by=elsewhere, at=clock.now()
        )


def test_the_results_of_a_bundle_are_delivered_all_at_once_when_the_last_is_ready():
    sample = make_sample()
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    waiting = of_kind(sample.case(case_id, "certificate"), DocumentKind.GRANT).delivery
    assert (waiting.state, waiting.due) == (
        DeliveryState.WAITING,
        calendars.current().add_working_days(clock.today(), 10).date,
    )
    sample.grant(case_id, "registration", fields=NUMBER)
    sample.grant(case_id, "card")
    rows = CaseDelivery.objects.filter(document__kind="grant")
    assert rows.count() == 3
    assert len({row.parcel for row in rows}) == 1
    assert all(row.delivered_at for row in rows)
    last = of_kind(sample.case(case_id, "card"), DocumentKind.GRANT)
    assert len(queries.parcel_of(document_id=last.id, viewer=sample.parent.actor)) == 3


def test_whoever_wants_each_result_at_once_gets_what_is_ready_now_and_the_others_as_they_come():
    sample = make_sample()
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    commands.choose_delivery(
        case_id=case_id, channel=DeliveryChannel.ONLINE, together=False, by=sample.parent.actor, at=clock.now()
    )
    first = of_kind(sample.case(case_id, "certificate"), DocumentKind.GRANT)
    assert first.delivery.state is DeliveryState.DELIVERED
    sample.grant(case_id, "registration", fields=NUMBER)
    second = of_kind(sample.case(case_id, "registration"), DocumentKind.GRANT)
    assert second.delivery.state is DeliveryState.DELIVERED


def test_a_refusal_never_waits_for_the_other_results():
    sample = make_sample()
    case_id = sample.file(situation={**SITUATION, "held": True})
    sample.work(case_id, "registration", TaskChoice.ACCEPT)
    sample.work(case_id, "registration", TaskChoice.REFUSE, ground="《样例法》第一条", reason="不符合条件")
    refusal = of_kind(sample.case(case_id, "registration"), DocumentKind.REFUSAL)
    assert refusal.delivery.state is DeliveryState.DELIVERED


def test_results_do_not_wait_longer_than_the_ten_working_days_of_the_first():
    sample = make_sample()
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    assert not queries.results_due(viewer=SYSTEM)
    due = of_kind(sample.case(case_id, "certificate"), DocumentKind.GRANT).delivery.due
    with clock.frozen(clock.now() + (due - clock.today())):
        assert queries.results_due(viewer=SYSTEM) == (case_id,)
        assert commands.release_results(case_id=case_id, by=SYSTEM, at=clock.now()) == 1
        assert not queries.results_due(viewer=SYSTEM)


@pytest.mark.parametrize(("said", "channel"), [("post", "post"), ("counter", "counter"), ("pigeon", "online")])
def test_the_form_says_how_results_arrive_while_notices_still_come_online(said, channel):
    answers = (*ANSWERS, Answer("way", said, "领取方式"), Answer("street", "样例路1号", "地址", "样例路1号"))
    permit = file_permit(answers=answers, delivery_choice=DeliveryChoice("way", ("street",)))
    permit.work(TaskChoice.ACCEPT)
    permit.work(TaskChoice.GRANT)
    found = {each.kind: each.delivery for each in permit.view().documents}
    assert found[DocumentKind.ACCEPTANCE].channel is DeliveryChannel.ONLINE
    assert found[DocumentKind.ACCEPTANCE].state is DeliveryState.DELIVERED
    assert found[DocumentKind.GRANT].channel == channel
    assert permit.view().delivery_address == ("样例路1号" if said == "post" else "")


def test_at_the_counter_the_signature_is_delivery_and_proof_in_one():
    permit = file_permit()
    commands.choose_delivery(
        case_id=permit.case_id, channel=DeliveryChannel.COUNTER, together=True, by=permit.sample.parent.actor,
        at=clock.now(),
    )  # fmt: skip
    permit.work(TaskChoice.ACCEPT)
    document = of_kind(permit.view(), DocumentKind.ACCEPTANCE)
    assert document.delivery.state is DeliveryState.READY
    with pytest.raises(DeliveryRefused, match="签收人"):
        commands.record_delivery(
            document_id=document.id, channel=DeliveryChannel.COUNTER, by=permit.reviewer, at=clock.now()
        )
    commands.record_delivery(
        document_id=document.id, channel=DeliveryChannel.COUNTER, signer="样例母亲", by=permit.reviewer, at=clock.now()
    )
    done = of_kind(permit.view(), DocumentKind.ACCEPTANCE).delivery
    assert (done.state, done.signer) == (DeliveryState.CONFIRMED, "样例母亲")
    assert done.receipt_number


def test_post_is_on_its_way_until_its_receipt_comes_and_an_announcement_counts_after_thirty_days():
    permit = file_permit()
    commands.choose_delivery(
        case_id=permit.case_id, channel=DeliveryChannel.POST, together=True, address="样例路1号 样例母亲",
        by=permit.sample.parent.actor, at=clock.now(),
    )  # fmt: skip
    permit.work(TaskChoice.ACCEPT)
    document = of_kind(permit.view(), DocumentKind.ACCEPTANCE)
    send = {"document_id": document.id, "channel": DeliveryChannel.POST, "by": permit.reviewer}
    commands.record_delivery(**send, detail="EMS 样例1001", delivered=False, at=clock.now())
    assert of_kind(permit.view(), DocumentKind.ACCEPTANCE).delivery.state is DeliveryState.SENT
    commands.record_delivery(**send, detail="EMS 样例1001", at=clock.now())
    assert of_kind(permit.view(), DocumentKind.ACCEPTANCE).delivery.state is DeliveryState.DELIVERED
    receipt = of_kind(permit.view(), DocumentKind.RECEIPT)
    with pytest.raises(DeliveryRefused, match="已经送达"):
        commands.record_delivery(
            document_id=receipt.id, channel=DeliveryChannel.ANNOUNCEMENT, detail="公告栏", by=permit.reviewer,
            at=clock.now(),
        )  # fmt: skip


def test_an_announcement_counts_as_delivery_thirty_days_later():
    permit = file_permit()
    commands.choose_delivery(
        case_id=permit.case_id, channel=DeliveryChannel.COUNTER, together=True, by=permit.sample.parent.actor,
        at=clock.now(),
    )  # fmt: skip
    permit.work(TaskChoice.ACCEPT)
    document = of_kind(permit.view(), DocumentKind.ACCEPTANCE)
    commands.record_delivery(
        document_id=document.id, channel=DeliveryChannel.ANNOUNCEMENT, detail="政府网站公告栏", by=permit.reviewer,
        at=clock.now(),
    )  # fmt: skip
    row = CaseDelivery.objects.get(document_id=document.id)
    assert (row.delivered_at - clock.now()).days in {29, 30}
    with pytest.raises(DeliveryRefused, match="还没有送达"):
        commands.confirm_receipt(document_id=document.id, by=permit.sample.parent.actor, at=clock.now())
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert of_kind(permit.view(), DocumentKind.ACCEPTANCE).delivery.state is DeliveryState.DELIVERED


def test_a_changed_text_or_a_missing_document_is_found_by_verify():
    permit = file_permit()
    permit.work(TaskChoice.ACCEPT)
    number = permit.view().number
    sound = queries.verify(number=number, viewer=SYSTEM)
    assert (sound.sound, sound.documents, sound.events) == (True, 2, 3)
    ran = CliRunner().invoke(cli, ["verify", number])
    assert (ran.exit_code, "全部一致" in ran.output) == (0, True)
    with opened("tests"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE serve_cases_casedocument SET number = '伪1号' WHERE kind = 'acceptance'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    broken = queries.verify(number=number, viewer=SYSTEM)
    assert any("伪1号" in fault for fault in broken.faults)
    assert any("文书缺失" in fault for fault in broken.faults)
    assert CliRunner().invoke(cli, ["verify", number]).exit_code == 1


def test_the_documents_of_a_case_cost_one_query_whatever_their_number(django_assert_max_num_queries):
    sample = make_sample()
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    sample.grant(case_id, "registration", fields=NUMBER)
    number = sample.case(case_id).number
    with django_assert_max_num_queries(9):
        queries.case(number=number, viewer=sample.parent.actor)


@pytest.fixture
def own_wording():
    wording.forget()
    yield
    wording.forget()


def test_a_city_words_a_document_its_own_way_and_old_ones_keep_their_text(own_wording):
    permit = file_permit()
    content = {"title": "受理单", "word": "理", "paragraphs": [{"text": "{applicant}：{matter}已经受理。"}]}
    publish = {"kind": DocumentKind.ACCEPTANCE, "by": SYSTEM, "at": clock.now()}
    assert commands.publish_template(**publish, version="city-1", content=content)
    assert not commands.publish_template(**publish, version="city-1", content=content)
    with pytest.raises(TemplateChanged):
        commands.publish_template(**publish, version="city-1", content={**content, "title": "别的"})
    permit.work(TaskChoice.ACCEPT)
    document = of_kind(permit.view(), DocumentKind.ACCEPTANCE)
    assert (document.title, document.template) == ("受理单", "city-1")
    assert texts(document) == "样例母亲：样例permit已经受理。"
    commands.publish_template(**publish, version="city-2", content={**content, "title": "新受理单"})
    assert of_kind(permit.view(), DocumentKind.ACCEPTANCE).title == "受理单"


def test_every_shipped_wording_fills_all_its_places_and_its_conditions_are_feel():
    for kind in DocumentKind:
        template = wording.template(kind=kind)
        assert template.paragraphs
        assert len(template.word) <= 4
    assert len({wording.template(kind=kind).word for kind in DocumentKind}) == len(DocumentKind)
