"""The smoke play: a random family has a newborn handled over HTTP, officials included, and the records must agree.

Plays against a running installation with nothing but the standard library and the database driver, so that it runs
where the program runs. What must hold and does not raises SmokeFailed with the page's address.
"""

import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from random import Random
from typing import Any, Protocol, Self

from yiwang.kernel import clock
from yiwang.kernel.settings import settings
from yiwang.site.smoke.browsing import Browser, Page, SmokeFailed
from yiwang.site.smoke.desk import Desk
from yiwang.site.smoke.family import City, Household, city, household
from yiwang.site.smoke.ledger import STEPS, Ledger, hold, total
from yiwang.site.smoke.parent import Filed, Parent, log_in

__all__ = ["Inside", "SmokeFailed", "address_of", "play"]

SEED = "YIWANG_SMOKE_SEED"
_REST = 60.0  # seconds within which the outbox must have come to rest


class Running(Protocol):
    """What the play needs to know of an installation."""

    external: str | None

    @property
    def url(self) -> str: ...
    @property
    def server(self) -> Any: ...
    @property
    def data_dir(self) -> Any: ...


def address_of(installation: Running) -> str:
    """The URL of the installation's database."""
    return str(installation.server.url() if installation.server else installation.external)


class Inside:
    """The child process that has Django and asks the commands and queries of the program itself."""

    def __init__(self, database: str, data_dir: Any, module: str = "yiwang.site.smoke.inside") -> None:
        environment = {**os.environ, "DATABASE_URL": database, "YIWANG_DATA_DIR": str(data_dir)}
        command = [sys.executable, "-m", module]
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, what: str, **given: Any) -> Any:
        """The answer. Raises SmokeFailed with what went wrong there."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": what, **given}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        answer = json.loads(line) if line else {"failed": "the process ended"}
        hold("done" in answer, f"{what}: {answer.get('failed')}")
        return answer["done"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


@dataclass
class _Play:
    """One family's story with all who take part."""

    home: Household
    base: str
    inside: Inside
    ledger: Ledger
    desk: Desk
    parent: Parent
    stranger: Browser


def play(installation: Running) -> dict[str, object]:
    """Play the newborn journey once. Returns case number, members, results, counts, seconds by act. Raises SmokeFailed."""
    seed = os.environ.get(SEED) or secrets.token_hex(4)
    random = Random(seed)  # noqa: S311  a family, not a secret
    staffed = city(settings().pack)
    home = household(random, today=clock.today(), streets=staffed.streets)
    ledger = Ledger(address_of(installation))
    try:
        with Inside(ledger.url, installation.data_dir) as inside:
            story = _Play(
                home, installation.url, inside, ledger, Desk(installation.url, staffed, ledger),
                Parent(Browser(installation.url), home, random), Browser(installation.url),
            )  # fmt: skip
            return {**_acts(story, staffed), "seed": seed}
    except SmokeFailed as failed:
        raise SmokeFailed(f"{failed} [{SEED}={seed}]") from failed


def _acts(story: _Play, staffed: City) -> dict[str, object]:
    clocked: dict[str, float] = {}
    began = time.monotonic()

    def act(name: str) -> None:
        nonlocal began
        clocked[name] = round(time.monotonic() - began, 1)
        began = time.monotonic()

    tailored = story.parent.be_guided(story.parent.find())
    accounts = _register(story, staffed)
    act("guide")
    filed = _apply(story, tailored, accounts, staffed.password)
    act("apply")
    _strangers(story, filed)
    story.desk.work_off(filed.number, story.home)
    act("handle")
    results = _see_results(story, filed)
    counts = _examine(story, filed, len(results))
    act("examine")
    return {
        "case": filed.number,
        "members": len(filed.members),
        "results": results,
        "tasks": story.desk.done,
        **counts,
        "pages": story.parent.browser.asked + sum(each.asked for each in story.desk.browsers.values()),
        "acts": clocked,
    }


def _register(story: _Play, staffed: City) -> dict[str, str]:
    """Accounts for the applicant and for a stranger; the other parent stands in the register of persons only.

    Returns their usernames, and the applicant's id as a person.
    """
    tag = secrets.token_hex(3)
    family = story.home.family
    other = household(Random(tag), today=clock.today(), streets=staffed.streets)  # noqa: S311  a family, not a secret
    usernames = {"applicant": f"parent-{tag}", "other": f"partner-{tag}", "stranger": f"stranger-{tag}"}
    partner = family.father if story.home.relation == "mother" else family.mother
    persons = {"applicant": story.home.applicant, "other": partner, "stranger": other.family.mother}
    people = [
        {
            "username": usernames[who],
            "password": "" if who == "other" else staffed.password,
            "nation": "01",
            "region": story.home.region,
            "address": story.home.answers["settle_address"],
            **{key: str(value) for key, value in asdict(person).items() if key in {"name", "id_number", "mobile"}},
        }
        for who, person in persons.items()
    ]
    made = story.inside.ask("register", people=people)
    return {**usernames, "person": made[usernames["applicant"]]}


