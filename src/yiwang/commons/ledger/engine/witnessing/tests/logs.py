"""A log in memory that behaves, or not: for witnesses and monitors to be tried on."""

import secrets

from yiwang.commons.crypto.engine import LocalSigner, suite
from yiwang.commons.ledger.engine.notekeys import NoteSigner
from yiwang.commons.ledger.engine.notes import Checkpoint, Note
from yiwang.commons.ledger.engine.proving import Node
from yiwang.commons.ledger.engine.texts import to_base64
from yiwang.commons.ledger.engine.tiles import ENTRIES, TILE_HEIGHT, TILE_WIDTH, Tile, pack_entries
from yiwang.commons.ledger.engine.tree import MemoryTree
from yiwang.commons.ledger.engine.witnessing.serving import Answer, Request
from yiwang.commons.ledger.engine.wording import TextWrong

ORIGIN = "ledger.example.gov.cn/2026"


def signer(name: str, suite_name: str = "international", *, cosigning: bool = False) -> NoteSigner:
    return NoteSigner(name, LocalSigner(suite(suite_name).new_signing_key()), cosigning)


class Log:
    """Entries, their tree, a key; serves C2SP tiles as a handler of `serving`."""

    def __init__(self, suite_name: str = "international", *, key: NoteSigner | None = None, entries=()) -> None:
        self.suite = suite(suite_name)
        self.key = key or signer(ORIGIN, suite_name)
        self.entries: list[bytes] = list(entries)
        self.published: Note | None = None
        self.hidden = False
        self._tree = MemoryTree(self.suite.digest, self.entries)

    def fork(self, *, keep: int) -> "Log":
        """Another history by the same key that begins with the first `keep` entries."""
        return Log(self.suite.name, key=self.key, entries=self.entries[:keep])

    def grow(self, count: int) -> "Log":
        for _ in range(count):
            entry = f'{{"n":{len(self.entries)},"r":"{secrets.token_hex(6)}"}}'.encode()
            self.entries.append(entry)
            self._tree.append(entry)
        return self

    @property
    def size(self) -> int:
        return len(self.entries)

    def rewrite(self, index: int, entry: bytes = b'{"forged":true}') -> None:
        """What an attacker with every right on the database does: the entry and all nodes above."""
        self.entries[index] = entry
        self._tree = MemoryTree(self.suite.digest, self.entries)

    def truncate(self, size: int) -> None:
        del self.entries[size:]
        self._tree = MemoryTree(self.suite.digest, self.entries)

    def checkpoint_root(self, size: int | None = None) -> bytes:
        return self._tree.root(self.size if size is None else size)

    def checkpoint(self, size: int | None = None) -> Note:
        size = self.size if size is None else size
        return Checkpoint(self.key.name, size, self._tree.root(size)).note(self.key)

    def prove(self, old: int, new: int) -> list[bytes]:
        return self._tree.consistency(old, new)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return self._tree.inclusion(index, size)

    def add_checkpoint(self, old: int, *, size: int | None = None, proof: list[bytes] | None = None) -> bytes:
        """The request to a witness."""
        size = self.size if size is None else size
        if proof is None:
            proof = self.prove(old, size) if 0 < old < size else []
        return "\n".join([f"old {old}", *map(to_base64, proof), "", ""]).encode() + self.checkpoint(size).bytes()

    def __call__(self, request: Request) -> Answer:
        path = request.path.removeprefix("/")
        if path == "checkpoint":
            return Answer(200, (self.published or self.checkpoint()).bytes())
        try:
            tile = Tile.parse(path)
            return Answer(200, self._tile(tile), "application/octet-stream")
        except (TextWrong, IndexError):
            return Answer(404, b"nothing here\n")

    def _tile(self, tile: Tile) -> bytes:
        first = tile.number * TILE_WIDTH
        if self.hidden:
            raise IndexError
        if tile.level == ENTRIES:
            if first + tile.width > self.size:
                raise IndexError
            return pack_entries(self.entries[first : first + tile.width])
        level = tile.level * TILE_HEIGHT
        return b"".join(self._tree.node(Node(level, at)) for at in range(first, first + tile.width))
