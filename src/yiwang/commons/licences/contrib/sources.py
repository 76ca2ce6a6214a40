"""Which department is asked for which type of licence: the file that YIWANG_LICENCE_SOURCES names.

JSON: {"business_licence": {"url": "https://…", "issuer": "code of the organisation", "token_file": "/etc/…", "seconds": 5}}.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured

from yiwang.commons.licences.contrib.http import HttpPuller
from yiwang.commons.licences.registry import register_puller

_TYPE: Final = re.compile(r"[a-z][a-z0-9_]*")
_KNOWN: Final = frozenset({"url", "issuer", "token_file", "seconds"})
_LONGEST: Final = 10
"""Seconds that a resident may wait for one department."""


def connect(path: Path) -> None:
    """Register every source of the file. Raises ImproperlyConfigured with all faults at once; then none is registered."""
    try:
        said = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise ImproperlyConfigured(f"YIWANG_LICENCE_SOURCES: {path} can't be read as JSON: {fault}") from None
    faults = [f"{path}: {each}" for each in _faults(said)]
    if faults:
        raise ImproperlyConfigured("YIWANG_LICENCE_SOURCES: " + "; ".join(faults))
    for key, source in said.items():
        token = Path(source["token_file"]).read_text("utf-8").strip() if source.get("token_file") else ""
        puller = HttpPuller(source["url"], token=token, seconds=float(source.get("seconds", 5)))
        register_puller(key, puller, issuer=source["issuer"])


def _faults(said: Any) -> Iterator[str]:
    if not isinstance(said, dict):
        yield "an object of type keys is wanted"
        return
    for key, source in said.items():
        if not _TYPE.fullmatch(key):
            yield f"{key!r} is no key of a type"
        if not isinstance(source, dict):
            yield f"{key}: an object is wanted"
            continue
        yield from (f"{key}: {fault}" for fault in _faults_of(source))


def _faults_of(source: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(set(source) - _KNOWN):
        yield f"{name} is not known"
    if not str(source.get("url", "")).startswith(("http://", "https://")):
        yield "url must begin with http:// or https://"
    if not isinstance(source.get("issuer"), str) or not source["issuer"]:
        yield "issuer, the code of the organisation that answers, is missing"
    token = source.get("token_file", "")
    if not isinstance(token, str) or (token and not Path(token).is_file()):
        yield f"token_file {token} is not there"
    seconds = source.get("seconds", 5)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= _LONGEST:
        yield f"seconds must be more than 0 and at most {_LONGEST}"
