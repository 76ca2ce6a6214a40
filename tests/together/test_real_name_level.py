"""A matter that asks for a level of real name: said before anything is typed, reached, and gone on with; or the counter."""

import re

import pytest

from tests.pack import PACK, account_of
from yiwang.commons.identity.contrib import embedded
from yiwang.commons.identity.contrib.fakes import sample_card
from yiwang.commons.identity.models import Account
from yiwang.commons.identity.registry import real_names as ports
from yiwang.kernel.guard import opened
from yiwang.serve.portal.tests.conftest import clerk, drafts, filed, mother
from yiwang.serve.portal.tests.test_counter import send, serve

__all__ = ["clerk", "mother"]
pytestmark = pytest.mark.django_db
CODE = "social_security_card_password"
BEGIN = f"/matters/{CODE}/begin/"
NUMBER = "320402199210160046"
TYPED = {
    "person_name": "蔡思蓉", "person_id_number": NUMBER, "person_mobile": "19900000001", "person_region": "320402010",
    "person_region.district": "320402", "person_address": "青龙街道样例路18号", "card_held_number": "AB1234567",
}  # fmt: skip


@pytest.fixture(autouse=True)
def registers(monkeypatch):
    monkeypatch.setattr(ports, "_provided", ports._Provided())
    embedded.connect(PACK)


def give(level, username="family1-mother"):
    with opened("tests"):
        Account.objects.filter(pk=account_of(username)).update(assurance=level)


def shown(browser):
    return re.sub(r"<[^>]+>", " ", browser.text)


def test_who_has_less_is_told_which_level_is_missing_before_typing_anything(mother):
    assert "三级：确认本人" in mother.get(f"/matters/{CODE}/")
    mother.post(BEGIN)
    said = shown(mother)
    for words in ("社会保障卡密码修改与重置", "三级：确认本人", "一级：账号登记", "不用重填", "服务窗口"):
        assert words in said, words
    assert not drafts()


def test_the_bank_card_leads_to_the_level_and_straight_back_into_the_application(mother):
    mother.post(BEGIN)
    way = re.search(r'href="(/account/real-name/\?next=[^"]+)"', mother.text)[1]
    mother.get(way)
    assert f'href="{BEGIN}"' in mother.text, "the way back stands on the page as well"
    bank = re.search(r'href="([^"]*bank[^"]*next=[^"]+)"', mother.text)[1].replace("&amp;", "&")
    mother.get(bank)
    following = BEGIN
    assert following in re.findall(r'name="next" value="([^"]+)"', mother.text)
    given = {"name": "蔡思蓉", "id_number": NUMBER, "card": sample_card(NUMBER), "mobile": "19900000001"}
    mother.post(bank, {**given, "card": sample_card(NUMBER)[:-1] + "x", "next": following})
    assert "next=" in mother.url, "a check that fails keeps where one wanted to go"
    mother.post(bank, {**given, "next": following})
    assert mother.url.startswith("/apply/"), mother.url
    assert len(drafts()) == 1


def test_the_register_alone_is_not_enough(mother):
    give(2)
    mother.post(BEGIN)
    assert "二级：核验姓名和号码" in shown(mother)


def test_an_application_that_was_filled_in_waits_unchanged_until_the_level_is_reached(mother):
    give(3)
    mother.post(BEGIN)
    draft = mother.draft
    mother.get(draft)
    mother.fill(until="/check/", **TYPED)
    if not mother.url.endswith("/check/"):
        mother.upload_all()
    before = drafts()[0].answers
    posted = {"revision": mother.revision, "confirmed": "yes"}
    give(1)
    mother.post(f"{draft}check/", posted)
    assert "三级：确认本人" in shown(mother)
    assert f"next={draft.replace('/', '%2F')}check%2F" in mother.text
    assert not filed()
    assert drafts()[0].answers == before
    give(3)
    mother.get(f"{draft}check/")
    mother.send()
    assert mother.url.startswith("/receipts/")
    assert len(filed()) == 1


def test_at_the_counter_presence_is_enough_whatever_the_account_has(clerk):
    serve(clerk)
    clerk.post(f"/work/counter/offers/{CODE}/begin/")
    clerk.get(clerk.draft)
    clerk.fill(until="/check/", **TYPED)
    if not clerk.url.endswith("/check/"):
        clerk.upload_all()
    send(clerk)
    assert [each.matter_code for each in filed()] == [CODE]
    assert Account.objects.get(pk=account_of("family1-mother")).assurance == 1


def test_no_foreign_address_comes_back_from_the_check(mother):
    for url in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        mother.get(f"/account/real-name/?next={url}")
        assert mother.page.context["following"] == ""
