"""Judges receipts by trusted keys alone: what holds, what does not, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from yiwang.commons.crypto.engine import suite

from .merkle import Hasher, leaf_hash, verify_inclusion
from .notekeys import NoteVerifier
from .receipts import Receipt
from .trust import TrustedKeys
from .wording import LedgerFault, ProofWrong, Reason

HASHERS: Final[Mapping[str, Hasher]] = {
    named.hash_name: named.digest for named in (suite("national"), suite("international"))
}


class Mark(StrEnum):
    """One part of a verdict. UNKNOWN: could not be judged, or does not apply."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found out about a document.

    Of a receipt: `signature`: the log's on the checkpoint; `references`: the entry stands in the log; `chain`: the
    quorum of witnesses; `seal` does not apply. `reasons` tell what is wrong, `remarks` what else was seen.
    `cosigned`: witnesses whose signatures hold, with their POSIX times.
    """

    valid: bool
    signature: Mark = Mark.UNKNOWN
    references: Mark = Mark.UNKNOWN
    seal: Mark = Mark.UNKNOWN
    chain: Mark = Mark.UNKNOWN
    reasons: tuple[Reason, ...] = ()
    remarks: tuple[Reason, ...] = ()
    cosigned: tuple[tuple[str, int], ...] = ()

    def as_json(self, language: str = "zh") -> dict[str, Any]:
        """The verdict as the line that `yiwang verify --json` ends with."""
        return {
            "valid": self.valid,
            "signature": self.signature.value,
            "references": self.references.value,
            "seal": self.seal.value,
            "chain": self.chain.value,
            "reasons": [reason.text(language) for reason in self.reasons],
            "remarks": [reason.text(language) for reason in self.remarks],
        }


def judge_receipt(data: bytes, trusted: TrustedKeys | None, *, entry: bytes | None = None, now: int = 0) -> Verdict:
    """The verdict on the bytes of a receipt, whatever they are. Never raises for their sake."""
    try:
        receipt = Receipt.parse(data, entry=entry)
    except LedgerFault as fault:
        return Verdict(valid=False, reasons=(fault.reason,))
    return verify_receipt(receipt, trusted, now=now)


def verify_receipt(receipt: Receipt, trusted: TrustedKeys | None, *, now: int = 0) -> Verdict:
    """Check signature, inclusion and quorum (C2SP tlog-proof). `now`: POSIX time; where given, a time after it is told.

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

    def verdict(self) -> Verdict:
        references = self._references()
        signature, chain = self._signature(), self._chain()
        applying = [signature, references, *([chain] if self._witnesses_asked() else [])]
        return Verdict(
            valid=not self.reasons and all(mark is Mark.VALID for mark in applying),
            signature=signature,
            references=references,
            chain=chain,
            reasons=tuple(self.reasons),
            remarks=tuple(self.remarks),
            cosigned=tuple(self.cosigned.items()),
        )

    def _witnesses_asked(self) -> bool:
        return self.trusted is not None and self.trusted.quorum != "none"

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
        wanted = {key.kind.hash_name for key in keys}
        if self.receipt.hash_name not in wanted:
            return self._wrong("log.hash", found=self.receipt.hash_name, wanted="/".join(sorted(wanted)))
        keys = [key for key in keys if key.kind.hash_name == self.receipt.hash_name]
        made = [(key, one) for one in self.receipt.note.signatures for key in keys if key.made(one)]
        if not made:
            return self._wrong("log.unsigned", origin=origin)
        if not all(key.verify(self.receipt.note.text, one) for key, one in made):
            return self._wrong("log.invalid", origin=origin)
        return Mark.VALID

    def _chain(self) -> Mark:
        if self.trusted is None:
            return Mark.UNKNOWN
        mark = Mark.VALID if self._witnesses_asked() else Mark.UNKNOWN
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
        if not self._witnesses_asked():
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
