"""Retiring and opening a restaurant, from plain words to the last result, on a phone and on a desk.

One of each is played to the end by all its offices: they return one matter for correction and refuse another.
"""

import re
from dataclasses import dataclass, field

import pytest

from tests.browser.answers import correct, picture, read_the_refusal
from tests.browser.family import NO, YES, Family, answer_guide, fill_step
from tests.browser.offices import MISSING, UNLAWFUL, Offices
from tests.browser.visitor import DESKTOP, PHONE, Visitor
from yiwang.kernel.codes.synthetic import synthetic_credit_code

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]


def _retiree(username: str, kind: str, born: str, division: str, street: str) -> Family:
    places = {
        f"{name}{part}": code
        for name in ("retiree_region", "retiree_household_region")
        for part, code in ((".district", division), ("", street))
    }
    typed = {
        "retiree_mobile": "19900000049", "retiree_employer": "常州样例机械有限公司",
        "retiree_address": "样例路1号", "retiree_household_address": "样例路1号", "medical_topup": "once",
        "fund_account": "320400000001", "only_child_name": "样例女儿", "only_child_certificate_number": "样例光320402",
        "retiree_account_bank": "样例银行常州分行", "retiree_account_number": "6200000000000001", **places,
    }  # fmt: skip
    guide = {
        "retirement_kind": kind, "retirement_way": "normal", "contribution_months": "300", "retiree_birth_date": born, "special_work": NO, "household_in_city": YES,
        "employee_medical_insured": YES, "medical_years_met": YES, "has_housing_fund": YES, "only_child_certificate_held": YES,
    }  # fmt: skip
    return Family(username, guide, typed)


def _founder(username: str, division: str, street: str) -> Family:
    guide = {
        "shop_kind": "company", "makes_fumes": YES, "venue_forbidden": NO, "business_licence_held": NO, "tax_registered": NO,
        "shop_large": YES, "fire_by_pledge": NO, "wants_signboard": YES, "wants_seal": YES, "food_online": YES,
        "wants_invoices": YES, "fire_floor": "1",
    }  # fmt: skip
    typed = {
        "shop_name": "常州样例餐饮有限公司", "shop_region.district": division, "shop_region": street, "shop_address": "样例路8号",
        "shop_area": "400", "venue_right": "leased", "registered_capital": "50", "shop_employees": "12", "food_forms": "hot",
        "kitchen_area": "60", "safety_manager_name": "样例经理", "signboard_place": "lintel", "signboard_text": "样例饭店",
        "signboard_width": "4", "signboard_height": "1.2", "fire_exits": "2", "fire_manager_name": "样例经理",
        "seal_kinds": "official", "taxpayer_kind": "small", "delivery_method": "counter",
    }  # fmt: skip
    return Family(username, guide, typed)


@dataclass(frozen=True)
class Trouble:
    """What the offices assign, which matter they return and which they refuse."""

    entered: dict[str, str] = field(default_factory=dict)
    returned: str = ""
    refused: str = ""

    @property
    def verdicts(self) -> dict[str, tuple[str, ...]]:
        return {self.returned: ("correct",), self.refused: ("accept", "refuse")}


RETIRE, RESTAURANT = "我要退休了", "我想开个小饭馆"
JOURNEYS = [
    pytest.param(
        DESKTOP, RETIRE, _retiree("retiree3", "woman_55", "1971-06-05", "320404", "320404005"), None,
        id="retirement-desktop",
    ),
    pytest.param(
        PHONE, RETIRE, _retiree("retiree2", "woman_50", "1976-03-11", "320412", "320412100"),
        Trouble({"monthly_pension": "3512"}, "only_child_reward", "fund_withdrawal"), id="retirement-phone",
    ),
    pytest.param(
        DESKTOP, RESTAURANT, _founder("founder1", "320402", "320402010"),
        Trouble(
            {"shop_credit_code": synthetic_credit_code(division_code="320402", serial=417)},
            "food_business_permit", "signboard",
        ), id="restaurant-desktop",
    ),
    pytest.param(PHONE, RESTAURANT, _founder("founder2", "320412", "320412100"), None, id="restaurant-phone"),
]  # fmt: skip


@pytest.mark.parametrize(("size", "said", "family", "trouble"), JOURNEYS)
def test_a_person_applies_puts_right_what_is_missing_and_sees_what_each_office_decided(
    visitor, town, size, said, family, trouble
):
    person = visitor(f"{'phone' if size == PHONE else 'desk'}-{family.username}", size)
    _find(person, said)
    _take_the_guide(person, family)
    _fill(person, family)
    _hand_in(person)
    number = _send(person)
    if trouble is None:
        return
    offices = Offices(town, visitor, size, number, trouble.entered, trouble.verdicts)
    offices.work_off(lambda: correct(person, number, MISSING[:6]))
    members = {row["matter_code"]: row for row in town.ledger.members(number)}
    assert {code for code, row in members.items() if row["result"] != "granted"} == {trouble.refused}
    read_the_refusal(person, number, members[trouble.refused]["number"], UNLAWFUL)


def _find(person: Visitor, said: str) -> None:
    page = person.page
    person.go("/")
    page.get_by_label("用您自己的话说").fill(said)
    person.press("搜索")
    page.locator("main li h2 a").first.click()
    page.wait_for_url("**/bundles/**")
    person.look("bundle")


def _take_the_guide(person: Visitor, family: Family) -> None:
    page = person.page
    page.get_by_role("link", name="开始办理").click()
    answer_guide(person, family)
    assert re.search(r"您要办 \d 个事项", page.locator("h1").inner_text()), page.locator("main").inner_text()[:500]
    person.look("tailored")
    person.press("开始填写")
    person.log_in(family.username)


def _fill(person: Visitor, family: Family) -> None:
    page = person.page
    for _place in range(12):
        page.wait_for_load_state()
        key = page.url.rstrip("/").rsplit("/", 1)[-1]
        if key == "materials":
            return
        fill_step(person, family)
        person.look(f"step-{key}")
        person.press("保存并继续")
    raise AssertionError(f"the form does not end: {page.url}: {page.locator('main').inner_text()[:800]}")


def _hand_in(person: Visitor) -> None:
    page = person.page
    for place, control in enumerate(page.locator("input[type=file]").all()):
        control.set_input_files({"name": f"样例{place}.png", "mimeType": "image/png", "buffer": picture()})
        page.locator(".y-files > li").nth(place).wait_for()
    person.look("materials")
    person.press("保存并继续")


def _send(person: Visitor) -> str:
    """The number of the receipt, and its page of progress."""
    page = person.page
    assert "/check/" in page.url, f"{page.url}: {page.locator('main').inner_text()[:600]}"
    person.look("check")
    page.locator("label:has([name=confirmed])").click()
    person.press("提交申请")
    person.look("receipt")
    number = page.locator("main b.y-num").first.inner_text()
    page.get_by_role("link", name="查看进度").click()
    page.wait_for_url(f"**/cases/{number}/")
    person.look("progress")
    return number
