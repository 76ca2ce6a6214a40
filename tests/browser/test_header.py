"""The header where words are wider: in English and in large print nothing is cut off and nothing stands in a row alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.visitor import DESKTOP, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]


def _middle(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["y"] + box["height"] / 2


def _fits(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    brand = page.locator(".y-brand svg").bounding_box()
    assert brand is not None
    assert brand["width"] > 40, "the brand keeps its width"
    assert abs(_middle(page, ".y-brand") - _middle(page, ".y-header .y-tools")) < 20, "the tools stand beside the brand"


@pytest.mark.parametrize(("english", "large"), [(True, False), (False, True), (True, True)])
def test_wide_words_fit_the_header_of_residents(visitor: Callable[..., Visitor], english: bool, large: bool) -> None:
    somebody = visitor("header", PHONE, english=english, large=large)
    somebody.log_in("family3-mother")
    somebody.go("/account/devices/")
    page = somebody.page
    assert abs(_middle(page, ".y-nav__seek") - _middle(page, ".y-brand")) < 20, "the lens stands beside the brand"
    somebody.look("phone")
    for width in (1024, 1150, 1280, 1440):
        _fits(page, width)


@pytest.mark.parametrize(("english", "large"), [(True, False), (False, True), (True, True)])
def test_wide_words_fit_the_header_of_officials(visitor: Callable[..., Visitor], english: bool, large: bool) -> None:
    somebody = visitor("header-work", DESKTOP, english=english, large=large)
    somebody.log_in("administrator")
    somebody.go("/work/accounts/")
    for width in (1024, 1280, 1440, 1720):
        _fits(somebody.page, width)
