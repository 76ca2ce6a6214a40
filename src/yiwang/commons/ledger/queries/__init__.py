"""Reads of the ledger: the public's (head, entries, receipts, tiles, proofs, keys) and the operator's (standing, findings, check)."""

from yiwang.commons.ledger.queries.checking import check
from yiwang.commons.ledger.queries.checkpoints import checkpoint, trusted_keys
from yiwang.commons.ledger.queries.cosigning import CosigningRound, cosigning
from yiwang.commons.ledger.queries.entries import entries, find, log, tile
from yiwang.commons.ledger.queries.proofs import consistency_proof, inclusion_proof, inclusion_proofs, prover
from yiwang.commons.ledger.queries.receipts import final_receipt, receipt_for, receipts_for, receipts_of, receipts_page
from yiwang.commons.ledger.queries.standing import findings, standing, witnesses, work_waits

__all__ = [
    "CosigningRound",
    "check",
    "checkpoint",
    "consistency_proof",
    "cosigning",
    "entries",
    "final_receipt",
    "find",
    "findings",
    "inclusion_proof",
    "inclusion_proofs",
    "log",
    "prover",
    "receipt_for",
    "receipts_for",
    "receipts_of",
    "receipts_page",
    "standing",
    "tile",
    "trusted_keys",
    "witnesses",
    "work_waits",
]
