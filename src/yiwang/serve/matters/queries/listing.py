"""Lists of what is offered: cards for the home page, themes, bundles of a matter.

A version never changes, nor do the members of a bundle's version: its card is made once a process, and a list asks the
database only which versions are in force.
"""

from functools import lru_cache
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yiwang.commons.identity.contracts.real_names import ScopeChoice
from yiwang.kernel.actor import Actor
from yiwang.serve.matters import models, rules
from yiwang.serve.matters.contracts import CatalogueEntry, ThemeView
from yiwang.serve.matters.queries.versions import bundle_spec, in_force, matter_spec, offered


def catalogue(*, viewer: Actor, theme: str = "", audience: str = "", kind: str = "") -> tuple[CatalogueEntry, ...]:
    """Bundles, then matters, in force today, by theme and audience (`person`, `legal_entity`). Two queries."""
    entries: list[CatalogueEntry] = []
    if kind in {"", "bundle"}:
        entries += _bundle_entries()
    if kind in {"", "matter"}:
        known = offered(models.Matter.objects.order_by("name")).values_list("pk", flat=True)
        entries += [_matter_entry(matter_id) for matter_id in known]
    del viewer
    return tuple(
        entry
        for entry in entries
        if (not theme or theme in entry.themes) and (not audience or audience in entry.audience)
    )


def mandate_scopes(*, audience: str, viewer: Actor) -> tuple[ScopeChoice, ...]:
    """What somebody can be authorised for, offered today to that audience: bundles, then matters by their first theme, in
    the order of the home page and in the reader's language. Three queries.
    """
    entries = catalogue(viewer=viewer, audience=audience)
    english = (get_language() or "").startswith("en")
    names = {each.key: (english and each.english) or each.name for each in themes(viewer=viewer)}
    places = {key: place for place, key in enumerate(names)}

    def place(entry: CatalogueEntry) -> int:
        return -1 if entry.kind == "bundle" else places.get(_first(entry), len(places))

    return tuple(
        ScopeChoice(
            f"{entry.kind}:{entry.key}",
            (english and entry.translations.get(entry.name)) or entry.name,
            _("一件事") if entry.kind == "bundle" else names.get(_first(entry), _("其他")),
        )
        for entry in sorted(entries, key=place)
    )


def _first(entry: CatalogueEntry) -> str:
    return entry.themes[0] if entry.themes else ""


def themes(*, viewer: Actor) -> tuple[ThemeView, ...]:
    """The themes in the order of the home page. One query."""
    del viewer
    rows = models.Theme.objects.order_by("position", "key")
    return tuple(ThemeView(row.key, row.name, row.english) for row in rows)


def bundles_of(*, matter_code: str, viewer: Actor) -> tuple[CatalogueEntry, ...]:
    """Bundles in force that contain the matter: “可以合并办理”."""
    del viewer
    rows = in_force(models.Bundle.objects.filter(members__matter__code=matter_code).distinct())
    return tuple(_bundle_entry(bundle_id) for bundle_id in rows.values_list("pk", flat=True))


def _bundle_entries() -> list[CatalogueEntry]:
    found = in_force(models.Bundle.objects.order_by("name")).values_list("pk", flat=True)
    return [_bundle_entry(bundle_id) for bundle_id in found]


@lru_cache(maxsize=512)
def _bundle_entry(bundle_id: UUID) -> CatalogueEntry:
    promised = models.Bundle.objects.values_list("promised_days", flat=True).get(pk=bundle_id)
    members = models.BundleMember.objects.filter(bundle=bundle_id).order_by("position")
    spec, matters = bundle_spec(bundle_id), [matter_spec(each) for each in members.values_list("matter_id", flat=True)]
    return CatalogueEntry(
        kind="bundle",
        key=spec.key,
        name=spec.name,
        summary=spec.summary,
        themes=spec.themes,
        audience=spec.audience,
        departments=rules.departments(matters),
        promised=promised,
        visits=rules.visits_of(spec, matters),
        members=len(matters),
        said=spec.synonyms,
        sample=spec.sample,
        translations=spec.translations,
    )


@lru_cache(maxsize=2048)
def _matter_entry(matter_id: UUID) -> CatalogueEntry:
    spec = matter_spec(matter_id)
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
