"""Nobody answers within five working days: the law accepts, the desk shows what is late, the applicant is told.

The town lives twenty days later from here on; that is why this file is the last of its folder.
"""

import re
import time
from random import Random

import pytest

from tests.browser.offices import Offices
from tests.browser.visitor import DESKTOP, PHONE
from tests.journeys.founders import restaurant
from tests.journeys.retirees import retirement
from yiwang.kernel import clock
from yiwang.site.smoke.family import newborn

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]
DAYS = 20
UNANSWERED = {
    "late-founder": (restaurant, "business_licence", DESKTOP),
    "late-retiree": (retirement, "household_verification", PHONE),
    "late-parent": (newborn, "birth_certificate", DESKTOP),
}


@pytest.fixture(scope="module")
def late(town):
    """What these people filed, twenty days ago, over HTTP: (story, number of the bundle) by username."""
    stories = {
        username: tell(Random(username), town.staffed)
        for username, (tell, _matter, _size) in UNANSWERED.items()
    }  # fmt: skip
    filed = town.file(stories)
    lead = clock.lead()
    town.live_ahead(DAYS)
    yield {username: (stories[username], each.number) for username, each in filed.items()}
    clock.run_ahead(lead)  # whatever this process tests next lives today


@pytest.mark.parametrize("username", UNANSWERED)
def test_the_law_accepts_what_nobody_answered_and_the_desk_shows_what_is_late(town, visitor, late, username):
    _tell, matter, size = UNANSWERED[username]
    story, number = late[username]
    member = _accepted(town, number, matter)
    offices = Offices(town, visitor, size, number, story.entered, {})
    task = next(each for each in town.ledger.open_tasks(number) if each.matter == matter)
    official = offices.who_sees(task)
    official.go(f"/work/?view=overdue&q={number}")
    assert "超期" in official.page.locator("[data-yw-row]").first.inner_text()
    offices.look_once(official, "inbox-overdue")
    person = visitor(f"{username}-reads", size)
    person.log_in(username)
    person.go("/mine/")
    offices.look_once(person, "mine-late")
    person.go(f"/cases/{number}/")
    assert "已超过" in person.page.locator(".y-lane").first.inner_text()
    offices.look_once(person, "progress-late")
    person.go(f"/cases/{member}/")
    assert "视为受理" in person.page.locator("main").inner_text()
    assert re.search(r"超期|逾期", person.page.locator("main").inner_text())
    offices.look_once(person, "member-late")
    offices.handle(task)
    person.go(f"/cases/{member}/")
    assert "准予" in person.page.locator("main").inner_text()


def _accepted(town, number: str, matter: str) -> str:
    """The number of the member, once the worker has let the deadline pass."""
    for _turn in range(180):
        found = next(row for row in town.ledger.members(number) if row["matter_code"] == matter)
        if found["accepted_at"] is not None:
            return found["number"]
        time.sleep(0.5)
    raise AssertionError(f"{number}: {matter} is not accepted by law")
