"""What the records say of a case that was played to its end: steps, evidence, audit, chains, due dates, hand-over, rest."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yiwang.site.smoke.applicant import Applicant, Filed
from yiwang.site.smoke.browsing import Browser, Page
from yiwang.site.smoke.desk import Desk
from yiwang.site.smoke.installation import Inside
from yiwang.site.smoke.ledger import STEPS, Ledger, hold, total
from yiwang.site.smoke.story import Story

_REST = 60.0  # seconds within which the outbox must have come to rest


@dataclass
class Play:
    """One story with all who take part."""

    story: Story
    inside: Inside
    ledger: Ledger
    desk: Desk
    applicant: Applicant
    stranger: Browser


def in_order(page: Page) -> None:
    """The timeline tells the newest first."""
    moments = [datetime.fromisoformat(each.get("datetime")) for each in page.main.first(css="y-time").all("time")]
    page.must(moments, "there is no timeline")
    page.must(moments == sorted(moments, reverse=True), "the timeline is out of order")


def examine(played: Play, filed: Filed, results: int) -> dict[str, object]:
    """What the records say: steps, evidence, audit, chains, due dates, hand-over, rest."""
    ledger, number = played.ledger, filed.number
    members = ledger.members(number)
    at_rest(ledger)
    events, evidence, tasks = ledger.events(number), ledger.steps(number), ledger.tasks_done(number)
    ruled, instant = ledger.ruled(number), played.story.instant
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
    _examine_audit(audit, events, len(members), played.desk.done)
    hold(sum(tasks.values()) == played.desk.done, f"{number}: {tasks} tasks, done were {played.desk.done}")
    said = played.inside.ask("examine", numbers=[number, *(member["number"] for member in members)])
    for case, each in said.items():
        hold(each["sound"], f"{case}: the history is broken at event {each['broken_at']}")
        hold(
            each["promised_due"] == each["reckoned"],
            f"{case}: promised {each['promised_due']}, reckoned {each['reckoned']}",
        )
        hold(
            each["promised_due"] and each["working_day"], f"{case}: promised for {each['promised_due']}, no working day"
        )
    _examine_handover(played, number)
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


def _examine_handover(played: Play, number: str) -> None:
    """The results that other members need reach them, on their desk pages too."""
    given = {(each["taker"], each["giver"]): each["number"] for each in played.ledger.handed_over(number)}
    for taker, giver in played.story.handed:
        result = given.get((taker, giver))
        hold(result, f"{number}: {taker} got nothing of {giver} ({given})")
        seen = [page for pages in played.desk.pages.values() for page in pages if str(result) in page.main.text]
        hold(seen, f"{number}: no official saw {result}, the result of {giver}")


def at_rest(ledger: Ledger) -> None:
    """The outbox empties, nothing is parked, halted or failed."""
    deadline = time.monotonic() + _REST
    while left := {name: count for name, count in ledger.unrest().items() if count and name != "jobs_doing"}:
        hold(time.monotonic() < deadline, f"not at rest after {_REST:.0f} s: {left}")
        time.sleep(0.3)
