"""The search box in a real browser: completions by keyboard and pointer, none needed without script."""

import pytest

from yiwang.web.tests.test_browser import base, browser, pytestmark  # noqa: F401  the same server and browser


@pytest.fixture
def page(browser, base):  # noqa: F811
    page = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN").new_page()
    page.goto(f"{base}/searching/")
    return page


def lines(page):
    return page.get_by_role("option").all_inner_texts()


def active(page):
    found = page.locator("[role=option][aria-selected=true]")
    return found.locator("span").first.inner_text() if found.count() else ""


def test_typing_lists_what_may_be_meant_and_says_how_many(page):
    box = page.get_by_role("combobox", name="您想办什么事")
    assert box.get_attribute("aria-expanded") == "false"
    box.fill("出生")
    page.get_by_role("option").first.wait_for()
    assert [each.split("\n")[0] for each in lines(page)] == ["新生儿出生一件事", "出生登记"]
    assert box.get_attribute("aria-expanded") == "true"
    assert "2" in page.locator("[data-yw-complete-said]").inner_text()


def test_the_arrow_keys_move_around_the_list_and_enter_opens_the_line(page):
    box = page.get_by_role("combobox")
    box.fill("出生")
    page.get_by_role("option").first.wait_for()
    box.press("ArrowUp")
    assert active(page) == "出生登记"
    box.press("ArrowDown")
    assert active(page) == "新生儿出生一件事"
    assert box.get_attribute("aria-activedescendant") == page.get_by_role("option").first.get_attribute("id")
    box.press("Enter")
    page.wait_for_url("**/style/?0")


def test_enter_without_a_chosen_line_sends_what_was_typed(page):
    box = page.get_by_role("combobox")
    box.fill("出生")
    page.get_by_role("option").first.wait_for()
    box.press("Enter")
    page.wait_for_url("**/searching/?q=*")


def test_escape_closes_and_keeps_the_words(page):
    box = page.get_by_role("combobox")
    box.fill("退休")
    page.get_by_role("option").first.wait_for()
    box.press("Escape")
    assert page.get_by_role("listbox").is_hidden()
    assert (box.input_value(), box.get_attribute("aria-expanded")) == ("退休", "false")


def test_a_line_is_opened_by_the_pointer(page):
    page.get_by_role("combobox").fill("退休")
    page.get_by_role("option").first.click()
    page.wait_for_url("**/style/?0")


def test_words_without_completions_open_no_list(page):
    box = page.get_by_role("combobox")
    box.fill("火箭")
    page.get_by_text("没有提示").wait_for()
    assert page.get_by_role("listbox").is_hidden()


def test_without_script_it_is_a_search_form(browser, base):  # noqa: F811
    page = browser.new_context(java_script_enabled=False, locale="zh-CN").new_page()
    page.goto(f"{base}/searching/")
    page.get_by_role("searchbox").fill("出生")
    page.get_by_role("button", name="搜索").click()
    page.wait_for_url("**/searching/?q=*")
