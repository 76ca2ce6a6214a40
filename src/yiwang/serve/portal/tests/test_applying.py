"""From the guide to the receipt on the pack's newborn bundle, and all that can come between."""

import pytest
from tests.pack import account_of, actor_named

from yiwang.commons.forms import queries as forms
from yiwang.commons.identity.tests.factories import login
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.serve.cases import queries as cases
from yiwang.serve.matters import commands as matters
from yiwang.serve.portal.tests.conftest import SYSTEM, Browser, born, drafts, filed

pytestmark = pytest.mark.django_db


def test_a_family_fills_uploads_checks_sends_and_gets_a_number(mother):
    mother.to_check()
    assert "您在线填写的表单就是" in mother.text
    mother.send()
    assert mother.url.startswith("/receipts/")
    (case,) = filed()
    assert "申请已提交" in mother.text
    assert case.number in mother.text
    assert len(case.members) == 5
    assert not drafts()


def test_every_page_of_an_application_is_there_in_english(mother):
    mother.client.cookies["yiwang_language"] = "en"
    mother.begin()
    assert "Save and continue" in mother.text
    mother.fill()
    assert "Marriage certificate" in mother.text
    mother.upload_all()
    assert "Check and submit" in mother.text
    mother.send()
    assert "Your application has been sent" in mother.text


def test_without_confirming_nothing_is_sent(mother):
    mother.to_check()
    mother.post(mother.url, {"revision": mother.revision}, status=422)
    assert "请先确认填写的内容真实" in mother.text
    assert not filed()


def test_beginning_by_get_after_logging_in_makes_one_draft_however_often_it_is_loaded(pack, db):
    browser = Browser()
    browser.answer_guide()
    browser.page = browser.client.post("/bundles/newborn/begin/")
    assert "next=%2Fbundles%2Fnewborn%2Fbegin%2F" in browser.page["Location"]
    login(browser.client, account_of("family1-mother"))
    browser.get("/bundles/newborn/begin/")
    first = browser.draft
    browser.get("/bundles/newborn/begin/")
    assert browser.draft == first
    assert len(drafts()) == 1


def test_beginning_without_answers_leads_to_the_guide(mother):
    mother.get("/bundles/newborn/begin/")
    assert mother.url == "/bundles/newborn/guide/"
    assert not drafts()


def test_an_open_draft_is_offered_on_the_bundle_the_home_and_my_page(mother):
    draft = mother.begin()
    for url in ("/bundles/newborn/", "/", "/mine/"):
        assert draft in mother.get(url), url
    html = mother.answer_guide()
    assert "接着上次填" in html
    assert "重新开始" in html


def test_going_through_the_guide_again_goes_on_with_the_same_draft(mother):
    first = mother.begin()
    assert mother.begin(wants_social_security_card="no") == first
    (draft,) = drafts()
    assert draft.answers["wants_social_security_card"].value is False


def test_beginning_anew_asks_and_then_forgets_the_draft(mother):
    draft = mother.begin()
    html = mother.get("/bundles/newborn/")
    assert f"{draft}discard/?restart=1" in html
    html = mother.get(f"{draft}discard/?restart=1")
    assert "删除后不能恢复" in html
    assert len(drafts()) == 1
    mother.post(f"{draft}discard/?restart=1", {"restart": "1"})
    assert mother.url == "/bundles/newborn/guide/"
    assert not drafts()


def test_an_official_in_office_does_not_apply(official):
    official.answer_guide()
    official.post("/bundles/newborn/begin/", status=403)
    assert "以工作人员身份登录" in official.text


def test_another_persons_draft_is_not_found(mother, neighbour):
    draft = mother.begin()
    for page in ("", "situation/", "materials/", "check/", "discard/", "ineligible/"):
        neighbour.get(f"{draft}{page}", status=404)
    neighbour.post(f"{draft}situation/", {"revision": "1"}, status=404)
    neighbour.post(f"{draft}discard/", status=404)
    neighbour.post(f"{draft}check/", {"revision": "1", "confirmed": "yes"}, status=404)
    assert len(drafts()) == 1


def test_a_session_that_ran_out_keeps_the_draft(mother):
    draft = mother.begin()
    mother.post(mother.url, mother.shown() | {"stop": "1"})
    mother.client.logout()
    answer = mother.client.post(f"{draft}child/", {"child_name": "样例"})
    assert "next=" in answer["Location"]
    answer = mother.client.post(f"{draft}child/", headers={"HX-Request": "true", "HX-Current-URL": f"{draft}child/"})
    assert answer.status_code == 204
    assert "next=" in answer["HX-Redirect"]
    login(mother.client, account_of("family1-mother"))
    mother.get(draft)
    assert mother.url.startswith(draft)


