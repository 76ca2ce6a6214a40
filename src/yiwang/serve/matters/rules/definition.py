"""Specs as JSON and back, and the digest by which two versions are the same."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from yiwang.serve.matters.contracts import BundleSpec, ListedSpec, MatterSpec


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def matter_definition(spec: MatterSpec) -> dict[str, Any]:
    """The spec as plain JSON values. A matter that asks for no real name says so by silence, as versions before this word did."""
    found = dict(_adapter(MatterSpec).dump_python(spec, mode="json"))
    return found if spec.real_name else {name: value for name, value in found.items() if name != "real_name"}


def matter_from(definition: Mapping[str, Any]) -> MatterSpec:
    """Raises pydantic.ValidationError for what is no matter."""
    return _adapter(MatterSpec).validate_python(definition)  # type: ignore[no-any-return]


def bundle_definition(spec: BundleSpec) -> dict[str, Any]:
    """The spec as plain JSON values."""
    return dict(_adapter(BundleSpec).dump_python(spec, mode="json"))


def bundle_from(definition: Mapping[str, Any]) -> BundleSpec:
    """Raises pydantic.ValidationError for what is no bundle."""
    return _adapter(BundleSpec).validate_python(definition)  # type: ignore[no-any-return]


def listed_definition(spec: ListedSpec) -> dict[str, Any]:
    """The entry of a foreign list as plain JSON values."""
    return {"listed": dict(_adapter(ListedSpec).dump_python(spec, mode="json"))}


def listed_from(definition: Mapping[str, Any]) -> ListedSpec:
    """Raises KeyError, pydantic.ValidationError for what is no listed entry."""
    return _adapter(ListedSpec).validate_python(definition["listed"])  # type: ignore[no-any-return]


def digest_of(definition: Mapping[str, Any], **pinned: object) -> bytes:
    """SM3 over the canonical definition and what it pins (versions of form and process, ids of members)."""
    whole = {"definition": definition, "pinned": {key: str(value) for key, value in pinned.items()}}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.new("sm3", text.encode()).digest()
