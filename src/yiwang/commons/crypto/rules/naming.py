"""Names of keys and applications; algorithms by suite and purpose."""

import re

from yiwang.commons.crypto.contracts import Purpose
from yiwang.commons.crypto.engine import SuiteName, suite

FIELDS_KEY = "platform.fields"
LOOKUP_KEY = "platform.lookup"
PLATFORM_APPLICATION = "platform"
_NAME = re.compile(r"[a-z][a-z0-9._-]{0,59}")


def is_name(text: str) -> bool:
    """Whether a key or an application can be called so."""
    return _NAME.fullmatch(text) is not None


def is_suite(text: str) -> bool:
    """Whether it is the name of a suite."""
    return text in set(SuiteName)


def algorithm(name: str, purpose: Purpose) -> str:
    """What a version of this suite and purpose computes: `sm4-gcm`, `hmac-sm3`, `sm2-sm3`…"""
    chosen = suite(name)
    match purpose:
        case Purpose.SIGNING:
            return chosen.signature
        case Purpose.LOOKUP:
            return f"hmac-{chosen.hash_name}"
    return chosen.sealing
