"""Files that the verbs take: a model with those it imports, facts as JSON."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import click


def beside(file: Path) -> tuple[bytes, ...]:
    """The other DMN files of the folder, where the file imports any."""
    data = file.read_bytes()
    if b"<import" not in data and b":import " not in data:
        return ()
    return tuple(other.read_bytes() for other in sorted(file.parent.glob("*.dmn")) if other != file)


def facts_in(file: Path, option: str = "--facts") -> dict[str, Any]:
    """The JSON object in a file; anything else is wrong usage."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error
    if not isinstance(told, dict):
        raise click.BadParameter("应为 JSON 对象", param_hint=option)
    return told
