"""Rules as two officials keep them: one drafts a table, tries it and keeps examples, the other publishes; then a change is
compared, its examples confirmed, its impact tried on a file. On a phone everything is read, and tried.
"""

import re
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.visitor import DESKTOP, OUTPUT, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]
EDITOR, COLLEAGUE, PUBLISHER = "rules-editor", "rules-editor-2", "rules-publisher"
KNOWN = re.compile("minified copy of the development build of Inferno|Applying inline style")


@dataclass(frozen=True)
class Rule:
    """A decision that was published in the browser."""

    key: str

    @property
    def home(self) -> str:
        return f"/work/rules/{self.key}/"


@pytest.fixture(scope="module")
def rule() -> Rule:
    return Rule(f"sample_{int(time.time()) % 10_000_000}")


def _picture(official: Visitor, name: str) -> None:
    """The editor is a library's: seen, and heard but for what it always says, and what Chromium's own editing tries to style."""
    OUTPUT.mkdir(exist_ok=True)
    official.page.screenshot(path=OUTPUT / f"{official.name}-{name}.png", full_page=True)
    assert [words for words in official.said if not KNOWN.search(words)] == []
    official.said.clear()


def _open_editor(official: Visitor) -> None:
    official.page.wait_for_selector("[data-yw-modeller][data-open=yes]")


def _write(official: Visitor, cell: str, row: int, text: str) -> None:
    """Into one cell of the table, over what stands there."""
    official.page.locator(f".y-modeller tbody td.{cell}:not(.add-rule)").nth(row).click()
    official.page.keyboard.press("Control+A")
    official.page.keyboard.type(text)


def _save(official: Visitor) -> None:
    """Press the button and wait until everything that was written is kept, by this save or by one before it."""
    official.page.locator("[data-do=save]").click()
    official.page.locator("[data-yw-modeller][data-kept=yes]").wait_for(timeout=20_000)


def _try(official: Visitor, value: str) -> str:
    page = official.page
    page.locator("[name=fact-input_1]").fill(value)
    page.locator(".dm-fact__do button").click()
    page.wait_for_function(
        "(value) => document.querySelector('.dm-answer') && !document.querySelector('.htmx-request')", arg=value
    )
    return page.locator(".dm-answer").inner_text()


def _keep(official: Visitor, name: str) -> None:
    official.page.get_by_label("存为用例").fill(name)
    official.press("存为用例")


def test_an_official_drafts_tries_and_keeps_examples(visitor, rule):
    official = visitor("rules-editor", DESKTOP)
    page = official.page
    official.log_in(EDITOR)
    official.go("/work/rules/")
    official.look("list")
    page.get_by_role("link", name="新建决策").click()
    official.look("begin")
    page.get_by_label("名称").fill("样例：满多少岁可以享受")
    page.get_by_label("编号").fill(rule.key)
    official.press("新建并编辑")
    _open_editor(official)
    _write(official, "input-cell", 0, ">= 60")
    _write(official, "output-cell", 0, '"可以"')
    page.locator(".y-modeller .add-rule-add").first.click()
    _write(official, "input-cell", 1, "< 60")
    _write(official, "output-cell", 1, '"不可以"')
    page.locator("h1").click()
    _save(official)
    _picture(official, "editor")
    page.locator("form[data-yw-saves-first] button").click()
    page.wait_for_selector("#found .y-note")
    assert "检查通过" in page.locator("#found").inner_text()
    page.locator("[data-view]").first.click()
    page.wait_for_selector(".y-modeller .djs-container .djs-shape")
    assert page.locator(".bjs-powered-by").first.is_visible()
    _picture(official, "diagram")

    official.go(rule.home + "?v=draft")
    assert "不可以" in _try(official, "59")
    assert page.locator("tr.is-live").count() == 1
    official.look("tried")
    _keep(official, "五十九岁")
    official.go(rule.home + "?v=draft")
    _try(official, "60")
    _keep(official, "正好六十岁")
    official.look("examples")
    assert "全部通过" in page.locator("main").inner_text()
    official.go(rule.home + "publish/")
    assert page.get_by_role("button", name="发布", exact=True).is_disabled()
    official.look("publish-not-mine")


