"""PATCH (RFC 7644, 3.5.2): operations applied to a copy of the resource; names are matched without regard to case."""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from yiwang.commons.identity.engine.scim.faults import ScimFault
from yiwang.commons.identity.engine.scim.filters import Filter, fits, parse_filter

MOST_OPERATIONS: Final = 100
MOST_VALUES: Final = 5000
MOST_WORK: Final = 2_000_000
"""Comparisons of values with filters, and looks at values, that one document may cost."""
_TERM: Final = 16  # characters of a parsed term for one unit of work
_PATH: Final = re.compile(
    r"(?:(?P<urn>urn:[A-Za-z0-9._:-]+?:(?:User|Person|Group))(?::|$))?"
    r"(?P<name>\$?[A-Za-z][A-Za-z0-9_-]*)?(?:\[(?P<filter>.*)\])?(?:\.(?P<sub>\$?[A-Za-z][A-Za-z0-9_-]*))?",
    re.IGNORECASE | re.DOTALL,
)


def patched(resource: Mapping[str, Any], document: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """The resource after all `Operations`; `known` are its attributes' names. Raises ScimFault 400 with its scimType."""
    operations = next((value for name, value in document.items() if name.lower() == "operations"), None)
    if not isinstance(operations, list) or not operations:
        raise ScimFault(400, "invalidSyntax", "Operations is missing")
    if len(operations) > MOST_OPERATIONS:
        raise ScimFault(400, "tooMany", f"more than {MOST_OPERATIONS} operations")
    canonical = {each.lower(): each for each in known}
    found, budget = deepcopy(dict(resource)), _Budget()
    for each in operations:
        if not isinstance(each, dict):
            raise ScimFault(400, "invalidSyntax", "an operation is an object")
        said = {str(name).lower(): value for name, value in each.items()}
        _Operation(found, canonical, budget).run(str(said.get("op", "")).lower(), said.get("path"), said)
    return found


class _Budget:
    """What a document may cost: many operations on many values with long filters multiply."""

    def __init__(self) -> None:
        self.left = MOST_WORK

    def spend(self, work: int) -> None:
        self.left -= work
        if self.left < 0:
            raise ScimFault(400, "tooMany", "the operations cost too much; send fewer")


class _Operation:
    def __init__(self, resource: dict[str, Any], canonical: Mapping[str, str], budget: _Budget) -> None:
        self.resource, self.canonical, self.budget = resource, canonical, budget

    def run(self, verb: str, path: Any, said: Mapping[str, Any]) -> None:
        if verb not in {"add", "replace", "remove"}:
            raise ScimFault(400, "invalidSyntax", f"{verb!r} is no operation")
        if verb != "remove" and "value" not in said:
            raise ScimFault(400, "invalidValue", "value is missing")
        value = said.get("value")
        if isinstance(value, list) and len(value) > MOST_VALUES:
            raise ScimFault(400, "tooMany", f"more than {MOST_VALUES} values")
        if path in (None, ""):
            if verb == "remove":
                raise ScimFault(400, "noTarget", "remove needs a path")
            self._merge(verb, value)
        elif isinstance(path, str) and len(path) <= MOST_VALUES:
            self._at(verb, path, value)
        else:
            raise ScimFault(400, "invalidPath", "path is no text")

    def _merge(self, verb: str, value: Any) -> None:
        """Without a path the value is a part of the resource; `name.formatted` as a key is a path too."""
        if not isinstance(value, dict):
            raise ScimFault(400, "invalidValue", "without a path the value is an object")
        for name, part in value.items():
            if name.lower() == "schemas":
                continue
            if name.lower() in self.canonical:
                self._set(verb, self.canonical[name.lower()], None, "", part)
            elif "." in name or ":" in name:
                self._at(verb, name, part)

    def _at(self, verb: str, path: str, value: Any) -> None:
        match = _PATH.fullmatch(path.strip())
        if match is None or not (match["name"] or match["urn"]):
            raise ScimFault(400, "invalidPath", f"path {path[:80]!r}")
        chosen = parse_filter(match["filter"]) if match["filter"] is not None else None
        urn, name, sub = match["urn"], match["name"], match["sub"] or ""
        if urn and urn.lower() in self.canonical:  # an extension's own attribute
            key, sub = self.canonical[urn.lower()], name or ""
        else:
            key = self.canonical.get((name or "").lower(), "")
        if not key:
            raise ScimFault(400, "invalidPath", f"there is no {path[:80]!r}")
        self._set(verb, key, chosen, sub, value)

    def _set(self, verb: str, key: str, chosen: Filter | None, sub: str, value: Any) -> None:
        if chosen is not None:
            self.budget.spend(len(_listed(self.resource.get(key))) * len(str(chosen)) // _TERM)
            self._chosen(verb, key, chosen, sub, value)
        elif sub:
            self._sub(verb, key, sub, value)
        elif verb == "remove":
            self._remove(key, value)
        elif isinstance(self.resource.get(key), list) or isinstance(value, list):
            self._several(verb, key, value if isinstance(value, list) else [value])
        elif isinstance(self.resource.get(key), dict) and isinstance(value, dict):
            self.resource[key] = {**(self.resource[key] if verb == "add" else {}), **value}
        elif value is None:
            self.resource.pop(key, None)
        else:
            self.resource[key] = value

    def _several(self, verb: str, key: str, values: list[Any]) -> None:
        kept = [] if verb == "replace" else list(_listed(self.resource.get(key)))
        self.budget.spend(len(kept) + len(values))
        identities = {_identity(each) for each in kept}
        for each in values:
            if _identity(each) not in identities:
                identities.add(_identity(each))
                kept.append(each)
        self.resource[key] = kept

    def _remove(self, key: str, value: Any) -> None:
        """Some clients name the values to remove beside the path instead of by a filter."""
        if isinstance(value, list) and value and isinstance(self.resource.get(key), list):
            self.budget.spend(len(value) + len(self.resource[key]))
            gone = {_identity(each) for each in value}
            self.resource[key] = [each for each in self.resource[key] if _identity(each) not in gone]
        else:
            self.resource.pop(key, None)

    def _sub(self, verb: str, key: str, sub: str, value: Any) -> None:
        holder = self.resource.get(key)
        several = holder if isinstance(holder, list) else [holder] if isinstance(holder, dict) else []
        if not isinstance(holder, list | dict | None):
            raise ScimFault(400, "invalidPath", f"{key} has no parts")
        if not several and verb != "remove":
            several = [self.resource.setdefault(key, {})]
        self.budget.spend(len(several))
        for each in several:
            _put(each, verb, sub, value)

    def _chosen(self, verb: str, key: str, chosen: Filter, sub: str, value: Any) -> None:
        held = _listed(self.resource.get(key))
        targets = [each for each in held if isinstance(each, dict) and fits(chosen, each)]
        if not targets:
            if verb == "remove":
                return  # what is to be gone is gone
            raise ScimFault(400, "noTarget", "no value fits the filter of the path")
        if verb == "remove" and not sub:
            gone = {id(each) for each in targets}
            self.resource[key] = [each for each in held if id(each) not in gone]
            return
        for each in targets:
            if sub:
                _put(each, verb, sub, value)
            elif isinstance(value, dict):
                each.update(value)
            else:
                raise ScimFault(400, "invalidValue", "the value is an object")


def _listed(value: Any) -> list[Any]:
    """The values of a multi-valued attribute; of anything else none."""
    return value if isinstance(value, list) else []


def _put(holder: Any, verb: str, sub: str, value: Any) -> None:
    if not isinstance(holder, dict):
        raise ScimFault(400, "invalidPath", f"a value without {sub[:80]}")
    name = next((each for each in holder if each.lower() == sub.lower()), sub)
    if verb == "remove" or value is None:
        holder.pop(name, None)
    else:
        holder[name] = value


def _identity(value: Any) -> str:
    if isinstance(value, dict):
        small = {str(name).lower(): each for name, each in value.items()}
        return str(small.get("value", sorted(small.items(), key=str)))
    return str(value)
