"""The inbox as an official works in it: by keys, many at once, with undo; the drawing of a process; leave and deputies.

At a desk, on a phone and in large print; axe looks at each page, the administrator's included.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

import pytest

from tests.browser.visitor import DESKTOP, PHONE, Visitor, serious
from yiwang.kernel import clock
from yiwang.kernel.settings import PROJECT_ROOT
from yiwang.site.smoke.applicant import Applicant
from yiwang.site.smoke.browsing import Browser
from yiwang.site.smoke.family import city, newborn

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]
SIZES = [
    pytest.param(DESKTOP, {}, id="desktop"),
    pytest.param(PHONE, {}, id="phone"),
    pytest.param(PHONE, {"large": True}, id="phone-large"),
]
PAGES = (
    "", "leave/", "views/", "halts/", "halts/events/", "halts/jobs/", "processes/", "calendar/", "audit/", "cases/", "measures/",
    "matters/", "matters/imports/", "matters/food_business_permit/", "rules/",
)  # fmt: skip
HOSPITAL = "320400-hospital-maternal"
PARENT, NAME = "family2-mother", "林景蕾"


@dataclass(frozen=True)
class Waiting:
    """A case that waits at a hospital, and who may accept it there."""

    number: str
    case_id: str
    official: str


@pytest.fixture(scope="module")
def waiting(base) -> Waiting:
    """A newborn's case, filed over HTTP as the smoke play files it."""
    random = Random("the inbox")
    staffed = city(PROJECT_ROOT / "packs" / "changzhou")
    story = newborn(random, staffed)
    story = replace(story, shown=("child_name",), answers={**story.answers, "birth_institution": HOSPITAL})
    applicant = Applicant(Browser(base), story, random)
    first = applicant.begin(applicant.be_guided(applicant.find()), PARENT, staffed.password)
    filed = applicant.send(applicant.bring(applicant.fill(first)))
    return Waiting(filed.number, filed.case_id, "hospital-maternal-acceptor")


def _toast(visitor: Visitor) -> str:
    return visitor.page.locator("#yw-toasts").inner_text()


@pytest.mark.parametrize(("size", "options"), SIZES)
def test_an_official_finds_claims_and_undoes(visitor, waiting, size, options):
    official = visitor(f"work-{size[0]}{'-large' * bool(options)}", size, **options)
    page = official.page
    official.log_in(waiting.official)
    official.go("/work/")
    official.look("inbox")
    page.get_by_label("查找").fill(f"{NAME} {waiting.number}")
    official.press("查找")
    assert NAME in page.locator("[data-yw-row]").inner_text()
    assert page.locator(".work-chips").inner_text().startswith("查找")
    official.look("inbox-filtered")
    page.locator("[data-yw-row] input[type=checkbox]").check()
    assert page.locator("[data-yw-picked]").inner_text() == "1"
    official.look("inbox-picked")
    official.press("认领")
    assert "已认领 1 件" in _toast(official)
    official.look("inbox-claimed")
    official.press("撤回")
    assert "已退回 1 件" in _toast(official)
    assert "待认领" in page.locator("[data-yw-row]").inner_text()
    official.go("/work/?q=没有这样的事")
    official.look("inbox-empty")


def test_the_keys_pick_claim_and_explain_themselves(visitor, waiting):
    official = visitor("work-keys", DESKTOP)
    page = official.page
    official.log_in(waiting.official)
    official.go(f"/work/?q={waiting.number}")
    page.keyboard.press("?")
    assert page.locator("dialog[data-yw-keys]").is_visible()
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("[data-yw-row] input:checked").count() == 1
    page.keyboard.press("a")
    assert page.locator("[data-yw-row] input:checked").count() in {0, page.locator("[data-yw-row]").count()}
    official.go(f"/work/?q={waiting.number}")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("c")
    assert "已认领 1 件" in _toast(official)
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("h")
    assert "/work/hand-over/" in page.url
    official.look("hand-over")
    official.go(f"/work/?q={waiting.number}")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("r")
    assert "已退回 1 件" in _toast(official)


