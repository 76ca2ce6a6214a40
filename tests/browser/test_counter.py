"""A clerk serves one person after another: asked, told, filed, scanned, handed over; and the person reads of it at home."""

import io
import os
import re
import time

import pytest

from tests.browser.family import TIANNING, WUJIN, Family, fill_step
from tests.browser.visitor import DESKTOP, PHONE, Visitor
from yiwang.kernel.codes.id_number import Sex
from yiwang.kernel.codes.synthetic import synthetic_id_number

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]


def _number(username: str) -> str:
    """The ID number of one of the pack's people."""
    from pathlib import Path

    text = (Path(__file__).resolve().parents[2] / "packs/changzhou/people.yaml").read_text("utf-8")
    found = re.search(rf"username: {username},.*?id_number: \"(\d+X?)\"", text)
    assert found, username
    return found[1]


@pytest.mark.parametrize(
    ("size", "family"), [pytest.param(DESKTOP, TIANNING, id="desktop"), pytest.param(PHONE, WUJIN, id="phone")]
)
def test_a_clerk_serves_a_person_from_the_first_question_to_the_receipt(visitor, scanner, size, family):
    clerk = visitor("phone-clerk" if size == PHONE else "desk-clerk", size)
    clerk.go("/account/login/")
    clerk.log_in("tianning-hall-clerk")
    _somebody_unknown(clerk)
    _find(clerk, family)
    _ask(clerk, family)
    _fill_in(clerk, family)
    _scan(clerk, scanner)
    number = _file(clerk)
    _hand_over(clerk, number)
    person = visitor("phone-served" if size == PHONE else "desk-served", size)
    person.go("/account/login/")
    person.log_in(family.username)
    _read_the_message(person, number)


def _somebody_unknown(clerk: Visitor) -> None:
    clerk.go("/work/counter/")
    clerk.look("counter")
    field = clerk.page.locator("[name=id_number]")
    assert clerk.page.evaluate("document.activeElement.name") == "id_number"
    field.fill("320402")
    clerk.page.keyboard.press("Enter")
    clerk.page.locator("[data-yw-summary]").wait_for()
    clerk.look("counter-wrong-number")
    from datetime import date

    unknown = synthetic_id_number(division_code="320402", birth_date=date(1951, 5, 6), sex=Sex.FEMALE, serial=3)
    clerk.page.locator("[name=id_number]").fill(unknown)
    with clerk.page.expect_navigation():
        clerk.page.get_by_role("region", name="下一位").get_by_role("button", name="查找").click()
    if "没有登记过" in clerk.page.locator("main").inner_text():
        clerk.look("counter-register")
        clerk.page.locator("[name=name]").fill("样例老人")
        clerk.press("登记并开始办理")
    assert "正在窗口为 样例老人 办理" in clerk.page.locator("header").inner_text()
    clerk.press("办完了，下一位")


def _find(clerk: Visitor, family: Family) -> None:
    clerk.page.locator("[name=id_number]").fill(_number(family.username))
    with clerk.page.expect_navigation():
        clerk.page.keyboard.press("Enter")
    clerk.look("counter-person")
    clerk.page.locator("[name=q]").fill("孩子出生了")
    clerk.press("搜索")
    clerk.look("counter-search")
    clerk.page.get_by_role("link", name="新生儿出生一件事").first.click()


def _ask(clerk: Visitor, family: Family) -> None:
    """All on one page; the list beside the questions follows each answer."""
    page = clerk.page
    page.wait_for_url("**/offers/newborn/")
    clerk.look("counter-questions")
    for _turn in range(20):
        left = page.evaluate(
            """() => [...document.querySelectorAll('input[name^="q-"]')].map((e) => e.name)
            .find((name) => !document.querySelector(`input[name="${name}"]:checked`))"""
        )
        if not left:
            break
        answer = family.guide[left.removeprefix("q-")]
        with page.expect_response(lambda response: "/offers/newborn/" in response.url):
            page.locator(f"label:has(input[name='{left}'][value='{answer}'])").click()
        page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-settling, .htmx-swapping')")
    clerk.look("counter-answered")
    with page.expect_navigation():
        page.keyboard.press("p")
    clerk.look("counter-notice")
    assert page.locator("svg.y-qr").is_visible()
    with page.expect_navigation():
        page.get_by_role("link", name="新生儿出生一件事").click()


