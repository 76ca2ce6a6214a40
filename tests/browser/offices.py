"""All offices that a bundle needs: each official opens what waits for them in their own inbox, decides and sends it.

Who has to act is read from the records; how, only from the pages. A kind of page that nobody has looked at yet is looked at
at both widths.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.browser.town import Town
from tests.browser.visitor import Visitor
from yiwang.site.smoke.desk import nearness
from yiwang.site.smoke.ledger import OpenTask

MISSING = "请补交清晰的原件照片，四个角要拍全。\n请补交申请人签字的说明。"
UNLAWFUL = "所在位置和所报尺寸不符合当地的设置要求。"
SEEN = "两名核查人员到场，布局与图纸一致，设备齐全。"
PATIENCE = 300.0


@dataclass
class Offices:
    """The officials of one case, a browser each. `entered`: what an office assigns, by fact; `verdicts`: by matter, then yes."""

    town: Town
    visitor: Callable[..., Visitor]
    size: tuple[int, int]
    number: str
    entered: Mapping[str, str]
    verdicts: Mapping[str, tuple[str, ...]]
    at_work: dict[str, Visitor] = field(default_factory=dict)

    def work_off(self, corrects: Callable[[], None]) -> None:
        """Do every task until all members are closed; `corrects` does the applicant's."""
        left = {matter: list(choices) for matter, choices in self.verdicts.items()}
        deadline = time.monotonic() + PATIENCE
        ledger = self.town.ledger
        while any(member["closed_at"] is None for member in ledger.members(self.number)):
            waiting = ledger.open_tasks(self.number)
            assert time.monotonic() < deadline, f"{self.number} does not end: {waiting}"
            for task in waiting:
                if task.for_applicant:
                    corrects()
                else:
                    self.handle(task, left[task.matter].pop(0) if left.get(task.matter) else "")
            if not waiting:
                time.sleep(0.2)

    def handle(self, task: OpenTask, verdict: str = "") -> Visitor:
        """One task by an official who sees it; an empty verdict takes what the page proposes."""
        official = self.who_sees(task)
        page = official.page
        page.locator(f".y-rowlink[href*='{task.id}']").click()
        page.wait_for_url("**/tasks/**")
        _enter(page, self.entered)
        if verdict:
            _choose(page, verdict)
        elif task.form_key == "inspect":
            page.locator(".wc-side [name=reason]").fill(SEEN)
        self.look_once(official, f"{task.form_key}-{verdict or 'yes'}")
        self._look_at_the_procedures(official)
        with page.expect_navigation():
            page.locator(".wc-side form button[name=do]").click()
        assert page.url.endswith("/work/"), page.locator("main").inner_text()[:1500]
        return official

    def who_sees(self, task: OpenTask) -> Visitor:
        """The official in whose inbox the task is, standing before it; those of the same office are asked first."""
        able = [each for each in self.town.staffed.officials if task.role in each.roles]
        for each in sorted(able, key=lambda each: nearness(each, task), reverse=True):
            official = self.open(each.username)
            official.go(f"/work/?q={self.number}")
            if official.page.locator(f".y-rowlink[href*='{task.id}']").count():
                return official
        raise AssertionError(f"no account of the pack sees {task} of {self.number}")

    def open(self, username: str) -> Visitor:
        """The browser of this official, logged in."""
        if username not in self.at_work:
            official = self.at_work[username] = self.visitor(f"office-{username}", self.size)
            official.log_in(username)
        return self.at_work[username]

    def look_once(self, official: Visitor, kind: str) -> None:
        if kind not in self.town.seen:
            self.town.seen.add(kind)
            official.look_around(kind)

    def _look_at_the_procedures(self, official: Visitor) -> None:
        """The pages for what is no task of the process, where this official may take such a step."""
        page = official.page
        here = page.url
        links = {
            each.inner_text(): each.get_attribute("href") for each in page.locator(".wc-side a.y-btn--second").all()
        }
        for words, address in links.items():
            if words not in self.town.seen and address and address.startswith("/work/cases/"):
                official.go(address)
                self.look_once(official, words)
        if page.url != here:
            official.go(here)
            _enter(page, self.entered)


def _enter(page: Page, entered: Mapping[str, str]) -> None:
    for control in page.locator(".wc-side [name^=fact-]").all():
        control.fill(entered[(control.get_attribute("name") or "").removeprefix("fact-")])


def _choose(page: Page, verdict: str) -> None:
    """The verdict, its reason and its ground; the paper beside it follows each of them."""
    page.locator(f".wc-side label:has([name=choice][value={verdict}])").click()
    if verdict in {"correct", "decline", "refuse"}:
        page.locator(".wc-side [name=reason]").fill(MISSING if verdict == "correct" else UNLAWFUL)
        page.locator(".wc-side [name=reason]").blur()
        if not page.locator(".wc-side [name=law]:checked").count():
            page.locator(".wc-side [name=ground]").fill("《中华人民共和国行政许可法》第三十八条")
        page.locator("#preview", has_text=MISSING[:6] if verdict == "correct" else UNLAWFUL[:6]).wait_for()
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
