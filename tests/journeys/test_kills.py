"""Kills parts of a running installation while cases are filed and handled, and new versions of everything are deployed.

Whatever a page confirmed must hold; what began under a version ends under it or where it was carried over to. YIWANG_KILLS sets
how often is killed (30), YIWANG_DEPLOYMENTS how many new versions come meanwhile (2), YIWANG_KILL_SEED repeats a run's choices.
"""

import json
import os
import secrets
import signal
import time
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from random import Random

import pytest

from tests.journeys.aftermath import faults, quiet
from tests.journeys.crowd import Application, Crowd
from tests.journeys.deploying import Deployer
from tests.journeys.founders import restaurant
from tests.journeys.killing import Killer
from tests.journeys.retirees import retirement
from tests.journeys.sealed import AT_WORK, details, sealing_faults, unfinished
from tests.journeys.service import Service
from tests.journeys.versions import census, version_faults
from yiwang.kernel.codes.synthetic import synthetic_credit_code
from yiwang.kernel.settings import PROJECT_ROOT
from yiwang.site.smoke import Inside
from yiwang.site.smoke.family import City, city, newborn
from yiwang.site.smoke.ledger import Ledger
from yiwang.site.smoke.story import Story

KILLS = int(os.environ.get("YIWANG_KILLS", "30"))
SEED = os.environ.get("YIWANG_KILL_SEED") or secrets.token_hex(4)
DEPLOYMENTS = int(os.environ.get("YIWANG_DEPLOYMENTS", "2"))
BETWEEN = (0.5, 6.0)
PEOPLE = 6
HOSPITALS = ("320400-hospital-maternal", "320400-hospital-first", "320400-hospital-second")

pytestmark = [pytest.mark.kill, pytest.mark.timeout(1200), pytest.mark.xdist_group("kill")]


def people(inside: Inside, staffed: City, random: Random) -> list[tuple[str, str, Story]]:
    """(username, person id, story) of applicants with accounts: parents, founders of restaurants, people who retire."""
    made = []
    for number, tell in zip(range(PEOPLE), cycle((newborn, restaurant, retirement)), strict=False):
        story = tell(random, staffed)
        username = f"applicant-{number}"
        registered = {username: story.applicant} | {f"other-{number}-{at}": one for at, one in enumerate(story.others)}
        ids = inside.ask(
            "register",
            people=[
                {
                    "username": name, "password": staffed.password if name == username else "", "nation": "01",
                    "region": story.region, "address": story.address,
                    "name": person.name, "id_number": person.id_number, "mobile": person.mobile,
                }
                for name, person in registered.items()
            ],
        )  # fmt: skip
        made.append((username, ids[username], story))
    return made


def applications(inside: Inside, staffed: City, random: Random, count: int) -> list[Application]:
    """Drafts of the three bundles that are ready to be sent."""
    known = people(inside, staffed, random)
    chosen = [known[number % len(known)] for number in range(count)]
    asked = [
        {"username": username, "person": person, "seed": random.random(), "bundle": story.bundle,
         "answers": {**story.answers, "birth_institution": random.choice(HOSPITALS), "card_bank": "icbc"}}
        for username, person, story in chosen
    ]  # fmt: skip
    drafts = inside.ask("drafts", applications=asked)
    return [
        Application(draft, username, replace(story, entered={**story.entered, **_codes(number, story)}))
        for number, (draft, (username, _person, story)) in enumerate(zip(drafts, chosen, strict=True))
    ]


def _codes(number: int, story: Story) -> dict[str, str]:
    """What officials would assign to the founder of a restaurant: to each application another."""
    if "shop_credit_code" not in story.entered:
        return {}
    return {"shop_credit_code": synthetic_credit_code(division_code=story.region[:6], serial=1000 + number)}


def moments(random: Random) -> list[int]:
    """After how many kills each deployment begins: all in the middle, none on top of another."""
    part = 0.6 * KILLS / max(DEPLOYMENTS, 1)
    return [round(0.15 * KILLS + part * (number + 0.7 * random.random())) for number in range(DEPLOYMENTS)]


def test_nothing_confirmed_is_lost_and_versions_hold(service: Service, tmp_path: Path) -> None:
    random = Random(SEED)
    print(f"YIWANG_KILL_SEED={SEED} YIWANG_KILLS={KILLS} YIWANG_DEPLOYMENTS={DEPLOYMENTS}")
    staffed = city(PROJECT_ROOT / "packs" / "changzhou")
    ledger = Ledger(service.server.url())
    with Inside(ledger.url, service.data_dir, "tests.journeys.backstage") as inside:
        ready = applications(inside, staffed, random, max(8, round(0.7 * KILLS)))
        crowd = Crowd(service.url, ledger, staffed, ready, random)
        crowd.let_in(inside.ask("sessions", usernames=crowd.everybody()))
    crowd.pause = 3 * KILLS * sum(BETWEEN) / 2 / len(ready) * 0.6
    killer = Killer(service, random, aim=lambda: ledger.count(AT_WORK))
    crowd.part(DEPLOYMENTS + 1)
    deployer = Deployer(service, killer, Random(random.random()), tmp_path, moments(random), crowd.go_on)
    began = time.monotonic()
    crowd.start(residents=3, officials=3)
    deploying = deployer.start()
    killer.kill(KILLS, between=BETWEEN)
    deploying.join(300)
    lasted = time.monotonic() - began
    finished = crowd.finish(300)
    left = quiet(ledger, 420, unfinished)
    left += list(details(ledger)) if left else []
    told = crowd.told
    report = {
        "seed": SEED, "kills": dict(killer.killed), "while sealing or archiving": killer.hits, "seconds": round(lasted), "filed": len(told.filed), "tasks": len(told.done),
        "restarts": [round(each, 1) for each in killer.restarts], "lost": dict(told.lost), "renewed": told.renewed,
        "deployments": deployer.report(), "versions": (versions := census(ledger)),
    }  # fmt: skip
    print(json.dumps(report, ensure_ascii=False))
    found = [*told.wrong, *deployer.wrong, *left, *faults(ledger, told, len(ready))]
    found += version_faults(ledger, deployer.deployed)
    numbers = [each["number"] for each in ledger.rows("SELECT number FROM serve_cases_case")]
    with Inside(ledger.url, service.data_dir, "tests.journeys.backstage") as inside:
        said = inside.ask("examine", numbers=numbers)
        found += sealing_faults(ledger, inside, random)
    found += [f"{number}: broken at event {each['broken_at']}" for number, each in said.items() if not each["sound"]]
    story = "\n".join([f"seed {SEED}", *found[:40], *killer.log, service.tail()])
    assert not found, story
    assert finished, story
    assert sum(killer.killed.values()) == KILLS
    assert killer.hits >= KILLS // 2, (
        f"{killer.hits} of {KILLS} kills came while something was being sealed or archived"
    )
    assert len(deployer.deployed) == DEPLOYMENTS, story
    assert all(f"begun as {number + 1}" in versions for number in range(DEPLOYMENTS + 1)), versions


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
