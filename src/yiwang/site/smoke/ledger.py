"""What the records say behind the pages, read through SQL: open tasks, audit, evidence, outbox, jobs, halts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

from yiwang.site.smoke.browsing import SmokeFailed

_OWN: LiteralString = """
    WITH own AS (
        SELECT id FROM serve_cases_case WHERE number = %(number)s
        UNION ALL
        SELECT member.id FROM serve_cases_case member JOIN serve_cases_case parent ON parent.id = member.parent_id
        WHERE parent.number = %(number)s
    )
"""
"""Before each statement: `own` holds the ids of a bundle and its members."""
STEPS = ("submit", "receive", "accept", "grant", "issue_result", "close")
"""The legal steps of a member that is granted, each with one event and one evidence."""


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that waits, with what says who may do it."""

    id: str
    organisation: str
    role: str
    form_key: str
    for_applicant: bool
    matter: str = ""


class Ledger:
    """Reads of one database; a connection each, as the server may be killed meanwhile."""

    def __init__(self, url: str) -> None:
        self.url = url

    def rows(self, statement: LiteralString, *, number: str = "", **values: Any) -> list[dict[str, Any]]:
        """All rows of a query, which may ask `own` for the bundle `number` and its members."""
        with psycopg.connect(self.url, row_factory=dict_row, autocommit=True, connect_timeout=10) as connection:
            return connection.execute(_OWN + statement, {"number": number, **values}).fetchall()

    def count(self, statement: LiteralString, *, number: str = "", **values: Any) -> int:
        """The one number of a query."""
        return int(next(iter(self.rows(statement, number=number, **values)[0].values())))

    def members(self, number: str) -> list[dict[str, Any]]:
        """The members of a bundle in their order."""
        return self.rows(
            """SELECT member.* FROM serve_cases_case member JOIN serve_cases_case parent ON parent.id = member.parent_id
               WHERE parent.number = %(number)s ORDER BY member.position""",
            number=number,
        )

    def open_tasks(self, number: str = "") -> list[OpenTask]:
        """Tasks that wait, of one bundle or of all."""
        found = self.rows(
            """SELECT task.id::text, coalesce(organisation.code, '') AS organisation, task.role, task.form_key,
                       task.for_applicant, coalesce(kase.matter_code, '') AS matter
                FROM commons_flow_task task
                LEFT JOIN serve_cases_case kase
                  ON kase.id = coalesce(nullif(task.properties->>'case_id', '')::uuid, task.subject_id)
                LEFT JOIN commons_identity_organisation organisation ON organisation.id = task.organisation_id
                WHERE task.status IN ('open', 'claimed')
                  AND (%(number)s = '' OR task.properties->>'case_id' IN (SELECT id::text FROM own)
                       OR task.subject_id IN (SELECT id FROM own))
                ORDER BY task.created_at, task.id""",
            number=number,
        )
        return [OpenTask(**each) for each in found]

    def tasks_done(self, number: str) -> dict[str, int]:
        """How many tasks people completed, by matter code."""
        found = self.rows(
            """SELECT kase.matter_code AS code, count(*) AS tasks FROM commons_flow_task task
                JOIN serve_cases_case kase
                  ON kase.id = coalesce(nullif(task.properties->>'case_id', '')::uuid, task.subject_id)
                WHERE task.status = 'done' AND kase.id IN (SELECT id FROM own) GROUP BY 1""",
            number=number,
        )
        return {each["code"]: each["tasks"] for each in found}

    def steps(self, number: str) -> dict[str, dict[str, int]]:
        """How often each legal step of each case left evidence, by case number and kind."""
        found = self.rows(
            """SELECT kase.number, row.kind, count(*) AS times FROM kernel_evidencerow row
                JOIN serve_cases_case kase ON kase.id = row.subject_id AND row.subject_kind = 'case'
                WHERE kase.id IN (SELECT id FROM own) GROUP BY 1, 2""",
            number=number,
        )
        return _nested(found, "kind")

    def events(self, number: str) -> dict[str, dict[str, int]]:
        """How often each action stands in each case's history."""
        found = self.rows(
            """SELECT kase.number, event.kind, count(*) AS times FROM serve_cases_caseevent event
                JOIN serve_cases_case kase ON kase.id = event.case_id
                WHERE kase.id IN (SELECT id FROM own) GROUP BY 1, 2""",
            number=number,
        )
        return _nested(found, "kind")

    def ruled(self, number: str) -> dict[str, dict[str, str]]:
        """Who took each member's acceptance and decision: `instant`, `rule`, or the kind of the actor."""
        found = self.rows(
            """SELECT kase.number, event.kind, CASE WHEN event.data ? 'rule' THEN 'rule'
                       WHEN event.data->>'ground' = 'instant' THEN 'instant' ELSE event.actor_kind END AS times
                FROM serve_cases_caseevent event JOIN serve_cases_case kase ON kase.id = event.case_id
                WHERE kase.id IN (SELECT id FROM own) AND event.kind IN ('accept', 'grant')""",
            number=number,
        )
        return _nested(found, "kind")

    def unproved(self, number: str) -> int:
        """Evidence whose chain value is not the hash of the event that it names."""
        return self.count(
            """SELECT count(*) FROM kernel_evidencerow row
                LEFT JOIN serve_cases_caseevent event ON event.case_id = row.subject_id
                  AND event.seq = (row.statement->'facts'->>'event')::int
                WHERE row.subject_kind = 'case' AND row.subject_id IN (SELECT id FROM own)
                  AND row.statement->'facts' ? 'chain'
                  AND row.statement->'facts'->>'chain' IS DISTINCT FROM encode(event.hash, 'hex')""",
            number=number,
        )

    def evidence(self, number: str) -> int:
        """Evidence rows of a bundle and its members."""
        return self.count(
            "SELECT count(*) FROM kernel_evidencerow WHERE subject_kind = 'case' AND subject_id IN (SELECT id FROM own)",
            number=number,
        )

    def audit(self, number: str) -> dict[str, int]:
        """Audit entries of commands that were done on a bundle and its members, by command."""
        found = self.rows(
            """SELECT command, count(*) AS times FROM kernel_auditentry
                WHERE outcome = 'done' AND subject_kind = 'case' AND subject_id IN (SELECT id FROM own) GROUP BY 1""",
            number=number,
        )
        return {each["command"]: each["times"] for each in found}

    def unaudited(self, number: str) -> int:
        """Evidence and events of the outbox that were written by no audited command."""
        return self.count(
            """SELECT count(*) FROM
                  (SELECT run FROM kernel_evidencerow WHERE subject_id IN (SELECT id FROM own)
                   UNION ALL SELECT run FROM kernel_outboxevent WHERE aggregate_id IN (SELECT id FROM own)) written
                WHERE NOT EXISTS (SELECT 1 FROM kernel_auditentry entry WHERE entry.run = written.run)""",
            number=number,
        )

    def handed_over(self, number: str) -> list[dict[str, Any]]:
        """Materials of members that are results of others: whose, for whom, the number that came, whether it is a licence."""
        return self.rows(
            """SELECT taker.matter_code AS taker, giver.matter_code AS giver, result.number,
                      result.licence_id IS NOT NULL AND material.file_id IS NULL AS as_licence
               FROM serve_cases_casematerial material
               JOIN serve_cases_case taker ON taker.id = material.case_id
               JOIN serve_cases_case parent ON parent.id = taker.parent_id AND parent.number = %(number)s
               JOIN serve_cases_case giver ON giver.id = material.origin_id
               LEFT JOIN serve_cases_caseresult result ON result.id = material.origin_result_id""",
            number=number,
        )

    def unrest(self) -> dict[str, int]:
        """What is still on its way or went wrong, each 0 in a sound installation that has come to rest."""
        found = self.rows(
            """SELECT
                 (SELECT count(*) FROM kernel_outboxdelivery WHERE state = 'pending') AS deliveries_pending,
                 (SELECT count(*) FROM kernel_outboxdelivery WHERE state = 'parked') AS deliveries_parked,
                 (SELECT count(*) FROM kernel_evidencerow evidence WHERE NOT EXISTS (
                    SELECT 1 FROM commons_ledger_entry entry WHERE entry.evidence_id = evidence.id)) AS evidence_unlogged,
                 (SELECT count(*) FROM commons_ledger_entry entry
                  JOIN commons_ledger_log log ON log.number = entry.log_id AND log.closed_at IS NULL WHERE entry.index >= (
                    SELECT max(size) FROM commons_ledger_checkpoint head WHERE head.log_id = entry.log_id)) AS entries_unsigned,
                 (SELECT count(*) FROM commons_flow_halt WHERE resolved_at IS NULL) AS halts,
                 (SELECT count(*) FROM commons_flow_processinstance WHERE status = 'halted') AS instances_halted,
                 (SELECT count(*) FROM commons_flow_operationcall WHERE status IN ('pending', 'failed')) AS calls_waiting,
                 (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('failed', 'aborted')) AS jobs_failed,
                 (SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing') AS jobs_doing"""
        )
        return {name: int(value) for name, value in found[0].items()}


def hold(condition: object, reason: str) -> None:
    """Raise SmokeFailed unless `condition` holds of the records."""
    if not condition:
        raise SmokeFailed(reason)


def _nested(found: list[dict[str, Any]], name: str) -> dict[str, dict[str, Any]]:
    nested: dict[str, dict[str, Any]] = {}
    for each in found:
        nested.setdefault(each["number"], {})[each[name]] = each["times"]
    return nested


def total(counts: Mapping[str, int]) -> int:
    """The sum of some counts."""
    return sum(counts.values())
