"""Answers bring new questions while one goes on: an answer of the server that comes late takes nothing away."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

from tests.browser.visitor import PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]


def _at_the_card(visitor: Callable[..., Visitor]) -> Visitor:
    """On the page of the report of loss that asks what is wanted; whoever reports a loss is asked for its day too."""
    somebody = visitor("refresh", PHONE)
    somebody.log_in("family3-father")
    somebody.go("/matters/social_security_card_loss/begin/")
    for _page in range(6):
        if somebody.page.locator("#form-fields [name=card_need]").count():
            return somebody
        somebody.press("保存并继续")
    raise AssertionError(somebody.tell())


def _choose(page: Page, value: str) -> None:
    page.locator(f"label:has(input[name=card_need][value={value}])").click()


def _hold_the_first(page: Page) -> list[Route]:
    """The first refresh is answered when the test says so: `held[0].continue_()`; those after it at once."""
    held: list[Route] = []

    def answer(route: Route) -> None:
        if route.request.headers.get("hx-request") and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/apply/**", answer)
    return held


def _shown(page: Page, name: str) -> bool:
    return bool(page.locator(f"#form-fields [name^={name}]").count())


def _settle(page: Page) -> None:
    page.wait_for_timeout(400)
    page.wait_for_function("() => !document.querySelector('.htmx-request')")


def test_the_answer_to_an_earlier_choice_never_replaces_the_later_one(visitor):
    page = _at_the_card(visitor).page
    held = _hold_the_first(page)
    _choose(page, "loss")
    page.wait_for_timeout(100)
    _choose(page, "unlock")
    page.wait_for_timeout(1_000)
    if held:
        held[0].continue_()
    _settle(page)
    assert page.locator("input[name=card_need][value=unlock]").is_checked()
    assert not _shown(page, "loss_date"), "who takes a report back is not asked for the day of the loss"


def test_what_is_typed_while_the_answer_is_on_its_way_stays(visitor):
    page = _at_the_card(visitor).page
    _choose(page, "unlock")
    _settle(page)
    held = _hold_the_first(page)
    _choose(page, "loss")
    number = page.locator("input[name=card_held_number]")
    number.fill("")
    number.press_sequentially("A1234")
    held[0].continue_()
    page.wait_for_timeout(1_000)
    assert number.input_value() == "A1234"
    number.press_sequentially("5678")
    number.blur()
    page.locator("#form-fields [name^=loss_date]").first.wait_for()
    assert number.input_value() == "A12345678"
