"""Types of licences as values."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import F

from yiwang.commons.licences.contracts import FieldDef, HolderKind, PurposeDef, TypeNotFound, TypeSpec
from yiwang.commons.licences.models import LicenceType, LicenceTypeVersion
from yiwang.kernel.actor import Actor


def type_keys(*, viewer: Actor) -> frozenset[str]:
    """The keys of all types. One query."""
    del viewer
    return frozenset(LicenceType.objects.values_list("key", flat=True))


def types(*, viewer: Actor) -> tuple[TypeSpec, ...]:
    """The newest version of each type, by name. One query; types are public."""
    del viewer
    found = [version_spec(row=row) for row in _newest()]
    return tuple(sorted(found, key=lambda spec: spec.key))


def type_spec(*, type_key: str, viewer: Actor) -> TypeSpec:
    """The newest version of one type. Raises TypeNotFound."""
    del viewer
    return version_spec(row=newest(key=type_key))


def newest(*, key: str) -> LicenceTypeVersion:
    """The row of the newest version. For this context. Raises TypeNotFound."""
    found = _newest(key)
    if not found:
        raise TypeNotFound(type=key)
    return found[0]


def _newest(key: str = "") -> list[LicenceTypeVersion]:
    rows = LicenceTypeVersion.objects.select_related("type").filter(number=F("type__version"))
    return list(rows.filter(type__key=key) if key else rows)


_specs: dict[UUID, TypeSpec] = {}


def version_spec(*, row: LicenceTypeVersion) -> TypeSpec:
    """A version as a value; versions never change, so each is read once."""
    found = _specs.get(row.pk)
    if found is None:
        if len(_specs) > 2000:
            _specs.clear()
        found = _specs[row.pk] = spec_of(key=row.type.key, version=row.number, said=row.spec)
    return found


def spec_of(*, key: str, version: int, said: Mapping[str, Any]) -> TypeSpec:
    """The value of what a pack's type.yaml says (checked by its schema)."""
    return TypeSpec(
        key=key,
        version=version,
        code=said["code"],
        name=said["name"]["zh"],
        name_en=said["name"].get("en", ""),
        holder=None if said["holder"] == "any" else HolderKind(said["holder"]),
        fields=tuple(_field(each) for each in said["fields"]),
        purposes=tuple(_purpose(each) for each in said.get("purposes", ())),
        validity_years=said.get("validity_years"),
        number=said.get("number", "{year}{serial:08}"),
        number_label=said.get("number_label", {}).get("zh", ""),
        basis=said.get("basis", ""),
        title=said.get("title", said["name"]["zh"]),
        sample=bool(said.get("sample")),
        warns_days=said.get("warns_days", 30),
    )


def _field(said: Mapping[str, Any]) -> FieldDef:
    return FieldDef(
        fact=said["fact"],
        label=said["label"]["zh"],
        label_en=said["label"].get("en", ""),
        type=said.get("type", "text"),
        required=bool(said.get("required")),
        sensitivity=said.get("sensitivity", "personal"),
        pattern=said.get("pattern", ""),
        choices=tuple(said.get("choices", ())),
        max_length=said.get("max_length", 200),
    )


def _purpose(said: Mapping[str, Any]) -> PurposeDef:
    return PurposeDef(said["key"], said["name"]["zh"], tuple(said["fields"]), said["name"].get("en", ""))
