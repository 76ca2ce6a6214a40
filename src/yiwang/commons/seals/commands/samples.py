"""Seals of a demonstration: of each organisation its official seal and those for services and licences, marked as samples."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import OrganisationKind
from yiwang.commons.seals import rules
from yiwang.commons.seals.commands.applying import apply_for_seal, approve_seal
from yiwang.commons.seals.commands.authorising import allow_automatic
from yiwang.commons.seals.commands.keeping import hand_over_seal
from yiwang.commons.seals.commands.keys import establish_samples
from yiwang.commons.seals.commands.making import make_seal
from yiwang.commons.seals.contracts import SEAL, USE, SamplesRefused, SealId, SealKind, UseRule
from yiwang.commons.seals.models import Seal
from yiwang.commons.seals.queries.keys import sample_allowed
from yiwang.commons.seals.queries.seals import seal_for
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.jobs import defer

AUTOMATIC = ("case_document", "case_result", "licence", "archive")
_BASIS = "样例：本单位对行政决定自动用印的规定"
_NOWHERE = UUID(int=0)


@command("seals.make_sample_seals")
def make_sample_seals(
    *,
    organisation_ids: Sequence[UUID] | None = None,
    kinds: Sequence[SealKind] = tuple(SealKind),
    by: Actor,
    at: datetime,
) -> int:
    """Make the seals that these organisations lack; how many. Without a list: all that are no mere offices.

    Two queries where nothing is missing. Whoever makes some at the same time is waited for: the authority is made once.
    Raises SamplesRefused outside a demonstration.
    """
    if not (by.is_system and sample_allowed()):
        raise SamplesRefused
    missing = missing_samples(organisation_ids, kinds)
    if missing:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('seals.samples'))")
        missing = missing_samples(organisation_ids, kinds)
    if missing:
        establish_samples(at)
        keepers = _keepers()
        for organisation_id, kind in missing:
            _one(organisation_id, kind, keepers.get(organisation_id, ()), by, at)
        defer("seals.write_trust")
    note(SubjectRef(SEAL, _NOWHERE), samples=len(missing))
    return len(missing)


@command("seals.seal_at_hand")
def seal_at_hand(
    *, organisation_id: UUID, kind: str = SealKind.OFFICIAL.value, by: Actor, at: datetime
) -> SealId | None:
    """The seal in force of an organisation for something; in a demonstration one is made where it has none, else None.

    One query where there is one. Another transaction that makes the same is waited for.
    """
    subject = SubjectRef("organisation", organisation_id)
    found = seal_for(organisation_id=organisation_id, kind=kind, viewer=by)
    if found is None and sample_allowed():
        wanted = [SealKind(kind)]
        make_sample_seals(organisation_ids=[organisation_id], kinds=wanted, by=Actor.system("seals.samples"), at=at)
        found = seal_for(organisation_id=organisation_id, kind=kind, viewer=by)
    note(subject, seal=found.code if found else "")
    return found.id if found else None


def missing_samples(
    organisation_ids: Sequence[UUID] | None, kinds: Sequence[SealKind], /
) -> list[tuple[UUID, SealKind]]:
    """Organisations with the kinds of seal that they lack. Two queries."""
    wanted = list(organisation_ids) if organisation_ids is not None else _organisations()
    there = Seal.objects.exclude(state__in=[each.value for each in rules.ENDED]).values_list("organisation_id", "kind")
    has = set(there)
    return [(each, kind) for each in wanted for kind in kinds if (each, kind.value) not in has]


def _organisations() -> list[UUID]:
    found = []
    cursor: str | None = None
    while True:
        page = identity.organisations(viewer=Actor.system("seals"), cursor=cursor, size=500)
        found += [each.id for each in page.items if each.kind is not OrganisationKind.OFFICE]
        cursor = page.next_cursor
        if cursor is None:
            return found


def _keepers() -> dict[UUID, tuple[UUID, ...]]:
    """Two officials of each organisation who may use its seals, as far as a demonstration has them."""
    found: dict[UUID, tuple[UUID, ...]] = {}
    for card, office in identity.posts(viewer=Actor.system("seals"), action=USE):
        here = found.get(office.organisation.id, ())
        if len(here) < 2 and card.id not in here:
            found[office.organisation.id] = (*here, card.id)
    return found


def _one(organisation_id: UUID, kind: SealKind, keepers: Sequence[UUID], by: Actor, at: datetime) -> None:
    reach = identity.holders(viewer=by, action=USE, organisation_id=organisation_id)
    able = [each.id for each in reach]
    fit = tuple(dict.fromkeys((*(each for each in keepers if each in able), *able)))[:2]
    seal_id = apply_for_seal(
        organisation_id=organisation_id,
        kind=kind,
        rule=UseRule.TWO,
        reason="样例印章，仅供演示",
        sample=True,
        by=by,
        at=at,
    )
    approve_seal(seal_id=seal_id, by=by, at=at)
    make_seal(seal_id=seal_id, by=by, at=at)
    hand_over_seal(seal_id=seal_id, keepers=fit, by=by, at=at)
    for document in AUTOMATIC:
        allow_automatic(seal_id=seal_id, kind=document, basis=_BASIS, by=by, at=at)
