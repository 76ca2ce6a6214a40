"""Proof of misbehaviour that others can check with the log's public key alone: two signed notes side by side.

Of the same size and with different roots they prove by themselves that the log signed two histories. Of different sizes
they need the root that the larger tree has at the smaller size, with its consistency proof: where that root is not the
signed one, the larger tree does not continue the smaller. What is no proof but an observation (a log that shrank, or
serves something else than it signed) is kept in the same form and says so.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from yiwang.commons.ledger.engine.merkle import verify_consistency, verify_inclusion
from yiwang.commons.ledger.engine.notekeys import NoteVerifier, suite_of
from yiwang.commons.ledger.engine.notes import Checkpoint, Note, verify_note
from yiwang.commons.ledger.engine.texts import from_base64, to_base64
from yiwang.commons.ledger.engine.wording import TextWrong

from .starting import write_durably

FORMAT: Final = "yiwang/misbehaviour/v1"
MAX_FOLDERS: Final = 64
_MAX_FILE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Difference:
    """The first entry that differs: its hash under both heads, with the proofs that it stands there."""

    index: int
    first: bytes
    first_proof: tuple[bytes, ...]
    second: bytes
    second_proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """Two notes signed by one log; `first` has not more entries than `second`.

    `prefix`: the root of the larger tree at the smaller size, with its `consistency` proof.
    """

    code: str
    first: bytes
    first_source: str
    second: bytes
    second_source: str
    found_at: int
    prefix: bytes = b""
    consistency: tuple[bytes, ...] = ()
    difference: Difference | None = None

    def as_json(self) -> dict[str, Any]:
        """The content of `proof.json`."""
        told: dict[str, Any] = {
            "format": FORMAT,
            "code": self.code,
            "found_at": datetime.fromtimestamp(self.found_at, UTC).isoformat(),
            "first": {"source": self.first_source, "note": self.first.decode()},
            "second": {"source": self.second_source, "note": self.second.decode()},
        }
        if self.prefix:
            told["prefix_root"] = to_base64(self.prefix)
            told["consistency"] = [to_base64(one) for one in self.consistency]
        if self.difference:
            d = self.difference
            told["difference"] = {
                "index": d.index,
                "first": {"leaf": to_base64(d.first), "inclusion": [to_base64(one) for one in d.first_proof]},
                "second": {"leaf": to_base64(d.second), "inclusion": [to_base64(one) for one in d.second_proof]},
            }
        return told

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read `proof.json`. Raises TextWrong."""
        if len(data) > _MAX_FILE:
            raise TextWrong("text.too_long", limit=_MAX_FILE)
        try:
            told = json.loads(data)
            if told["format"] != FORMAT:
                raise TextWrong("text.header", wanted=FORMAT)
            return cls(
                code=str(told["code"]),
                first=told["first"]["note"].encode(),
                first_source=str(told["first"]["source"]),
                second=told["second"]["note"].encode(),
                second_source=str(told["second"]["source"]),
                found_at=int(datetime.fromisoformat(told["found_at"]).timestamp()),
                prefix=from_base64(told.get("prefix_root", "")),
                consistency=_hashes(told.get("consistency", ())),
                difference=_difference(told.get("difference")),
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
            raise TextWrong("text.line") from fault


def _hashes(values: Any) -> tuple[bytes, ...]:
    return tuple(from_base64(value) for value in values)


def _difference(told: Any) -> Difference | None:
    if not told:
        return None
    sides = [(from_base64(told[side]["leaf"]), _hashes(told[side]["inclusion"])) for side in ("first", "second")]
    return Difference(int(told["index"]), *sides[0], *sides[1])


def proves(found: Misbehaviour, keys: Sequence[NoteVerifier]) -> bool:
    """Whether it proves, to whoever trusts only these keys of the log, that the log signed two histories.

    False for an observation that is honest but no proof. Raises LedgerFault where a signature, a proof or a text is wrong.
    """
    heads, hashers = [], []
    for raw in (found.first, found.second):
        note = Note.parse(raw)
        hashers.append(suite_of(verify_note(note, keys)[0].verifier).digest)
        heads.append(Checkpoint.parse(note.text))
    first, second = heads
    if first.origin != second.origin or first.size > second.size:
        raise TextWrong("text.line")
    hasher = hashers[0]
    if found.difference:
        d = found.difference
        verify_inclusion(hasher, d.first, d.index, first.size, d.first_proof, first.root)
        verify_inclusion(hasher, d.second, d.index, second.size, d.second_proof, second.root)
        if d.first != d.second:
            return True
    if first.size == second.size:
        return first.root != second.root
    if not found.prefix:
        return False
    verify_consistency(hasher, first.size, found.prefix, second.size, second.root, found.consistency)
    return found.prefix != first.root


class AlarmFolder:
    """Where proofs are kept: one folder each, with `first.note`, `second.note` and `proof.json`.

    An operator settles an alarm by moving its folder elsewhere. At most `most` are kept.
    """

    def __init__(self, folder: Path, *, most: int = MAX_FOLDERS) -> None:
        self.folder = folder
        self._most = most

    def standing(self) -> list[Path]:
        """The folders of alarms not settled."""
        return sorted(path for path in self.folder.glob("*") if path.is_dir()) if self.folder.is_dir() else []

    def keep(self, found: Misbehaviour) -> str:
        """Keep a proof, the same one once; the folder's name, "" where there are too many already."""
        texts = (note.rpartition(b"\n\n")[0] for note in (found.first, found.second))
        digest = hashlib.sha256(b"\x00".join((found.code.encode(), *texts))).hexdigest()[:16]
        known = self.standing()
        same = [path for path in known if path.name.endswith(digest)]
        if same:
            return same[0].name
        if len(known) >= self._most:
            return ""
        moment = datetime.fromtimestamp(found.found_at, UTC).strftime("%Y%m%dT%H%M%SZ")
        place = self.folder / f"{moment}-{found.code}-{digest}"
        place.mkdir(parents=True)
        write_durably(place / "first.note", found.first)
        write_durably(place / "second.note", found.second)
        told = json.dumps(found.as_json(), ensure_ascii=False, indent=1)
        write_durably(place / "proof.json", told.encode())
        return place.name
