"""A suspended or cancelled matter on the applicant's way: told before anything is filled in, and again before sending."""

from datetime import timedelta

import pytest

from yiwang.kernel import clock
from yiwang.serve.matters import commands as matters
from yiwang.serve.portal.tests.conftest import SYSTEM, filed
from yiwang.serve.portal.tests.test_counter import ask, serve

pytestmark = pytest.mark.django_db


def suspend(code, days=None):
    until = clock.today() + timedelta(days=days) if days else None
    matters.suspend_matter(code=code, since=clock.today(), until=until, reason="系统升级", by=SYSTEM, at=clock.now())


def test_the_guide_says_which_matter_stops_the_bundle_and_offers_no_form(mother):
    suspend("household_registration", days=2)
    assert "有事项暂时不能办理" in mother.get("/bundles/newborn/")
    html = mother.answer_guide()
    assert "现在不能申请" in html
    assert "暂停办理：系统升级。" in html
    assert "恢复办理。" in html
    assert 'action="/bundles/newborn/begin/"' not in html
    mother.post("/bundles/newborn/begin/")
    assert mother.url == "/bundles/newborn/guide/"
    matters.resume_matter(code="household_registration", by=SYSTEM, at=clock.now())
    assert "现在不能申请" not in mother.get("/bundles/newborn/guide/")


def test_what_is_suspended_while_the_form_is_filled_in_is_told_before_sending_and_nothing_is_lost(mother):
    mother.to_check()
    check, revision = mother.url, mother.revision
    suspend("household_registration")
    mother.post(check, {"revision": revision, "confirmed": "yes"})
    assert mother.url == check
    assert "现在不能申请" in mother.text
    assert "恢复日期另行通知。" in mother.text
    assert "提交申请</button>" not in mother.text
    assert filed() == []
    matters.resume_matter(code="household_registration", by=SYSTEM, at=clock.now())
    mother.get(check)
    mother.send()
    assert len(filed()) == 1


def test_a_matter_that_can_be_left_out_is_left_out_and_told_at_the_guide_the_check_and_in_the_history(mother):
    suspend("social_security_card")
    html = mother.answer_guide()
    assert "这次不能一并办理" in html
    assert "社会保障卡申领”暂停办理：系统升级。" in html
    assert (
        "按您的回答不用办：" not in html or "社会保障卡申领" not in html.split("按您的回答不用办：")[1].split("</p>")[0]
    )
    mother.post("/bundles/newborn/begin/")
    mother.fill()
    mother.upload_all()
    assert "这次不能一并办理" in mother.text
    mother.send()
    (case,) = filed()
    assert "social_security_card" not in {member.key for member in case.members}
    assert "这次没有一并办理：“社会保障卡申领”暂停办理（系统升级）" in case.events[0].note


def test_the_clerk_sees_it_before_a_form_is_begun(clerk):
    suspend("household_registration")
    serve(clerk)
    ask(clerk)
    assert "现在不能申请" in clerk.get("/work/counter/offers/newborn/")
    assert "开始填表" not in clerk.text
    clerk.post("/work/counter/offers/newborn/begin/")
    assert clerk.url == "/work/counter/offers/newborn/"
