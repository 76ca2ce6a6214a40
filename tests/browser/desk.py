"""The officials' part of a journey: who works, and how a task is claimed by keys, opened and done."""

from datetime import timedelta

from tests.browser.visitor import Visitor
from yiwang.kernel import clock
from yiwang.kernel.codes.id_number import Sex
from yiwang.kernel.codes.synthetic import synthetic_id_number

# Whose hands the six matters need, in the order in which the result of one is asked for by the next.
CITY = (
    "hospital-maternal-acceptor", "city-police-acceptor", "city-police-reviewer", "city-health-acceptor",
    "city-human-resources-acceptor",
)  # fmt: skip
_PRODUCED = {
    "birth_certificate_number": "Z320000417", "household_page_number": "样例户320402-2026-0001",
    "insurance_number": "样例D2026-7120", "card_number": "样例C2026-0001", "vaccination_record_number": "样例V2026-0001",
}  # fmt: skip


def produced(division: str) -> dict[str, str]:
    """Numbers that the offices of a district assign to a newborn, by fact."""
    born = clock.today() - timedelta(days=6)
    number = synthetic_id_number(division_code=division, birth_date=born, sex=Sex.FEMALE, serial=3)
    return {**_PRODUCED, "child_id_number": number}


def enter_results(official: Visitor, division: str) -> None:
    """Numbers that the official's office assigns."""
    numbers = produced(division)
    for control in official.page.locator(".wc-side [name^=fact-]").all():
        control.fill(numbers[(control.get_attribute("name") or "").removeprefix("fact-")])


def claim_by_keys(official: Visitor) -> None:
    """j to the first row, c claims it without picking it first; the toast says so."""
    page = official.page
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("c")
    assert "已认领 1 件" in page.locator("#yw-toasts").inner_text()


def open_by_keys(official: Visitor) -> None:
    """j to the first row, Enter opens it."""
    official.page.keyboard.press("j")
    with official.page.expect_navigation():
        official.page.keyboard.press("Enter")
