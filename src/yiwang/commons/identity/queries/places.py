"""Regions and organisations. Both are public knowledge, so `viewer` changes nothing here."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Case, F, IntegerField, Q, Value, When

from yiwang.commons.identity import rules
from yiwang.commons.identity.contracts import (
    CodeSystem,
    NoHandlingOrganisation,
    OrganisationKind,
    OrganisationRef,
    OrganisationView,
    RegionLevel,
    RegionRef,
    Tree,
    UnknownRecord,
)
from yiwang.commons.identity.models import Organisation, Region
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page, paginate

_DIVISION = 6
_BY_STANDARD = {system.value: place for place, system in enumerate(CodeSystem)}


def region_ref(row: Region, /) -> RegionRef:
    """The frozen value of a region row."""
    return RegionRef(row.pk, row.code, row.name, RegionLevel(row.level), row.parent_id, row.name_en)


def regions_by_code(*, codes: Iterable[str], viewer: Actor) -> dict[str, RegionRef]:
    """Regions in force by code; where two systems share a code, the national standard wins. One query."""
    del viewer
    rows = Region.objects.filter(code__in=set(codes), valid_to__isnull=True)
    ordered = sorted(rows, key=lambda row: _BY_STANDARD[row.code_system], reverse=True)
    return {row.code: region_ref(row) for row in ordered}


def region(*, code: str, viewer: Actor) -> RegionRef:
    """The region in force with that code. Raises UnknownRecord."""
    found = regions_by_code(codes=[code], viewer=viewer).get(code)
    if found is None:
        raise UnknownRecord(kind="region", code=code)
    return found


def region_path(*, code: str, viewer: Actor) -> tuple[RegionRef, ...]:
    """The region and those above it by statute, the highest first: 常州市, 天宁区, 天宁街道. Two queries; () if unknown."""
    found = regions_by_code(codes=[code], viewer=viewer).get(code)
    if found is None:
        return ()
    rows = Region.objects.filter(
        Q(pk=found.id) | ~Q(code_system=CodeSystem.FUNCTIONAL_AREA.value), below__descendant_id=found.id
    ).order_by("-below__distance")
    return tuple(region_ref(row) for row in rows)


def division_code(*, code: str, viewer: Actor) -> str:
    """Six digits of GB/T 2260 for numbers: the region's own, else those of the nearest above it by statute; "000000" if none.

    A functional area without a code of its own (`jingkai`) lies in a division that has one. One query where it is asked.
    """
    if code[:6].isdecimal() and len(code) >= _DIVISION:
        return code[:_DIVISION]
    path = region_path(code=code, viewer=viewer)
    coded = [each.code[:_DIVISION] for each in path if each.code[:_DIVISION].isdecimal()]
    return coded[-1] if coded else "0" * _DIVISION


def regions(
    *, viewer: Actor, parent: str | None = None, level: RegionLevel | None = None, search: str = ""
) -> tuple[RegionRef, ...]:
    """Regions in force for a picker: the children of a code, or a level, or by part of the name; at most 500."""
    del viewer
    rows = Region.objects.filter(valid_to__isnull=True)
    if parent is not None:
        rows = rows.filter(parent__code=parent, parent__valid_to__isnull=True)
    elif level is None and not search:
        rows = rows.filter(parent__isnull=True)
    if level is not None:
        rows = rows.filter(level=level.value)
    if search:
        rows = rows.filter(name__contains=search)
    return tuple(region_ref(row) for row in rows.order_by("code", "code_system")[:500])


def organisation_ref(row: Organisation, /) -> OrganisationRef:
    """The frozen value of an organisation row."""
    return OrganisationRef(row.pk, row.code, row.name, row.short_name, row.name_en)


def _view(row: Organisation) -> OrganisationView:
    return OrganisationView(
        id=row.pk,
        code=row.code,
        name=row.name,
        short_name=row.short_name,
        kind=OrganisationKind(row.kind),
        credit_code=row.credit_code,
        region=region_ref(row.region),
        territorial_parent_id=row.territorial_parent_id,
        line_parent_id=row.line_parent_id,
        line=row.line,
        duties=tuple(row.duties),
        address=row.address,
        phone=row.phone,
        name_en=row.name_en,
    )


def organisation(*, organisation_id: UUID, viewer: Actor) -> OrganisationView:
    """One organisation. Raises UnknownRecord."""
    del viewer
    row = Organisation.objects.select_related("region").filter(pk=organisation_id).first()
    if row is None:
        raise UnknownRecord(kind="organisation")
    return _view(row)


def organisation_by_code(*, code: str, viewer: Actor) -> OrganisationRef:
    """The organisation with that code. Raises UnknownRecord."""
    del viewer
    row = Organisation.objects.filter(code=code).first()
    if row is None:
        raise UnknownRecord(kind="organisation", code=code)
    return organisation_ref(row)


def organisations(
    *,
    viewer: Actor,
    below: UUID | None = None,
    tree: Tree = Tree.TERRITORY,
    parent: UUID | None = None,
    line: str | None = None,
    duty: str | None = None,
    region_code: str | None = None,
    search: str = "",
    cursor: str | None = None,
    size: int = 50,
) -> Page[OrganisationView]:
    """Organisations in official order: a whole subtree (`below`, itself included), the children of one, or filtered.

    One query a page.
    """
    del viewer
    rows = Organisation.objects.select_related("region")
    if below is not None:
        rows = rows.filter(above__tree=tree.value, above__ancestor_id=below)
    if parent is not None:
        rows = rows.filter(**{f"{'territorial' if tree is Tree.TERRITORY else 'line'}_parent_id": parent})
    if line is not None:
        rows = rows.filter(line=line)
    if duty is not None:
        rows = rows.filter(duties__contains=[duty])
    if region_code is not None:
        rows = rows.filter(region__code=region_code)
    if search:
        rows = rows.filter(Q(name__contains=search) | Q(short_name__contains=search))
    return paginate(rows, order=("position", "code"), cursor=cursor, size=size).map(_view)


def organisation_names(*, organisation_ids: Iterable[UUID], viewer: Actor) -> dict[UUID, OrganisationRef]:
    """Names for a list, in one query; unknown ids are left out."""
    del viewer
    return {row.pk: organisation_ref(row) for row in Organisation.objects.filter(pk__in=set(organisation_ids))}


def organisation_for(
    *, line: str, region_code: str, level: RegionLevel | None = None, viewer: Actor
) -> OrganisationRef:
    """Who handles a line of business (`health`) for a region: the nearest that covers the region or one above it.

    `level` is the lowest level that may handle it (a matter of the districts is not sent to the street). Where a
    functional area administers a street, its organisations go before the district's. One query.
    Raises NoHandlingOrganisation.
    """
    del viewer
    above = "jurisdictions__region__below"
    condition = Q(
        **{f"{above}__descendant__code": region_code, f"{above}__descendant__valid_to__isnull": True}, line=line
    )
    if level is not None:
        condition &= Q(jurisdictions__region__level__in=[wide.value for wide in rules.levels_from(level)])
    district_last = Case(
        When(jurisdictions__region__code_system=CodeSystem.FUNCTIONAL_AREA.value, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    row = (
        Organisation.objects.filter(condition)
        .order_by(F(f"{above}__distance"), district_last, "position", "code")
        .first()
    )
    if row is None:
        raise NoHandlingOrganisation(line=line, region=region_code)
    return organisation_ref(row)
