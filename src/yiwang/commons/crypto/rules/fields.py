"""The byte form of a sealed field: format (1), algorithm (1), label of the key's version (4), then what the suite seals.

The head is authenticated together with the value's place, so neither can be exchanged.
"""

from yiwang.commons.crypto.engine import SuiteName

FORMAT = 2
LOCAL_FORMAT = 1
"""What the kernel's local cipher writes before the pool is established."""
HEAD = 6
LABEL = 4
ALGORITHMS: dict[SuiteName, int] = {SuiteName.NATIONAL: 1, SuiteName.INTERNATIONAL: 2}
"""1: SM4-GCM, 2: AES-256-GCM."""
LOOKUP_BYTES = 32


def head(suite: SuiteName, label: bytes) -> bytes:
    """The first six bytes of whatever this version seals."""
    return bytes((FORMAT, ALGORITHMS[suite])) + label


def label_of(stored: bytes) -> bytes | None:
    """The label in a value of the pool's format; None for any other."""
    return stored[2:HEAD] if len(stored) > HEAD and stored[0] == FORMAT else None
