"""The list of licences that are no licences any more, signed, so that anyone can ask it offline.

A signed note (C2SP signed-note) says when the list was made, how many entries it has and their SM3 digest; after it stand
the entries: state, day, and the SM3 of the identifier, so that the list tells nothing about a licence one does not have.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from yiwang.commons.ledger.engine import LedgerFault, Note, NoteSigner, NoteVerifier, verify_note

HEAD: Final = "yiwang licence status list/1"
MAX_LIST: Final = 64 * 1024 * 1024
STATES: Final = frozenset({"suspended", "revoked", "replaced", "superseded"})
_MARK: Final = "\n---\n"


class StatusListWrong(ValueError):
    """No status list, or one that nobody trusted signed; the text says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A licence's version that must not be relied on: since which day (China), and how it stands."""

    identifier: str
    state: str
    since: str


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list whose signature holds: state and day by the digest of an identifier."""

    made_at: datetime
    by: str
    entries: Mapping[str, tuple[str, str]]

    def of(self, identifier: str) -> tuple[str, str] | None:
        """State and day of an identifier; None: nothing against it was known when the list was made."""
        return self.entries.get(digest_of(identifier))


def digest_of(identifier: str) -> str:
    """What stands in the list for an identifier."""
    return hashlib.new("sm3", identifier.encode()).hexdigest()


def write_list(entries: Iterable[Entry], *, signer: NoteSigner, at: datetime) -> bytes:
    """The list as it is published."""
    body = "".join(sorted(f"{each.state} {each.since} {digest_of(each.identifier)}\n" for each in entries))
    count, digest = body.count("\n"), hashlib.new("sm3", body.encode()).hexdigest()
    moment = at.astimezone(UTC).replace(microsecond=0).isoformat()
    note = Note(f"{HEAD}\n{moment}\n{count}\n{digest}\n").signed(signer)
    return note.bytes() + _MARK.encode() + body.encode()


def read_list(data: bytes, verifiers: Iterable[NoteVerifier]) -> StatusList:
    """The list, verified by one of the keys. Raises StatusListWrong."""
    if len(data) > MAX_LIST:
        raise StatusListWrong("状态清单太大")
    head, mark, body = data.partition(_MARK.encode())
    if not mark:
        raise StatusListWrong("不是证照状态清单")
    try:
        note = Note.parse(head)
        signed = verify_note(note, list(verifiers))
    except LedgerFault as fault:
        raise StatusListWrong(f"状态清单的签名无效：{fault.reason.text()}") from None
    said = note.text.split("\n")
    if len(said) != 5 or said[0] != HEAD or hashlib.new("sm3", body).hexdigest() != said[3]:
        raise StatusListWrong("状态清单的内容和签名对不上")
    entries: dict[str, tuple[str, str]] = {}
    for line in body.decode("ascii", "replace").splitlines():
        state, _gap, rest = line.partition(" ")
        since, _gap, digest = rest.partition(" ")
        if state not in STATES:
            raise StatusListWrong("状态清单里有不认识的状态")
        entries[digest] = (state, since)
    try:
        return StatusList(datetime.fromisoformat(said[1]), signed[0].verifier.name, entries)
    except ValueError:
        raise StatusListWrong("状态清单的时间写得不对") from None
