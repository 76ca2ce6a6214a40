"""Decision proofs inside a package: each is decided again from the facts that lie beside it.

Only of a package that a trusted archive has signed: models of strangers are not run.
"""

import json
from collections.abc import Iterator

from yiwang.kernel.verdicts import Mark

from .formats import MAX_JSON
from .opening import Package
from .packing import FACTS, PROOF
from .wording import Reason


def judge_proofs(package: Package) -> Iterator[tuple[Mark, Reason]]:
    """What is wrong with the decision proofs, and (as VALID) what another version of the engine leaves unsaid."""
    for path, body in sorted(package.payload.items()):
        if path.startswith(PROOF):
            facts = package.files.get(FACTS + path.removeprefix(PROOF), b"")
            yield from _judged(path, body, facts)


def _judged(path: str, body: bytes, given: bytes) -> Iterator[tuple[Mark, Reason]]:
    from yiwang.commons.rules.engine import DecisionProof, ProofUnreadable, RulesError, recompute

    try:
        found = DecisionProof.read(body)
        compared = recompute(found, dict(json.loads(given[: MAX_JSON + 1])))
    except (ProofUnreadable, RulesError, ValueError, TypeError, LookupError, RecursionError) as error:
        yield Mark.INVALID, Reason("proof.wrong", {"name": path, "reason": str(error)})
        return
    differences = [each for each in compared.differences if not compared.notes or each.code not in _OUTCOME]
    if differences:
        yield Mark.INVALID, Reason("proof.wrong", {"name": path, "reason": differences[0].text})
    elif compared.notes:
        yield Mark.VALID, Reason("proof.engine", {"name": path})


_OUTCOME = {"proof.output", "proof.missing", "proof.trace", "proof.undecidable"}
