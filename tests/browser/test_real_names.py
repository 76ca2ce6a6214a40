"""Somebody becomes known by their real name, binds an enterprise, asks staff, who accept; a parent adds a child; officials look.

Each page is looked at on a phone and on a desk.
"""

import re
from pathlib import Path

import pytest

from tests.browser.visitor import PHONE, Visitor
from yiwang.commons.identity.contrib.fakes import sample_card
from yiwang.kernel.packs import PackReader
from yiwang.kernel.settings import PROJECT_ROOT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]
PACK = Path(PROJECT_ROOT) / "packs" / "changzhou"
OWNER, STAFF, MOTHER, OFFICIAL = "resident1", "resident2", "family1-mother", "administrator"


def _person(username: str) -> dict[str, str]:
    document = PackReader(PACK).yaml("people.yaml")
    assert document is not None
    return next(entry for entry in document.data["residents"] if entry["username"] == username)


def _known(somebody: Visitor, username: str) -> None:
    """Log in and have the real name checked, where it was not before."""
    somebody.log_in(username)
    somebody.go("/account/real-name/")
    somebody.look_around("real-name")
    begin = somebody.page.get_by_role("link", name="开始认证")
    if begin.count() == 0:
        return
    begin.click()
    somebody.look_around("real-name-form")
    somebody.page.locator("#f-name").fill(_person(username)["name"])
    somebody.page.locator("#f-id_number").fill("320402")
    somebody.press("提交核验")
    somebody.look_around("real-name-wrong")
    somebody.page.locator("#f-id_number").fill(_person(username)["id_number"].lower())
    somebody.press("提交核验")
    somebody.page.get_by_text("您已经完成实名认证").wait_for()
    somebody.look_around("real-name-done")


def _bind(owner: Visitor) -> None:
    owner.go("/account/entities/")
    owner.look_around("entities-none")
    owner.page.get_by_role("link", name="关联企业").first.click()
    owner.look_around("entity-bind")
    owner.page.locator("#f-credit_code").fill("9132 0402 0000 0031 8C")
    owner.page.locator("#f-name").fill("常州样例文化传播有限公司")
    owner.press("核对并关联")
    owner.look_around("entity")


def _authorise(owner: Visitor, name: str, number: str) -> None:
    owner.page.get_by_role("link", name="授权员工").click()
    owner.look_around("offer-who")
    owner.page.locator("#f-name").fill(name)
    owner.page.locator("#f-id_number").fill(number)
    owner.press("继续")
    owner.look_around("offer-what")
    owner.page.get_by_label("全部事项").check()
    owner.press("继续")
    owner.look_around("offer-until")
    owner.press("继续")
    owner.look_around("offer-check")
    owner.press("确认委托")
    owner.page.get_by_text("等对方确认").wait_for()
    owner.look_around("entity-staff")


def test_a_legal_representative_authorises_staff_who_accept_and_act_until_it_is_withdrawn(visitor):
    owner, staff = visitor("owner"), visitor("staff", PHONE)
    _known(owner, OWNER)
    _bind(owner)
    _authorise(owner, _person(STAFF)["name"], _person(STAFF)["id_number"])
    _known(staff, STAFF)
    staff.go("/account/mandates/")
    staff.look_around("mandates-offer")
    staff.page.get_by_role("link", name=re.compile("请您代办")).first.click()
    staff.look_around("mandate-answer")
    staff.press("接受委托")
    staff.look_around("mandates-held")
    staff.go("/account/acting/")
    staff.page.get_by_label("常州样例文化传播有限公司").check()
    staff.press("继续")
    staff.go("/account/mandates/")
    assert "您正在代 常州样例文化传播有限公司 办事" in staff.page.inner_text("body")
    owner.page.reload()
    owner.page.get_by_role("button", name="不再委托").first.click()
    owner.look("entity-withdraw")
    owner.press("撤回委托")
    owner.page.get_by_text("已撤回").first.wait_for()
    staff.page.reload()
    assert "您正在代" not in staff.page.inner_text("body")


def test_a_mother_adds_her_child_and_authorises_nobody_by_accident(visitor):
    mother = visitor("mother", PHONE)
    _known(mother, MOTHER)
    mother.go("/account/children/new/")
    mother.look_around("child")
    mother.page.locator("#f-name").fill("曹子墨")
    mother.page.locator("#f-id_number").fill("320402201905060033")
    mother.press("核对并添加")
    mother.page.get_by_text("曹子墨").first.wait_for()
    mother.look_around("mandates-child")


def test_an_official_looks_at_what_the_register_could_not_judge(visitor):
    resident = visitor("waiting")
    resident.log_in("retiree1")
    resident.go("/account/real-name/register/")
    resident.page.locator("#f-name").fill("魏明·翔")
    resident.page.locator("#f-id_number").fill(_person("retiree1")["id_number"])
    resident.press("提交核验")
    resident.page.get_by_text("正在人工核对").first.wait_for()
    resident.look_around("real-name-waits")
    official = visitor("official")
    official.log_in(OFFICIAL)
    official.go("/work/real-names/")
    official.look_around("queue")
    official.page.get_by_role("link", name=re.compile("魏")).first.click()
    official.look_around("decide")
    official.press("显示完整号码")
    official.look("decide-number")
    official.page.get_by_label("是本人，通过").check()
    official.press("提交结果")
    official.go("/work/real-names/counter/")
    official.look_around("counter-in-person")
    resident.page.reload()
    resident.page.get_by_text("您已经完成实名认证").wait_for()
    english = visitor("english", english=True, large=True)
    english.log_in("retiree1")
    for path in ("real-name/", "mandates/", "entities/"):
        english.go(f"/account/{path}")
        english.look(path.strip("/"))


def test_a_matter_that_asks_for_a_level_leads_to_the_bank_card_and_back_into_the_application(visitor):
    mother = visitor("level", PHONE)
    mother.log_in("family2-mother")
    mother.go("/matters/social_security_card_password/begin/")
    mother.page.get_by_role("heading", name="先确认是您本人").wait_for()
    mother.look_around("level-missing")
    mother.page.get_by_role("link", name="去实名认证").click()
    mother.look_around("level-ways")
    mother.page.locator("a[href*='/real-name/bank/']").first.click()
    mother.look_around("level-bank")
    who = _person("family2-mother")
    for name, value in (("name", who["name"]), ("id_number", who["id_number"]), ("card", sample_card(who["id_number"])),
                        ("mobile", who["mobile"])):  # fmt: skip
        mother.page.locator(f"#f-{name}").fill(value)
    mother.press("提交核验")
    mother.page.wait_for_url("**/apply/**")
    mother.look_around("level-reached")
