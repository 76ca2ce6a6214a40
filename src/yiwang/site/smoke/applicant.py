"""What an applicant does: say what happened, answer the guide, fill, upload, check, send, put right what was wrong."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlsplit

from yiwang.site.smoke.browsing import Browser, Page, SmokeFailed
from yiwang.site.smoke.paper import paper
from yiwang.site.smoke.reading import Control, Form
from yiwang.site.smoke.story import Story

_NUMBER = re.compile(r"\d{6}-\d{8}-\d{6}")
_TRIES = 8  # of one page: questions appear as others are answered


@dataclass
class Filed:
    """What the applicant holds after sending."""

    number: str
    case_id: str
    draft: str
    members: list[str] = field(default_factory=list)


class Applicant:
    """A resident with a browser."""

    def __init__(self, browser: Browser, story: Story, random: Random) -> None:
        self.browser = browser
        self.story = story
        self.random = random
        self.materials = 0
        self.agreed: list[str] = []
        """Materials for which a licence is retrieved."""

    @property
    def _bundle(self) -> str:
        return f"/bundles/{self.story.bundle}/"

    def find(self) -> Page:
        """Type plain words, open the bundle that is found."""
        home = self.browser.get("/")
        found = self.browser.send(home, home.form_with("q"), {"q": self.story.said})
        first = next((address for _words, address in found.links if address.startswith("/bundles/")), "")
        found.must(first == self._bundle, f"「{self.story.said}」 leads to {first or 'nothing'} first")
        return self.browser.get(first)

    def be_guided(self, bundle: Page) -> Page:
        """Answer the guide's questions; the page that says what it comes to."""
        page = self.browser.get(bundle.link_to(f"{self._bundle}guide/"))
        for _question in range(20):
            asked = [form for form in page.forms if "about" in form.values()]
            if not asked:
                return page
            fact = asked[0].values()["about"][0]
            page.must(fact in self.story.answers, f"the guide asks {fact}, for which the story has no answer")
            page = self.browser.send(page, asked[0], {"answer": self.story.answers[fact]})
        raise SmokeFailed(f"the guide does not end: {page.url}")

    def begin(self, tailored: Page, username: str, password: str) -> Page:
        """Begin the application; log in on the way."""
        page = self.browser.send(tailored, tailored.form_to("/begin/"))
        page.must("login" in page.path, "an application could be begun without logging in")
        return log_in(self.browser, page, username, password)

    def fill(self, page: Page) -> Page:
        """Fill each step from what the page asks; the page of the materials."""
        for _step in range(20):
            place = page.path
            if not place.startswith("/apply/") or place.endswith(("/materials/", "/check/")):
                return page
            page = self._fill_step(page)
            page.must(page.path != place, f"the step is not accepted: {'；'.join(page.mistakes)}")
        raise SmokeFailed(f"the form does not end: {page.url}")

    def _fill_step(self, page: Page) -> Page:
        place = page.path
        for _try in range(_TRIES):
            form = page.form_with("revision")
            page = self.browser.send(page, form, self._answers(page, form), status=None)
            if page.path != place:
                break
        return page

    def _answers(self, page: Page, form: Form) -> dict[str, str]:
        given = {}
        for control in form.controls:
            boxes = control.kind == "checkbox" and control.name not in self.story.answers
            if control.kind == "file" or boxes or control.value:
                continue
            value = self._answer(control)
            page.must(value or not control.required, f"nothing to answer to {control.name}")
            if value:
                given[control.name] = value
        return given

    def _answer(self, control: Control) -> str:
        known = self.story.answers.get(control.name, "")
        if control.options and known not in control.options:
            known = ""
        return known or next((option for option in control.options if option), "")

    def bring(self, page: Page) -> Page:
        """Agree where a licence is offered, upload a file for each other material; the page to check the answers on."""
        page.must(page.path.endswith("/materials/"), "the materials do not follow the form")
        form = next(form for form in page.forms if form.element.get("enctype") == "multipart/form-data")
        ticks = {each.name: each.options[0] for each in form.controls if each.name.startswith("licence.")}
        page.must(not any(form.values().get(name) for name in ticks), "agreed to before anybody ticked")
        self.agreed = [name.partition(".")[2] for name in ticks]
        boxes = [each for each in form.element.all("input") if each.get("type") == "file"]
        boxes = [each for each in boxes if each.get("name").partition(".")[2] not in self.agreed]
        files = {
            each.get("name"): paper(self.random, each.get("name").rpartition(".")[2], each.get("accept"))
            for each in boxes
        }
        if ticks or any(each.get("aria-required") == "true" for each in boxes):
            page = self.browser.send(page, form, status=422)  # nothing chosen: it says what is missing
            form = next(form for form in page.forms if form.element.get("enctype") == "multipart/form-data")
        self.materials = len(files)
        page = self.browser.send(page, form, ticks, files=files)
        page.must(page.path.endswith("/check/"), f"the materials are not accepted: {'；'.join(page.mistakes)}")
        return page

    def supply(self, number: str) -> Page:
        """Put right what a notice of correction asks for, from 「我的」 on. Returns the page that follows."""
        mine = self.browser.get("/mine/")
        mine.must("补" in mine.main.text, "「我的」 does not say that something is to be put right")
        case = self.browser.get(f"/cases/{number}/")
        page = self.browser.get(case.link_to("/cases/corrections/"))
        form = next(form for form in page.forms if form.element.get("enctype") == "multipart/form-data")
        boxes = [each for each in form.element.all("input") if each.get("type") == "file"]
        page.must(boxes, "the notice of correction leaves no place to put anything")
        files = {each.get("name"): paper(self.random, "correction", each.get("accept")) for each in boxes}
        done = self.browser.send(page, form, files=files)
        done.must(done.path != page.path, f"what was supplied is not accepted: {'；'.join(done.mistakes)}")
        return done

    def send(self, check: Page) -> Filed:
        """Press twice at once; both tabs must show the same receipt."""
        for name in self.story.shown:
            check.must(self.story.answers[name] in check.main.text, f"{name} is not on the page to check")
        form = check.form_with("revision", "confirmed")
        refused = self.browser.send(check, form, status=422)
        refused.must(refused.mistakes, "sent without the confirmation")
        form = refused.form_with("revision", "confirmed")
        tabs = [self.browser.twin(), self.browser.twin()]
        with ThreadPoolExecutor(len(tabs)) as together:
            receipts = list(together.map(lambda tab: tab.send(refused, form, {"confirmed": "yes"}), tabs))
        again = self.browser.send(refused, form, {"confirmed": "yes"})
        filed = [filed_of(page) for page in (*receipts, again)]
        again.must(len(set(filed)) == 1, f"pressed three times, and got {sorted(set(filed))}")
        number, case_id = filed[0]
        members = [each.text for each in check.tree.first("aside").all("li")]
        return Filed(number, case_id, urlsplit(check.url).path.split("/")[2], members)


def filed_of(receipt: Page) -> tuple[str, str]:
    """(number, case id) of a receipt. Raises SmokeFailed."""
    receipt.must(receipt.path.startswith("/receipts/"), f"no receipt: {'；'.join(receipt.mistakes)}")
    number = _NUMBER.search(receipt.main.text)
    receipt.must(number, "the receipt shows no number")
    assert number is not None
    return number[0], receipt.path.split("/")[2]


def log_in(browser: Browser, page: Page, username: str, password: str) -> Page:
    """Fill the log-in form of `page`; the page that follows."""
    form = next(form for form in page.forms if {"login", "password"} <= {each.name for each in form.controls})
    following = browser.send(page, form, {"login": username, "password": password}, status=None)
    following.must("login" not in following.path, f"{username} can't log in: {'；'.join(following.mistakes)}")
    return following
