"""A child is born: the whole journey as a person takes it, on a phone and on a desk, from plain words to all results."""

import re
import time

import pytest

from tests.browser import desk
from tests.browser.answers import correct, picture, read_the_refusal
from tests.browser.family import TIANNING, WUJIN, Family, answer_guide, fill_step
from tests.browser.offices import MISSING, UNLAWFUL, Offices
from tests.browser.visitor import DESKTOP, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]
SIZES = [pytest.param(DESKTOP, TIANNING, id="desktop"), pytest.param(PHONE, WUJIN, id="phone")]
RETURNED, REFUSED = "birth_certificate", "vaccination_certificate"


@pytest.mark.parametrize(("size", "family"), SIZES)
def test_a_parent_applies_officials_decide_and_the_parent_sees_all_results(visitor, town, size, family):
    """At the desk everything is granted; on the phone one matter is returned for correction and another is not accepted."""
    parent = visitor(f"{'phone' if size == PHONE else 'desk'}-parent", size)
    _find_the_bundle(parent)
    _take_the_guide(parent, family)
    _fill_the_form(parent, family)
    _hand_in_the_materials(parent, family)
    number = _check_and_send(parent)
    _watch_the_progress(parent, number)
    if size == DESKTOP:
        _decide_by_keys(visitor, parent, number)
        _receive_the_results(parent, number, 6)
        return
    verdicts = {RETURNED: ("correct",), REFUSED: ("decline",)}
    offices = Offices(town, visitor, size, number, desk.produced("320412"), verdicts)
    offices.work_off(lambda: correct(parent, number, MISSING[:6]))
    members = {row["matter_code"]: row["number"] for row in town.ledger.members(number)}
    read_the_refusal(parent, number, members[REFUSED], UNLAWFUL)
    _receive_the_results(parent, number, 5)


def _find_the_bundle(parent: Visitor) -> None:
    page = parent.page
    parent.go("/")
    parent.look("home")
    page.get_by_label("用您自己的话说").fill("孩子出生了")
    parent.press("搜索")
    parent.look("search")
    first = page.locator("main li h2 a").first
    assert first.inner_text() == "新生儿出生一件事"
    first.click()
    page.wait_for_url("**/bundles/newborn/")
    parent.look("bundle")


def _take_the_guide(parent: Visitor, family: Family) -> None:
    page = parent.page
    page.get_by_role("link", name="开始办理").click()
    parent.look("question")
    parent.press("继续")
    parent.look("question-missing")
    _summary_leads_to_the_field(parent)
    answer_guide(parent, family)
    assert "您要办 6 个事项" in page.locator("h1").inner_text()
    page.get_by_role("heading", name="您的回答").click()
    parent.look("tailored")
    parent.press("开始填写")
    parent.look("login")
    parent.log_in(family.username)


def _summary_leads_to_the_field(parent: Visitor) -> None:
    """The summary has the focus; its first link moves it into the control; the title says that something is wrong."""
    page = parent.page
    assert page.title().startswith("有误")
    assert page.evaluate("document.activeElement.matches('[data-yw-summary]')")
    link = page.locator("[data-yw-summary] a").first
    wanted = (link.get_attribute("href") or "")[1:]
    link.click()
    assert page.evaluate("document.activeElement.id") == wanted


def _fill_the_form(parent: Visitor, family: Family) -> None:
    page = parent.page
    for place in range(10):
        key = page.url.rstrip("/").rsplit("/", 1)[-1]
        if key == "materials":
            return
        if place == 0:
            parent.press("保存并继续")
            parent.look("step-missing")
            _summary_leads_to_the_field(parent)
        fill_step(parent, family)
        parent.look(f"step-{key}")
        parent.press("保存并继续")
    raise AssertionError(f"the form does not end: {page.url}")


