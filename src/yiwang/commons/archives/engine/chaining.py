"""Whether the history of a record is the one that the ledger knows: each step after the one before, as its receipt says.

A receipt of a step names its place (`event`) and its hash (`chain`); the hash of a step covers the one before.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from yiwang.commons.ledger.engine import LedgerFault, Receipt


def broken(steps: Sequence[object], history: str, files: Mapping[str, bytes]) -> Iterator[str]:
    """The files that the chain of these steps disagrees with: the history itself, receipts that name another hash."""
    chained = [step for step in steps if isinstance(step, dict) and isinstance(step.get("hash"), str)]
    if not chained:
        return
    known = [(str(step.get("seq")), step["hash"]) for step in chained]
    followed = all(step.get("previous") == before["hash"] for before, step in pairwise(chained))
    if not followed or [number for number, _hash in known] != [str(n) for n in range(1, len(steps) + 1)]:
        yield history
        return
    for path, body in files.items():
        if path.endswith(".tlog-proof"):
            facts = facts_of(body)
            if "chain" in facts and (str(facts.get("event")), facts["chain"]) not in known:
                yield path


def facts_of(receipt: bytes) -> Mapping[str, Any]:
    """The facts of the statement that a receipt is about; empty where there are none."""
    try:
        told = json.loads(Receipt.parse(receipt).entry)
    except (LedgerFault, ValueError, RecursionError):
        return {}
    facts = told.get("facts") if isinstance(told, dict) else None
    return facts if isinstance(facts, dict) else {}
