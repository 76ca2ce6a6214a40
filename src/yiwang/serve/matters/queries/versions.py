"""Versions of matters and bundles: in force today, or as a case pinned them."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.serve.matters import models, rules
from yiwang.serve.matters.contracts import (
    Bundle,
    BundleNotFound,
    BundleSpec,
    Halt,
    Matter,
    MatterNotFound,
    MatterSpec,
    MatterState,
    Member,
)

V = TypeVar("V", models.Matter, models.Bundle)


def matter(*, code: str, viewer: Actor) -> Matter:
    """The version in force of a matter by its code (实施编码). Raises MatterNotFound. One query."""
    del viewer
    row = offered(models.Matter.objects.select_related("organisation")).filter(code=code).first()
    if row is None:
        raise MatterNotFound(code=code)
    return matter_of(row)


def matter_version(*, matter_id: UUID, viewer: Actor) -> Matter:
    """A version as a case pinned it, whatever its state. Raises MatterNotFound. One query."""
    del viewer
    row = models.Matter.objects.select_related("organisation").filter(pk=matter_id).first()
    if row is None:
        raise MatterNotFound
    return matter_of(row)


def waiting_versions(*, viewer: Actor) -> int:
    """How many versions wait whose day has come. One query."""
    del viewer
    count: int = models.Matter.objects.filter(state=MatterState.DRAFT.value, effective_from__lte=clock.today()).count()
    return count


def bundle(*, key: str, viewer: Actor) -> Bundle:
    """The version in force of a bundle with its members. Raises BundleNotFound. Two queries."""
    del viewer
    row = in_force(models.Bundle.objects.all()).filter(key=key).first()
    if row is None:
        raise BundleNotFound(key=key)
    return bundle_of(row)


def bundle_version(*, bundle_id: UUID, viewer: Actor) -> Bundle:
    """A version as a case pinned it. Raises BundleNotFound. Two queries."""
    del viewer
    row = models.Bundle.objects.filter(pk=bundle_id).first()
    if row is None:
        raise BundleNotFound
    return bundle_of(row)


def depends_on(*, bundle: Bundle, viewer: Actor) -> Mapping[str, tuple[str, ...]]:
    """Which members wait for which."""
    del viewer
    return {member.key: member.depends_on for member in bundle.members}


def english(*, matter_ids: Iterable[UUID], bundle_id: UUID | None, viewer: Actor) -> Mapping[str, str]:
    """The English of the texts of these versions, by their Chinese. No query once the process has read them."""
    del viewer
    words: dict[str, str] = {}
    for matter_id in set(matter_ids):
        words.update(matter_spec(matter_id).translations)
    if bundle_id is not None:
        words.update(bundle_spec(bundle_id).translations)
    return words


def offered(rows: "QuerySet[models.Matter]", /) -> "QuerySet[models.Matter]":
    """Of these versions those for which one can apply today: in force, and not suspended."""
    today = clock.today()
    return in_force(rows).exclude(
        Q(suspended_until__isnull=True) | Q(suspended_until__gte=today), suspended_from__lte=today
    )


def in_force(rows: "QuerySet[V]", /) -> "QuerySet[V]":
    """Of these versions those that are offered today."""
    today = clock.today()
    return rows.filter(
        Q(effective_from__isnull=True) | Q(effective_from__lte=today),
        Q(effective_to__isnull=True) | Q(effective_to__gte=today),
        state=MatterState.PUBLISHED.value,
    )


@lru_cache(maxsize=2048)
def matter_spec(matter_id: UUID, /) -> MatterSpec:
    """A version never changes, so it is parsed once a process."""
    return rules.matter_from(models.Matter.objects.only("definition").get(pk=matter_id).definition)


@lru_cache(maxsize=512)
def bundle_spec(bundle_id: UUID, /) -> BundleSpec:
    """A version never changes, so it is parsed once a process."""
    return rules.bundle_from(models.Bundle.objects.only("definition").get(pk=bundle_id).definition)


def matter_of(row: models.Matter, /) -> Matter:
    """The row as a value."""
    return Matter(
        id=row.pk,
        version=row.version,
        state=MatterState(row.state),
        spec=matter_spec(row.pk),
        organisation_id=row.organisation_id,
        organisation_name=row.organisation.name if row.organisation else "",
        form_version=row.form_version,
        process_version=row.process_version,
        published_at=row.published_at,
    )


def halt(*, code: str, viewer: Actor) -> Halt | None:
    """Why nobody can apply for this matter today; None where one can. One query."""
    del viewer
    return _halts([code]).get(code)


def _halts(codes: Iterable[str]) -> dict[str, Halt]:
    """Of these matters those for which nobody can apply today, by code. One query."""
    known = models.Matter.objects.filter(code__in=list(codes)).exclude(state=MatterState.DRAFT.value)
    rows = list(known.order_by("version").defer("definition"))
    newest = {row.code: row for row in rows}
    newest |= {row.code: row for row in rows if row.state in rules.OFFERED}
    found = {code: _halt(row, clock.today()) for code, row in newest.items()}
    return {code: halt for code, halt in found.items() if halt is not None}


def _halt(row: models.Matter, today: date) -> Halt | None:
    state = rules.state_on(MatterState(row.state), today, row.suspended_from, row.suspended_until)
    if state is MatterState.SUSPENDED:
        return Halt(state, row.suspended_until, row.reason)
    over = state is MatterState.WITHDRAWN or (row.effective_to is not None and row.effective_to < today)
    return Halt(MatterState.WITHDRAWN, None, row.reason) if over else None


def bundle_of(row: models.Bundle, /) -> Bundle:
    """The row as a value, its members with what halts them. One query for the members, one more where one is halted."""
    open_today = offered(models.Matter.objects.filter(code=OuterRef("matter__code")))
    members = (
        row.members.select_related("matter", "matter__organisation")
        .defer("matter__definition")
        .annotate(is_open=Exists(open_today))
        .order_by("position")
    )
    halted = [each.matter.code for each in members if not each.is_open]
    return assembled(row, members, _halts(halted) if halted else {})


def assembled(
    row: models.Bundle, members: "Iterable[models.BundleMember]", halts: Mapping[str, Halt] = MappingProxyType({}), /
) -> Bundle:
    """The row with its members as a value. `halts` by code, where they are asked for."""
    spec = bundle_spec(row.pk)
    by_key = {member.key: member for member in spec.members}
    return Bundle(
        id=row.pk,
        version=row.version,
        state=MatterState(row.state),
        spec=spec,
        members=tuple(
            Member(
                each.key,
                by_key[each.key],
                matter_of(each.matter),
                tuple(each.depends_on),
                halts.get(each.matter.code),
            )
            for each in members
        ),
        form_version=row.form_version,
        process_version=row.process_version,
        promised=row.promised_days,
        published_at=row.published_at,
    )
