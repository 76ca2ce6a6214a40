"""What officials do: find the task in their inbox, claim it, look at the case, choose, enter what is needed, complete it."""

import time
from collections.abc import Callable
from itertools import takewhile

from yiwang.site.smoke.applicant import log_in
from yiwang.site.smoke.browsing import Browser, Page, SmokeFailed
from yiwang.site.smoke.family import City, Official
from yiwang.site.smoke.ledger import Ledger, OpenTask
from yiwang.site.smoke.story import Story

_YES = ("accept", "complies", "grant", "produce")
_OPINION = "材料齐全，内容一致。"
_REASON = "所交材料看不清经营地址，请按样例重新提供。"
Supplies = Callable[[OpenTask], None]
"""The applicant does a task of theirs: supplies what a notice of correction asks for."""


class Desk:
    """The city's demonstration officials, each with a browser from their first task on."""

    def __init__(self, base: str, city: City, ledger: Ledger) -> None:
        self.base = base
        self.city = city
        self.ledger = ledger
        self.browsers: dict[str, Browser] = {}
        self.pages: dict[str, list[Page]] = {}
        self.done = 0

    def work_off(self, number: str, story: Story, *, supplies: Supplies | None = None, patience: float = 180.0) -> None:
        """Do every task of the bundle until all its members are closed; the applicant's by `supplies`.

        Raises SmokeFailed after `patience` seconds, or where the applicant is asked though nothing was missing.
        """
        verdicts = {code: list(choices) for code, choices in story.verdicts.items()}
        deadline = time.monotonic() + patience
        while any(member["closed_at"] is None for member in self.ledger.members(number)):
            waiting = self.ledger.open_tasks(number)
            if time.monotonic() > deadline:
                states = {each["matter_code"]: each["status"] for each in self.ledger.members(number)}
                raise SmokeFailed(f"{number} is not finished after {patience:.0f} s: {states}, waiting: {waiting}")
            for task in waiting:
                if not task.for_applicant:
                    self.handle(task, number, story, verdicts.get(task.matter))
                elif supplies is not None:
                    supplies(task)
                else:
                    raise SmokeFailed(f"the applicant is asked again, though everything was handed in: {task}")
            if not waiting:
                time.sleep(0.2)

    def handle(self, task: OpenTask, number: str, story: Story, verdicts: list[str] | None = None) -> None:
        """One task, from the inbox of an official who sees it; the first of `verdicts` is taken, yes where there is none."""
        official, browser, inbox = self.who_sees(task, number)
        address = inbox.link_to(f"/work/cases/tasks/{task.id}/")
        claimed = browser.send(inbox, inbox.form_to("/work/batch/"), {"task": task.id}, press=("action", "claim"))
        claimed.must("认领" in claimed.tree.text, f"{official.username} could not claim {task.id}")
        page = browser.get(address)
        self.pages.setdefault(task.form_key, []).append(page)
        form = page.form_with("choice")
        asked = {control.name: control for control in form.controls}
        wanted = (verdicts.pop(0),) if verdicts else _YES
        choice = next((each for each in wanted if each in asked["choice"].options), "")
        page.must(choice, f"{official.username} can't choose {wanted}, only {asked['choice'].options}")
        entered = {"choice": choice}
        if choice not in _YES and "reason" in asked:
            entered["reason"] = _REASON
        if "opinion" in asked:
            entered["opinion"] = _OPINION
        for name in asked:
            if name.startswith("fact-"):
                entered[name] = _fact(page, name.removeprefix("fact-"), story)
        done = browser.send(page, form, entered, press=("do", "handle"))
        done.must(done.path == "/work/", f"{official.username} could not {choice}: {'；'.join(done.mistakes)}")
        self.done += 1

    def who_sees(self, task: OpenTask, number: str) -> tuple[Official, Browser, Page]:
        """The official in whose inbox the task is; those of the same office are asked first."""
        able = [each for each in self.city.officials if task.role in each.roles]
        able.sort(key=lambda each: nearness(each, task), reverse=True)
        for official in able:
            browser = self.browser(official)
            inbox = browser.get(f"/work/?q={number}")
            if any(task.id in address for _words, address in inbox.links):
                return official, browser, inbox
        raise SmokeFailed(f"no account of the pack sees the task {task} of {number}")

    def browser(self, official: Official) -> Browser:
        """The official's browser, logged in."""
        if official.username not in self.browsers:
            browser = Browser(self.base)
            log_in(browser, browser.get("/account/login/?next=/work/"), official.username, self.city.password)
            self.browsers[official.username] = browser
        return self.browsers[official.username]

    def stranger_to(self, task: OpenTask) -> Official:
        """An official with the role for the task, in another office."""
        able = [each for each in self.city.officials if task.role in each.roles]
        return min(able, key=lambda each: nearness(each, task))


def _fact(page: Page, fact: str, story: Story) -> str:
    """What an official enters: what the story tells of it, else what the applicant said."""
    value = story.entered.get(fact) or story.answers.get(fact, "")
    page.must(value, f"nothing to enter as {fact}")
    return value


def nearness(official: Official, task: OpenTask) -> tuple[int, int]:
    """How alike two offices are: the line of business, then the place. Only an order in which to ask."""
    line = official.organisation.partition("-")[2].split("-")[0] == task.organisation.partition("-")[2].split("-")[0]
    pairs = zip(official.organisation, task.organisation, strict=False)
    return int(line), sum(1 for _same in takewhile(lambda pair: pair[0] == pair[1], pairs))