def _hand_in_the_materials(parent: Visitor, family: Family) -> None:
    """Who holds licences lets them be retrieved, others upload; before either the page says what is missing."""
    page = parent.page
    parent.look("materials")
    offered = page.locator("input[name^='licence.']")
    assert offered.count() == family.held
    if family.held:
        _let_licences_be_retrieved(parent, family.held)
        return
    parent.press("保存并继续")
    parent.look("materials-missing")
    first = page.locator("input[type=file]").first
    first.set_input_files({"name": "户口簿.jpg", "mimeType": "image/jpeg", "buffer": b"MZ this is no picture"})
    refusal = page.locator(".y-upload__state.is-bad")
    refusal.wait_for()
    assert "可以上传 PDF、JPG、PNG" in refusal.inner_text()
    parent.refused.add("upload")
    parent.look("materials-wrong-type")
    for place, control in enumerate(page.locator("input[type=file]").all()):
        control.set_input_files({"name": f"样例{place}.png", "mimeType": "image/png", "buffer": picture()})
        page.locator(".y-files > li").nth(place).wait_for()
    assert page.locator(".y-field--error").count() == 0
    parent.look("materials-uploaded")
    parent.press("保存并继续")


def _let_licences_be_retrieved(parent: Visitor, held: int) -> None:
    """Nothing is ticked beforehand; the whole words open below each tick; what was agreed to need not be handed in."""
    page = parent.page
    offered = page.locator("input[name^='licence.']")
    assert page.locator("input[name^='licence.']:checked").count() == 0
    parent.press("保存并继续")
    parent.look("materials-missing")
    page.get_by_text("您同意的内容").first.click()
    parent.look("materials-agreement")
    for each in offered.all():
        page.locator(f"label:has(input[name='{each.get_attribute('name')}'])").click()
    parent.press("保存并继续")
    page.wait_for_url("**/check/")
    assert page.locator("main").inner_text().count("已从您的电子证照调取") == held


def _check_and_send(parent: Visitor) -> str:
    page = parent.page
    parent.look("check")
    page.get_by_role("link", name=re.compile(r"更改\s*出生时间")).click()
    page.wait_for_url("**/child/**")
    page.locator("[name=child_birth_time]").fill("07:15")
    parent.press("保存并继续")
    assert "/check/" in page.url, f"{page.url}: {page.locator('main').inner_text()[:600]}"
    assert "07:15" in page.locator("main").inner_text()
    parent.press("提交申请")
    parent.look("check-unconfirmed")
    _summary_leads_to_the_field(parent)
    page.locator("label:has([name=confirmed])").click()
    parent.press("提交申请")
    parent.look("receipt")
    return page.locator("main b.y-num").first.inner_text()


def _watch_the_progress(parent: Visitor, number: str) -> None:
    page = parent.page
    page.get_by_role("link", name="查看进度").click()
    page.wait_for_url(f"**/cases/{number}/")
    parent.look("progress")
    page.wait_for_load_state("networkidle")  # the drawing comes in above, and would move what is clicked
    page.get_by_role("heading", name="申请信息").click()
    page.locator("#facts[open]").wait_for()
    shown = page.locator("#facts").inner_text()
    assert re.search(r"320\d{3}\*{8}\d{3}[\dX]", shown)
    assert not re.search(r"320\d{14}[\dX]", shown)
    page.get_by_role("link", name="显示完整号码").click()
    assert re.search(r"320\d{14}[\dX]", page.locator("#facts").inner_text())
    parent.look("progress-whole")
    parent.go("/mine/")
    assert "新生儿出生一件事" in page.locator("main").inner_text()
    parent.look("mine")
    parent.go("/")
    parent.look("home-known")


def _decide_by_keys(visitor, parent: Visitor, number: str) -> None:
    officials: dict[str, Visitor] = {}
    for _round in range(4):
        for username in desk.CITY:
            _work(visitor, officials, username, number)
        parent.go(f"/cases/{number}/")
        if "已办结 6 个" in parent.page.locator("main").inner_text():
            return


def _work(visitor, officials: dict[str, Visitor], username: str, number: str) -> None:
    """Do what waits for this official on the case, the first of it by keys alone."""
    official = officials.get(username)
    fresh = official is None
    if official is None:
        official = officials[username] = visitor(f"desk-{username}", DESKTOP)
        official.log_in(username)
    page = official.page
    for done in range(4):
        official.go(f"/work/?q={number}")
        if not page.locator("[data-yw-row]").count():
            return
        if fresh and not done:
            official.look("inbox")
        if not done:
            desk.claim_by_keys(official)
            desk.open_by_keys(official)
        else:
            page.locator(".y-rowlink").first.click()
        page.wait_for_url("**/tasks/**")
        desk.enter_results(official, "320402")
        official.look(f"case-{done}")
        with page.expect_navigation():
            page.locator(".wc-side form button[name=do]").click()
        assert page.url.endswith("/work/"), page.locator("main").inner_text()


