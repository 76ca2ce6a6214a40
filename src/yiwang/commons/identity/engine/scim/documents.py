"""Documents that come in and go out: bounded in bytes and depth before they are parsed, versioned, cut to what was asked."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from yiwang.commons.identity.engine.scim.faults import ScimFault

MOST_BYTES: Final = 1024 * 1024
MOST_BULK: Final = 100
MOST_LISTED: Final = 200
DEEPEST: Final = 20
_OUTSIDE_TEXT: Final = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""Also a text without an end, in one go: to look for its end from each quotation mark inside would take hours."""
_CORE: Final = re.compile(r"^urn:ietf:params:scim:schemas:core:2\.0:(?:user|group):")
_ALWAYS: Final = frozenset({"schemas", "id"})


def parsed(content: bytes) -> dict[str, Any]:
    """A JSON object of at most MOST_BYTES and DEEPEST levels. Raises ScimFault 413 or 400 invalidSyntax."""
    if len(content) > MOST_BYTES:
        raise ScimFault(413, "", f"more than {MOST_BYTES} bytes")
    _check_depth(content)
    try:
        found = json.loads(content)
    except ValueError:
        raise ScimFault(400, "invalidSyntax", "no valid JSON") from None
    if not isinstance(found, dict):
        raise ScimFault(400, "invalidSyntax", "an object is expected")
    try:
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:  # half a character (RFC 8259, 8.2), or a number that is none
        raise ScimFault(400, "invalidSyntax", "no valid Unicode, or no number") from None
    return found


def _check_depth(content: bytes) -> None:
    """Before parsing: a parser that recurses would meet its own end first."""
    depth = 0
    for byte in re.sub(rb"[^\[\]{}]", b"", _OUTSIDE_TEXT.sub(b"", content)):
        depth += 1 if byte in b"[{" else -1
        if depth > DEEPEST:
            raise ScimFault(400, "invalidSyntax", f"nested deeper than {DEEPEST}")


def version_of(resource: Mapping[str, Any]) -> str:
    """A weak entity tag over the content (RFC 7644, 3.14), `meta` left out."""
    content = {name: value for name, value in resource.items() if name != "meta"}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f'W/"{hashlib.new("sm3", text.encode()).hexdigest()[:24]}"'


def projected(resource: dict[str, Any], attributes: str, excluded: str) -> dict[str, Any]:
    """Only `attributes`, or all without `excluded` (RFC 7644, 3.9); what is always returned stays."""
    wanted, without = _names(attributes), _names(excluded)
    if wanted:
        return {name: _part(name, value, wanted) for name, value in resource.items() if _asked(name, wanted)}
    if without:
        return {
            name: _rest(name, value, without)
            for name, value in resource.items()
            if name in _ALWAYS or name.lower() not in without
        }
    return resource


def _names(text: str) -> frozenset[str]:
    """In small letters, without the URN of a core schema; an extension is named by its own URN."""
    return frozenset(_CORE.sub("", each.strip().lower()) for each in text[:2000].split(",") if each.strip())


def _asked(name: str, wanted: frozenset[str]) -> bool:
    small = name.lower()
    return name in _ALWAYS or small in wanted or any(each.startswith((f"{small}.", f"{small}:")) for each in wanted)


def _part(name: str, value: Any, wanted: frozenset[str]) -> Any:
    small = name.lower()
    if small in wanted or not isinstance(value, dict):
        return value
    return {sub: each for sub, each in value.items() if _inside(small, sub) & wanted} or value


def _rest(name: str, value: Any, without: frozenset[str]) -> Any:
    if not isinstance(value, dict):
        return value
    return {sub: each for sub, each in value.items() if not _inside(name.lower(), sub) & without}


def _inside(name: str, sub: str) -> set[str]:
    return {f"{name}.{sub.lower()}", f"{name}:{sub.lower()}"}
