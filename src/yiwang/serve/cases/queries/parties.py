"""Whom a case concerns and what it is called: what a message about it needs."""

from dataclasses import dataclass
from uuid import UUID

from yiwang.kernel.actor import Actor
from yiwang.serve.cases import policies
from yiwang.serve.cases.contracts import CaseNotFound
from yiwang.serve.cases.models import Case


@dataclass(frozen=True, slots=True)
class Party:
    """`outer_number` is the bundle's where the case is a member; the applicant knows that one."""

    number: str
    outer_number: str
    title: str
    organisation: str
    person_id: UUID | None
    entity_id: UUID | None
    bundle_id: UUID | None
    matter_id: UUID | None


def party(*, case_id: UUID, viewer: Actor) -> Party:
    """Raises CaseNotFound. One query."""
    row = Case.objects.select_related("parent").filter(policies.visible(viewer), pk=case_id).first()
    if row is None:
        raise CaseNotFound
    return Party(
        number=row.number,
        outer_number=row.parent.number if row.parent else row.number,
        title=row.title,
        organisation=row.organisation_name,
        person_id=row.person_id,
        entity_id=row.entity_id,
        bundle_id=row.bundle_id,
        matter_id=row.matter_id,
    )