def test_a_conflict_shows_both_values_and_saving_again_settles_it(mother):
    draft = mother.begin()
    mother.fill(until="/child/")
    stale, page = mother.shown(), mother.url
    mother.post(page, stale | {"child_name": "样例甲"})
    mother.post(page, stale | {"child_name": "样例乙"}, status=409)
    assert "这里：样例乙；另一页：样例甲" in mother.text
    revision = mother.revision
    assert revision != stale["revision"]
    mother.post(page, stale | {"child_name": "样例乙", "revision": revision})
    kept = forms.draft(draft_id=draft.split("/")[2], viewer=actor_named("family1-mother"))
    assert kept.answers["child_name"].value == "样例乙"


def test_a_check_page_that_is_older_than_the_draft_sends_nothing(mother):
    mother.to_check()
    check, revision = mother.url, mother.revision
    mother.get(check.replace("check", "child"))
    mother.post(mother.url, mother.shown() | {"child_name": "样例丙"})
    mother.post(check, {"revision": revision, "confirmed": "yes"})
    assert mother.url == check
    assert "请再核对一次" in mother.text
    assert not filed()


def test_sending_again_leads_to_the_same_case(mother):
    mother.to_check()
    url, data = mother.url, {"revision": mother.revision, "confirmed": "yes"}
    mother.post(url, data)
    receipt = mother.url
    mother.post(url, data)
    assert mother.url == receipt
    mother.post(url, {**data, "revision": "1"}, status=409)
    assert "已经从另一页提交" in mother.text
    assert len(filed()) == 1
    mother.get(url, status=404)


def test_a_birth_more_than_a_year_ago_is_told_why_and_what_to_do(mother):
    draft = mother.begin()
    mother.fill(until="/ineligible/", child_birth_date=born(400))
    assert mother.url == f"{draft}ineligible/"
    assert "请带材料到政务服务大厅综合窗口办理" in mother.text
    mother.get(f"{draft}check/")
    assert mother.url == f"{draft}ineligible/"
    mother.post(f"{draft}check/", {"confirmed": "yes", "revision": "3"})
    assert mother.url == f"{draft}ineligible/"
    assert not filed()
    mother.get(f"{draft}child/")
    mother.post(f"{draft}child/", mother.shown())
    assert mother.url == f"{draft}parents/"


def test_a_bundle_withdrawn_meanwhile_says_so_and_the_draft_can_be_deleted(mother):
    draft = mother.begin()
    matters.withdraw_bundle(key="newborn", by=SYSTEM, at=clock.now())
    mother.get(draft, status=410)
    assert "已停止网上办理" in mother.text
    mother.post(f"{draft}check/", {"confirmed": "yes", "revision": "1"}, status=410)
    mother.post(f"{draft}discard/")
    assert not drafts()


@pytest.mark.parametrize("step", ["child", "no-such-step"])
def test_posted_rubbish_gets_a_clear_answer(mother, step):
    draft = mother.begin()
    mother.fill(until="/child/")
    mother.client.raise_request_exception = True
    url = f"{draft}{step}/"
    rubbish = {"child_name": "ab" + "长" * 30_000, "no_such_fact": "1", "revision": "9" * 5000, "child_sex": "²"}
    answer = mother.client.post(url, rubbish)
    if step == "child":
        assert answer.status_code == 422
        assert "内容太长" in answer.content.decode()
    else:
        assert answer.status_code == 302
    assert mother.client.post(url, {"child_name": "a\x00b"}).status_code == 400
    kept = forms.draft(draft_id=draft.split("/")[2], viewer=actor_named("family1-mother"))
    assert "no_such_fact" not in kept.answers
    assert "child_name" not in kept.answers


