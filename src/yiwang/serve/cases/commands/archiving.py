"""A case that has ended opens its archive in the same transaction, and uses licences no more; the rest is left to jobs."""

from datetime import datetime

from yiwang.commons.archives import commands as archives
from yiwang.commons.identity.contracts import LEGAL_ENTITY, PERSON
from yiwang.commons.licences import commands as licences
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.serve.cases.contracts import CaseKind
from yiwang.serve.cases.models import Case


def open_archive_of(case: Case, *, by: Actor, at: datetime) -> None:
    """Open the archive of a case that has just ended; again changes nothing. Nothing here refuses: the case ends anyhow."""
    subject = SubjectRef("case", case.pk)
    licences.end_uses(subject=subject, by=by, at=at)
    facts = {"result": case.result, "kind": case.kind, "matter": case.matter_code, "bundle": case.bundle_key}
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


def _holder(case: Case) -> SubjectRef:
    if case.person_id is not None:
        return SubjectRef(PERSON, case.person_id)
    assert case.entity_id is not None
    return SubjectRef(LEGAL_ENTITY, case.entity_id)