def _receive_the_results(parent: Visitor, number: str, granted: int) -> None:
    page = parent.page
    parent.go(f"/cases/{number}/")
    parent.look("progress-done")
    assert "6 个事项，已办结 6 个" in page.locator("main").inner_text()
    results = page.locator(".y-licence:visible a", has_text="查看")
    addresses = {each.get_attribute("href") for each in results.all()}
    assert len(addresses) == granted
    _see_the_seals(parent, number, granted)
    for place, address in enumerate(sorted(str(each) for each in addresses)):
        parent.go(address)
        if place < 2:
            parent.look(f"result-{place}")
    page.emulate_media(media="print")
    assert page.locator(".y-doc").is_visible()
    assert not page.locator(".y-nav").is_visible()
    parent.go("/mine/?ended=1")
    assert "新生儿出生一件事" in page.locator("main").inner_text()
    page.emulate_media(media="screen")
    parent.look("mine-ended")


def _see_the_seals(parent: Visitor, number: str, granted: int) -> None:
    """Each result says that its seal is being put on until it is on; then the mark has 验证 and the files beside it."""
    page = parent.page
    deadline = time.monotonic() + 90
    while "正在加盖电子印章" in page.locator("main").inner_text():
        assert time.monotonic() < deadline, "the results are not sealed"
        page.wait_for_timeout(1000)
        parent.go(f"/cases/{number}/")
    parent.look("progress-sealed")
    for word in ("验证", "OFD", "PDF"):
        links = page.locator(".y-licence:visible a", has_text=word)
        assert len({each.get_attribute("href") for each in links.all()}) == granted, word
    parent.go(str(page.locator(".y-licence:visible a", has_text="验证").first.get_attribute("href")))
    parent.look("verified")
    assert "有效" in page.locator("main").inner_text()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("how", ["large", "english"])
def test_large_print_and_english_fit_every_page(visitor, size, how):
    name = f"{'phone' if size == PHONE else 'desk'}-{how}"
    parent = visitor(name, size, large=how == "large", english=how == "english")
    for path, place in PAGES.items():
        parent.go(path)
        parent.look(place)
    parent.log_in("family1-mother")
    parent.go("/mine/?ended=1")
    parent.look("mine")
    if parent.page.locator("main .y-mine a").count():
        parent.page.locator("main .y-mine a").first.click()
        parent.page.wait_for_url("**/cases/**")
        parent.look("progress")
        asked = "Mother's ID number" if how == "english" else "母亲身份证号码"
        assert asked in (parent.page.locator("#facts").text_content() or "")
    official = visitor(f"{name}-official", size, large=how == "large", english=how == "english")
    official.log_in("city-health-acceptor")
    for path, place in WORK.items():
        official.go(path)
        official.look(place)


PAGES = {
    "/": "home", "/search/?q=落户": "search", "/search/?q=没有这件事xyz": "search-nothing", "/bundles/": "bundles",
    "/bundles/newborn/": "bundle", "/bundles/newborn/guide/": "question", "/matters/": "matters", "/account/login/": "login",
    "/nowhere/": "not-found",
}  # fmt: skip
WORK = {
    "/work/": "inbox",
    "/work/?view=overdue": "inbox-empty",
    "/work/cases/": "cases",
    "/work/cases/?all=1": "cases-all",
}


def test_all_keys_are_explained_on_request(visitor):
    official = visitor("keys")
    official.log_in("city-health-acceptor")
    official.go("/work/")
    official.page.keyboard.press("?")
    dialog = official.page.get_by_role("dialog", name="快捷键")
    assert dialog.is_visible()
    official.look("keys")
    official.page.keyboard.press("Escape")
    assert not dialog.is_visible()
    official.page.keyboard.press("/")
    assert official.page.evaluate("document.activeElement.name") == "q"
