"""Whole bundles over HTTP: all granted; one member returned for correction and one refused; one that nobody answers in time."""

import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

import pytest

from tests.journeys import founders, retirees
from tests.journeys.founders import restaurant
from tests.journeys.retirees import retirement
from tests.journeys.service import Service
from tests.settled import settle
from yiwang.kernel.settings import PROJECT_ROOT
from yiwang.site.smoke import Inside, Teller, play
from yiwang.site.smoke.applicant import Applicant, Filed
from yiwang.site.smoke.browsing import Browser
from yiwang.site.smoke.desk import Desk
from yiwang.site.smoke.family import City, city, newborn
from yiwang.site.smoke.ledger import Ledger
from yiwang.site.smoke.story import Story
from yiwang.site.supervisor import free_port

SEED = os.environ.get("YIWANG_SMOKE_SEED") or secrets.token_hex(4)


@dataclass(frozen=True)
class Trouble:
    """A story in which the officials return one matter for correction and refuse another."""

    tell: Teller
    returned: str
    refused: str
    result: str = "refused"


def _refused_child(random: Random, staffed: City) -> Story:
    """A newborn's birth certificate is returned once, the vaccination certificate is not accepted."""
    verdicts = {"birth_certificate": ("correct",), "vaccination_certificate": ("decline",)}
    return replace(newborn(random, staffed), verdicts=verdicts)


TROUBLES = (
    Trouble(founders.refused_and_returned, "food_business_permit", "signboard"),
    Trouble(retirees.refused_and_returned, "only_child_reward", "fund_withdrawal"),
    Trouble(_refused_child, "birth_certificate", "vaccination_certificate", "not_accepted"),
)
UNANSWERED = (
    (restaurant, "business_licence"),
    (retirement, "household_verification"),
    (newborn, "birth_certificate"),
)

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("bundles")]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(settle(tmp_path_factory.mktemp("town") / "data"), free_port())
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


@pytest.mark.parametrize("tell", [restaurant, retirement])
def test_everything_is_granted_and_the_records_agree(service: Service, tell: Teller) -> None:
    said = play(service, tell)
    assert said["members"] == len(said["results"])  # type: ignore[arg-type]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: each.refused)
def test_one_member_is_returned_and_put_right_another_is_refused_and_the_others_go_on(
    service: Service, staffed: City, random: Random, trouble: Trouble
) -> None:
    story = trouble.tell(random, staffed)
    applicant, filed = file(service, story, staffed, random)
    ledger = Ledger(service.server.url())
    desk = Desk(service.url, staffed, ledger)
    desk.work_off(filed.number, story, supplies=lambda _task: applicant.supply(filed.number) and None)
    members = {row["matter_code"]: row for row in ledger.members(filed.number)}
    ended = {code: row["result"] for code, row in members.items()}
    assert ended == {code: trouble.result if code == trouble.refused else "granted" for code in members}
    events = ledger.events(filed.number)[members[trouble.returned]["number"]]
    assert (events["request_correction"], events["supply"]) == (1, 1)
    page = applicant.browser.get(f"/cases/{members[trouble.refused]['number']}/")
    refusal = next((address for words, address in page.links if "不予" in words and "/documents/" in address), "")
    page.must(refusal, "the refusal is not to be had as a document")
    document = applicant.browser.get(refusal)
    for words in ("行政复议", "行政诉讼", story.applicant.name, members[trouble.refused]["organisation_name"]):
        document.must(words in document.main.text, f"the refusal says nothing of {words}")
    whole = ledger.rows("SELECT result FROM serve_cases_case WHERE number = %(number)s", number=filed.number)
    assert whole[0]["result"] == "partly_granted"


def test_what_nobody_answers_in_time_is_accepted_by_law_and_shown_as_overdue(
    service: Service, staffed: City, random: Random
) -> None:
    ledger = Ledger(service.server.url())
    waiting = []
    for tell, code in UNANSWERED:
        story = tell(random, staffed)
        applicant, filed = file(service, story, staffed, random)
        member = next(row for row in ledger.members(filed.number) if row["matter_code"] == code)
        assert member["status"] == "received", (code, member["status"])
        waiting.append((story, applicant, filed, member["number"], code))
    service.stop()
    service.start(days_ahead=20)
    try:
        for story, applicant, filed, number, code in waiting:
            assert _wait_for_acceptance(ledger, number)["accepted_at"] is not None, f"{code} is not accepted by law"
            desk = Desk(service.url, staffed, ledger)
            task = next(each for each in ledger.open_tasks(filed.number) if each.matter == code)
            official, browser, _inbox = desk.who_sees(task, filed.number)
            inbox = browser.get(f"/work/?view=overdue&q={filed.number}")
            inbox.must(
                "超期" in inbox.main.text or "逾期" in inbox.main.text, f"{official.username} sees nothing overdue"
            )
            page = applicant.browser.get(f"/cases/{number}/")
            page.must("视为受理" in page.main.text, "the applicant is not told that it counts as accepted")
            desk.work_off(filed.number, story)
            assert {row["result"] for row in ledger.members(filed.number)} == {"granted"}
    finally:
        service.stop()


def _wait_for_acceptance(ledger: Ledger, number: str) -> dict[str, object]:
    deadline = time.monotonic() + 300
    while True:
        row = ledger.rows("SELECT * FROM serve_cases_case WHERE number = %(number)s", number=number)[0]
        if row["accepted_at"] is not None or time.monotonic() > deadline:
            return row
        time.sleep(0.5)
