"""What an applicant does with what the offices answer: puts right what is missing, reads a refusal and signs for it."""

import io
import re

from PIL import Image

from tests.browser.visitor import Visitor

_NUMBERED = re.compile(r"〔\d{4}〕(第)?\d+号")


def picture() -> bytes:
    """A small PNG, as a phone would take it."""
    kept = io.BytesIO()
    Image.new("RGB", (640, 480), "white").save(kept, "PNG")
    return kept.getvalue()


def correct(person: Visitor, number: str, asked: str) -> None:
    """From 「我的」 over the notice to the upload; handing in nothing is refused with what to do."""
    page = person.page
    person.go("/mine/")
    assert "补交材料" in page.locator(".mine-next").inner_text()
    person.look_around("mine-to-correct")
    person.go(f"/cases/{number}/")
    assert asked in page.locator("main").inner_text()
    person.look_around("progress-to-correct")
    page.get_by_role("link", name="去补正").click()
    page.wait_for_url("**/corrections/**")
    assert asked in page.locator("main").inner_text()
    person.press("提交补正材料")
    assert page.locator("[data-yw-summary]").is_visible()
    person.look_around("correct-nothing")
    for place, control in enumerate(page.locator("input[type=file]").all()):
        control.set_input_files({"name": f"补正{place}.png", "mimeType": "image/png", "buffer": picture()})
    person.look_around("correct")
    person.press("提交补正材料")
    assert "补正材料已提交" in page.locator("#yw-toasts").inner_text()


def read_the_refusal(person: Visitor, number: str, member: str, reason: str) -> None:
    """From the bundle to the numbered document with its reason, its ground and both remedies; then the receipt."""
    page = person.page
    person.go(f"/cases/{number}/")
    person.look_around("progress-partly-granted")
    page.locator(f"main a[href='/cases/{member}/']").first.click()
    page.wait_for_url(f"**/cases/{member}/")
    assert reason in page.locator("main").inner_text()
    person.look_around("refused")
    with page.expect_navigation():
        page.get_by_role("link", name="看决定书和救济途径").click()
    words = page.locator("main").inner_text()
    assert _NUMBERED.search(words), words
    for each in (reason, "行政复议", "行政诉讼", "》第"):
        assert each in words, f"{each} is not in {words}"
    person.look_around("refusal")
    if page.get_by_role("button", name="签收", exact=True).count():
        person.press("签收")
        assert "签收时间" in page.locator("main").inner_text()
        person.look_around("refusal-signed")
