"""What a grant yields: numbered results in the name of the deciding organisation, and facts for other members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from yiwang.commons.identity import queries as identity
from yiwang.commons.licences import commands as licences
from yiwang.commons.licences import queries as licence_queries
from yiwang.commons.licences.contracts import Holder, HolderKind
from yiwang.commons.rules.engine import compile_expression
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command
from yiwang.kernel.evidence import hidden_hash, new_salt
from yiwang.kernel.evidence import record as leave_evidence
from yiwang.kernel.outbox import publish
from yiwang.serve.cases import policies, rules
from yiwang.serve.cases.commands import journal, sealing
from yiwang.serve.cases.contracts import CaseAction, FieldsMissing, ResultIssued
from yiwang.serve.cases.models import Case, CaseMaterial, CaseResult
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import ResultDef, ResultField


@command("cases.issue_result")
def issue_result(
    *,
    case_id: UUID,
    fields: Mapping[str, str] | None = None,
    variables: Mapping[str, Any] | None = None,
    by_process: bool = False,
    by: Actor,
    at: datetime,
) -> list[str]:
    """Issue every result of the matter; returns their ids. `fields`: the facts that officials enter, by name.

    A result whose matter names a type of licence is issued as one in this transaction, others become papers to be sealed.
    Fields of the system are numbered by their pattern, those of a decision are worked out from `variables` of the process
    (and left out where these do not say). Issued once: a repeat returns what there is. The results become materials of
    the members that wait for them. Raises FieldsMissing, CaseStateRefused, Forbidden; FieldsInvalid and NumberTaken of
    licences.
    """
    case, parent = journal.locked(case_id)
    issued = list(CaseResult.objects.filter(case=case).order_by("pk"))
    if issued:
        journal.noted(case, CaseAction.ISSUE_RESULT)
        return [str(row.pk) for row in issued]
    policies.check_step(by, case, CaseAction.ISSUE_RESULT, by_process=by_process)
    definition = matters.matter_version(matter_id=_matter_id(case), viewer=by).spec
    given = dict(fields or {})
    _demand(definition.results, given)
    making = _Making(case, given, variables or {}, at)
    rows = [_result(making, each) for each in definition.results]
    for row, each in zip(rows, definition.results, strict=True):
        _give_form(row, each, by)
    CaseResult.objects.bulk_create(rows)
    for row in rows:
        CaseMaterial.objects.filter(origin=case, reference=row.kind, origin_result__isnull=True).update(
            origin_result=row
        )
        publish(ResultIssued(case.pk, case.number, row.pk, case.parent_id))
        leave_evidence(
            "case.result",
            SubjectRef("case", case.pk),
            {
                "case": case.number,
                "result": row.kind,
                "number": hidden_hash(row.number, bytes(row.salt)),
                "issuer": row.organisation_name,
            },
        )
    titles = [row.title for row in rows]
    journal.record(case, CaseAction.ISSUE_RESULT, parent=parent, by=by, at=at, data={"results": titles})
    return [str(row.pk) for row in rows]


def official_fields(results: Sequence[ResultDef]) -> tuple[tuple[str, str], ...]:
    """(fact, label) of what officials must enter before the results can be issued."""
    return tuple(
        (field.fact, field.label or field.fact)
        for each in results
        for field in each.fields
        if field.filled_by == "official"
    )


def _matter_id(case: Case) -> UUID:
    assert case.matter_id is not None
    return case.matter_id


def _demand(results: Sequence[ResultDef], given: Mapping[str, str]) -> None:
    missing = {fact: label for fact, label in official_fields(results) if not str(given.get(fact, "")).strip()}
    if missing:
        raise FieldsMissing(
            names="、".join(missing.values()), fields={fact: f"请填写{label}" for fact, label in missing.items()}
        )


@dataclass(frozen=True, slots=True)
class _Making:
    """What results are made from."""

    case: Case
    given: Mapping[str, str]
    variables: Mapping[str, Any]
    at: datetime

    def value(self, key: str, field: ResultField) -> str | None:
        """The value of a field; None where a decision does not say."""
        if field.filled_by == "official":
            return self.given[field.fact].strip()
        if field.filled_by == "decision":
            said = compile_expression(field.value).evaluate(self.variables)
            return str(said.value) if said.known and said.value is not None else None
        day = rules.day_of(self.at)
        region = self._region() if "{region}" in field.pattern else ""
        serial = partial(journal.next_in, f"result:{key}:{day.year}")
        return rules.filled(field.pattern, region=region, day=day, serial=serial)

    def _region(self) -> str:
        viewer = Actor.system("cases.issue_result")
        office = identity.organisation(organisation_id=self.case.organisation_id, viewer=viewer)
        return identity.division_code(code=office.region.code, viewer=viewer)


def _result(making: _Making, definition: ResultDef) -> CaseResult:
    case = making.case
    known = {answer["fact"]: answer for answer in case.answers}
    if any(fact not in known for fact in definition.shows):
        known = _handed(case) | known
    lines: list[dict[str, Any]] = []
    for field in definition.fields:
        value = making.value(definition.key, field)
        if value is not None:
            label = field.label or field.fact
            lines.append({"fact": field.fact, "label": label, "value": value, "shown": value, "new": True})
    for fact in definition.shows:
        if fact in known:
            answer = known[fact]
            lines.append({**{key: answer.get(key, "") for key in ("fact", "label", "value", "shown")}, "new": False})
    number = next((line["value"] for line in lines if line["new"]), case.number)
    return CaseResult(
        case=case,
        kind=definition.key,
        number=number,
        salt=new_salt(),
        title=definition.name,
        payload={"lines": lines, "kind": definition.kind, "validity": definition.validity},
        organisation_id=case.organisation_id,
        organisation_name=case.organisation_name,
        issued_at=making.at,
    )


def _handed(case: Case) -> dict[str, Mapping[str, Any]]:
    """What the results that other members handed to this case say, by fact: a number that the police assigned, for one."""
    payloads = CaseMaterial.objects.filter(case=case, origin_result__isnull=False).values_list(
        "origin_result__payload", flat=True
    )
    return {line["fact"]: line for payload in payloads for line in payload["lines"]}


def _give_form(row: CaseResult, definition: ResultDef, by: Actor) -> None:
    """Make the result a licence of its type, or have it sealed as a paper where the organisation has a seal.

    A type that is not published here, as after a pack without it was loaded, leaves it a paper: no decision waits for that.
    """
    if definition.licence in licence_queries.type_keys(viewer=by):
        row.licence_id = _licence(row, definition.licence, by)
    elif sealing.to_be_sealed(row.organisation_id):
        row.to_seal = True
        sealing.seal_later(row.case_id)


def _licence(row: CaseResult, type_key: str, by: Actor) -> UUID:
    """Issue the licence that the result is, to the applicant, with the number of the result."""
    case = row.case
    holder = Holder(HolderKind.PERSON, case.person_id) if case.person_id else Holder(HolderKind.ENTITY, case.entity_id)
    values = {line["fact"]: str(line.get("shown") or line["value"]) for line in row.payload["lines"]}
    return licences.issue(
        type_key=type_key,
        holder=holder,
        values=values,
        organisation_id=row.organisation_id,
        subject=SubjectRef("case", case.pk),
        number=row.number,
        valid_from=rules.day_of(row.issued_at),
        by=by,
        at=row.issued_at,
    )
