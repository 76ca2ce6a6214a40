"""Judges receipts by trusted keys alone: what holds, what does not, and why.

What the four marks of a verdict mean for a receipt. `signature`: the log's signature on the checkpoint holds.
`references`: the entry stands in the log of that checkpoint. `seal`: the witnesses' cosignatures hold and reach the quorum
that the trusted keys demand (none demanded: nothing is missing, which is remarked). `chain`: the key that signed is the
one that is trusted for this log.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from yiwang.commons.crypto.engine import suite
from yiwang.kernel.verdicts import Mark, Verdict

from .merkle import Hasher, leaf_hash, verify_inclusion
from .notekeys import NoteVerifier
from .receipts import Receipt
from .trust import TrustedKeys
from .wording import LedgerFault, ProofWrong, Reason

HASHERS: Final[Mapping[str, Hasher]] = {
    named.hash_name: named.digest for named in (suite("national"), suite("international"))
}


def judge_receipt(data: bytes, trusted: TrustedKeys | None, *, entry: bytes | None = None, now: int = 0) -> Verdict:
    """The verdict on the bytes of a receipt, whatever they are. Never raises for their sake."""
    try:
        receipt = Receipt.parse(data, entry=entry)
    except LedgerFault as fault:
        return Verdict(reasons=(fault.reason,))
    return verify_receipt(receipt, trusted, now=now)


def verify_receipt(receipt: Receipt, trusted: TrustedKeys | None, *, now: int = 0) -> Verdict:
    """Check signature, inclusion and quorum (C2SP tlog-proof). `now`: POSIX time; where given, a time after it is told.

    `more["cosigned"]`: the witnesses whose signatures hold, each as [name, POSIX time].
    The times of cosignatures decide nothing: a verifier's clock may be wrong, and a quorum covers one lying witness.
    """
    return _Judge(receipt, trusted, now).verdict()


class _Judge:
    def __init__(self, receipt: Receipt, trusted: TrustedKeys | None, now: int) -> None:
        self.receipt, self.trusted, self.now = receipt, trusted, now
        self.checkpoint = receipt.checkpoint
        self.reasons: list[Reason] = []
        self.remarks: list[Reason] = []
        self.cosigned: dict[str, int] = {}
        self.chain = Mark.UNKNOWN

    def verdict(self) -> Verdict:
        references = self._references()
        signature, seal = self._signature(), self._seal()
        return Verdict(
            signature=signature,
            references=references,
            seal=seal,
            chain=self.chain,
            reasons=tuple(self.reasons),
            remarks=tuple(self.remarks),
            more={"cosigned": [list(one) for one in self.cosigned.items()]},
        )

    def _wrong(self, code: str, mark: Mark = Mark.INVALID, **params: object) -> Mark:
        self.reasons.append(Reason(code, params))
        return mark

    def _references(self) -> Mark:
        receipt, checkpoint = self.receipt, self.checkpoint
        digest = HASHERS[receipt.hash_name]
        try:
            leaf = leaf_hash(digest, receipt.entry)
            verify_inclusion(digest, leaf, receipt.index, checkpoint.size, receipt.proof, checkpoint.root)
        except ProofWrong as fault:
            self.reasons.append(fault.reason)
            return Mark.INVALID
        return Mark.VALID

    def _signature(self) -> Mark:
        origin = self.checkpoint.origin
        if self.trusted is None:
            return self._wrong("keys.none", Mark.UNKNOWN)
        keys = self.trusted.logs_named(origin)
        if not keys:
            return self._wrong("log.unknown", Mark.UNKNOWN, origin=origin)
        self.chain = Mark.INVALID
        wanted = {key.kind.hash_name for key in keys}
        if self.receipt.hash_name not in wanted:
            return self._wrong("log.hash", found=self.receipt.hash_name, wanted="/".join(sorted(wanted)))
        keys = [key for key in keys if key.kind.hash_name == self.receipt.hash_name]
        made = [(key, one) for one in self.receipt.note.signatures for key in keys if key.made(one)]
        if not made:
            return self._wrong("log.unsigned", origin=origin)
        self.chain = Mark.VALID
        if not all(key.verify(self.receipt.note.text, one) for key, one in made):
            return self._wrong("log.invalid", origin=origin)
        return Mark.VALID

    def _seal(self) -> Mark:
        if self.trusted is None:
            return Mark.UNKNOWN
        mark = Mark.VALID
        text = self.receipt.note.text
        for one in self.receipt.note.signatures:
            name, key = self._witness(one.name, one.key_id)
            if key is None:
                if not any(log.made(one) for log in self.trusted.logs):
                    self.remarks.append(Reason("witness.ignored", {"name": one.name}))
            elif not key.verify(text, one):
                mark = self._wrong("witness.invalid", name=name)
            else:
                self._seen(name, key.time_of(one))
        if self.trusted.quorum == "none":
            self.remarks.append(Reason("policy.no_witness"))
        elif not self.trusted.reached(self.cosigned):
            found = f"{len(self.cosigned)} < {self.trusted.needed()} ({_list(self.cosigned)})"
            mark = self._wrong("witness.quorum", found=found)
        return mark

    def _witness(self, name: str, key_id: bytes) -> tuple[str, NoteVerifier | None]:
        assert self.trusted is not None
        for short, key in self.trusted.witnesses.items():
            if key.name == name and key.key_id == key_id:
                return short, key
        return name, None

    def _seen(self, name: str, time: int) -> None:
        self.cosigned.setdefault(name, time)
        if self.now and time > self.now:
            said = datetime.fromtimestamp(min(time, 253402300799), UTC).isoformat(timespec="seconds")
            self.remarks.append(Reason("witness.future", {"name": name, "time": said}))


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "-"
