"""Reads of the catalogue: versions in force and pinned ones, lists, guides, and who handles."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import NoHandlingOrganisation, OrganisationRef, RegionLevel, UnknownRecord
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.serve.matters import models, rules
from yiwang.serve.matters.contracts import (
    Bundle,
    BundleNotFound,
    BundleSpec,
    CatalogueEntry,
    Facts,
    Handling,
    Inclusion,
    Matter,
    MatterNotFound,
    MatterSpec,
    MatterState,
    Member,
    TailoredGuide,
    ThemeView,
)

_VERDICTS = rules.Verdicts()
V = TypeVar("V", models.Matter, models.Bundle)


def matter(*, code: str, viewer: Actor) -> Matter:
    """The version in force of a matter by its code (实施编码). Raises MatterNotFound. One query."""
    del viewer
    row = _in_force(models.Matter.objects.select_related("organisation")).filter(code=code).first()
    if row is None:
        raise MatterNotFound(code=code)
    return _matter(row)


def matter_version(*, matter_id: UUID, viewer: Actor) -> Matter:
    """A version as a case pinned it, whatever its state. Raises MatterNotFound. One query."""
    del viewer
    row = models.Matter.objects.select_related("organisation").filter(pk=matter_id).first()
    if row is None:
        raise MatterNotFound
    return _matter(row)


def bundle(*, key: str, viewer: Actor) -> Bundle:
    """The version in force of a bundle with its members. Raises BundleNotFound. Two queries."""
    del viewer
    row = _in_force(models.Bundle.objects.all()).filter(key=key).first()
    if row is None:
        raise BundleNotFound(key=key)
    return _bundle(row)


def bundle_version(*, bundle_id: UUID, viewer: Actor) -> Bundle:
    """A version as a case pinned it. Raises BundleNotFound. Two queries."""
    del viewer
    row = models.Bundle.objects.filter(pk=bundle_id).first()
    if row is None:
        raise BundleNotFound
    return _bundle(row)


def catalogue(*, viewer: Actor, theme: str = "", audience: str = "", kind: str = "") -> tuple[CatalogueEntry, ...]:
    """Bundles, then matters, in force today, by theme and audience (`person`, `legal_entity`). At most three queries."""
    entries: list[CatalogueEntry] = []
    if kind in {"", "bundle"}:
        entries += _bundle_entries()
    if kind in {"", "matter"}:
        rows = _in_force(models.Matter.objects.select_related("organisation").order_by("name"))
        entries += [_matter_entry(_matter(row)) for row in rows]
    del viewer
    return tuple(
        entry
        for entry in entries
        if (not theme or theme in entry.themes) and (not audience or audience in entry.audience)
    )


def themes(*, viewer: Actor) -> tuple[ThemeView, ...]:
    """The themes in the order of the home page. One query."""
    del viewer
    rows = models.Theme.objects.order_by("position", "key")
    return tuple(ThemeView(row.key, row.name, row.english) for row in rows)


def bundles_of(*, matter_code: str, viewer: Actor) -> tuple[CatalogueEntry, ...]:
    """Bundles in force that contain the matter: “可以合并办理”."""
    del viewer
    rows = _in_force(models.Bundle.objects.filter(members__matter__code=matter_code).distinct())
    return tuple(_bundle_entry(_bundle(row)) for row in rows)


def guide(
    *, bundle: Bundle, facts: Facts, viewer: Actor, region_code: str = "", with_handlers: bool = True
) -> TailoredGuide:
    """What the situation `facts` needs of `bundle`, and the question worth asking next.

    Names the handlers of a region: some queries for each member that nobody handles by name. No query without them.
    """
    if with_handlers:
        bundle = replace(bundle, members=_with_handlers(bundle, facts, viewer, region_code))
    return rules.tailor(bundle, facts, _VERDICTS)


def still_put(*, bundle: Bundle, answers: Facts, viewer: Actor) -> dict[str, Any]:
    """`answers` without those to questions that are not put once the others are as they are; in the same order."""
    del viewer
    return rules.still_put(bundle, answers, _VERDICTS)


def as_bundle(*, matter: Matter, viewer: Actor) -> Bundle:
    """A single matter as a bundle of one, for `guide` and for filing."""
    del viewer
    return rules.alone(matter)


def depends_on(*, bundle: Bundle, viewer: Actor) -> Mapping[str, tuple[str, ...]]:
    """Which members wait for which."""
    del viewer
    return {member.key: member.depends_on for member in bundle.members}


def handler(*, matter: Matter, facts: Facts, viewer: Actor, region_code: str = "") -> OrganisationRef:
    """The organisation that handles `matter` in this situation. Raises NoHandlingOrganisation, UnknownRecord."""
    return _handler(_handling(matter, facts), facts, viewer, region_code)


def lead(*, bundle: Bundle, facts: Facts, viewer: Actor, region_code: str = "") -> OrganisationRef | None:
    """The organisation that leads the bundle (牵头单位); None where none is named or found."""
    if bundle.spec.lead is None:
        return None
    try:
        return _handler(bundle.spec.lead, facts, viewer, region_code)
    except (NoHandlingOrganisation, UnknownRecord):
        return None


def _handling(matter: Matter, facts: Facts) -> Handling:
    """The first rule that holds; rules that still wait for a fact are passed over."""
    formulas = matter.spec.formulas
    rules_of = matter.spec.handling
    holding = (rule for rule in rules_of if _VERDICTS.inclusion(rule.condition, facts, formulas) is Inclusion.YES)
    return next(holding, rules_of[-1])


def _handler(handling: Handling, facts: Facts, viewer: Actor, region_code: str) -> OrganisationRef:
    if handling.organisation:
        return identity.organisation_by_code(code=handling.organisation, viewer=viewer)
    if handling.organisation_fact:
        named = facts.get(handling.organisation_fact)
        if not named:
            raise NoHandlingOrganisation(line=handling.organisation_fact, region=region_code)
        return identity.organisation_by_code(code=str(named), viewer=viewer)
    region = str(facts.get(handling.region_fact) or region_code)
    level = RegionLevel(handling.level) if handling.level else None
    return identity.organisation_for(line=handling.line, region_code=region, level=level, viewer=viewer)


def _with_handlers(bundle: Bundle, facts: Facts, viewer: Actor, region_code: str) -> tuple[Member, ...]:
    known: dict[tuple[Handling, str], str] = {}
    members = []
    for member in bundle.members:
        if member.matter.organisation_name:
            members.append(member)
            continue
        handling = _handling(member.matter, facts)
        told = str(facts.get(handling.organisation_fact or handling.region_fact) or region_code)
        if told and (handling, told) not in known:
            try:
                known[handling, told] = _handler(handling, facts, viewer, region_code).name
            except (NoHandlingOrganisation, UnknownRecord):
                known[handling, told] = ""
        named = replace(member.matter, organisation_name=known.get((handling, told), ""))
        members.append(replace(member, matter=named))
    return tuple(members)


def _in_force(rows: "QuerySet[V]") -> "QuerySet[V]":
    today = clock.today()
    return rows.filter(
        Q(effective_from__isnull=True) | Q(effective_from__lte=today),
        Q(effective_to__isnull=True) | Q(effective_to__gte=today),
        state=MatterState.PUBLISHED.value,
    )


@lru_cache(maxsize=2048)
def _matter_spec(matter_id: UUID) -> MatterSpec:
    """A version never changes, so it is parsed once a process."""
    return rules.matter_from(models.Matter.objects.only("definition").get(pk=matter_id).definition)


@lru_cache(maxsize=512)
def _bundle_spec(bundle_id: UUID) -> BundleSpec:
    return rules.bundle_from(models.Bundle.objects.only("definition").get(pk=bundle_id).definition)


def _matter(row: models.Matter) -> Matter:
    return Matter(
        id=row.pk,
        version=row.version,
        state=MatterState(row.state),
        spec=_matter_spec(row.pk),
        organisation_id=row.organisation_id,
        organisation_name=row.organisation.name if row.organisation else "",
        form_version=row.form_version,
        process_version=row.process_version,
        published_at=row.published_at,
    )


def _bundle(row: models.Bundle) -> Bundle:
    members = row.members.select_related("matter", "matter__organisation").order_by("position")
    return _assembled(row, members)


def _assembled(row: models.Bundle, members: "Iterable[models.BundleMember]") -> Bundle:
    spec = _bundle_spec(row.pk)
    by_key = {member.key: member for member in spec.members}
    return Bundle(
        id=row.pk,
        version=row.version,
        state=MatterState(row.state),
        spec=spec,
        members=tuple(
            Member(each.key, by_key[each.key], _matter(each.matter), tuple(each.depends_on)) for each in members
        ),
        form_version=row.form_version,
        process_version=row.process_version,
        promised=row.promised_days,
        published_at=row.published_at,
    )


def _bundle_entries() -> list[CatalogueEntry]:
    found = list(_in_force(models.Bundle.objects.order_by("name")))
    members: dict[UUID, list[models.BundleMember]] = {}
    wanted = models.BundleMember.objects.filter(bundle__in=found).order_by("bundle", "position")
    for member in wanted.select_related("matter", "matter__organisation"):
        members.setdefault(member.bundle_id, []).append(member)
    return [_bundle_entry(_assembled(row, members.get(row.pk, []))) for row in found]


def _bundle_entry(bundle: Bundle) -> CatalogueEntry:
    spec = bundle.spec
    return CatalogueEntry(
        kind="bundle",
        key=bundle.key,
        name=bundle.name,
        summary=spec.summary,
        themes=spec.themes,
        audience=spec.audience,
        departments=rules.departments([member.matter.spec for member in bundle.members]),
        promised=bundle.promised,
        visits=rules.visits_of(spec, [member.matter.spec for member in bundle.members]),
        members=len(bundle.members),
        said=spec.synonyms,
        sample=spec.sample,
        translations=spec.translations,
    )


def _matter_entry(matter: Matter) -> CatalogueEntry:
    spec = matter.spec
    return CatalogueEntry(
        kind="matter",
        key=spec.code,
        name=spec.name,
        summary=spec.summary,
        themes=spec.themes,
        audience=spec.audience,
        departments=1,
        promised=spec.limits.working_days,
        visits=spec.visits,
        said=spec.synonyms,
        sample=spec.sample,
        translations=spec.translations,
    )


def english(*, matter_ids: Iterable[UUID], bundle_id: UUID | None, viewer: Actor) -> Mapping[str, str]:
    """The English of the texts of these versions, by their Chinese. No query once the process has read them."""
    del viewer
    words: dict[str, str] = {}
    for matter_id in set(matter_ids):
        words.update(_matter_spec(matter_id).translations)
    if bundle_id is not None:
        words.update(_bundle_spec(bundle_id).translations)
    return words
