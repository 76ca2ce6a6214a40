"""What ends by itself and of which nobody has heard yet, for the program that tells it."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from yiwang.commons.identity import policies
from yiwang.commons.identity.contracts import RepresentationKind
from yiwang.commons.identity.contracts.endings import GuardianshipParties, WatchedEntity
from yiwang.commons.identity.contracts.real_names import MandateState
from yiwang.commons.identity.engine.realnames import born_when_of_age, last_day_as_child
from yiwang.commons.identity.models import LegalEntity, Mandate, Person, Representation
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.models import AuditEntry

BEFORE: Final = timedelta(days=30)
_MADE_UP: Final = timedelta(days=60)
"""How long after the birthday a run that was missed is made up for; whoever is older came of age before this was told."""
NEARED: Final = "identity.announce_guardianship_end"
OVER: Final = "identity.end_guardianship"


def guardianships_near_end(*, viewer: Actor) -> tuple[UUID, ...]:
    """Those whose child is eighteen within thirty days, which nobody has announced. At most 1,000. One query."""
    today = clock.today()
    born = Q(person__birth_date__gt=born_when_of_age(today), person__birth_date__lte=born_when_of_age(today + BEFORE))
    return _untold(viewer, born & policies.lasts(), NEARED)


def guardianships_over(*, viewer: Actor) -> tuple[UUID, ...]:
    """Those whose child has come of age and whose end is not written. At most 1,000. One query."""
    today = clock.today()
    born = Q(person__birth_date__gt=born_when_of_age(today - _MADE_UP), person__birth_date__lte=born_when_of_age(today))
    return _untold(viewer, born, OVER)


def _untold(viewer: Actor, where: Q, command: str) -> tuple[UUID, ...]:
    if not viewer.is_system:
        return ()
    told = AuditEntry.objects.filter(subject_kind="representation", subject_id=OuterRef("pk"), command=command)
    told = told.filter(details__has_key="last")
    rows = Representation.objects.filter(where, ~Exists(told), kind=RepresentationKind.GUARDIAN.value)
    ends = rows.values_list("pk", "person__birth_date", "valid_to").order_by("person__birth_date", "pk")[:1000]
    return tuple(pk for pk, birth, until in ends if reaches_full_age(birth, until))


def reaches_full_age(birth: date, until: date | None, /) -> bool:
    """Whether it was to last until the child is eighteen: one that was ended before is over already."""
    return until is None or until >= last_day_as_child(birth)


def guardianship_parties(*, representation_id: UUID, viewer: Actor) -> GuardianshipParties | None:
    """Parent and child, for the program that tells them; None where it is gone. One query."""
    row = Representation.objects.select_related("person").filter(pk=representation_id).first()
    if row is None or not viewer.is_system or row.person is None or row.person.birth_date is None:
        return None
    of_age = last_day_as_child(row.person.birth_date) + timedelta(days=1)
    return GuardianshipParties(row.representative_id, row.person.pk, of_age)


def watched_entities(*, after: UUID | None = None, size: int = 200, viewer: Actor) -> tuple[WatchedEntity, ...]:
    """Entities with a credit code for which somebody may act or is asked to, by id. One query."""
    if not viewer.is_system:
        return ()
    acting = Representation.objects.filter(policies.lasts(), legal_entity=OuterRef("pk"))
    asked: QuerySet[Mandate] = Mandate.objects.filter(
        legal_entity=OuterRef("pk"), state__in=[MandateState.OFFERED.value, MandateState.ACCEPTED.value]
    )
    watched = Q(legal_representative__isnull=False) | Q(Exists(acting)) | Q(Exists(asked))
    rows = LegalEntity.objects.filter(watched, credit_code__isnull=False).select_related("legal_representative")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return tuple(
        WatchedEntity(row.pk, row.credit_code or "", row.legal_representative_id, _number(row.legal_representative))
        for row in rows.order_by("pk")[:size]
    )


def _number(person: Person | None) -> str | None:
    return person.id_number if person is not None else None


def entity_name(*, entity_id: UUID, viewer: Actor) -> str:
    """For the program that tells of it. One query."""
    names = LegalEntity.objects.filter(pk=entity_id).values_list("name", flat=True)
    return (names.first() or "") if viewer.is_system else ""