def _apply(story: _Play, tailored: Page, accounts: Mapping[str, str], password: str) -> Filed:
    """From the guide's end to the receipt, pressed three times."""
    announced = re.search(r"\d+", tailored.heading)
    tailored.must(announced, "the guide does not say how many matters there are")
    assert announced is not None
    parent = story.parent
    first = parent.begin(tailored, accounts["applicant"], password)
    filed = parent.send(parent.bring(parent.fill(first)))
    hold(len(filed.members) == int(announced[0]), f"tailored to {announced[0]}, sent {filed.members}")
    rows = story.ledger.members(filed.number)
    titles = [row["title"] for row in rows]
    hold(titles == filed.members, f"{filed.number} has the members {titles}, announced were {filed.members}")
    held = story.ledger.count(
        "SELECT count(*) FROM serve_cases_case WHERE kind = 'bundle' AND person_id = %(person)s",
        person=accounts["person"],
    )
    hold(held == 1, f"one application was sent, there are {held} cases")
    log_in(story.stranger, story.stranger.get("/account/login/?next=/mine/"), accounts["stranger"], password)
    return filed


def _strangers(story: _Play, filed: Filed) -> None:
    """Whoever has nothing to do with the case does not even learn that it exists."""
    member = story.ledger.members(filed.number)[0]["number"]
    own = story.parent.browser.get(f"/cases/{filed.number}/")
    for address in (
        f"/cases/{filed.number}/",
        f"/cases/{member}/",
        f"/receipts/{filed.case_id}/",
        f"/cases/of/{filed.case_id}/",
    ):
        page = story.stranger.get(address, status=404)
        page.must(story.home.answers["child_name"] not in page.html, "the refusal names the child")
    same = story.stranger.get(f"/cases/{filed.number[:-6]}999999/", status=404)
    refused = story.stranger.get(f"/cases/{filed.number}/", status=404)
    refused.must(_said(same) == _said(refused), "a case of others is refused otherwise than one that does not exist")
    own.must(filed.number in own.main.text, "the applicant does not see the number")
    task = story.ledger.open_tasks(filed.number)[0]
    elsewhere = story.desk.browser(story.desk.stranger_to(task))
    elsewhere.get(f"/work/cases/tasks/{task.id}/", status=404)


def _said(refusal: Page) -> str:
    """The words of a refusal without the number of the request."""
    return re.sub(r"[0-9a-f]{32}", "", refusal.main.text)


def _see_results(story: _Play, filed: Filed) -> list[dict[str, str]]:
    """The parent's pages after the end: progress, each result, the timeline, 「我的」."""
    browser = story.parent.browser
    progress = browser.get(f"/cases/{filed.number}/")
    shown = [
        {
            "title": each.first("b").text,
            "number": each.first(css="y-licence__no").text,
            "at": each.first("a").get("href"),
        }
        for each in progress.main.all(css="y-licence")
    ]
    shown = list({each["at"]: each for each in shown}.values())  # a result may stand twice: at the top, and in its lane
    progress.must(len(shown) >= len(filed.members), f"{len(filed.members)} members, {len(shown)} results shown")
    for each in shown:
        sheet = browser.get(each["at"])
        sheet.must(
            each["number"] and each["number"] in sheet.main.text, f"{each['title']} shows no number {each['number']}"
        )
        story.stranger.get(each["at"], status=404)
    _in_order(progress)
    for member in story.ledger.members(filed.number):
        _in_order(browser.get(f"/cases/{member['number']}/"))
    mine = browser.get("/mine/?ended=1")
    mine.must(
        any(address.endswith(f"{filed.case_id}/") for _words, address in mine.links), "「我的」 does not list the case"
    )
    browser.get(f"/cases/of/{filed.case_id}/").must(filed.number in progress.main.text, "「我的」 leads elsewhere")
    return [{"title": each["title"], "number": each["number"]} for each in shown]


def _in_order(page: Page) -> None:
    """The timeline tells the newest first."""
    moments = [datetime.fromisoformat(each.get("datetime")) for each in page.main.first(css="y-time").all("time")]
    page.must(moments, "there is no timeline")
    page.must(moments == sorted(moments, reverse=True), "the timeline is out of order")


