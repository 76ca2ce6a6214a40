"""The pages of the law's procedure: reading and confirming documents, delivery, special steps, search and export."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.tests.factories import login, make_official, make_resident
from yiwang.kernel import clock
from yiwang.kernel.models import AuditEntry
from yiwang.serve.cases import commands, policies, queries
from yiwang.serve.cases.contracts import (
    CaseAction,
    CaseStatus,
    DeliveryChannel,
    DocumentKind,
    MaterialBy,
    MaterialInput,
    ResultKind,
    TaskChoice,
)
from yiwang.serve.cases.tests.factories import PDF, file_permit, make_sample
from yiwang.serve.matters import queries as matters

pytestmark = pytest.mark.django_db


def page(client, account_id, url, status=200):
    login(client, account_id)
    response = client.get(url)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def document(permit, kind):
    return next(each for each in permit.view().documents if each.kind is kind)


@pytest.fixture
def permit():
    return file_permit(materials=(MaterialInput("proof", "场所证明", MaterialBy.PLEDGE),))


def test_the_applicant_reads_a_document_and_confirms_it(permit, client):
    permit.work(TaskChoice.ACCEPT)
    found = document(permit, DocumentKind.ACCEPTANCE)
    url = f"/cases/documents/{found.id}/"
    html = page(client, permit.sample.parent.account_id, url)
    assert found.number in html
    assert "未加盖电子印章" in html
    assert client.post(f"{url}confirm/").status_code == 303
    html = client.get(url).content.decode()
    assert "已签收" in html
    assert "送达回证" in html
    page(client, make_resident().account_id, url, status=404)


def test_an_official_reads_the_document_without_confirming_for_the_applicant(permit, client):
    found = document(permit, DocumentKind.PLEDGE)
    html = page(client, permit.acceptor.account_id, f"/cases/documents/{found.id}/")
    assert "告知承诺书" in html
    assert "/confirm/" not in html


def test_the_progress_page_lists_documents_and_says_how_results_come(permit, client):
    permit.work(TaskChoice.CONDITIONAL, deferred=["plan"])
    number = permit.view().number
    html = page(client, permit.sample.parent.account_id, f"/cases/{number}/")
    assert document(permit, DocumentKind.CONDITIONAL).number in html
    assert "网上送达" in html
    assert f"/cases/{number}/materials/" in html


def test_deferred_materials_are_handed_in_on_their_page(permit, client):
    permit.work(TaskChoice.CONDITIONAL, deferred=["plan"])
    url = f"/cases/{permit.view().number}/materials/"
    assert "平面图" in page(client, permit.sample.parent.account_id, url)
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"material-plan": SimpleUploadedFile("plan.pdf", PDF)}).status_code == 303
    assert permit.view().deferred_until is None
    assert "没有需要补交的材料" in client.get(url).content.decode()


def test_the_applicant_chooses_post_with_an_address_and_never_an_announcement(permit, client):
    url = f"/cases/{permit.view().number}/delivery/"
    page(client, permit.sample.parent.account_id, url)
    assert client.post(url, {"channel": "post", "address": ""}).status_code == 422
    assert client.post(url, {"channel": "announcement"}).status_code == 422
    assert client.post(url, {"channel": "post", "address": "样例路1号"}).status_code == 303
    assert permit.view().delivery_channel is DeliveryChannel.POST


def test_a_correction_may_be_answered_by_a_pledge_where_the_matter_offers_it(client):
    permit = file_permit()
    permit.work(TaskChoice.CORRECT, reason="场所证明\n平面图")
    html = page(client, permit.sample.parent.account_id, f"/cases/{permit.view().number}/")
    url = re.search(r"/cases/corrections/[0-9a-f-]+/", html)[0]
    html = client.get(url).content.decode()
    assert "<li>1．场所证明</li><li>2．平面图</li>" in html
    assert "撤销许可，记入信用记录" in html
    assert client.post(url, {"pledge": "proof"}).status_code == 303
    assert permit.view().status is CaseStatus.RECEIVED
    assert document(permit, DocumentKind.PLEDGE)


def test_a_correction_brings_what_was_never_handed_in(client):
    permit = file_permit()
    permit.work(TaskChoice.CORRECT, reason="平面图")
    html = page(client, permit.sample.parent.account_id, f"/cases/{permit.view().number}/")
    url = re.search(r"/cases/corrections/[0-9a-f-]+/", html)[0]
    assert 'name="material-plan"' in client.get(url).content.decode()
    assert client.post(url, {"material-plan": SimpleUploadedFile("plan.pdf", PDF)}).status_code == 303
    assert {each.material for each in permit.view().materials} >= {"form", "plan"}


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_ticking_a_material_leads_nowhere_but_to_pages_of_this_site(permit, client, back):
    login(client, permit.acceptor.account_id)
    number, material = permit.view().number, permit.view().materials[0].id
    done = client.post(f"/work/cases/{number}/materials/", {"material": material, "back": back})
    assert (done.status_code, done.headers["Location"]) == (303, f"/work/cases/{number}/")
    here = client.post(f"/work/cases/{number}/materials/", {"material": material, "back": "/work/?page=2"})
    assert here.headers["Location"] == "/work/?page=2"


def test_conditional_acceptance_is_chosen_at_the_desk_with_the_materials(permit, client):
    url = f"/work/cases/tasks/{permit.sample.task(permit.case_id)}/"
    html = page(client, permit.acceptor.account_id, url)
    assert "容缺受理" in html
    preview = client.get(f"{url}preview/", {"choice": "conditional", "deferred": "plan"}).content.decode()
    assert "容缺受理告知书" in preview
    assert "平面图（" in preview
    assert client.post(url, {"choice": "conditional"}).status_code == 422
    assert client.post(url, {"choice": "conditional", "deferred": ["plan"]}).status_code == 303
    assert permit.view().deferred[0].material == "plan"


def test_the_ground_is_chosen_from_the_laws_of_the_matter(permit, client):
    permit.work(TaskChoice.ACCEPT)
    url = f"/work/cases/tasks/{permit.sample.task(permit.case_id)}/"
    html = page(client, permit.reviewer.account_id, url)
    assert 'value="《样例许可法》第二条"' in html
    preview = client.get(f"{url}preview/", {"choice": "grant", "law": "《样例条例》第九条"}).content.decode()
    assert "依据《样例条例》第九条，决定准予行政许可" in preview
    posted = {"choice": "refuse", "law": ["《样例条例》第九条"], "ground": "样例规定", "reason": "不符合"}
    assert client.post(url, posted).status_code == 303
    assert permit.view().ground == "《样例条例》第九条、样例规定"


def test_special_procedure_extension_and_their_end_are_pages_of_those_who_may(permit, client):
    permit.work(TaskChoice.ACCEPT)
    number = permit.view().number
    html = page(client, permit.head.account_id, f"/work/cases/{number}/")
    assert f"/work/cases/{number}/special/" in html
    assert f"/work/cases/{number}/extend/" in html
    html = page(client, permit.acceptor.account_id, f"/work/cases/{number}/")
    assert f"/work/cases/{number}/extend/" not in html
    login(client, permit.head.account_id)
    assert client.post(f"/work/cases/{number}/extend/", {"days": "10", "reason": "复杂"}).status_code == 422
    done = client.post(f"/work/cases/{number}/extend/", {"days": "10", "reason": "复杂", "approver": "样例局长"})
    assert done.status_code == 303
    assert (
        client.post(f"/work/cases/{number}/extend/", {"days": "1", "reason": "又", "approver": "某"}).status_code == 409
    )
    assert client.post(f"/work/cases/{number}/special/", {"procedure": "hearing", "days": "5"}).status_code == 303
    assert "听证" in client.get(f"/work/cases/{number}/").content.decode()
    assert client.post(f"/work/cases/{number}/resume/", {"result": "听证结束"}).status_code == 303
    assert "延长 10 个工作日" in page(client, permit.sample.parent.account_id, f"/cases/{number}/")


def test_while_a_special_procedure_runs_the_page_has_no_button_to_decide_and_says_why(permit, client):
    permit.work(TaskChoice.ACCEPT)
    url = f"/work/cases/tasks/{permit.sample.task(permit.case_id)}/"
    button = 'value="handle"'
    assert button in page(client, permit.reviewer.account_id, url)
    commands.stop_clock(case_id=permit.case_id, procedure_key="hearing", by=permit.reviewer, at=clock.now())
    html = client.get(url).content.decode()
    assert button not in html
    assert html.count("特别程序正在进行，结束之前不能作出决定") == 3
    assert client.post(url, {"choice": "grant"}).status_code == 409
    commands.resume_clock(case_id=permit.case_id, by=permit.reviewer, at=clock.now())
    assert button in client.get(url).content.decode()


def test_the_notice_of_a_step_can_be_read_before_it_is_issued(permit, client):
    permit.work(TaskChoice.ACCEPT)
    number = permit.view().number
    login(client, permit.head.account_id)
    asked = {"days": "10", "reason": "案情复杂", "approver": "样例局长", "look": "yes"}
    html = client.post(f"/work/cases/{number}/extend/", asked).content.decode()
    assert "延长办理期限告知书" in html
    assert "样例局长" in html
    assert "编号在签发时生成" in html
    html = client.post(f"/work/cases/{number}/special/", {"procedure": "hearing", "look": "yes"}).content.decode()
    assert "自次日起继续计算办理期限，并告知你（单位）" in html
    assert permit.view().extension_days == 0
    assert not permit.view().special


def test_a_resident_opens_none_of_the_officials_steps(permit, client):
    permit.work(TaskChoice.ACCEPT)
    number = permit.view().number
    for step in ("special", "extend", "resume"):
        page(client, permit.sample.parent.account_id, f"/work/cases/{number}/{step}/", status=404)


def test_the_after_check_of_a_pledge_is_recorded_on_its_page(permit, client):
    permit.work(TaskChoice.ACCEPT)
    permit.work(TaskChoice.GRANT)
    view = permit.view()
    url = f"/work/cases/{view.number}/pledges/{view.pledges[0].id}/"
    assert url in page(client, permit.reviewer.account_id, f"/work/cases/{view.number}/")
    assert client.post(url, {"finding": "x"}).status_code == 422
    assert client.post(url, {"kept": "no", "finding": "场所为违法建筑"}).status_code == 303
    assert permit.view().result is ResultKind.REVOKED


def test_a_material_is_ticked_as_checked_on_the_case_page(client):
    sample = make_sample()
    case_id = sample.file(situation={"held": True, "married": False, "settle_with": "mother", "wants_card": False})
    view = sample.case(case_id, "registration")
    number = view.number
    wanted = next(each for each in view.materials if each.material == "book")
    html = page(client, sample.acceptors["registration"].account_id, f"/work/cases/{number}/")
    assert "核对无误" in html
    assert client.post(f"/work/cases/{number}/materials/", {"material": str(wanted.id)}).status_code == 303
    done = next(each for each in sample.case(case_id, "registration").materials if each.material == "book")
    assert done.checked_by == "样例受理"


def test_a_hand_over_is_recorded_by_the_office(permit, client):
    commands.choose_delivery(
        case_id=permit.case_id, channel=DeliveryChannel.COUNTER, together=True, by=permit.sample.parent.actor,
        at=clock.now(),
    )  # fmt: skip
    permit.work(TaskChoice.ACCEPT)
    found = document(permit, DocumentKind.ACCEPTANCE)
    url = f"/work/cases/documents/{found.id}/delivery/"
    assert "登记送达" in page(client, permit.reviewer.account_id, url)
    assert client.post(url, {"channel": "counter"}).status_code == 409
    assert client.post(url, {"channel": "counter", "signer": "样例母亲"}).status_code == 303
    assert document(permit, DocumentKind.ACCEPTANCE).delivery.signer == "样例母亲"


def test_cases_are_found_by_number_name_id_number_matter_status_and_days(permit, client):
    number = permit.view().number
    viewer = permit.acceptor.account_id
    today = clock.today().isoformat()
    for query in (f"q={number[:15]}", "q=样例母", "matter=permit", "status=received", f"since={today}&until={today}"):
        assert number in page(client, viewer, f"/work/cases/?{query}"), query
    for query in ("q=没有此人", "matter=card", "status=closed", "since=2999-01-01"):
        assert number not in page(client, viewer, f"/work/cases/?{query}"), query


def test_the_list_shows_what_an_office_still_owes(permit, client):
    number, viewer = permit.view().number, permit.head.account_id

    def owed():
        kinds = ("delivery", "deferred", "pledge", "special")
        return {kind for kind in kinds if number in page(client, viewer, f"/work/cases/?status={kind}")}

    assert owed() == set()
    permit.work(TaskChoice.CONDITIONAL, deferred=["plan"])
    assert owed() == {"deferred", "pledge"}
    commands.stop_clock(case_id=permit.case_id, procedure_key="hearing", by=permit.head, at=clock.now())
    assert owed() == {"deferred", "pledge", "special"}
    commands.resume_clock(case_id=permit.case_id, by=permit.head, at=clock.now())
    applicant = permit.sample.parent.actor
    counter = {"channel": DeliveryChannel.COUNTER, "together": True, "by": applicant, "at": clock.now()}
    commands.choose_delivery(case_id=permit.case_id, **counter)
    given = MaterialInput("plan", "平面图", file_id=permit.sample.upload())
    commands.add_material(case_id=permit.case_id, material=given, by=applicant, at=clock.now())
    permit.work(TaskChoice.GRANT)
    assert owed() == {"pledge", "delivery"}


def test_the_export_holds_the_list_and_no_formula_and_is_audited_without_what_was_typed(permit, client):
    login(client, permit.acceptor.account_id)
    response = client.get("/work/cases/export.csv?q=样例母")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    lines = text.splitlines()
    assert lines[0].startswith("办件编号,事项,申请人")
    assert any(permit.view().number in line for line in lines[1:])
    entry = AuditEntry.objects.get(command="cases.note_export")
    assert "样例母" not in str(entry.details)
    login(client, permit.sample.parent.account_id)
    assert client.get("/work/cases/export.csv").status_code == 403


def test_pages_cost_few_statements(permit, client, django_assert_max_num_queries):
    permit.work(TaskChoice.ACCEPT)
    number = permit.view().number
    login(client, permit.sample.parent.account_id)
    client.get(f"/cases/{number}/")
    with django_assert_max_num_queries(13):  # two of them for the receipts of all steps
        client.get(f"/cases/{number}/")
    login(client, permit.reviewer.account_id)
    url = f"/work/cases/tasks/{permit.sample.task(permit.case_id)}/"
    client.get(url)
    with django_assert_max_num_queries(22):
        client.get(url)


def test_officials_of_other_offices_find_nothing(permit, client):
    elsewhere = make_official(permit.sample.offices["card"], grants=["cases.view"])
    assert permit.view().number not in page(client, elsewhere.account_id, "/work/cases/?q=样例母")
    assert matters.matter(code="permit", viewer=elsewhere.actor).spec.pledge is not None


def test_a_right_that_can_never_hold_is_no_right_and_no_error(permit, monkeypatch):
    assert queries.rights(case_id=permit.case_id, viewer=permit.head) >= {"deliver"}
    monkeypatch.setitem(policies._GRANTED, CaseAction.DELIVER, "cases.never")
    scope = identity.scope
    monkeypatch.setattr(
        policies.identity,
        "scope",
        lambda *, viewer, action: Q(pk__in=()) if action == "cases.never" else scope(viewer=viewer, action=action),
    )
    assert "deliver" not in queries.rights(case_id=permit.case_id, viewer=permit.head)
