"""A process as two officials keep it: one draws it and says who does what, the other publishes; then a change is compared.
On a phone it is read.
"""

import re
import time
from dataclasses import dataclass

import pytest

from tests.browser.visitor import DESKTOP, OUTPUT, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]
DESIGNER, PUBLISHER = "rules-editor", "administrator"


@dataclass(frozen=True)
class Drawn:
    """A process that was begun in the browser."""

    key: str

    @property
    def home(self) -> str:
        return f"/work/processes/{self.key}/"


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return Drawn(f"sample_{int(time.time()) % 10_000_000}")


def _picture(official: Visitor, name: str) -> None:
    """The drawing is a library's: seen, and heard."""
    OUTPUT.mkdir(exist_ok=True)
    official.page.screenshot(path=OUTPUT / f"{official.name}-{name}.png", full_page=True)
    assert official.said == []


def _choose(official: Visitor, element: str) -> None:
    official.page.locator(f'.y-modeller [data-element-id="{element}"] .djs-hit').first.click(force=True)
    official.page.locator("[data-yw-element-panel] [data-id]", has_text=re.compile(f"^{element}$")).wait_for()


def _say(official: Visitor, label: str, text: str) -> None:
    field = official.page.locator("[data-yw-element-panel]").get_by_label(label, exact=True)
    field.fill(text)
    field.blur()


def _save(official: Visitor) -> None:
    official.page.locator("[data-do=save]").click()
    official.page.locator("[data-yw-modeller][data-kept=yes]").wait_for(timeout=20_000)


def test_an_official_draws_a_process_and_says_who_does_what(visitor, drawn):
    official = visitor("process-designer", DESKTOP)
    page = official.page
    official.log_in(DESIGNER)
    official.go("/work/processes/")
    official.look("list")
    page.get_by_role("link", name="新建流程").click()
    page.get_by_label("名称").fill("样例：一个环节的流程")
    page.get_by_label("编号").fill(drawn.key)
    official.press("新建并编辑")
    page.wait_for_selector("[data-yw-modeller][data-open=yes]")
    _choose(official, "first")
    _say(official, "显示名称", "核对材料")
    _say(official, "由谁办理", "acceptor")
    _say(official, "办理期限", "=date and time(")
    _save(official)
    page.locator('#found [data-yw-element="first"]').wait_for()
    assert "不是合法的FEEL" in page.locator("#found").inner_text()
    _picture(official, "fault")
    page.locator("[data-do=undo]").click()
    page.wait_for_function("() => document.querySelector('[data-path=\"taskSchedule@dueDate\"] input').value === ''")
    _save(official)
    page.locator("#found", has_text="没有错误").wait_for()
    _picture(official, "editor")
    official.go(drawn.home + "publish/")
    assert page.get_by_role("button", name="发布", exact=True).is_disabled()


def test_another_publishes_and_a_change_is_compared(visitor, drawn):
    publisher = visitor("process-publisher", DESKTOP)
    publisher.log_in(PUBLISHER)
    publisher.go(drawn.home + "publish/")
    publisher.page.get_by_label("发布理由").fill("样例文件第三条")
    publisher.look("publish")
    publisher.press("发布")
    publisher.page.wait_for_selector("[data-yw-diagram][data-drawn=yes]")
    publisher.look("process")
    official = visitor("process-change", DESKTOP)
    page = official.page
    official.log_in(DESIGNER)
    official.go(drawn.home + "edit/")
    official.press("起草新版本")
    page.wait_for_selector("[data-yw-modeller][data-open=yes]")
    _choose(official, "first")
    assert page.get_by_label("由谁办理").input_value() == "acceptor"
    _say(official, "由谁办理", "reviewer")
    page.locator('.djs-context-pad [data-action="append.append-task"]').click()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    _save(official)
    official.go(drawn.home + "compare/")
    page.wait_for_function("() => document.querySelectorAll('[data-yw-diagram][data-drawn=yes]').length === 2")
    told = page.locator("main").inner_text()
    assert re.search(r"由谁办理\s+acceptor → reviewer", told)
    assert "新增" in told
    official.look("compare")


@pytest.mark.parametrize("options", [{}, {"english": True}], ids=["plain", "english"])
def test_on_a_phone_a_process_is_read(visitor, drawn, options):
    official = visitor(f"process-phone{''.join('-' + name for name in options)}", PHONE, **options)
    official.log_in(PUBLISHER)
    for address, name in (("", "process"), ("compare/", "compare"), ("edit/", "edit"), ("publish/", "publish")):
        official.go(drawn.home + address)
        official.look(name)
