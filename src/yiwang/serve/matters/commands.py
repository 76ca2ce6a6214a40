"""Publishing and withdrawing versions of matters and bundles. The same content never makes a new version."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Max

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import UnknownRecord
from yiwang.commons.search import commands as search
from yiwang.commons.search.contracts import Document
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.outbox import publish
from yiwang.serve.matters import models, policies, rules
from yiwang.serve.matters.contracts import (
    BundleNotFound,
    BundlePublished,
    BundleSpec,
    MatterFaulty,
    MatterNotFound,
    MatterPublished,
    MatterSpec,
    MatterState,
    Published,
    ThemeView,
)

_VERDICTS = rules.Verdicts()
_PUBLISHED = MatterState.PUBLISHED.value


@command("matters.publish_matter")
def publish_matter(
    *,
    spec: MatterSpec,
    form_version: int | None = None,
    process_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Published:
    """Put `spec` in force as a new version with the pinned versions of its form and process; the former is withdrawn.

    Does nothing when the version in force says the same. Raises MatterFaulty, Forbidden.
    """
    policies.check_publish(by)
    _refuse(spec.name, rules.matter_defects(spec))
    definition = rules.matter_definition(spec)
    digest = rules.digest_of(definition, form=form_version, process=process_version)
    _lock(f"matter:{spec.code}")
    present = models.Matter.objects.filter(code=spec.code, state=_PUBLISHED).first()
    if present is not None and bytes(present.digest) == digest:
        note(SubjectRef("matter", present.pk), code=spec.code, version=present.version, changed=False)
        return Published(present.pk, present.version, changed=False)
    if present is not None:
        present.state, present.withdrawn_at = MatterState.WITHDRAWN.value, at
        present.save(update_fields=["state", "withdrawn_at"])
    row = models.Matter(
        item=_item(spec),
        code=spec.code,
        version=1 + (models.Matter.objects.filter(code=spec.code).aggregate(Max("version"))["version__max"] or 0),
        state=_PUBLISHED,
        name=spec.name,
        kind=spec.kind.value,
        organisation_id=_organisation_id(spec.handling[0].organisation if len(spec.handling) == 1 else "", spec.name),
        promised_days=spec.limits.working_days,
        statutory_days=spec.limits.statutory_working_days,
        visits=spec.visits,
        form_key=spec.form,
        form_version=form_version,
        process_key=spec.process,
        process_version=process_version,
        effective_from=spec.valid_from,
        effective_to=spec.valid_to,
        definition=definition,
        digest=digest,
        sample=spec.sample,
        published_at=at,
    )
    row.save(force_insert=True)
    _write_materials(row, spec)
    _index_matter(spec, by, at)
    publish(MatterPublished(row.pk, row.code, row.version))
    note(SubjectRef("matter", row.pk), code=spec.code, version=row.version, changed=True)
    return Published(row.pk, row.version, changed=True)


@command("matters.publish_bundle")
def publish_bundle(
    *,
    spec: BundleSpec,
    form_version: int | None = None,
    process_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Published:
    """Put `spec` in force, its members pinned to the matter versions in force. Same content, same version.

    Raises MatterFaulty (unknown members, a cycle, a situation with no way out), Forbidden.
    """
    policies.check_publish(by)
    _lock(f"bundle:{spec.key}")
    matters = {
        row.code: row
        for row in models.Matter.objects.filter(code__in=[m.matter for m in spec.members], state=_PUBLISHED)
    }
    specs = {code: rules.matter_from(row.definition) for code, row in matters.items()}
    _refuse(spec.name, rules.bundle_defects(spec, specs, _VERDICTS))
    definition = rules.bundle_definition(spec)
    pinned = {f"member.{member.key}": matters[member.matter].pk for member in spec.members}
    digest = rules.digest_of(definition, form=form_version, process=process_version, **pinned)
    present = models.Bundle.objects.filter(key=spec.key, state=_PUBLISHED).first()
    if present is not None and bytes(present.digest) == digest:
        note(SubjectRef("bundle", present.pk), key=spec.key, version=present.version, changed=False)
        return Published(present.pk, present.version, changed=False)
    if present is not None:
        present.state, present.withdrawn_at = MatterState.WITHDRAWN.value, at
        present.save(update_fields=["state", "withdrawn_at"])
    edges = rules.depends_on(spec, specs)
    days = {member.key: specs[member.matter].limits.working_days for member in spec.members}
    row = models.Bundle(
        key=spec.key,
        version=1 + (models.Bundle.objects.filter(key=spec.key).aggregate(Max("version"))["version__max"] or 0),
        state=_PUBLISHED,
        name=spec.name,
        lead_id=_organisation_id(spec.lead.organisation if spec.lead else "", spec.name),
        promised_days=spec.promised if spec.promised is not None else rules.chain_days(edges, days, days),
        process_key=spec.process,
        process_version=process_version,
        form_key=spec.form,
        form_version=form_version,
        effective_from=spec.valid_from,
        effective_to=spec.valid_to,
        definition=definition,
        digest=digest,
        sample=spec.sample,
        published_at=at,
    )
    row.save(force_insert=True)
    _write_members(row, spec, matters, edges)
    _index_bundle(spec, specs, row.promised_days, by, at)
    publish(BundlePublished(row.pk, row.key, row.version))
    note(SubjectRef("bundle", row.pk), key=spec.key, version=row.version, changed=True)
    return Published(row.pk, row.version, changed=True)


@command("matters.set_themes")
def set_themes(*, themes: Sequence[ThemeView], by: Actor, at: datetime) -> bool:
    """Name the themes, in this order; one that is gone is forgotten. Returns whether anything changed."""
    del at
    policies.check_publish(by)
    wanted = {theme.key: (theme.name, theme.english, place) for place, theme in enumerate(themes)}
    present = {row.key: (row.name, row.english, row.position) for row in models.Theme.objects.all()}
    changed = wanted != present
    if changed:
        models.Theme.objects.exclude(key__in=list(wanted)).delete()
        models.Theme.objects.bulk_create(
            [
                models.Theme(key=key, name=name, english=english, position=place)
                for key, (name, english, place) in wanted.items()
            ],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["name", "english", "position"],
        )
    note(SubjectRef("catalogue", UUID(int=0)), themes=len(wanted), changed=changed)
    return changed


@command("matters.withdraw_matter")
def withdraw_matter(*, code: str, by: Actor, at: datetime) -> None:
    """Offer the matter no more; cases that began go on. Raises MatterNotFound, Forbidden."""
    policies.check_publish(by)
    row = models.Matter.objects.select_for_update().filter(code=code, state=_PUBLISHED).first()
    if row is None:
        raise MatterNotFound(code=code)
    row.state, row.withdrawn_at = MatterState.WITHDRAWN.value, at
    row.save(update_fields=["state", "withdrawn_at"])
    search.remove_documents(kind="matter", keys=[code], by=by, at=at)
    note(SubjectRef("matter", row.pk), code=code, version=row.version)


@command("matters.withdraw_bundle")
def withdraw_bundle(*, key: str, by: Actor, at: datetime) -> None:
    """Offer the bundle no more; cases that began go on. Raises BundleNotFound, Forbidden."""
    policies.check_publish(by)
    row = models.Bundle.objects.select_for_update().filter(key=key, state=_PUBLISHED).first()
    if row is None:
        raise BundleNotFound(key=key)
    row.state, row.withdrawn_at = MatterState.WITHDRAWN.value, at
    row.save(update_fields=["state", "withdrawn_at"])
    search.remove_documents(kind="bundle", keys=[key], by=by, at=at)
    note(SubjectRef("bundle", row.pk), key=key, version=row.version)


def _refuse(name: str, defects: list[rules.Defect]) -> None:
    if defects:
        raise MatterFaulty(
            name=name,
            reasons="；".join(map(str, defects)),
            fields={".".join(map(str, defect.place)): f"{defect.message}（{defect.mend}）" for defect in defects},
        )


def _lock(name: str) -> None:
    """Two publishers of one code wait for each other, also when there is no version yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [name])


