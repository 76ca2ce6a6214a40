"""Licences of a demonstration: what its residents held before, marked as samples, sealed by a job like any other."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from yiwang.commons.licences.commands.issuing import issue
from yiwang.commons.licences.contracts import Holder, SampleRefused
from yiwang.commons.licences.models import Licence
from yiwang.commons.licences.queries.types import newest, version_spec
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command, note
from yiwang.kernel.settings import settings


@command("licences.give_sample")
def give_sample(
    *,
    type_key: str,
    holder: Holder,
    number: str,
    values: Mapping[str, str],
    organisation_id: UUID,
    valid_from: date,
    by: Actor,
    at: datetime,
) -> UUID | None:
    """Issue a sample licence; None where the issuer has given this number already, which changes nothing.

    Raises SampleRefused outside a demonstration and for a type that is no sample, and what `issue` raises.
    """
    if not (by.is_system and settings().demo and version_spec(row=newest(key=type_key)).sample):
        raise SampleRefused
    made = None
    if not Licence.objects.filter(type__key=type_key, organisation_id=organisation_id, number=number).exists():
        made = issue(
            type_key=type_key, holder=holder, values=values, organisation_id=organisation_id, number=number,
            valid_from=valid_from, by=by, at=at,
        )  # fmt: skip
    note(holder.subject, type=type_key, sample=made is not None)
    return made
