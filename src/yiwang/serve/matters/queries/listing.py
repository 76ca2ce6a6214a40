"""Lists of what is offered: cards for the home page, themes, bundles of a matter."""

from uuid import UUID

from yiwang.kernel.actor import Actor
from yiwang.serve.matters import models, rules
from yiwang.serve.matters.contracts import Bundle, CatalogueEntry, Matter, ThemeView
from yiwang.serve.matters.queries.versions import assembled, bundle_of, in_force, matter_of, offered


def catalogue(*, viewer: Actor, theme: str = "", audience: str = "", kind: str = "") -> tuple[CatalogueEntry, ...]:
    """Bundles, then matters, in force today, by theme and audience (`person`, `legal_entity`). At most three queries."""
    entries: list[CatalogueEntry] = []
    if kind in {"", "bundle"}:
        entries += _bundle_entries()
    if kind in {"", "matter"}:
        rows = offered(models.Matter.objects.select_related("organisation").defer("definition").order_by("name"))
        entries += [_matter_entry(matter_of(row)) for row in rows]
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
    rows = in_force(models.Bundle.objects.filter(members__matter__code=matter_code).distinct())
    return tuple(_bundle_entry(bundle_of(row)) for row in rows)


def _bundle_entries() -> list[CatalogueEntry]:
    found = list(in_force(models.Bundle.objects.defer("definition").order_by("name")))
    members: dict[UUID, list[models.BundleMember]] = {}
    wanted = models.BundleMember.objects.filter(bundle__in=found).order_by("bundle", "position")
    for member in wanted.select_related("matter", "matter__organisation").defer("matter__definition"):
        members.setdefault(member.bundle_id, []).append(member)
    return [_bundle_entry(assembled(row, members.get(row.pk, []))) for row in found]


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
