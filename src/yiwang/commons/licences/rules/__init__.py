"""Pure decisions of licences: life, trust, identifiers, showing codes, fields. No Django."""

from yiwang.commons.licences.rules import showing, states, trust
from yiwang.commons.licences.rules.fields import compiled, faults, known, numbered, valid_until, watermark
from yiwang.commons.licences.rules.identifiers import (
    Identifier,
    InvalidIdentifier,
    check_character,
    identifier,
    issuer_code,
    parse_identifier,
)

__all__ = [
    "Identifier",
    "InvalidIdentifier",
    "check_character",
    "compiled",
    "faults",
    "identifier",
    "issuer_code",
    "known",
    "numbered",
    "parse_identifier",
    "showing",
    "states",
    "trust",
    "valid_until",
    "watermark",
]
