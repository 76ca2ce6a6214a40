"""A log with witnesses of other organisations whose keys the test holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from yiwang.commons.crypto.engine import LocalSigner, suite
from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.engine import Note, NoteSigner
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef


@dataclass
class WitnessedLog:
    """An open log, its witnesses by id, and how many must co-sign."""

    suite: str
    signers: dict[UUID, NoteSigner] = field(default_factory=dict)

    @classmethod
    def of(
        cls, name: str = "national", organisations: Sequence[str] = ("样例大学", "样例公证处"), needed: int = 2
    ) -> "WitnessedLog":
        a_log(name)
        made = cls(name)
        for at, organisation in enumerate(organisations, 1):
            signer = NoteSigner(f"w{at}.example", LocalSigner(suite(name).new_signing_key()), cosigning=True)
            made.signers[
                commands.add_witness(
                    vkey=signer.verifier.vkey,
                    organisation=organisation,
                    url=f"https://w{at}.example",
                    by=SYSTEM,
                    at=clock.now(),
                )
            ] = signer
        commands.set_quorum(needed=needed, by=SYSTEM, at=clock.now())
        return made

    def sequence(self) -> None:
        """Take in what waits and sign a head over it."""
        commands.sequence(by=SYSTEM, at=clock.now())
        commands.sign_checkpoint(by=SYSTEM, at=clock.now())

    def cosign(self, many: int | None = None) -> None:
        """Let the first `many` witnesses, or all, co-sign the newest head."""
        log = queries.log(viewer=SYSTEM)
        assert log is not None
        text = Note.parse(log.note.encode()).text
        now = int(clock.now().timestamp())
        chosen = list(self.signers.items())[:many]
        lines = {witness: signer.sign(text, time=now).line() for witness, signer in chosen}
        commands.record_cosignatures(size=log.size, lines=lines, faults={}, by=SYSTEM, at=clock.now())

    def witness_all(self) -> None:
        """Everything that waits becomes final."""
        self.sequence()
        self.cosign()


def line_of(subject: SubjectRef) -> UUID:
    """The evidence of the first step of a record."""
    return queries.receipts_of(subjects=[subject], viewer=SYSTEM)[0].evidence_id