def _examine(story: _Play, filed: Filed, results: int) -> dict[str, object]:
    """What the records say: steps, evidence, audit, chains, due dates, hand-over, rest."""
    ledger, number = story.ledger, filed.number
    members = ledger.members(number)
    _at_rest(ledger)
    events, evidence, tasks = ledger.events(number), ledger.steps(number), ledger.tasks_done(number)
    ruled, instant = ledger.ruled(number), story.home.instant
    for member in members:
        _examine_member(member, events[member["number"]], evidence[member["number"]])
        code = member["matter_code"]
        by_rule = ruled[member["number"]] == {"accept": "instant", "grant": "rule"}
        hold(
            by_rule or code not in instant, f"{member['number']} {code}: not decided by rule: {ruled[member['number']]}"
        )
        hold(code in instant or tasks.get(code), f"{member['number']} {code}: granted without anybody handling it")
        hold(code not in instant or not tasks.get(code), f"{member['number']} {code}: decided by rule, yet handled")
    hold(
        evidence[number].get("case.submit") == evidence[number].get("case.close") == 1, f"{number}: {evidence[number]}"
    )
    proved = sum(each.get("case.result", 0) for each in evidence.values())
    hold(proved == results, f"{number}: evidence of {proved} results, {results} are shown")
    hold(ledger.unproved(number) == 0, f"{number}: evidence does not carry the hash of its event")
    hold(ledger.unaudited(number) == 0, f"{number}: something was written by no audited command")
    audit = ledger.audit(number)
    _examine_audit(audit, events, len(members), story.desk.done)
    hold(sum(tasks.values()) == story.desk.done, f"{number}: {tasks} tasks, done were {story.desk.done}")
    said = story.inside.ask("examine", numbers=[number, *(member["number"] for member in members)])
    for case, each in said.items():
        hold(each["sound"], f"{case}: the history is broken at event {each['broken_at']}")
        hold(
            each["promised_due"] == each["reckoned"],
            f"{case}: promised {each['promised_due']}, reckoned {each['reckoned']}",
        )
        hold(
            each["promised_due"] and each["working_day"], f"{case}: promised for {each['promised_due']}, no working day"
        )
    _examine_handover(story, number)
    return {"audit": total(audit), "evidence": ledger.evidence(number)}


def _examine_member(member: Mapping[str, Any], events: Mapping[str, int], evidence: Mapping[str, int]) -> None:
    """Each legal step once in the history and once in the evidence, in their order."""
    number, code = member["number"], member["matter_code"]
    hold(member["status"] == "closed" and member["result"] == "granted", f"{number} {code}: {member['status']}")
    for step in STEPS:
        once = events.get(step) == evidence.get(f"case.{step}") == 1
        hold(
            once,
            f"{number} {code}: {step} stands {events.get(step, 0)}× in the history, {evidence.get(f'case.{step}', 0)}× in the evidence",
        )
    moments = [member[name] for name in ("submitted_at", "received_at", "accepted_at", "decided_at", "closed_at")]
    hold(moments == sorted(moments), f"{number} {code}: {moments} are out of order")


def _examine_audit(audit: Mapping[str, int], events: Mapping[str, Mapping[str, int]], members: int, tasks: int) -> None:
    wanted = {"portal.send_application": 1, "cases.handle_task": tasks}
    for name, times in wanted.items():
        hold(audit.get(name) == times, f"{name} was audited {audit.get(name, 0)}×, done {times}×")
    for name, action in (("cases.accept", "accept"), ("cases.decide", "grant"), ("cases.close", "close")):
        hold(
            audit.get(name, 0) >= members, f"{name} ({action}) was audited {audit.get(name, 0)}× for {members} members"
        )
    written = sum(total(each) for each in events.values())
    hold(total(audit) >= written - len(STEPS), f"{written} events, {total(audit)} audit entries")


def _examine_handover(story: _Play, number: str) -> None:
    """The birth certificate's number reaches the household registration, on its desk page too."""
    given = {(each["taker"], each["giver"]): each["number"] for each in story.ledger.handed_over(number)}
    certificate = given.get(("household_registration", "birth_certificate"))
    hold(certificate, f"{number}: the household registration got no birth certificate ({given})")
    seen = [page for pages in story.desk.pages.values() for page in pages if str(certificate) in page.main.text]
    hold(seen, f"{number}: no official saw the birth certificate's number {certificate}")


def _at_rest(ledger: Ledger) -> None:
    """The outbox empties, nothing is parked, halted or failed."""
    deadline = time.monotonic() + _REST
    while left := {name: count for name, count in ledger.unrest().items() if count and name != "jobs_doing"}:
        hold(time.monotonic() < deadline, f"not at rest after {_REST:.0f} s: {left}")
        time.sleep(0.3)