def _item(spec: MatterSpec) -> models.CatalogItem:
    item: models.CatalogItem
    item, created = models.CatalogItem.objects.get_or_create(
        code=spec.catalogue_code, defaults={"name": spec.catalogue_name or spec.name, "type": spec.type}
    )
    name = spec.catalogue_name or item.name
    if not created and (item.name, item.type) != (name, spec.type):
        item.name, item.type = name, spec.type
        item.save(update_fields=["name", "type"])
    return item


def _organisation_id(code: str, name: str) -> UUID | None:
    if not code:
        return None
    try:
        return identity.organisation_by_code(code=code, viewer=Actor.system("matters")).id
    except UnknownRecord:
        raise MatterFaulty(name=name, reasons=f"没有机构 {code}", fields={"handling": f"没有机构 {code}"}) from None


def _write_materials(row: models.Matter, spec: MatterSpec) -> None:
    known = _materials({each.material: each.name for each in spec.requirements})
    models.MatterMaterial.objects.bulk_create(
        models.MatterMaterial(
            matter=row,
            material=known[each.material],
            position=position,
            direction=each.direction.value,
            necessity=each.necessity.value,
            condition=each.condition,
            satisfiers=[{"kind": one.kind.value, "source": one.source} for one in each.satisfiers],
        )
        for position, each in enumerate(spec.requirements)
    )