def _fill_in(clerk: Visitor, family: Family) -> None:
    page = clerk.page
    clerk.go("/work/counter/person/")
    page.get_by_role("link", name="新生儿出生").first.click()
    for _place in range(10):
        page.wait_for_load_state()
        if page.url.rstrip("/").endswith("materials"):
            return
        fill_step(clerk, family)
        clerk.press("保存并继续")
    raise AssertionError(f"the form does not end: {page.url}")


def _scan(clerk: Visitor, scanner: object) -> None:
    """What the scanner saves appears by itself; what is no picture is refused with its reason."""
    from pathlib import Path

    from PIL import Image

    page, folder = clerk.page, Path(str(scanner))
    kept = io.BytesIO()
    Image.new("RGB", (640, 480), "white").save(kept, "PNG")
    for place, control in enumerate(page.locator("input[type=file]").all()[1:]):
        control.set_input_files({"name": f"样例{place}.png", "mimeType": "image/png", "buffer": kept.getvalue()})
        page.locator(".y-files > li").nth(place).wait_for()
    for name, content in (("户口簿.png", kept.getvalue()), ("坏文件.png", b"MZ no picture")):
        (folder / name).write_bytes(content)
        os.utime(folder / name, (time.time() - 10,) * 2)
    page.get_by_role("link", name="户口簿.png").first.wait_for()
    clerk.look("counter-tray")
    line = page.locator(".counter-scans > li", has_text="户口簿.png")
    line.locator("select").select_option(index=1)
    with page.expect_navigation():
        line.get_by_role("button", name="放入").click()
    clerk.press("保存并继续")


def _file(clerk: Visitor) -> str:
    page = clerk.page
    assert "/check/" in page.url, page.locator("main").inner_text()[:800]
    clerk.look("counter-check")
    page.locator("label:has([name=confirmed])").click()
    clerk.press("提交申请")
    clerk.look("counter-unsigned")
    with page.expect_navigation():
        page.get_by_role("link", name="打印申请表", exact=True).click()
    clerk.look("counter-form")
    page.emulate_media(media="print")
    clerk.look("counter-form-printed", axe=False)
    page.emulate_media(media="screen")
    with page.expect_navigation():
        page.get_by_role("link", name="已签字，去提交").click()
    page.locator("label:has([name=signed])").click()
    page.locator("[name=papers]").fill("7")
    page.locator("label:has([name=confirmed])").click()
    clerk.press("提交申请")
    clerk.look("counter-receipt")
    return page.locator("article b.y-num").first.inner_text()


def _hand_over(clerk: Visitor, number: str) -> None:
    clerk.go("/work/counter/handovers/")
    assert number in clerk.page.locator("main").inner_text()
    clerk.look("counter-handovers")
    clerk.page.locator("[name=receiver]").select_option(index=1)
    clerk.press("生成交接单")
    clerk.look("counter-handover")


def _read_the_message(person: Visitor, number: str) -> None:
    page = person.page
    person.go("/")
    for _turn in range(30):
        if page.locator(".y-nav__count").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    page.get_by_role("link", name=re.compile("消息")).first.click()
    person.look("messages")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("已收到您的申请")).first.click()
    assert number in page.locator("main").inner_text()


def test_what_search_and_drafts_say_when_there_is_nothing(visitor):
    for name, size in (("phone-nothing", PHONE), ("desk-nothing", DESKTOP)):
        person = visitor(name, size)
        person.go("/search/?q=zzqqxxyy")
        person.look("search-nothing")
        person.go("/account/login/")
        person.log_in("family2-mother")
        person.go("/drafts/")
        person.look("drafts-empty")
        person.go("/messages/")
        person.look("messages-empty")
