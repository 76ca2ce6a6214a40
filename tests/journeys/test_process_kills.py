"""Kills parts of a running installation while processes wait for timers, messages and called processes.

Each timer must fire once, each message be taken once, each step be taken once, and every process come to its end. YIWANG_KILLS sets
how often is killed (30, here a third of it), YIWANG_KILL_SEED repeats a run's choices.
"""

import json
import os
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from random import Random
from uuid import UUID

import pytest

from tests.journeys.aftermath import quiet
from tests.journeys.killing import Killer
from tests.journeys.patience import again
from tests.journeys.service import Service
from yiwang.site.smoke import Inside
from yiwang.site.smoke.ledger import Ledger

KILLS = max(3, int(os.environ.get("YIWANG_KILLS", "30")) // 3)
SEED = os.environ.get("YIWANG_KILL_SEED") or secrets.token_hex(4)
BETWEEN = (0.5, 4.0)
PROCESSES = 12
ONCE = (
    ("outer", "passed", "apply"), ("outer", "passed", "reminder"), ("outer", "passed", "remind"), ("outer", "called", "ask"),
    ("outer", "passed", "confirm"), ("outer", "ended", ""), ("inner", "passed", "answered"), ("inner", "taken_away", "unanswered"),
    ("inner", "passed", "given_up"), ("inner", "ended", ""),
)  # fmt: skip

pytestmark = [pytest.mark.kill, pytest.mark.timeout(900), pytest.mark.xdist_group("kill")]


class Player:
    """Does what people and other systems do: starts, answers, completes, each until it is confirmed."""

    def __init__(self, ledger: Ledger, inside: Inside, random: Random) -> None:
        self.ledger, self.inside, self.random = ledger, inside, random
        self.ids = [str(UUID(int=random.getrandbits(128), version=4)) for _ in range(PROCESSES)]
        self.begun: dict[str, str] = {}
        self.answered: set[str] = set()
        self.completed: set[str] = set()

    def turn(self) -> bool:
        """One thing; whether everything is at its end."""
        waiting = [each for each in self.ids if each not in self.begun]
        if waiting and self.random.random() < 0.5:
            self.begun[waiting[0]] = again(lambda: self.inside.ask("begin", id=waiting[0]))
            return False
        quick = [each for each in self.begun if each not in self.answered]
        if quick and self.random.random() < 0.4:  # before or after the process waits for it
            again(lambda: self.inside.ask("answer", id=quick[0]))
            self.answered.add(quick[0])
            return False
        for task in again(self._ready):
            again(lambda task=task: self.inside.ask("complete", task=task))
            self.completed.add(task)
            return False
        time.sleep(0.3)
        return not waiting and not quick and again(self._running) == 0

    def _ready(self) -> list[str]:
        """Tasks to do: an application once it was reminded of, a confirmation at once; nobody does the third."""
        rows = self.ledger.rows(
            """SELECT task.id::text FROM commons_flow_task task WHERE task.subject_kind = 'clockwork'
               AND task.status = 'open' AND (task.element_id = 'confirm' OR task.element_id = 'apply' AND EXISTS (
                 SELECT 1 FROM commons_flow_historyentry line
                 WHERE line.instance_id = task.instance_id AND line.element_id = 'remind'))"""
        )
        return [each["id"] for each in rows]

    def _running(self) -> int:
        return self.ledger.count(
            "SELECT count(*) FROM commons_flow_processinstance WHERE status NOT IN ('completed', 'cancelled')"
        )


def test_timers_messages_and_called_processes_survive_kills(service: Service) -> None:
    random = Random(SEED)
    print(f"YIWANG_KILL_SEED={SEED} kills={KILLS}")
    ledger = Ledger(service.server.url())
    killer = Killer(service, random)
    with Inside(ledger.url, service.data_dir, "tests.journeys.clockwork") as inside:
        inside.ask("publish")
        player = Player(ledger, inside, random)
        plan = iter(killer.plan(KILLS))
        next_kill, deadline, over = time.monotonic() + 1, time.monotonic() + 600, False
        while not over and time.monotonic() < deadline:
            over = player.turn()
            if time.monotonic() > next_kill and (part := next(plan, "")):
                killer.kill_part(part)
                next_kill = time.monotonic() + random.uniform(*BETWEEN)
    left = quiet(ledger, 60)
    report = {
        "seed": SEED,
        "kills": dict(killer.killed),
        "completed": len(player.completed),
        "answered": len(player.answered),
    }
    print(json.dumps(report, ensure_ascii=False))
    found = [*left, *_wrong(ledger, player)]
    story = "\n".join([f"seed {SEED}", *found[:40], *killer.log, service.tail()])
    assert not found, story
    assert over, story
    assert sum(killer.killed.values()) >= min(KILLS, 3), story


def _wrong(ledger: Ledger, player: Player) -> Iterator[str]:
    """What did not happen exactly once."""
    lines = ledger.rows(
        """SELECT line.subject_id::text AS id, (CASE WHEN instance.parent_id IS NULL THEN 'outer' ELSE 'inner' END) AS which,
                  line.kind, line.element_id
           FROM commons_flow_historyentry line JOIN commons_flow_processinstance instance ON instance.id = line.instance_id
           WHERE instance.subject_kind = 'clockwork'"""
    )
    times = Counter((each["id"], each["which"], each["kind"], each["element_id"]) for each in lines)
    for each in player.ids:
        for step in ONCE:
            if times[each, *step] != 1:
                yield f"{each}: {' '.join(step)} {times[each, *step]}×"
    messages = ledger.rows("SELECT key, jsonb_array_length(reached) AS reached FROM commons_flow_processmessage")
    yield from (f"message {each['key']} reached {each['reached']}" for each in messages if each["reached"] != 1)
    audited = ledger.count(
        "SELECT count(*) FROM kernel_auditentry WHERE command = 'flow.complete_task' AND outcome = 'done'"
    )
    if audited != len(player.completed):
        yield f"{len(player.completed)} tasks were confirmed, {audited} are audited"
    if timers := ledger.count("SELECT count(*) FROM commons_flow_timer"):
        yield f"{timers} timers still wait"
