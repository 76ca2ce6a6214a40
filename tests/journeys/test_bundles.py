"""Whole bundles over HTTP: all granted; one member returned for correction and one refused; one that nobody answers in time."""

import os
import secrets
import time
from collections.abc import Iterator
from random import Random

import pytest

from tests.journeys.founders import MEMBERS, refused_and_returned, restaurant
from tests.journeys.service import Service
from yiwang.kernel.settings import PROJECT_ROOT
from yiwang.site.smoke import Inside, play
from yiwang.site.smoke.applicant import Applicant, Filed
from yiwang.site.smoke.browsing import Browser
from yiwang.site.smoke.desk import Desk
from yiwang.site.smoke.family import City, city
from yiwang.site.smoke.ledger import Ledger
from yiwang.site.smoke.story import Story
from yiwang.site.supervisor import free_port

SEED = os.environ.get("YIWANG_SMOKE_SEED") or secrets.token_hex(4)

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("bundles")]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("town") / "data", free_port())
    service.start()
    yield service
    if service.process and service.process.poll() is None:
        service.stop()
    service.server.destroy()


@pytest.fixture(scope="module")
def staffed() -> City:
    return city(PROJECT_ROOT / "packs" / "changzhou")


@pytest.fixture
def random(request: pytest.FixtureRequest) -> Random:
    print(f"YIWANG_SMOKE_SEED={SEED}")
    return Random(f"{SEED} {request.node.name}")


def file(service: Service, story: Story, staffed: City, random: Random) -> tuple[Applicant, Filed]:
    """Register the applicant of the story and have them send everything."""
    username = f"applicant-{secrets.token_hex(3)}"
    person = story.applicant
    with Inside(service.server.url(), service.data_dir) as inside:
        inside.ask(
            "register",
            people=[
                {
                    "username": username, "password": staffed.password, "nation": "01", "region": story.region,
                    "address": story.address, "name": person.name, "id_number": person.id_number, "mobile": person.mobile,
                }
            ],
        )  # fmt: skip
    applicant = Applicant(Browser(service.url), story, random)
    first = applicant.begin(applicant.be_guided(applicant.find()), username, staffed.password)
    return applicant, applicant.send(applicant.bring(applicant.fill(first)))


def test_a_restaurant_is_opened_and_the_records_agree(service: Service) -> None:
    said = play(service, restaurant)
    assert said["members"] == len(MEMBERS)
    assert len(said["results"]) == len(MEMBERS)  # type: ignore[arg-type]


def test_one_member_is_returned_and_put_right_another_is_refused_and_the_others_go_on(
    service: Service, staffed: City, random: Random
) -> None:
    story = refused_and_returned(random, staffed)
    applicant, filed = file(service, story, staffed, random)
    ledger = Ledger(service.server.url())
    desk = Desk(service.url, staffed, ledger)
    desk.work_off(filed.number, story, supplies=lambda _task: applicant.supply(filed.number) and None)
    ended = {row["matter_code"]: row["result"] for row in ledger.members(filed.number)}
    assert ended == {code: "refused" if code == "signboard" else "granted" for code in MEMBERS}
    events = ledger.events(filed.number)
    numbers = {row["matter_code"]: row["number"] for row in ledger.members(filed.number)}
    assert events[numbers["food_business_permit"]]["request_correction"] == 1
    assert events[numbers["food_business_permit"]]["supply"] == 1
    page = applicant.browser.get(f"/cases/{numbers['signboard']}/")
    refusal = next((address for words, address in page.links if "不予" in words and "/documents/" in address), "")
    page.must(refusal, "the refusal is not to be had as a document")
    document = applicant.browser.get(refusal)
    for words in ("行政复议", "行政诉讼", story.applicant.name, "青龙" if "320402" in story.region else "湖塘"):
        document.must(words in document.main.text, f"the refusal says nothing of {words}")
    whole = ledger.rows("SELECT result FROM serve_cases_case WHERE number = %(number)s", number=filed.number)
    assert whole[0]["result"] == "partly_granted"


def test_what_nobody_answers_in_time_is_accepted_by_law_and_shown_as_overdue(
    service: Service, staffed: City, random: Random
) -> None:
    story = restaurant(random, staffed)
    applicant, filed = file(service, story, staffed, random)
    ledger = Ledger(service.server.url())
    licence = next(row for row in ledger.members(filed.number) if row["matter_code"] == "business_licence")
    assert licence["status"] == "received"
    service.stop()
    service.start(days_ahead=20)
    try:
        deemed = _wait_for_acceptance(ledger, licence["number"])
        assert deemed["accepted_at"] is not None
        desk = Desk(service.url, staffed, ledger)
        task = next(each for each in ledger.open_tasks(filed.number) if each.matter == "business_licence")
        official, browser, _inbox = desk.who_sees(task, filed.number)
        inbox = browser.get(f"/work/?view=overdue&q={filed.number}")
        inbox.must(
            "超期" in inbox.main.text or "逾期" in inbox.main.text, f"{official.username} does not see it is overdue"
        )
        page = applicant.browser.get(f"/cases/{licence['number']}/")
        page.must("视为受理" in page.main.text, "the applicant is not told that it counts as accepted")
        desk.work_off(filed.number, story)
        assert {row["result"] for row in ledger.members(filed.number)} == {"granted"}
    finally:
        service.stop()


def _wait_for_acceptance(ledger: Ledger, number: str) -> dict[str, object]:
    deadline = time.monotonic() + 90
    while True:
        row = ledger.rows("SELECT * FROM serve_cases_case WHERE number = %(number)s", number=number)[0]
        if row["accepted_at"] is not None or time.monotonic() > deadline:
            return row
        time.sleep(0.5)
