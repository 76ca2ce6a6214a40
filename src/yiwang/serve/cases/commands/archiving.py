"""A case that has ended opens its archive in the same transaction, and uses licences no more; the rest is left to jobs."""

from datetime import datetime

from yiwang.commons.archives import commands as archives
from yiwang.commons.archives import queries as archive_queries
from yiwang.commons.archives.contracts import Retention
from yiwang.commons.identity.contracts import LEGAL_ENTITY, PERSON
from yiwang.commons.licences import commands as licences
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.serve.cases.contracts import CaseKind, ResultKind
from yiwang.serve.cases.models import Case
from yiwang.serve.matters import queries as matters

_KEEPER = Actor.system("cases: how long a case is kept")


def open_archive_of(case: Case, *, by: Actor, at: datetime) -> None:
    """Open the archive of a case that has just ended; again changes nothing. Nothing here refuses: the case ends anyhow."""
    subject = SubjectRef("case", case.pk)
    licences.end_uses(subject=subject, by=by, at=at)
    facts = {"result": case.result, "kind": case.kind, "matter": case.matter_code, "bundle": case.bundle_key}
    facts["retention"] = _retention(case)
    archives.open_archive(
        subject=subject,
        number=case.number,
        title=case.title,
        category="case",
        facts={name: value for name, value in facts.items() if value},
        organisation_id=case.organisation_id,
        organisation_name=case.organisation_name,
        scope_key=case.scope_key,
        grade=case.grade,
        matter_code=case.matter_code if case.kind != CaseKind.BUNDLE else "",
        applicant=case.applicant_name,
        holder=_holder(case),
        closed_at=case.closed_at or at,
        by=by,
        at=at,
    )


def _retention(case: Case) -> str:
    """What the catalogue says of the results that were granted; of a bundle the longest of its members' archives."""
    if case.kind == CaseKind.BUNDLE.value:
        members = Case.objects.filter(parent=case).values_list("pk", flat=True)
        rows = archive_queries.of_subjects(subjects=[SubjectRef("case", each) for each in members], viewer=_KEEPER)
        found = {row.retention.value for row in rows.values() if row.retention is not None}
    elif case.matter_id is not None and case.result == ResultKind.GRANTED.value:
        spec = matters.matter_version(matter_id=case.matter_id, viewer=_KEEPER).spec
        found = {each.retention for each in spec.results}
    else:
        found = set()
    return next((each.value for each in Retention if each.value in found), "")


def _holder(case: Case) -> SubjectRef:
    if case.person_id is not None:
        return SubjectRef(PERSON, case.person_id)
    assert case.entity_id is not None
    return SubjectRef(LEGAL_ENTITY, case.entity_id)
