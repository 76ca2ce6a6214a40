"""What the sharing interface (GB/T 36906) answers: by holder or identifier, without fields until a use is recorded."""

from dataclasses import replace
from uuid import UUID

from yiwang.commons.licences.contracts import LicenceNotFound, SharedLicence, TrustGrade, UseStanding
from yiwang.commons.licences.models import HOLDER_CODE, Licence, LicenceCaller, LicenceVersion
from yiwang.commons.licences.queries.page import use_standing
from yiwang.commons.licences.queries.wallet import state_today
from yiwang.kernel.actor import Actor
from yiwang.kernel.fields import keyed_hashes

_PROGRAM = Actor.system("证照共享")
_MOST = 50


def shared_licences(*, holder_code: str, type_key: str, viewer: Actor) -> tuple[SharedLicence, ...]:
    """The licences of one type under an ID number or credit code, the newest first. One query; only for the program."""
    if not viewer.is_system:
        return ()
    rows = Licence.objects.filter(
        holder_hash__in=keyed_hashes(holder_code.strip().upper(), HOLDER_CODE),
        type__key=type_key,
        current__isnull=False,
    )
    rows = rows.select_related("current").defer("current__values", "holder_code", "holder_hash")
    return tuple(_shared(row) for row in rows.order_by("-id")[:_MOST])


def by_identifier(*, identifier: str, viewer: Actor, caller_id: UUID | None = None) -> SharedLicence:
    """How a licence stands, by the identifier on its paper. Only for the program; two queries with `caller_id`.

    Raises LicenceNotFound, also for a type that the caller may not ask about: it learns nothing of others.
    """
    found = (
        LicenceVersion.objects.filter(identifier=identifier).select_related("licence__current").defer("values").first()
    )
    if found is None or not viewer.is_system or found.licence.current_id is None:
        raise LicenceNotFound
    shared = _shared(found.licence)
    if caller_id is not None and not _reaches(caller_id, shared.type_key):
        raise LicenceNotFound
    return shared if found.pk == found.licence.current_id else _superseded(shared, identifier)


def _reaches(caller_id: UUID, type_key: str) -> bool:
    types = LicenceCaller.objects.values_list("types", flat=True).get(pk=caller_id)
    return type_key in types or "*" in types


def _superseded(shared: SharedLicence, identifier: str) -> SharedLicence:
    return replace(shared, superseded=identifier != shared.identifier)


def _shared(row: Licence) -> SharedLicence:
    assert row.current is not None
    return SharedLicence(
        id=row.pk,
        type_key=row.scope_key.partition(":")[2],
        title=row.title,
        identifier=row.current.identifier,
        number=row.number,
        issuer_name=row.issuer_name,
        state=state_today(row=row),
        grade=TrustGrade(row.grade),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def shared_use(*, use_id: UUID, viewer: Actor) -> UseStanding:
    """What a caller may read of the use that it has just recorded."""
    del viewer
    return use_standing(use_id=use_id, viewer=_PROGRAM)
