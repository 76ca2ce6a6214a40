"""What must hold in the records after the kills. Each check returns the sentences of what does not."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from tests.journeys.crowd import Told
from yiwang.site.smoke.ledger import STEPS, Ledger


def quiet(
    ledger: Ledger, patience: float, more: Callable[[Ledger], Mapping[str, int]] = lambda _ledger: {}
) -> list[str]:
    """Wait until nothing is on its way, nor any of what `more` counts; what still is after `patience` seconds."""
    deadline = time.monotonic() + patience
    while True:
        left = {**ledger.unrest(), "jobs_orphaned": ledger.count(_ORPHANED), **more(ledger)}
        left = {name: count for name, count in left.items() if count and name != "jobs_doing"}
        if not left or time.monotonic() > deadline:
            return [f"{name}: {count}" for name, count in left.items()]
        time.sleep(1)


def faults(ledger: Ledger, told: Told, drafts: int) -> Iterator[str]:
    """Everything that does not hold."""
    yield from _filings(ledger, told, drafts)
    yield from _numbers(ledger)
    yield from _instances(ledger)
    yield from _tasks(ledger, told)
    yield from _legal_steps(ledger)
    yield from _log(ledger)


def _filings(ledger: Ledger, told: Told, drafts: int) -> Iterator[str]:
    held = {
        each["number"]: each["id"]
        for each in ledger.rows("SELECT number, id::text FROM serve_cases_case WHERE kind = 'bundle'")
    }
    for draft, (number, case_id) in told.filed.items():
        if held.get(number) != case_id:
            yield f"the receipt of draft {draft} says {number} {case_id}, the records {held.get(number)}"
    if len(held) != len(told.filed):
        yield f"{len(told.filed)} receipts, {len(held)} cases"
    if len(told.filed) != drafts:
        yield f"{drafts} drafts, {len(told.filed)} receipts"
    sent = ledger.rows(
        """SELECT details->>'draft' AS draft, count(*) AS times, count(DISTINCT subject_id) AS cases FROM kernel_auditentry
           WHERE command = 'portal.send_application' AND outcome = 'done' GROUP BY 1"""
    )
    yield from (
        f"draft {each['draft']} was sent {each['times']}×" for each in sent if each["times"] != 1 or each["cases"] != 1
    )
    yield from (
        f"draft {draft}: its sending was not audited" for draft in told.filed.keys() - {each["draft"] for each in sent}
    )


def _numbers(ledger: Ledger) -> Iterator[str]:
    """No number twice, and none missing: they are taken inside the transaction that uses them."""
    for table in ("serve_cases_case", "serve_cases_caseresult"):  # documents: the database itself refuses a second
        twice = ledger.count(
            "SELECT count(*) FROM (SELECT number FROM serve_cases_case GROUP BY number HAVING count(*) > 1) twice"
            if table == "serve_cases_case"
            else """SELECT count(*) FROM (SELECT kind, number FROM serve_cases_caseresult
                    GROUP BY kind, number HAVING count(*) > 1) twice"""
        )
        if twice:
            yield f"{table}: {twice} numbers are there twice"
    for each in ledger.rows("SELECT series, last FROM serve_cases_casenumbercounter"):
        used = _used(ledger, each["series"])
        if used != each["last"]:
            yield f"series {each['series']} counted to {each['last']}, {used} numbers are used"


def _used(ledger: Ledger, series: str) -> int:
    kind, _, rest = series.partition(":")
    name, _, day = rest.partition(":")
    if kind == "case":
        return ledger.count(
            "SELECT count(*) FROM serve_cases_case WHERE kind = 'bundle' AND number LIKE %(like)s",
            like=f"{name}-{day}-%",
        )
    if kind == "document":
        issuer, word, year = series.removeprefix("document:").rsplit(":", 2)
        return ledger.count(
            "SELECT count(*) FROM serve_cases_casedocument WHERE number LIKE %(like)s",
            like=f"{issuer}{word}〔{year}〕%",
        )
    return ledger.count("SELECT count(*) FROM serve_cases_caseresult WHERE kind = %(kind)s", kind=name)


def _instances(ledger: Ledger) -> Iterator[str]:
    stuck = ledger.rows(
        """SELECT instance.id::text, instance.title, instance.status FROM commons_flow_processinstance instance
           WHERE instance.status IN ('running', 'halted') AND (instance.status = 'halted' OR NOT (
             EXISTS (SELECT 1 FROM commons_flow_task t WHERE t.instance_id = instance.id AND t.status IN ('open', 'claimed'))
             OR EXISTS (SELECT 1 FROM commons_flow_timer t WHERE t.instance_id = instance.id)
             OR EXISTS (SELECT 1 FROM commons_flow_operationcall c WHERE c.instance_id = instance.id AND c.status = 'pending')
             OR EXISTS (SELECT 1 FROM commons_flow_processinstance child
                        WHERE child.parent_id = instance.id AND child.status IN ('running', 'halted'))))"""
    )
    yield from (f"instance {each['id']} ({each['title']}) is {each['status']} and waits for nothing" for each in stuck)
    open_ = ledger.rows("SELECT number, status FROM serve_cases_case WHERE closed_at IS NULL")
    yield from (f"case {each['number']} is still {each['status']}" for each in open_)


def _tasks(ledger: Ledger, told: Told) -> Iterator[str]:
    states = ledger.rows("SELECT id::text, status FROM commons_flow_task")
    done = {each["id"] for each in states if each["status"] == "done"}
    yield from (f"task {task} was confirmed and is not done" for task in told.done - done)
    yield from (f"task {task} is done, by nobody of ours" for task in done - told.done)
    audited = ledger.count(
        "SELECT count(*) FROM kernel_auditentry WHERE command = 'cases.handle_task' AND outcome = 'done'"
    )
    if audited != len(told.done):
        yield f"{len(told.done)} tasks were confirmed, {audited} are audited"


def _legal_steps(ledger: Ledger) -> Iterator[str]:
    """Each legal step of each member once, in the history, the evidence and the audit."""
    for number in [each["number"] for each in ledger.rows("SELECT number FROM serve_cases_case WHERE kind = 'bundle'")]:
        events, evidence = ledger.events(number), ledger.steps(number)
        for member in ledger.members(number):
            for step in STEPS:
                times = (events[member["number"]].get(step, 0), evidence[member["number"]].get(f"case.{step}", 0))
                if times != (1, 1):
                    yield f"{member['number']}: {step} stands {times[0]}× in the history, {times[1]}× in the evidence"
        if ledger.unproved(number):
            yield f"{number}: evidence without its event"
        if ledger.unaudited(number):
            yield f"{number}: something was written by no audited command"
        if missing := Counter(each["number"] is None for each in ledger.handed_over(number))[True]:
            yield f"{number}: {missing} results were not handed over"


def _log(ledger: Ledger) -> Iterator[str]:
    """The log of the ledger has no gap and no heads that contradict each other; that it holds all evidence once is waited for."""
    logs = ledger.rows(
        "SELECT log_id, count(*) AS entries, max(index) + 1 AS size, count(evidence_id) AS evidence FROM commons_ledger_entry GROUP BY 1"
    )
    yield from (
        f"log {each['log_id']}: {each['entries']} entries, {each['size']} places"
        for each in logs
        if each["entries"] != each["size"]
    )
    kept = ledger.count("SELECT count(*) FROM kernel_evidencerow")
    if (logged := sum(each["evidence"] for each in logs)) != kept:
        yield f"{kept} rows of evidence, {logged} in the log"


_ORPHANED = """
    SELECT count(*) FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
    WHERE job.status = 'doing' AND (worker.id IS NULL OR worker.last_heartbeat < now() - interval '30 seconds')
"""
