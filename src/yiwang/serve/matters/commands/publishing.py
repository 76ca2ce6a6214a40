"""Publishing versions of matters and bundles. The same content never makes a new version."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Max

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import OrganisationRef, UnknownRecord
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.outbox import publish
from yiwang.serve.matters import models, policies, queries, rules
from yiwang.serve.matters.commands import indexing
from yiwang.serve.matters.contracts import (
    BundlePublished,
    BundleSpec,
    DatesOutOfOrder,
    Halt,
    MatterFaulty,
    MatterNotFound,
    MatterPublished,
    MatterSpec,
    MatterState,
    MatterStateRefused,
    Published,
)

_VERDICTS = rules.Verdicts()
_PUBLISHED = MatterState.PUBLISHED.value


@command("matters.publish_matter")
def publish_matter(
    *,
    spec: MatterSpec,
    form_version: int | None = None,
    process_version: int | None = None,
    revive: bool = True,
    by: Actor,
    at: datetime,
) -> Published:
    """Put `spec` in force as a new version with the pinned versions of its form and process; the former is withdrawn.

    Where it takes effect on a later day the former stays in force until then (`put_in_force`); a suspension goes on.
    Without `revive` what a steward cancelled stays cancelled, and what they will cancel ends on the day they set.
    Does nothing when the version in force, or one that waits for its day, says the same. Raises MatterFaulty, Forbidden.
    """
    policies.check_publish(by)
    _refuse(spec.name, rules.matter_defects(spec))
    definition = rules.matter_definition(spec)
    digest = rules.digest_of(definition, form=form_version, process=process_version)
    _lock(f"matter:{spec.code}")
    held = list(models.Matter.objects.filter(code=spec.code, state__in=[*rules.OFFERED, MatterState.DRAFT.value]))
    present = next((row for row in held if row.state in rules.OFFERED), None)
    kept = _ordered(spec, present, at) if not revive else None
    alike = next((row for row in held if bytes(row.digest) == digest), None)
    if alike is None and kept is not None and _ends_before(spec, kept):
        alike = present or _newest(spec.code)
    if alike is not None:
        note(SubjectRef("matter", alike.pk), code=spec.code, version=alike.version, changed=False)
        return Published(alike.pk, alike.version, changed=False, kept=kept)
    waits = present is not None and spec.valid_from is not None and spec.valid_from > at.astimezone(clock.CHINA).date()
    for row in held:
        if row.state == MatterState.DRAFT.value or not waits:
            _withdraw(row, at)
    _replace_listed(spec, by=by, at=at)
    organisation = _organisation(spec)
    row = models.Matter(
        item=_item(spec),
        code=spec.code,
        implementation_code=spec.implementation_code,
        department=_department(spec, organisation),
        department_code=organisation.code if organisation else "",
        level=spec.handling[-1].level or (spec.authority.levels[-1].value if spec.authority.levels else ""),
        themes=list(spec.themes),
        audiences=list(spec.audience),
        version=1 + (models.Matter.objects.filter(code=spec.code).aggregate(Max("version"))["version__max"] or 0),
        state=MatterState.DRAFT.value if waits else _PUBLISHED,
        name=spec.name,
        kind=spec.kind.value,
        organisation_id=organisation.id if organisation else None,
        promised_days=spec.limits.working_days,
        statutory_days=spec.limits.statutory_working_days,
        visits=spec.visits,
        form_key=spec.form,
        form_version=form_version,
        process_key=spec.process,
        process_version=process_version,
        effective_from=spec.valid_from,
        definition=definition,
        digest=digest,
        sample=spec.sample,
        published_at=at,
        **{"effective_to": spec.valid_to, **_going_on(present, kept)},
    )
    row.save(force_insert=True)
    _write_materials(row, spec)
    if not waits:
        indexing.index_matter(spec, by=by, at=at)
    publish(MatterPublished(row.pk, row.code, row.version))
    note(SubjectRef("matter", row.pk), code=spec.code, version=row.version, changed=True)
    return Published(row.pk, row.version, changed=True, kept=kept)


@command("matters.put_in_force")
def put_in_force(*, by: Actor, at: datetime) -> int:
    """Let versions take effect whose day has come; each replaces the one before it. Returns how many did."""
    policies.check_publish(by)
    today = at.astimezone(clock.CHINA).date()
    due = list(
        models.Matter.objects.select_for_update()
        .filter(state=MatterState.DRAFT.value, effective_from__lte=today)
        .order_by("code")
    )
    for row in due:
        _lock(f"matter:{row.code}")
        for former in models.Matter.objects.filter(code=row.code, state__in=rules.OFFERED):
            _withdraw(former, at)
        row.state = _PUBLISHED
        row.save(update_fields=["state"])
        indexing.index_matter(rules.matter_from(row.definition), by=by, at=at)
    note(SubjectRef("catalogue", UUID(int=0)), codes=[row.code for row in due])
    return len(due)


@command("matters.republish_matter")
def republish_matter(*, code: str, version: int, since: date, by: Actor, at: datetime) -> Published:
    """Put what a former version says in force again from the day `since`, as a new version.

    Raises MatterNotFound, MatterStateRefused (an entry of a foreign list), DatesOutOfOrder, MatterFaulty, Forbidden.
    """
    policies.check_publish(by)
    row = models.Matter.objects.filter(code=code, version=version).first()
    if row is None:
        raise MatterNotFound(code=code)
    if "listed" in row.definition:
        raise MatterStateRefused
    today = at.astimezone(clock.CHINA).date()
    if since < today:
        raise DatesOutOfOrder
    spec = replace(rules.matter_from(row.definition), valid_from=since if since > today else None, valid_to=None)
    done = publish_matter(spec=spec, form_version=row.form_version, process_version=row.process_version, by=by, at=at)
    note(SubjectRef("matter", done.id), code=code, again=version, since=since.isoformat())
    return done


@command("matters.publish_bundle")
def publish_bundle(
    *,
    spec: BundleSpec,
    form_version: int | None = None,
    process_version: int | None = None,
    revive: bool = True,
    by: Actor,
    at: datetime,
) -> Published:
    """Put `spec` in force, its members pinned to the matter versions in force. Same content, same version.

    Without `revive` a bundle that was withdrawn stays so, and a member that a steward cancelled is pinned to its last
    version. Raises MatterFaulty (unknown members, a cycle, a situation with no way out), Forbidden.
    """
    policies.check_publish(by)
    _lock(f"bundle:{spec.key}")
    present = models.Bundle.objects.filter(key=spec.key, state=_PUBLISHED).first()
    former = None if revive or present else models.Bundle.objects.filter(key=spec.key).order_by("-version").first()
    if former is not None:
        note(SubjectRef("bundle", former.pk), key=spec.key, version=former.version, changed=False)
        return Published(former.pk, former.version, changed=False, kept=Halt(MatterState.WITHDRAWN))
    matters = _in_force([member.matter for member in spec.members], cancelled_too=not revive)
    specs = {code: rules.matter_from(row.definition) for code, row in matters.items()}
    refused, _key = queries.eligibility(key=spec.eligibility, viewer=by)
    _refuse(spec.name, rules.bundle_defects(spec, specs, _VERDICTS, refused))
    definition = rules.bundle_definition(spec)
    pinned = {f"member.{member.key}": matters[member.matter].pk for member in spec.members}
    digest = rules.digest_of(definition, form=form_version, process=process_version, **pinned)
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
    indexing.index_bundle(spec, specs, row.promised_days, by=by, at=at)
    publish(BundlePublished(row.pk, row.key, row.version))
    note(SubjectRef("bundle", row.pk), key=spec.key, version=row.version, changed=True)
    return Published(row.pk, row.version, changed=True)


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
    said = {
        "name": spec.catalogue_name or item.name,
        "type": spec.type,
        "local_code": spec.local_code,
        "levels": [level.value for level in spec.authority.levels],
        "grounds": [{"name": law.name, "number": law.number, "clause": law.clause} for law in spec.laws],
    }
    if created or any(getattr(item, key) != value for key, value in said.items()):
        for key, value in said.items():
            setattr(item, key, value)
        item.save(update_fields=list(said))
    return item


def _withdraw(row: models.Matter, at: datetime) -> None:
    row.state, row.withdrawn_at = MatterState.WITHDRAWN.value, at
    row.save(update_fields=["state", "withdrawn_at"])


def _ordered(spec: MatterSpec, present: models.Matter | None, at: datetime) -> Halt | None:
    """What a steward ordered of the matter: cancelled, to be cancelled after a day, suspended."""
    if present is None:
        newest = _newest(spec.code)
        if newest is None or newest.state != MatterState.WITHDRAWN.value or "listed" in newest.definition:
            return None
        return Halt(MatterState.WITHDRAWN, None, newest.reason)
    if present.effective_to is not None and present.state == _PUBLISHED:
        written = rules.matter_from(present.definition).valid_to
        if present.effective_to != written:
            return Halt(MatterState.WITHDRAWN, present.effective_to, present.reason)
    today = at.astimezone(clock.CHINA).date()
    state = rules.state_on(MatterState(present.state), today, present.suspended_from, present.suspended_until)
    halted = state is MatterState.SUSPENDED
    return Halt(state, present.suspended_until, present.reason) if halted else None


def _ends_before(spec: MatterSpec, kept: Halt) -> bool:
    """Whether `spec` could never be offered under what was ordered."""
    if kept.state is not MatterState.WITHDRAWN:
        return False
    return kept.until is None or (spec.valid_from is not None and spec.valid_from > kept.until)


def _newest(code: str) -> models.Matter | None:
    found: models.Matter | None = models.Matter.objects.filter(code=code).order_by("-version").first()
    return found


def _in_force(codes: list[str], *, cancelled_too: bool) -> dict[str, models.Matter]:
    """The versions in force by code; of cancelled ones the last, where they are wanted."""
    rows = models.Matter.objects.filter(code__in=codes)
    found = {row.code: row for row in rows.filter(state=_PUBLISHED)}
    gone = set(codes) - found.keys() if cancelled_too else set()
    last = rows.filter(code__in=gone, state=MatterState.WITHDRAWN.value).order_by("version") if gone else ()
    return found | {row.code: row for row in last}


def _going_on(present: models.Matter | None, kept: Halt | None) -> dict[str, Any]:
    """A new version of a suspended matter is suspended as long, and is cancelled on the day that was set for the former."""
    if present is None:
        return {}
    names = ("suspended_from", "suspended_until", "reason") if present.suspended_from is not None else ()
    going_on = {name: getattr(present, name) for name in names}
    if kept is not None and kept.state is MatterState.WITHDRAWN:
        going_on |= {"effective_to": kept.until, "reason": kept.reason}
    return going_on


def _replace_listed(spec: MatterSpec, *, by: Actor, at: datetime) -> None:
    """The entry of an imported list that this version describes in full is told no more."""
    if not spec.implementation_code:
        return
    rows = models.Matter.objects.filter(code=spec.implementation_code, state=MatterState.LISTED.value)
    if rows.update(state=MatterState.WITHDRAWN.value, withdrawn_at=at):
        indexing.forget(kind="matter", keys=[spec.implementation_code], by=by, at=at)


def _organisation(spec: MatterSpec) -> OrganisationRef | None:
    """The one that handles, where there is one."""
    return _by_code(spec.handling[0].organisation if len(spec.handling) == 1 else "", spec.name)


def _department(spec: MatterSpec, organisation: OrganisationRef | None) -> str:
    """Whose matter it is for the public: its organisation, else the highest one of its line of business."""
    if organisation is not None:
        return organisation.name
    line = next((rule.line for rule in reversed(spec.handling) if rule.line), "")
    found = identity.organisations(line=line, size=1, viewer=Actor.system("matters")).items if line else ()
    return found[0].name if found else ""


def _organisation_id(code: str, name: str) -> UUID | None:
    organisation = _by_code(code, name)
    return organisation.id if organisation else None


def _by_code(code: str, name: str) -> OrganisationRef | None:
    if not code:
        return None
    try:
        return identity.organisation_by_code(code=code, viewer=Actor.system("matters"))
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
