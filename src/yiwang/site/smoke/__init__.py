"""The smoke play: a random family has a newborn handled over HTTP, officials included, the records must agree, and the proofs hold.

Plays against a running installation with nothing but the standard library and the database driver, so that it runs
where the program runs. What must hold and does not raises SmokeFailed with the page's address.
"""

import os
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from random import Random
from typing import Any

from yiwang.kernel import clock
from yiwang.kernel.settings import settings
from yiwang.site.smoke.applicant import Applicant, Filed, log_in
from yiwang.site.smoke.browsing import Browser, Page, SmokeFailed
from yiwang.site.smoke.consenting import agreed_and_recorded, in_the_wallet
from yiwang.site.smoke.desk import Desk
from yiwang.site.smoke.examining import Play, examine, in_order
from yiwang.site.smoke.family import City, city, household, newborn
from yiwang.site.smoke.installation import Inside, Running, address_of
from yiwang.site.smoke.ledger import Ledger, hold
from yiwang.site.smoke.proving import prove, results_of
from yiwang.site.smoke.story import Story

__all__ = ["Inside", "SmokeFailed", "Teller", "address_of", "play"]

SEED = "YIWANG_SMOKE_SEED"
Teller = Callable[[Random, City], Story]
"""Makes a story up that plays in that city."""


def play(installation: Running, tell: Teller = newborn) -> dict[str, object]:
    """Play a story once, by default a newborn's. Returns case number, members, results, counts, seconds by act.

    Raises SmokeFailed.
    """
    seed = os.environ.get(SEED) or secrets.token_hex(4)
    random = Random(seed)  # noqa: S311  a family, not a secret
    staffed = city(settings().pack)
    story = tell(random, staffed)
    ledger = Ledger(address_of(installation))
    try:
        with Inside(ledger.url, installation.data_dir) as inside:
            played = Play(
                story, inside, ledger, Desk(installation.url, staffed, ledger),
                Applicant(Browser(installation.url), story, random), Browser(installation.url),
            )  # fmt: skip
            return {**_acts(played, staffed, installation.data_dir), "seed": seed}
    except SmokeFailed as failed:
        raise SmokeFailed(f"{failed} [{SEED}={seed}]") from failed


def _acts(played: Play, staffed: City, data_dir: Any) -> dict[str, object]:
    clocked: dict[str, float] = {}
    began = time.monotonic()

    def act(name: str) -> None:
        nonlocal began
        clocked[name] = round(time.monotonic() - began, 1)
        began = time.monotonic()

    tailored = played.applicant.be_guided(played.applicant.find())
    accounts = _register(played, staffed)
    act("guide")
    filed = _apply(played, tailored, accounts, staffed.password)
    act("apply")
    _strangers(played, filed)
    retrieved = agreed_and_recorded(played, filed)
    played.desk.work_off(filed.number, played.story)
    act("handle")
    results = _see_results(played, filed)
    counts = examine(played, filed, len(results))
    act("examine")
    proved = prove(played, filed, data_dir)
    act("prove")
    return {
        "case": filed.number,
        "members": len(filed.members),
        "results": results,
        "tasks": played.desk.done,
        **counts,
        "retrieved": retrieved,
        "proved": proved,
        "pages": played.applicant.browser.asked + sum(each.asked for each in played.desk.browsers.values()),
        "acts": clocked,
    }


def _register(played: Play, staffed: City) -> dict[str, str]:
    """Accounts for the applicant and for a stranger; others of the story stand in the register of persons only.

    Returns their usernames, and the applicant's id as a person.
    """
    tag = secrets.token_hex(3)
    stranger = household(Random(tag), today=clock.today(), streets=staffed.streets).applicant  # noqa: S311  a family
    usernames = {"applicant": f"applicant-{tag}", "stranger": f"stranger-{tag}"}
    persons = {usernames["applicant"]: played.story.applicant, usernames["stranger"]: stranger}
    persons |= {f"other-{tag}-{number}": person for number, person in enumerate(played.story.others)}
    people = [
        {
            "username": username,
            "password": staffed.password if username in usernames.values() else "",
            "nation": "01",
            "region": played.story.region,
            "address": played.story.address,
            **{key: str(value) for key, value in asdict(person).items() if key in {"name", "id_number", "mobile"}},
        }
        for username, person in persons.items()
    ]
    made = played.inside.ask("register", people=people)
    person = made[usernames["applicant"]]
    held = [asdict(each) for each in played.story.licences]
    played.inside.ask("hold_licences", person=person, licences=held)
    return {**usernames, "person": person}