def _materials(names: Mapping[str, str]) -> dict[str, models.MaterialDef]:
    models.MaterialDef.objects.bulk_create(
        [models.MaterialDef(code=code, name=name) for code, name in names.items()],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name"],
    )
    return {each.code: each for each in models.MaterialDef.objects.filter(code__in=list(names))}


def _write_members(
    row: models.Bundle,
    spec: BundleSpec,
    matters: Mapping[str, models.Matter],
    edges: Mapping[str, tuple[str, ...]],
) -> None:
    models.BundleMember.objects.bulk_create(
        models.BundleMember(
            bundle=row,
            matter=matters[member.matter],
            key=member.key,
            position=position,
            kind=member.kind.value,
            condition=member.condition,
            depends_on=list(edges[member.key]),
        )
        for position, member in enumerate(spec.members)
    )


def _index_matter(spec: MatterSpec, by: Actor, at: datetime) -> None:
    text = " ".join(
        [
            spec.summary,
            *(each.text for each in spec.conditions),
            *(r.name for r in spec.results),
            *(q.question for q in spec.faq),
        ]
    )
    payload = _payload(spec, spec.limits.working_days, spec.visits)
    document = Document(spec.code, spec.name, spec.synonyms, text, payload)
    search.index_documents(kind="matter", docs=_in_languages(document, spec.translations), replace=False, by=by, at=at)


def _index_bundle(spec: BundleSpec, matters: Mapping[str, MatterSpec], promised: int, by: Actor, at: datetime) -> None:
    members = [matters[member.matter] for member in spec.members]
    text = " ".join([spec.summary, *(member.name for member in members), *(r.name for m in members for r in m.results)])
    payload = {
        **_payload(spec, promised, rules.visits_of(spec, members)),
        "members": len(members),
        "departments": rules.departments(members),
    }
    document = Document(spec.key, spec.name, spec.synonyms, text, payload, boost=1.3)
    search.index_documents(kind="bundle", docs=_in_languages(document, spec.translations), replace=False, by=by, at=at)


def _payload(spec: MatterSpec | BundleSpec, promised: int, visits: int) -> dict[str, object]:
    return {
        "summary": spec.summary,
        "themes": list(spec.themes),
        "promised": promised,
        "visits": visits,
        "sample": spec.sample,
    }


def _in_languages(document: Document, translations: Mapping[str, str]) -> list[Document]:
    """The document, and its English twin where the title is translated."""
    title = translations.get(document.title)
    if not title:
        return [document]
    summary = str(document.payload.get("summary", ""))
    payload = {**document.payload, "summary": translations.get(summary, summary)}
    words = tuple(translations[word] for word in document.keywords if word in translations)
    return [
        document,
        Document(document.key, title, words, str(payload["summary"]), payload, language="en", boost=document.boost),
    ]