@pytest.mark.parametrize(("size", "status"), [(3_000_000, 422), (6_000_000, 400)])
def test_an_answer_of_megabytes_is_refused(mother, size, status):
    draft = mother.begin()
    content = f"revision=1&settle_with={'x' * size}"
    answer = mother.client.post(f"{draft}situation/", content, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == status
    assert ("内容太长" if status == 422 else "请求有误") in answer.content.decode()


def test_only_files_of_the_draft_can_be_taken_away(mother, neighbour):
    mine = mother.begin()
    mother.fill()
    field = next(each for each in mother.page.context["fields"] if each.required)
    from django.core.files.uploadedfile import SimpleUploadedFile

    from yiwang.serve.cases.tests.factories import PDF

    mother.client.post(f"{mine}materials/", {field.name: SimpleUploadedFile("样例.pdf", PDF)})
    mother.get(f"{mine}materials/")
    value = next(file.remove_value for each in mother.page.context["fields"] for file in each.files)
    theirs = neighbour.begin()
    neighbour.post(f"{theirs}materials/", {"remove_file": value}, status=404)
    neighbour.post(f"{mine}materials/", {"remove_file": value}, status=404)
    for wrong in ("", ":", "x:not-an-id", f"other:{value.split(':')[1]}"):
        mother.post(f"{mine}materials/", {"remove_file": wrong}, status=404)
    assert any(_files_of(mine))
    mother.post(f"{mine}materials/", {"remove_file": value})
    assert not any(_files_of(mine))


def _files_of(draft):
    return forms.draft(draft_id=draft.split("/")[2], viewer=SYSTEM).files.values()


def test_a_file_of_a_false_type_is_refused_with_its_reason(mother):
    from django.core.files.uploadedfile import SimpleUploadedFile

    mother.begin()
    mother.fill()
    field = next(each for each in mother.page.context["fields"] if each.required)
    mother.post(mother.url, {field.name: SimpleUploadedFile("样例.pdf", b"MZ" + b"\0" * 500)}, status=422)
    assert next(each.error for each in mother.page.context["fields"] if each.name == field.name)


def test_what_is_missing_on_the_materials_page_is_named(mother):
    draft = mother.begin()
    mother.fill()
    mother.post(f"{draft}materials/", status=422)
    assert "请上传" in mother.text


def test_acting_for_another_shows_the_band_and_files_in_their_name(mother, neighbour):
    _represent(scope="*")
    _act(mother)
    mother.begin()
    assert "林景蕾" in mother.text
    mother.fill()
    mother.upload_all()
    mother.send()
    (case,) = filed()
    assert case.applicant == "林景蕾"
    assert cases.case(number=case.number, viewer=actor_named("family1-mother")).number == case.number


def test_a_draft_for_oneself_is_not_there_while_acting_for_another(mother):
    draft = mother.begin()
    _represent(scope="*")
    _act(mother)
    mother.get(draft, status=404)


def test_nobody_files_beyond_what_they_were_authorised_for(mother):
    _represent(scope="matter:vaccination_certificate")
    _act(mother)
    mother.answer_guide()
    mother.post("/bundles/newborn/begin/", status=403)
    assert "您目前不能代其办事" in mother.text
    assert not drafts()


def test_what_one_was_authorised_for_counts_when_sending(mother):
    from yiwang.commons.identity import commands as identity

    granted = _represent(scope="*")
    _act(mother)
    mother.begin()
    mother.fill()
    mother.upload_all()
    _represent(scope="matter:vaccination_certificate")
    identity.end_representation(representation_id=granted, by=SYSTEM, at=clock.now())
    mother.post(mother.url, {"revision": mother.revision, "confirmed": "yes"}, status=403)
    assert not filed()
    assert len(drafts()) == 1


def test_an_enterprise_does_not_apply_for_a_bundle_of_persons(mother):
    from yiwang.commons.identity.contracts import RepresentationKind
    from yiwang.commons.identity.tests.factories import make_legal_entity, make_representation

    entity = SubjectRef("legal_entity", make_legal_entity())
    mine = actor_named("family1-mother").person_id
    make_representation(mine, entity, kind=RepresentationKind.STAFF)
    _act(mother, entity)
    mother.answer_guide()
    mother.post("/bundles/newborn/begin/", status=403)
    assert "不能以现在的身份申请" in mother.text
    assert not drafts()


def _represent(scope):
    from yiwang.commons.identity.tests.factories import make_representation

    one, other = actor_named("family1-mother"), actor_named("family2-mother")
    return make_representation(one.person_id, SubjectRef("person", other.person_id), scope=scope)


def _act(browser, subject=None):
    from yiwang.commons.identity.queries import SESSION_ACTING

    subject = subject or SubjectRef("person", actor_named("family2-mother").person_id)
    session = browser.client.session
    session[SESSION_ACTING] = f"{subject.kind}:{subject.id}"
    session.save()