def test_a_filter_is_saved_under_a_name_and_opens_the_inbox(visitor, waiting):
    official = visitor("work-saved", DESKTOP)
    page = official.page
    official.log_in(waiting.official)
    official.go(f"/work/?q={waiting.number}")
    page.get_by_role("button", name="保存筛选").click()
    page.get_by_label("筛选名称").fill("这一件")
    page.get_by_label("打开待办时先看它").check()
    assert serious(page) == []
    official.press("保存")
    official.go("/work/")
    assert page.locator("h1").inner_text() == "这一件"
    official.look("saved-view")
    official.go("/work/views/")
    official.look("saved-views")
    official.press("删除")
    official.go("/work/")
    assert page.locator("h1").inner_text() == "待办"


@pytest.mark.parametrize(("size", "options"), SIZES)
def test_the_drawing_shows_where_the_process_stands_and_moves(visitor, waiting, size, options):
    resident = visitor(f"diagram-{size[0]}{'-large' * bool(options)}", size, **options)
    page = resident.page
    resident.log_in(PARENT)
    resident.go(f"/processes/of/case/{waiting.case_id}/")
    page.locator("figure[data-drawn=yes]").wait_for()
    assert page.locator(".djs-element.yw-current").count() >= 1
    assert page.locator(".y-diagram__mark.is-current").first.inner_text() == "正在办理"
    assert page.locator("a.bjs-powered-by").is_visible()
    viewport = page.locator("g.viewport").first
    before = viewport.get_attribute("transform")
    page.get_by_role("button", name="放大").click()
    page.get_by_role("button", name="向右").click()
    assert viewport.get_attribute("transform") != before
    page.locator(".y-diagram__pane").focus()
    moved = viewport.get_attribute("transform")
    page.keyboard.press("ArrowLeft")
    assert viewport.get_attribute("transform") != moved
    page.get_by_role("button", name="全图").click()
    page.locator("figure summary").click()
    assert "正在办理" in page.locator(".y-diagram__list").inner_text()
    resident.look("diagram")


def test_a_deputy_opens_and_decides_what_waits_for_an_absent_colleague(visitor, waiting):
    absent, deputy = visitor("leave-absent", DESKTOP), visitor("leave-deputy", PHONE)
    absent.log_in(waiting.official)
    absent.go("/work/leave/")
    page = absent.page
    page.get_by_label("代理人").select_option(label=next(
        words for words in page.get_by_label("代理人").locator("option").all_inner_texts() if "hospital-first" in words
    ))  # fmt: skip
    page.get_by_label("到哪一天").fill((clock.today() + timedelta(days=3)).isoformat())
    page.get_by_label("原因").fill("年休假")
    absent.press("登记")
    absent.look("leave-set")
    deputy.log_in("hospital-first-acceptor")
    deputy.go(f"/work/?q={waiting.number}")
    assert deputy.page.locator("[data-yw-row]").count() == 0
    deputy.go("/work/leave/")
    deputy.look("leave-offered")
    deputy.press("开始代理")
    assert "您正在代" in deputy.page.locator("header").inner_text()
    deputy.go(f"/work/?q={waiting.number}")
    deputy.look("inbox-of-the-absent")
    deputy.page.locator("[data-yw-row] .y-rowlink").first.click()
    deputy.page.locator(".wc-side form").wait_for()
    deputy.go("/work/leave/")
    deputy.press("结束代理，回到自己的岗位")
    absent.go("/work/leave/")
    absent.page.locator(".leave-end button").first.click()
    absent.page.wait_for_load_state()
    assert "已撤销代理" in _toast(absent)


@pytest.mark.parametrize(("size", "options"), SIZES)
def test_every_page_of_the_desk_is_accessible_at_every_size(visitor, size, options):
    name = f"desk-{size[0]}{'-large' * bool(options)}"
    administrator = visitor(f"{name}-admin", size, **options)
    administrator.log_in("administrator")
    for path in PAGES:
        administrator.go(f"/work/{path}")
        administrator.look(path.strip("/").replace("/", "-") or "inbox")
    administrator.go("/work/measures/")
    administrator.page.locator("main .y-rowlink").first.click()
    administrator.page.wait_for_url("**/measures/*/**")
    administrator.look("measure")
    resident = visitor(f"{name}-resident", size, **options)
    resident.log_in(PARENT)
    for path in ("/mine/", "/mine/?q=没有的", "/mine/?ended=1"):
        resident.go(path)
        resident.look("mine")
