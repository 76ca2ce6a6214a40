"""Kills parts of a running installation while cases are filed and handled; whatever a page confirmed must hold.

YIWANG_KILLS sets how often (30), YIWANG_KILL_SEED repeats a run's choices.
"""

import json
import os
import secrets
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.journeys.aftermath import faults, quiet
from tests.journeys.crowd import Application, Crowd
from tests.journeys.killing import Killer
from tests.journeys.service import Service
from yiwang.kernel import clock
from yiwang.kernel.settings import PROJECT_ROOT
from yiwang.site.smoke import Inside
from yiwang.site.smoke.family import City, Household, city, household
from yiwang.site.smoke.ledger import Ledger
from yiwang.site.supervisor import free_port

KILLS = int(os.environ.get("YIWANG_KILLS", "30"))
SEED = os.environ.get("YIWANG_KILL_SEED") or secrets.token_hex(4)
BETWEEN = (0.5, 6.0)
FAMILIES = 6
HOSPITALS = ("320400-hospital-maternal", "320400-hospital-first", "320400-hospital-second")

pytestmark = [pytest.mark.kill, pytest.mark.timeout(1200), pytest.mark.xdist_group("kill")]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path / "data", free_port())
    service.start()
    yield service
    if service.process and service.process.poll() is None:
        service.stop()
    service.server.destroy()


def families(inside: Inside, staffed: City, random: Random) -> list[tuple[str, str, Household]]:
    """(username, person id, household) of applicants with accounts."""
    made = []
    for number in range(FAMILIES):
        home = household(random, today=clock.today(), streets=staffed.streets)
        username = f"parent-{number}"
        both = {
            username: home.applicant,
            f"partner-{number}": home.family.father if home.relation == "mother" else home.family.mother,
        }
        people = [
            {
                "username": name, "password": staffed.password if name == username else "", "nation": "01",
                "region": home.region, "address": home.answers["settle_address"],
                "name": person.name, "id_number": person.id_number, "mobile": person.mobile,
            }
            for name, person in both.items()
        ]  # fmt: skip
        ids = inside.ask("register", people=people)
        made.append((username, ids[username], home))
    return made


def applications(inside: Inside, staffed: City, random: Random, count: int) -> list[Application]:
    """Drafts that are ready to be sent."""
    people = families(inside, staffed, random)
    chosen = [people[number % len(people)] for number in range(count)]
    asked = [
        {"username": username, "person": person, "seed": random.random(),
         "answers": {**home.answers, "birth_institution": random.choice(HOSPITALS), "card_bank": "icbc"}}
        for username, person, home in chosen
    ]  # fmt: skip
    drafts = inside.ask("drafts", applications=asked)
    return [Application(draft, each[0], each[2]) for draft, each in zip(drafts, chosen, strict=True)]


def test_nothing_confirmed_is_lost_and_nothing_stays_behind(service: Service) -> None:
    random = Random(SEED)
    print(f"YIWANG_KILL_SEED={SEED} YIWANG_KILLS={KILLS}")
    staffed = city(PROJECT_ROOT / "packs" / "changzhou")
    ledger = Ledger(service.server.url())
    with Inside(ledger.url, service.data_dir, "tests.journeys.backstage") as inside:
        ready = applications(inside, staffed, random, max(8, round(1.2 * KILLS)))
        crowd = Crowd(service.url, ledger, staffed, ready, random)
        crowd.let_in(inside.ask("sessions", usernames=crowd.everybody()))
    crowd.pause = 3 * KILLS * sum(BETWEEN) / 2 / len(ready) * 0.6
    crowd.start(residents=3, officials=3)
    killer = Killer(service, random)
    began = time.monotonic()
    killer.kill(KILLS, between=BETWEEN)
    lasted = time.monotonic() - began
    finished = crowd.finish(300)
    left = quiet(ledger, 90)
    told = crowd.told
    report = {
        "seed": SEED, "kills": dict(killer.killed), "seconds": round(lasted), "filed": len(told.filed), "tasks": len(told.done),
        "restarts": [round(each, 1) for each in killer.restarts], "lost": dict(told.lost),
    }  # fmt: skip
    print(json.dumps(report, ensure_ascii=False))
    found = [*told.wrong, *left, *faults(ledger, told, len(ready))]
    numbers = [each["number"] for each in ledger.rows("SELECT number FROM serve_cases_case")]
    with Inside(ledger.url, service.data_dir, "tests.journeys.backstage") as inside:
        said = inside.ask("examine", numbers=numbers)
    found += [f"{number}: broken at event {each['broken_at']}" for number, each in said.items() if not each["sound"]]
    story = "\n".join([f"seed {SEED}", *found[:40], *killer.log, service.tail()])
    assert not found, story
    assert finished, story
    assert sum(killer.killed.values()) == KILLS


def test_after_a_kill_of_the_whole_program_nothing_lingers_and_it_starts_again_at_once(service: Service) -> None:
    assert service.process is not None
    service.process.send_signal(signal.SIGKILL)
    service.process.wait()
    deadline = time.monotonic() + 15
    while service.left() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not service.left()
    assert service.start() < 60
    service.process.send_signal(signal.SIGKILL)
    service.process.wait()
    assert service.start() < 60, "with the port and the locks of the killed one still about"
    assert service.stop() == 0
    assert not service.left()