def test_another_official_publishes(visitor, rule):
    official = visitor("rules-publisher", DESKTOP)
    official.log_in(PUBLISHER)
    official.go(rule.home + "publish/")
    if official.page.get_by_role(
        "button", name="检查草稿", exact=True
    ).count():  # else nothing was saved since the check
        official.press("检查草稿")
    official.page.get_by_label("发布理由").fill("样例文件第三条")
    official.look("publish")
    official.press("发布")
    assert "已发布第 1 版" in official.page.locator("#yw-toasts").inner_text()
    official.look("versions")


def test_a_change_is_compared_confirmed_and_its_impact_tried(visitor, rule, tmp_path: Path):
    official = visitor("rules-change", DESKTOP)
    page = official.page
    official.log_in(EDITOR)
    official.go(rule.home + "edit/")
    official.press("起草新版本")
    _open_editor(official)
    _write(official, "input-cell", 0, ">= 65")
    _write(official, "input-cell", 1, "< 65")
    page.locator("h1").click()
    _save(official)
    page.locator("[data-do=undo]").click()
    page.locator("[data-do=redo]").click()
    page.locator(".y-modeller tbody td.input-cell", has_text="< 65").wait_for()
    _save(official)
    _picture(official, "editor")
    official.go(rule.home + "versions/")
    assert "2 条规则不同" in page.locator("main").inner_text()
    official.look("compared")
    official.go(rule.home + "examples/?v=draft")
    assert "1 个没有通过" in page.locator("main").inner_text()
    official.look("examples-failing")
    official.press("确认新结果 正好六十岁")
    assert "全部通过" in page.locator("main").inner_text()
    official.go(rule.home + "impact/")
    official.look("impact-empty")
    path = tmp_path / "people.csv"
    path.write_text("input_1\n" + "\n".join(str(age) for age in range(40, 90)), "utf-8")
    page.locator("input[type=file]").set_input_files(path)
    official.press("开始试算")
    page.wait_for_selector(".dm-impact", timeout=60_000)
    assert re.search(r"结果改变\s*5", page.locator(".dm-impact").inner_text())
    official.look("impact")


def test_two_editors_do_not_overwrite_each_other(visitor, rule):
    first, second = visitor("rules-first", DESKTOP), visitor("rules-second", DESKTOP)
    for official, name in ((first, EDITOR), (second, COLLEAGUE)):
        official.log_in(name)
        official.go(rule.home + "edit/")
        _open_editor(official)
    _write(second, "output-cell", 0, '"可以享受"')
    second.page.locator("h1").click()
    _save(second)
    second.page.wait_for_timeout(1_500)
    _write(first, "output-cell", 1, '"不能享受"')
    first.page.locator("h1").click()
    first.page.wait_for_selector("[data-conflict]:not([hidden])")
    said = first.page.locator("[data-conflict]").inner_text()
    assert "这次修改没有保存" in said
    assert first.page.get_by_role("button", name="下载我这一份").is_visible()
    first.page.screenshot(path=OUTPUT / "rules-conflict.png")


@pytest.mark.parametrize("options", [{}, {"large": True}, {"english": True}], ids=["plain", "large", "english"])
def test_on_a_phone_rules_are_read_and_tried(visitor, rule, options):
    official = visitor(f"rules-phone{''.join('-' + name for name in options)}", PHONE, **options)
    page = official.page
    official.log_in(PUBLISHER)
    official.go("/work/rules/")
    official.look("list")
    official.go("/work/rules/newborn_scope/")
    official.look("decision")
    page.locator("[name=fact-child_age_days]").fill("30")
    page.locator(".dm-fact__do button").click()
    page.wait_for_selector(".dm-answer")
    official.look("missing")
    for name in ("examples/", "versions/", "impact/"):
        official.go(f"/work/rules/newborn_scope/{name}")
        official.look(name.strip("/"))
    official.go(rule.home + "publish/")
    official.look("publish")
    official.go(rule.home + "versions/")
    official.look("compared")
