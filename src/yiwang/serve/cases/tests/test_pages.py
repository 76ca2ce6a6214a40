"""The pages of residents and officials through Django's client."""

import re

import pytest

from yiwang.commons.identity.tests.factories import login, make_resident
from yiwang.serve.cases.contracts import CaseStatus, TaskChoice
from yiwang.serve.cases.tests.factories import SITUATION, make_sample

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample():
    return make_sample()


def page(client, account_id, url, status=200):
    login(client, account_id)
    response = client.get(url)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def test_a_resident_sees_the_progress_of_a_bundle(sample, client):
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    number = sample.case(case_id).number
    html = page(client, sample.parent.account_id, f"/cases/{number}/")
    assert number in html
    assert "3 个事项，已办结 1 个" in html
    assert "样例certificate证" in html
    assert "等“样例registration”办结后自动开始" in html
    assert "等“样例certificate”办结后自动开始" not in html


def test_another_persons_case_is_not_found(sample, client):
    number = sample.case(sample.file()).number
    page(client, make_resident().account_id, f"/cases/{number}/", status=404)


def test_who_is_not_logged_in_is_led_to_the_log_in_page(sample, client):
    assert client.get(f"/cases/{sample.case(sample.file()).number}/").status_code == 302


def test_a_result_is_printable_and_says_that_it_is_not_sealed(sample, client):
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    view = sample.case(case_id)
    result = view.members[0].results[0]
    html = page(client, sample.parent.account_id, f"/cases/{view.number}/results/{result.id}/")
    assert result.number in html
    assert "本件未加盖电子印章" in html


def test_an_official_opens_a_task_decides_and_is_led_back_to_the_inbox(sample, client):
    case_id = sample.file()
    official = sample.acceptors["certificate"]
    url = f"/work/cases/tasks/{sample.task(case_id, 'certificate')}/"
    html = page(client, official.account_id, url)
    assert "受理通知书" in html
    assert "样例宝宝" in html
    response = client.post(url, {"choice": "accept", "opinion": "已核对"})
    assert response.status_code == 303
    assert sample.case(case_id, "certificate").status is CaseStatus.ACCEPTED


def test_a_refusal_without_reason_comes_back_with_the_error_at_the_field(sample, client):
    case_id = sample.file()
    login(client, sample.acceptors["certificate"].account_id)
    url = f"/work/cases/tasks/{sample.task(case_id, 'certificate')}/"
    response = client.post(url, {"choice": "decline", "ground": "样例法第一条", "reason": ""})
    assert response.status_code == 422
    assert "请写明理由" in response.content.decode()
    assert sample.case(case_id, "certificate").status is CaseStatus.RECEIVED


def test_a_choice_that_is_not_possible_stays_visible_with_its_reason(sample, client):
    case_id = sample.file()
    sample.work(case_id, "certificate", TaskChoice.ACCEPT)
    html = page(
        client, sample.reviewers["certificate"].account_id, f"/work/cases/tasks/{sample.task(case_id, 'certificate')}/"
    )
    assert "受理后不得再要求补正" in html
    assert "准予办理决定书" in html


def test_the_preview_that_is_asked_for_last_comes_last(sample, client):
    task = sample.task(sample.file(), "certificate")
    html = page(client, sample.acceptors["certificate"].account_id, f"/work/cases/tasks/{task}/")
    asking = [tag for tag in re.findall(r"<[^>]+>", html) if f'hx-get="/work/cases/tasks/{task}/preview/"' in tag]
    assert len(asking) >= 2
    assert all('hx-sync="closest form:queue last"' in tag for tag in asking)


def test_the_preview_follows_the_choice(sample, client):
    case_id = sample.file()
    sample.work(case_id, "certificate", TaskChoice.ACCEPT)
    url = f"/work/cases/tasks/{sample.task(case_id, 'certificate')}/preview/?choice=refuse&reason=不符合条件"
    html = page(client, sample.reviewers["certificate"].account_id, url)
    assert "不予办理决定书" in html
    assert "不符合条件" in html
    assert "六十日" in html


def test_the_officials_case_page_and_list(sample, client):
    case_id = sample.file()
    number = sample.case(case_id, "certificate").number
    html = page(client, sample.acceptors["certificate"].account_id, f"/work/cases/{number}/")
    assert "收件" in html
    listed = page(client, sample.acceptors["certificate"].account_id, "/work/cases/?q=样例母亲")
    assert number in listed
    page(client, sample.acceptors["card"].account_id, f"/work/cases/{number}/", status=404)


def test_a_correction_is_asked_for_and_handed_in(sample, client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from yiwang.serve.cases.tests.factories import PDF

    case_id = sample.file(situation={**SITUATION, "held": True})
    sample.work(case_id, "registration", TaskChoice.CORRECT, reason="户口簿缺少首页")
    number = sample.case(case_id).number
    html = page(client, sample.parent.account_id, f"/cases/{number}/")
    assert "户口簿缺少首页" in html
    url = re.search(r"/cases/corrections/[0-9a-f-]+/", html)[0]
    assert "户口簿" in page(client, sample.parent.account_id, url)
    assert client.post(url, {}).status_code == 422
    response = client.post(url, {"material-book": SimpleUploadedFile("book.pdf", PDF)})
    assert response.status_code == 303
    assert sample.case(case_id, "registration").status is CaseStatus.RECEIVED


def test_a_resident_withdraws(sample, client):
    case_id = sample.file()
    number = sample.case(case_id).number
    login(client, sample.parent.account_id)
    assert client.post(f"/cases/{number}/withdraw/").status_code == 303
    assert sample.case(case_id).status is CaseStatus.WITHDRAWN


def test_pages_are_there_in_english(sample, client):
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    client.cookies["yiwang_language"] = "en"
    html = page(client, sample.parent.account_id, f"/cases/{sample.case(case_id).number}/")
    assert "What the departments do" in html
    assert "3 matters, 1 closed" in html
    task = sample.task(case_id, "registration")
    desk = page(client, sample.acceptors["registration"].account_id, f"/work/cases/tasks/{task}/")
    assert "Preview of the document" in desk
    assert "受理通知书" in desk
