"""Residents who press until they have a receipt, officials who press until a task is done: the load under the kills.

An answer that is lost proves nothing; only what the page confirmed is written down, and must hold afterwards.
"""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import Cookie
from random import Random
from typing import TypeVar

import psycopg

from yiwang.site.smoke.applicant import filed_of
from yiwang.site.smoke.browsing import Browser, Page, SmokeFailed
from yiwang.site.smoke.desk import nearness
from yiwang.site.smoke.family import City
from yiwang.site.smoke.ledger import Ledger, OpenTask
from yiwang.site.smoke.story import Story

T = TypeVar("T")
LOST = (OSError, http.client.HTTPException)
AGAIN = {429, 500, 502, 503, 504}
PATIENCE = 240.0
RENEWALS = 6
RESTS = 2  # every second case of a share, until the next share
_YES = ("accept", "complies", "grant", "produce")


@dataclass
class Told:
    """What the pages confirmed, and what went wrong on the way."""

    filed: dict[str, tuple[str, str]] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    renewed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Application:
    """A draft that somebody will send."""

    draft: str
    username: str
    story: Story


def session_cookie(key: str) -> Cookie:
    """Django's session cookie for 127.0.0.1."""
    return Cookie(
        0, "sessionid", key, None, False, "127.0.0.1", False, False, "/", True, False, None, False, None, None, {}
    )


