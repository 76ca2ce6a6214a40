"""The decisions that a process made by rule, as proofs for the archive: decided again from what the process knew.

A proof names its facts by salted hashes; they lie beside it, so that whoever holds the archive can decide anew.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from yiwang.commons.archives.engine import FACTS, MISSING, PROOF, Item, Kind
from yiwang.commons.flow import queries as flow
from yiwang.commons.rules import queries as rules
from yiwang.commons.rules.contracts import DecisionNotFound
from yiwang.kernel.actor import Actor, SubjectRef

KEEPER = Actor.system("archives: how a case was decided")
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Proved:
    """Proofs with their facts, and what could not be proved: (title, note)."""

    items: tuple[Item, ...]
    absent: tuple[tuple[str, str], ...]


def decided(*, case_id: UUID) -> Proved:
    """The proof of each decision that a rule made about the case.

    One that comes out otherwise than it did, since what the process knew has changed, is told as missing.
    """
    items: list[Item] = []
    absent: list[tuple[str, str]] = []
    made = flow.decisions_made(subject=SubjectRef("case", case_id), viewer=KEEPER)
    for number, each in enumerate(made, 1):
        title = f"{each.key} v{each.version}"
        try:
            facts, proof = _proof(each)
        except DecisionNotFound:
            facts, proof = {}, b""
        if not proof:
            absent.append((f"决策证明 {title}", f"{MISSING}：重算的结果与当时不同"))
            continue
        told = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()
        for stem, body, words in ((PROOF, proof, "决策证明"), (FACTS, told, "决策事实")):
            name = f"{stem.rpartition('/')[2]}{number:03}.json"
            items.append(Item(Kind.DECISION, name, f"{words} {title}", body, _JSON, each.at))
    return Proved(tuple(items), tuple(absent))


def _proof(made: flow.DecisionMade) -> tuple[Mapping[str, Any], bytes]:
    """The facts that the decision may depend on, and its proof; empty where other rules hold now than held then."""
    needed = rules.facts_needed(key=made.key, version=made.version, viewer=KEEPER)
    facts = {name: made.known[name] for name in needed if name in made.known}
    found = rules.explained(key=made.key, version=made.version, facts=facts, public=(), at=made.at, viewer=KEEPER)
    same = found.outcome.known and tuple(found.outcome.matched_rules) == made.matched_rules
    return facts, found.proof if same else b""
