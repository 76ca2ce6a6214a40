"""A signed pledge in the place of a material: told with its consequences, kept in the draft, written down with the case."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yiwang.kernel.actor import Actor
from yiwang.serve.cases import queries as cases
from yiwang.serve.cases.contracts import MaterialBy
from yiwang.serve.portal.tests.conftest import PDF, drafts, filed

pytestmark = pytest.mark.django_db
CODE = "fire_safety_check"
FACTS = {
    "fire_by_pledge": "yes", "shop_name": "常州样例餐饮有限公司", "shop_region": "320402010",
    "shop_region.district": "320402", "shop_address": "青龙街道样例路8号", "shop_area": "400", "shop_large": "yes",
    "operator_name": "样例母亲", "operator_id_number": "320402199802280068", "operator_mobile": "19900000001",
    "fire_floor": "1", "fire_exits": "2", "fire_manager_name": "样例母亲",
}  # fmt: skip


def begin(browser):
    """Through the questions into a draft."""
    browser.get(f"/matters/{CODE}/guide/")
    while 'name="about"' in browser.text:
        about = re.search(r'name="about" value="(\w+)"', browser.text)
        browser.post(f"/matters/{CODE}/guide/", {"about": about[1], "answer": FACTS.get(about[1], "yes")})
    browser.post(f"/matters/{CODE}/begin/")


def at_materials(browser):
    begin(browser)
    browser.get(browser.draft)
    browser.fill(**FACTS)
    assert browser.url.endswith("/materials/")
    return browser


def papers(browser):
    fields = browser.page.context["fields"]
    return {each.name: SimpleUploadedFile("样例.pdf", PDF) for each in fields if each.required and not each.files}


def test_the_pledge_is_told_with_its_consequences_and_stands_for_the_material(mother):
    at_materials(mother)
    assert "承诺不实的后果：" in mother.text
    assert "消防法第五十八条" in mother.text
    mother.post(mother.url, papers(mother), status=422)
    assert "请上传场所符合消防安全要求的说明" in mother.text
    mother.post(mother.url, {"pledge.fire_compliance": "yes"})
    assert mother.url.endswith("/check/")
    assert "已签署告知承诺" in mother.text
    mother.send()
    (case,) = filed()
    material = next(each for each in case.materials if each.material == "fire_compliance")
    assert material.by is MaterialBy.PLEDGE
    pledged = cases.case(number=case.number, viewer=Actor.system("test"))
    assert [each.material for each in pledged.pledges] == ["fire_compliance"]
    assert "告知承诺书" in {each.title for each in pledged.documents}


def test_a_pledge_can_be_taken_back_before_sending(mother):
    at_materials(mother)
    mother.post(mother.url, {"pledge.fire_compliance": "yes"}, status=422)
    assert drafts()[0].pledged == ("fire_compliance",)
    mother.post(mother.url, {}, status=422)
    assert drafts()[0].pledged == ()


def test_nobody_pledges_for_what_has_no_pledge(mother):
    at_materials(mother)
    mother.post(mother.url, {"pledge.fire_plans": "yes"}, status=422)
    assert drafts()[0].pledged == ()