def _apply(played: Play, tailored: Page, accounts: Mapping[str, str], password: str) -> Filed:
    """From the guide's end to the receipt, pressed three times."""
    announced = re.search(r"\d+", tailored.heading)
    tailored.must(announced, "the guide does not say how many matters there are")
    assert announced is not None
    applicant = played.applicant
    first = applicant.begin(tailored, accounts["applicant"], password)
    in_the_wallet(played)
    filed = applicant.send(applicant.bring(applicant.fill(first)))
    hold(len(filed.members) == int(announced[0]), f"tailored to {announced[0]}, sent {filed.members}")
    rows = played.ledger.members(filed.number)
    titles = [row["title"] for row in rows]
    hold(titles == filed.members, f"{filed.number} has the members {titles}, announced were {filed.members}")
    held = played.ledger.count(
        "SELECT count(*) FROM serve_cases_case WHERE kind = 'bundle' AND person_id = %(person)s",
        person=accounts["person"],
    )
    hold(held == 1, f"one application was sent, there are {held} cases")
    log_in(played.stranger, played.stranger.get("/account/login/?next=/mine/"), accounts["stranger"], password)
    return filed


def _strangers(played: Play, filed: Filed) -> None:
    """Whoever has nothing to do with the case does not even learn that it exists."""
    member = played.ledger.members(filed.number)[0]["number"]
    own = played.applicant.browser.get(f"/cases/{filed.number}/")
    for address in (
        f"/cases/{filed.number}/",
        f"/cases/{member}/",
        f"/receipts/{filed.case_id}/",
        f"/cases/of/{filed.case_id}/",
    ):
        page = played.stranger.get(address, status=404)
        page.must(played.story.name not in page.html, "the refusal names what only the applicant may read")
    same = played.stranger.get(f"/cases/{filed.number[:-6]}999999/", status=404)
    refused = played.stranger.get(f"/cases/{filed.number}/", status=404)
    refused.must(_said(same) == _said(refused), "a case of others is refused otherwise than one that does not exist")
    own.must(filed.number in own.main.text, "the applicant does not see the number")
    task = played.ledger.open_tasks(filed.number)[0]
    elsewhere = played.desk.browser(played.desk.stranger_to(task))
    elsewhere.get(f"/work/cases/tasks/{task.id}/", status=404)


def _said(refusal: Page) -> str:
    """The words of a refusal without the number of the request."""
    return re.sub(r"[0-9a-f]{32}", "", refusal.main.text)


def _see_results(played: Play, filed: Filed) -> list[dict[str, str]]:
    """The applicant's pages after the end: progress, each result, the timeline, 「我的」."""
    browser = played.applicant.browser
    progress = browser.get(f"/cases/{filed.number}/")
    shown = results_of(progress)
    progress.must(len(shown) >= len(filed.members), f"{len(filed.members)} members, {len(shown)} results shown")
    for each in shown:
        sheet = browser.get(each["at"])
        sheet.must(
            each["number"] and each["number"] in sheet.main.text, f"{each['title']} shows no number {each['number']}"
        )
        played.stranger.get(each["at"], status=404)
    in_order(progress)
    for member in played.ledger.members(filed.number):
        in_order(browser.get(f"/cases/{member['number']}/"))
    mine = browser.get("/mine/?ended=1")
    mine.must(
        any(address.endswith(f"{filed.case_id}/") for _words, address in mine.links), "「我的」 does not list the case"
    )
    browser.get(f"/cases/of/{filed.case_id}/").must(filed.number in progress.main.text, "「我的」 leads elsewhere")
    return [{"title": each["title"], "number": each["number"]} for each in shown]
