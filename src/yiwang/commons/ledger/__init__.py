"""The ledger of the administration (常享链): an append-only verifiable log of what was done, co-signed by witnesses.

Owns the words entry, checkpoint, witness, quorum, receipt, monitor. Doors: contracts, queries, commands, registry
(verifiers of `yiwang verify`, anchors), engine (Merkle tree, signed notes, receipts; usable without the rest).
Neighbours: sequences the rows of `kernel.evidence`; signs with keys of crypto; higher contexts show its receipts.
"""