class Crowd:
    """Threads of residents and officials; `finish` ends when everything is filed and handled."""

    def __init__(self, base: str, ledger: Ledger, city: City, applications: list[Application], random: Random) -> None:
        self.base, self.ledger, self.city = base, ledger, city
        self.applications = list(applications)
        self.later: list[list[Application]] = []
        self.resting: set[str] = set()
        self.told = Told()
        self.random = random
        self.pause = 1.0
        self.sessions: dict[str, Browser] = {}
        self.taken: set[str] = set()
        self.stories: dict[str, Story] = {}
        self.ending = threading.Event()
        self.threads: list[threading.Thread] = []

    def everybody(self) -> list[str]:
        """The usernames of all who take part."""
        return sorted({each.username for each in (*self.applications, *self.city.officials)})

    def let_in(self, keys: Mapping[str, str]) -> None:
        """Give each their session."""
        for username, key in keys.items():
            self.sessions[username] = Browser(self.base)
            self.sessions[username].cookies.set_cookie(session_cookie(key))

    def start(self, residents: int, officials: int) -> None:
        """Begin to file and to handle."""
        for number in range(residents + officials):
            work = self._file_all if number < residents else self._handle_all
            thread = threading.Thread(target=self._guarded, args=(work, Random(self.random.random())), daemon=True)
            thread.start()
            self.threads.append(thread)

    def part(self, shares: int) -> None:
        """Send the applications in so many shares, the next after each `go_on`; some cases of a share rest until then."""
        size = -(-len(self.applications) // shares)
        parts = [self.applications[at : at + size] for at in range(0, len(self.applications), size)]
        self.applications, self.later = parts[0], parts[1:]

    def go_on(self) -> None:
        """Let the next share be sent, and what rested be handled."""
        with self.told.lock:
            self.resting.clear()
            if self.later:
                self.applications += self.later.pop(0)

    def finish(self, patience: float) -> bool:
        """Wait until all is filed and no official has anything left to do."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and any(thread.is_alive() for thread in self.threads):
            if self._nothing_left():
                self.ending.set()
            time.sleep(0.5)
        self.ending.set()
        return not any(thread.is_alive() for thread in self.threads)

    def _nothing_left(self) -> bool:
        residents_done = all(not thread.is_alive() for thread in self.threads if thread.name == "resident")
        open_ = "SELECT count(*) FROM serve_cases_case WHERE closed_at IS NULL"
        return residents_done and self.again("look", lambda: self.ledger.count(open_)) == 0

    def again(self, what: str, act: Callable[[], T]) -> T:
        """Repeat `act` while its answer is lost or the service is away. Any other refusal is raised."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return act()
            except SmokeFailed as failed:
                if failed.status not in AGAIN or time.monotonic() > deadline:
                    raise
                self._lose(f"{what}: {failed.status}")
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                self._lose(f"{what}: no database")
            except LOST as lost:
                if time.monotonic() > deadline:
                    raise
                self._lose(f"{what}: {type(lost).__name__}")
            time.sleep(0.4)

    def _lose(self, what: str) -> None:
        with self.told.lock:
            self.told.lost[what] += 1

    def _guarded(self, work: Callable[[Random], None], random: Random) -> None:
        if work == self._file_all:
            threading.current_thread().name = "resident"
        try:
            work(random)
        except BaseException as error:  # noqa: BLE001  the campaign reports it
            self.told.wrong.append(f"{type(error).__name__}: {error}")

    def _file_all(self, random: Random) -> None:
        while True:
            with self.told.lock:
                if not (self.applications or self.later):
                    return
                application = self.applications.pop() if self.applications else None
            if application is None:
                time.sleep(0.3)
                continue
            try:
                self._file(application)
            except SmokeFailed as failed:
                self.told.wrong.append(f"filing of draft {application.draft}: {failed}")
            time.sleep(random.uniform(0, 2 * self.pause))

    def _file(self, application: Application) -> None:
        browser = self.sessions[application.username].twin()
        number, case_id = filed_of(self._sent(browser, application.draft))
        with self.told.lock:
            self.told.filed[application.draft] = (number, case_id)
            self.stories[number] = application.story
            if self.later and len(self.stories) % RESTS == 0:
                self.resting.add(number)

    def _sent(self, browser: Browser, draft: str) -> Page:
        """The receipt; where the form was replaced meanwhile, after going on to the new one."""
        page = self.again("check", lambda: browser.get(f"/apply/{draft}/check/"))
        for _renewal in range(RENEWALS):
            if page.path.endswith("/renewal/"):
                renew = next(form for form in page.forms if form.method == "post" and not form.action)
                self.again("renew", lambda page=page, renew=renew: browser.send(page, renew))
                with self.told.lock:
                    self.told.renewed += 1
                page = self.again("check", lambda: browser.get(f"/apply/{draft}/check/"))
                continue
            if not page.path.endswith("/check/"):
                break
            form = page.form_with("revision", "confirmed")
            page = self.again("send", lambda page=page, form=form: browser.send(page, form, {"confirmed": "yes"}))
        return page

    def _handle_all(self, random: Random) -> None:
        while not self.ending.is_set():
            found = self.again("look for tasks", self._waiting)
            if not found:
                time.sleep(0.5)
                continue
            task, number = random.choice(found[:12])
            with self.told.lock:
                if task.id in self.taken:
                    continue
                self.taken.add(task.id)
            try:
                self._handle(task, self.stories[number], random)
            except SmokeFailed as failed:
                self.told.wrong.append(f"task {task.form_key} {task.id} of {number}: {failed}")

    def _waiting(self) -> list[tuple[OpenTask, str]]:
        numbers = self.ledger.rows(
            """SELECT task.id::text, coalesce(parent.number, kase.number) AS number FROM commons_flow_task task
               JOIN serve_cases_case kase
                 ON kase.id = coalesce(nullif(task.properties->>'case_id', '')::uuid, task.subject_id)
               LEFT JOIN serve_cases_case parent ON parent.id = kase.parent_id WHERE task.status IN ('open', 'claimed')"""
        )
        of = {each["id"]: each["number"] for each in numbers}
        return [
            (task, of[task.id])
            for task in self.ledger.open_tasks()
            if task.id not in self.taken and (of.get(task.id) in self.stories.keys() - self.resting)
        ]

    def _handle(self, task: OpenTask, story: Story, random: Random) -> None:
        browser, page = self._open(task)
        if random.random() < 0.5:
            page = self._claim(browser, page)
        form = page.form_with("choice")
        asked = {control.name: control for control in form.controls}
        entered = {"choice": next(each for each in _YES if each in asked["choice"].options)}
        entered |= {name: story.entered[name.removeprefix("fact-")] for name in asked if name.startswith("fact-")}
        try:
            done = self.again("complete", lambda: browser.send(page, form, entered, press=("do", "handle")))
        except SmokeFailed as refused:
            state = self.again(
                "look", lambda: self.ledger.rows("SELECT status FROM commons_flow_task WHERE id = %(id)s", id=task.id)
            )
            if state[0]["status"] != "done":
                raise
            self._lose(f"completed, answer lost, then {refused.status}")
        else:
            done.must(done.path == "/work/", f"not completed: {'；'.join(done.mistakes)}")
        with self.told.lock:
            self.told.done.add(task.id)

    def _open(self, task: OpenTask) -> tuple[Browser, Page]:
        able = sorted(
            (each for each in self.city.officials if task.role in each.roles), key=lambda each: nearness(each, task)
        )
        for official in reversed(able):
            browser = self.sessions[official.username].twin()
            try:
                return browser, self.again("open", lambda b=browser: b.get(f"/work/cases/tasks/{task.id}/"))
            except SmokeFailed as failed:
                if failed.status != 404:
                    raise
        raise SmokeFailed(f"nobody sees task {task}")

    def _claim(self, browser: Browser, page: Page) -> Page:
        claim = next(
            (
                form
                for form in page.forms
                if form.element.all("button") and form.element.first("button").get("name") == "claim"
            ),
            None,
        )
        if claim is None:
            return page
        try:
            return self.again("claim", lambda: browser.send(page, claim, press=("claim", "1")))
        except SmokeFailed as refused:  # an answer was lost, and the task is ours already
            if refused.status != 409:
                raise
            return self.again("open", lambda: browser.get(page.path))
