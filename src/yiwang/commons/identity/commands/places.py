"""Regions, organisations and roles are defined in bulk, by natural key: what is unchanged is left alone."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from yiwang.commons.identity import policies, queries, rules
from yiwang.commons.identity.contracts import (
    CodeSystem,
    Defined,
    InvalidIdentity,
    OrganisationRow,
    RegionRef,
    RegionRow,
    Tree,
    TreeHasCycle,
    UnknownRecord,
)
from yiwang.commons.identity.models import (
    Jurisdiction,
    Organisation,
    OrganisationAncestry,
    Region,
    RegionAncestry,
    Role,
)
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.codes import InvalidCode, validate_credit_code
from yiwang.kernel.command import command, current, note
from yiwang.kernel.text import gettext_noop as _

_RegionKey = tuple[str, str, str]
_Line = tuple[UUID, UUID, int]  # ancestor, descendant, distance


@command("identity.define_regions")
def define_regions(*, rows: Sequence[RegionRow], by: Actor, at: datetime) -> Defined:
    """Create or correct regions by (code system, code, valid from); parents may come later in `rows`.

    Regions that are not in `rows` stay. Raises UnknownRecord for a parent that nobody defines, TreeHasCycle.
    """
    del at
    policies.check_define(by)
    known = {_region_key(region): region for region in Region.objects.select_for_update()}
    fresh: dict[UUID, Region] = {}
    for row in rows:
        key = (row.code_system.value, row.code, _iso(row.valid_from))
        if key not in known:
            known[key] = Region(code=row.code, code_system=row.code_system.value, valid_from=row.valid_from)
            fresh[known[key].pk] = known[key]
    ends = {(row.code_system.value, row.code, _iso(row.valid_from)): row.valid_to for row in rows}
    in_force = {
        (region.code_system, region.code): region
        for key, region in known.items()
        if ends.get(key, region.valid_to) is None
    }
    changed: list[Region] = []
    for row in rows:
        region = known[row.code_system.value, row.code, _iso(row.valid_from)]
        wanted = {
            "level": row.level.value,
            "name": row.name,
            "valid_to": row.valid_to,
            "name_en": row.name_en,
            "parent_id": _region_id(row.parent, in_force),
            "functional_area_id": _region_id(row.functional_area, in_force),
        }
        if _assign(region, wanted) and region.pk not in fresh:
            changed.append(region)
    parents = {
        region.pk: [above for above in (region.parent_id, region.functional_area_id) if above is not None]
        for region in known.values()
    }
    codes = {region.pk: region.code for region in known.values()}
    wanted_rows = _ancestry(parents, codes)
    Region.objects.bulk_create(sorted(fresh.values(), key=lambda row: row.code))
    Region.objects.bulk_update(changed, ["level", "name", "name_en", "valid_to", "parent", "functional_area"])
    if fresh or changed:
        _store(RegionAncestry.objects.all(), wanted_rows, _region_line)
    done = Defined(len(fresh), len(changed), len(rows) - len(fresh) - len(changed))
    note(SubjectRef("regions", current().id), created=done.created, changed=done.changed, unchanged=done.unchanged)
    return done


def _region_key(region: Region) -> _RegionKey:
    return region.code_system, region.code, _iso(region.valid_from)


def _iso(value: Any) -> str:
    return value.isoformat() if value else ""


def _region_id(key: tuple[CodeSystem, str] | None, in_force: Mapping[tuple[str, str], Region]) -> UUID | None:
    if key is None:
        return None
    system, code = key
    parent = in_force.get((system.value, code))
    if parent is None:
        raise UnknownRecord(kind="region", code=code)
    return parent.pk


def _assign(record: Any, wanted: Mapping[str, Any]) -> bool:
    changed = False
    for name, value in wanted.items():
        if getattr(record, name) != value:
            setattr(record, name, value)
            changed = True
    return changed


def _ancestry(parents: Mapping[UUID, Sequence[UUID]], codes: Mapping[UUID, str]) -> set[_Line]:
    try:
        return rules.ancestry(parents)
    except rules.CycleFound as cycle:
        raise TreeHasCycle(code=next(code for key, code in codes.items() if key == cycle.key)) from None


def _store(rows: QuerySet[Any], wanted: set[_Line], make: Callable[[_Line], Any]) -> None:
    columns = ("pk", "ancestor_id", "descendant_id", "distance")
    present = {(above, below, distance): pk for pk, above, below, distance in rows.values_list(*columns)}
    rows.filter(pk__in=[pk for key, pk in present.items() if key not in wanted]).delete()
    rows.model.objects.bulk_create([make(line) for line in sorted(wanted - present.keys(), key=str)], batch_size=2000)


def _region_line(line: _Line) -> RegionAncestry:
    return RegionAncestry(ancestor_id=line[0], descendant_id=line[1], distance=line[2])


def _organisation_line(tree: Tree, line: _Line) -> OrganisationAncestry:
    return OrganisationAncestry(tree=tree.value, ancestor_id=line[0], descendant_id=line[1], distance=line[2])


@command("identity.define_organisations")
def define_organisations(*, rows: Sequence[OrganisationRow], by: Actor, at: datetime) -> Defined:
    """Create or correct organisations by code; parents may come later in `rows`; others stay.

    Raises UnknownRecord for a region or parent that nobody defines, TreeHasCycle, InvalidIdentity for a credit code.
    """
    del at
    policies.check_define(by)
    known = {organisation.code: organisation for organisation in Organisation.objects.select_for_update()}
    fresh: dict[UUID, Organisation] = {}
    for row in rows:
        if row.code not in known:
            known[row.code] = Organisation(code=row.code)
            fresh[known[row.code].pk] = known[row.code]
    regions = queries.regions_by_code(codes={code for row in rows for code in (row.region, *row.covers)}, viewer=by)
    changed: list[Organisation] = []
    for row in rows:
        organisation = known[row.code]
        if _assign(organisation, _organisation_values(row, known, regions)) and organisation.pk not in fresh:
            changed.append(organisation)
    codes = {organisation.pk: organisation.code for organisation in known.values()}
    trees = {
        Tree.TERRITORY: _ancestry({o.pk: _one(o.territorial_parent_id) for o in known.values()}, codes),
        Tree.LINE: _ancestry({o.pk: _one(o.line_parent_id) for o in known.values()}, codes),
    }
    Organisation.objects.bulk_create(sorted(fresh.values(), key=lambda row: row.code))
    Organisation.objects.bulk_update(changed, _ORGANISATION_COLUMNS)
    if fresh or changed:
        for tree, wanted in trees.items():
            _store(OrganisationAncestry.objects.filter(tree=tree.value), wanted, partial(_organisation_line, tree))
    moved = _store_jurisdictions(rows, known, regions) - fresh.keys() - {organisation.pk for organisation in changed}
    done = Defined(len(fresh), len(changed) + len(moved), len(rows) - len(fresh) - len(changed) - len(moved))
    note(
        SubjectRef("organisations", current().id),
        created=done.created,
        changed=done.changed,
        unchanged=done.unchanged,
        codes=sorted(organisation.code for organisation in changed)[:100],
    )
    return done


def _one(parent: UUID | None) -> tuple[UUID, ...]:
    return () if parent is None else (parent,)


_ORGANISATION_COLUMNS = (
    "name",
    "name_en",
    "short_name",
    "credit_code",
    "kind",
    "region",
    "territorial_parent",
    "line_parent",
    "line",
    "duties",
    "address",
    "phone",
    "position",
    "sample",
)


def _organisation_values(
    row: OrganisationRow, known: Mapping[str, Organisation], regions: Mapping[str, RegionRef]
) -> dict[str, Any]:
    if row.region not in regions:
        raise UnknownRecord(kind="region", code=row.region)
    if row.credit_code is not None:
        try:
            validate_credit_code(row.credit_code)
        except InvalidCode as error:
            raise InvalidIdentity(fields={"credit_code": str(error)}, code=row.code) from None
    return {
        "name": row.name,
        "name_en": row.name_en,
        "short_name": row.short_name,
        "credit_code": row.credit_code,
        "kind": row.kind.value,
        "region_id": regions[row.region].id,
        "territorial_parent_id": _parent_organisation(row.territorial_parent, known),
        "line_parent_id": _parent_organisation(row.line_parent, known),
        "line": row.line,
        "duties": list(row.duties),
        "address": row.address,
        "phone": row.phone,
        "position": row.position,
        "sample": row.sample,
    }


def _store_jurisdictions(
    rows: Sequence[OrganisationRow], known: Mapping[str, Organisation], regions: Mapping[str, RegionRef]
) -> set[UUID]:
    """Make the jurisdictions of these organisations so; returns the organisations that changed."""
    wanted: set[tuple[UUID, UUID]] = set()
    for row in rows:
        for code in row.covers:
            if code not in regions:
                raise UnknownRecord(kind="region", code=code)
            wanted.add((known[row.code].pk, regions[code].id))
    stored = Jurisdiction.objects.filter(organisation_id__in=[known[row.code].pk for row in rows])
    present = {(holder, place): pk for pk, holder, place in stored.values_list("pk", "organisation_id", "region_id")}
    gone, fresh = present.keys() - wanted, sorted(wanted - present.keys(), key=str)
    Jurisdiction.objects.filter(pk__in=[present[key] for key in gone]).delete()
    Jurisdiction.objects.bulk_create([Jurisdiction(organisation_id=o, region_id=r) for o, r in fresh])
    return {holder for holder, _ in (*gone, *fresh)}


def _parent_organisation(code: str | None, known: Mapping[str, Organisation]) -> UUID | None:
    if code is None:
        return None
    if code not in known:
        raise UnknownRecord(kind="organisation", code=code)
    return known[code].pk


@command("identity.define_role")
def define_role(*, key: str, title: str, title_en: str = "", by: Actor, at: datetime) -> UUID:
    """Create a role, or correct its title."""
    del at
    policies.check_define(by)
    if not title:
        raise InvalidIdentity(fields={"title": _("请填写岗位名称。")})
    role = Role.objects.filter(key=key).first() or Role(key=key)
    if _assign(role, {"title": title, "title_en": title_en}):
        role.save()
    note(SubjectRef("role", role.pk), key=key)
    return role.pk
