"""A small log with its witnesses, made anew or from fixed keys, for the tests of whoever reads its notes and receipts."""

from collections.abc import Sequence
from dataclasses import dataclass

from yiwang.commons.crypto.engine import LocalSigner, Suite, suite
from yiwang.commons.ledger.engine import Checkpoint, MemoryTree, Note, NoteSigner, Receipt, TrustedKeys

ORIGIN = "ledger.sample.example/log"
TIME = 1_800_000_000
ED25519_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")


@dataclass
class SampleLog:
    """A log in memory that signs its checkpoints and knows its witnesses."""

    suite: Suite
    log: NoteSigner
    witnesses: Sequence[NoteSigner]
    tree: MemoryTree
    entries: list[bytes]

    @classmethod
    def of(cls, name: str, size: int, witnesses: int = 3) -> "SampleLog":
        chosen = suite(name)
        entries = [f'{{"facts":{{}},"kind":"sample.step","number":{at}}}'.encode() for at in range(size)]
        signers = [
            NoteSigner(f"witness{at}.example", LocalSigner(chosen.new_signing_key()), cosigning=True)
            for at in range(1, witnesses + 1)
        ]
        log = NoteSigner(ORIGIN, LocalSigner(chosen.new_signing_key()))
        return cls(chosen, log, signers, MemoryTree(chosen.digest, entries), entries)

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        size = self.tree.size if size is None else size
        return Checkpoint(self.log.name, size, self.tree.root(size))

    def note(self, size: int | None = None, cosigned_by: int | None = None) -> Note:
        note = self.checkpoint(size).note(self.log)
        for witness in self.witnesses[:cosigned_by]:
            note = note.signed(witness, time=TIME)
        return note

    def receipt(self, index: int, *, size: int | None = None, cosigned_by: int | None = None) -> Receipt:
        proof = tuple(self.tree.inclusion(index, size))
        return Receipt(self.entries[index], index, proof, self.note(size, cosigned_by), self.suite.hash_name)

    def trusted(self, threshold: int = 2) -> TrustedKeys:
        witnesses = {f"w{at}": witness.verifier for at, witness in enumerate(self.witnesses, 1)}
        return TrustedKeys.of([self.log.verifier], witnesses, threshold)


def ed25519(seed: str) -> LocalSigner:
    """A key that is the same each time: for examples that stand in the documentation."""
    return LocalSigner(ED25519_PKCS8 + suite("international").digest(seed.encode()))
