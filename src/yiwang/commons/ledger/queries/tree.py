"""The tree of a log as the tables hold it: its size, its right edge, any node. A proof reads one tile a level, from memory once read.

Full tiles never change, so they are kept in the process; what an open transaction may still take back is not kept.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable
from threading import Lock
from typing import Final

from django.db import connection
from psycopg.pq import Format

from yiwang.commons.crypto.engine import suite
from yiwang.commons.ledger.contracts import LogMissing, NoSuchEntry
from yiwang.commons.ledger.engine import Hasher, empty_root, leaf_hash, node_hash
from yiwang.commons.ledger.models import Entry, Log, Tile
from yiwang.commons.ledger.rules import HASH, HEIGHT, WIDTH, Edge, full_tiles, grown, offset

_KEPT_TILES: Final = 4096  # of 16 kB, of the lowest level and of all others
_KEPT_FOLDS: Final = 16
_TOGETHER: Final = (
    8  # tiles read at once: a statement costs as much as the bytes of eight, and proofs rarely come alone
)
_Identity = tuple[str, str]
_Place = tuple[_Identity, int, int]
_lowest: OrderedDict[_Place, bytes] = OrderedDict()
_upper: OrderedDict[_Place, bytes] = OrderedDict()
_edges: dict[_Identity, Edge] = {}
_folds: OrderedDict[tuple[_Identity, int], dict[int, bytes]] = OrderedDict()
_lock = Lock()


def open_log() -> Log:
    """The log that takes entries. Raises LogMissing."""
    log: Log | None = Log.objects.filter(closed_at__isnull=True).first()
    if log is None:
        raise LogMissing
    return log


def log_of(*, number: int) -> Log:
    """The log of that number, open or closed. Raises LogMissing."""
    log: Log | None = Log.objects.filter(number=number).first()
    if log is None:
        raise LogMissing
    return log


def identity(*, log: Log) -> _Identity:
    """What tells this log from any other that this process may meet under the same number."""
    return log.origin, log.opened_at.isoformat()


def hasher(*, log: Log) -> Hasher:
    """The hash of the log's suite."""
    return suite(log.suite).digest


def size(*, log: Log) -> int:
    """How many entries the log holds. One row of an index."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT "index" FROM commons_ledger_entry WHERE log_id = %s ORDER BY "index" DESC LIMIT 1', [log.number]
        )
        row = cursor.fetchone()
    return row[0] + 1 if row else 0


def edge(*, log: Log, at_size: int) -> Edge:
    """The right edge of the tree of `at_size` leaves, from memory or from the last entries and the roots of the last tiles."""
    kept = _edges.get(identity(log=log))
    if kept is not None and kept.size == at_size:
        return kept
    found = _loaded_edge(log, at_size)
    keep_edge(log=log, edge=found)
    return found


def keep_edge(*, log: Log, edge: Edge) -> None:
    """Remember the edge of a committed tree."""
    if not connection.in_atomic_block:
        _edges[identity(log=log)] = edge


def _loaded_edge(log: Log, at_size: int) -> Edge:
    hash_of = hasher(log=log)
    levels = []
    level = 0
    while at_size >> (HEIGHT * level) or level == 0:
        first = full_tiles(level, at_size) * WIDTH
        hashes = _leaves(log, hash_of, first, at_size) if level == 0 else _roots(log, level - 1, first, at_size)
        if len(hashes) != (at_size >> (HEIGHT * level)) - first:
            raise NoSuchEntry
        # The rows above the hashes come out as if they had just been added to an empty tile.
        levels.append(grown(hash_of, Edge(0), hashes)[0].levels[0] if hashes else ((),))
        level += 1
    return Edge(at_size, tuple(levels))


def _leaves(log: Log, hash_of: Hasher, first: int, end: int) -> list[bytes]:
    rows = Entry.objects.filter(log=log, index__gte=first, index__lt=end).order_by("index")
    return [leaf_hash(hash_of, bytes(data)) for data in rows.values_list("data", flat=True)]


def _roots(log: Log, level: int, first: int, at_size: int) -> list[bytes]:
    end = full_tiles(level, at_size)
    rows = Tile.objects.filter(log=log, level=level, number__gte=first, number__lt=end).order_by("number")
    return [bytes(root) for root in rows.values_list("root", flat=True)]


class Tree:
    """Reads nodes of the tree of `size` leaves of a log."""

    def __init__(self, log: Log, size: int) -> None:
        self.log, self.size = log, size
        self.hasher = hasher(log=log)
        self._identity = identity(log=log)
        kept = _edges.get(self._identity)
        self.edge = kept if kept is not None and kept.size >= size else edge(log=log, at_size=size)
        self._own: dict[tuple[int, int], bytes] = {}
        self._fold = _folds_of(self._identity, size)

    def node(self, level: int, index: int) -> bytes:
        """The hash of the perfect subtree over the leaves [index · 2^level, (index + 1) · 2^level)."""
        tile, row = divmod(level, HEIGHT)
        number, inside = divmod(index, WIDTH >> row)
        if (number + 1) << (HEIGHT * (tile + 1)) <= self.edge.size:
            at = offset(row, inside)
            return self._tile(tile, number)[at : at + HASH]
        return self.edge.node(level, index)

    def fold(self, begin: int, end: int) -> bytes:
        """The root over the leaves [begin, end), where `begin` is a multiple of the power of two that holds them."""
        many = end - begin
        if many & (many - 1) == 0:
            level = many.bit_length() - 1
            return self.node(level, begin >> level)
        known = self._fold.get(begin) if end == self.size else None
        if known is None:
            split = 1 << (many.bit_length() - 1)
            known = node_hash(self.hasher, self.fold(begin, begin + split), self.fold(begin + split, end))
            if end == self.size:
                self._fold[begin] = known
        return known

    def root(self) -> bytes:
        """The root of the tree."""
        return self.fold(0, self.size) if self.size else empty_root(self.hasher)

    def inclusion(self, index: int) -> list[bytes]:
        """The proof that leaf `index` stands in the tree, the leaf's sibling first (RFC 6962 §2.1.1)."""
        if not 0 <= index < self.size:
            raise NoSuchEntry
        inner = (index ^ (self.size - 1)).bit_length()
        proof = [self.node(level, (index >> level) ^ 1) for level in range(inner - 1)]
        if inner:  # the one sibling that may be cut off by the end of the tree
            begin = ((index >> (inner - 1)) ^ 1) << (inner - 1)
            proof.append(self.fold(begin, min(begin + (1 << (inner - 1)), self.size)))
        rest, level = index >> inner, inner
        while rest:
            if rest & 1:
                proof.append(self.node(level, rest - 1))
            rest, level = rest >> 1, level + 1
        return proof

    def consistency(self, old: int) -> list[bytes]:
        """The proof that the tree of `old` leaves is the beginning of this one (RFC 6962 §2.1.2)."""
        if not 0 < old <= self.size:
            raise NoSuchEntry
        return self._subproof(old, 0, self.size, whole=True)

    def _subproof(self, old: int, begin: int, end: int, *, whole: bool) -> list[bytes]:
        if old == end:
            return [] if whole else [self.fold(begin, end)]
        split = begin + (1 << ((end - begin - 1).bit_length() - 1))
        if old <= split:
            return [*self._subproof(old, begin, split, whole=whole), self.fold(split, end)]
        return [*self._subproof(old, split, end, whole=False), self.fold(begin, split)]

    def read_ahead(self, indexes: Iterable[int]) -> None:
        """Fetch the tiles of these leaves that are not in memory, in one statement."""
        full = full_tiles(0, self.edge.size)
        wanted = {index // WIDTH for index in indexes if index // WIDTH < full}
        missing = [number for number in wanted if not self._known(0, number)]
        if missing:
            self._fetch(0, missing)

    def _known(self, level: int, number: int) -> bool:
        return (level, number) in self._own or (self._identity, level, number) in _kept(level)

    def _tile(self, level: int, number: int) -> bytes:
        kept = _kept(level).get((self._identity, level, number)) or self._own.get((level, number))
        return kept or self._fetch(level, self._around(level, number))[number]

    def _around(self, level: int, number: int) -> list[int]:
        """The full tiles of the group that this one stands in, those that are known left out."""
        first = number - number % _TOGETHER
        last = min(first + _TOGETHER, full_tiles(level, self.edge.size))
        return [each for each in range(first, last) if each == number or not self._known(level, each)]

    def _fetch(self, level: int, numbers: Collection[int]) -> dict[int, bytes]:
        found = fetch_tiles(log=self.log, level=level, numbers=numbers)
        if len(found) < len(numbers):
            raise NoSuchEntry
        if connection.in_atomic_block:
            self._own |= {(level, number): nodes for number, nodes in found.items()}
            return found
        kept = _kept(level)
        with _lock:
            kept |= {(self._identity, level, number): nodes for number, nodes in found.items()}
            while len(kept) > _KEPT_TILES:
                kept.popitem(last=False)
        return found


def _kept(level: int) -> OrderedDict[_Place, bytes]:
    return _upper if level else _lowest


def fetch_tiles(*, log: Log, level: int, numbers: Collection[int]) -> dict[int, bytes]:
    """The nodes of full tiles by number, as bytes, in binary form: hexadecimal would double them on the way."""
    with connection.cursor() as cursor:
        cursor.cursor.format = Format.BINARY
        cursor.execute(
            "SELECT number, nodes FROM commons_ledger_tile WHERE log_id = %s AND level = %s AND number = ANY(%s)",
            [log.number, level, list(numbers)],
        )
        return {number: bytes(nodes) for number, nodes in cursor.fetchall()}


def _folds_of(of: _Identity, at_size: int) -> dict[int, bytes]:
    """Roots over leaves up to the end of a tree of that size, by where they begin: the same in every proof."""
    if connection.in_atomic_block:
        return {}
    with _lock:
        found = _folds.setdefault((of, at_size), {})
        while len(_folds) > _KEPT_FOLDS:
            _folds.popitem(last=False)
    return found


def forget() -> None:
    """Let this process read everything anew: for checks that trust no memory."""
    with _lock:
        _lowest.clear()
        _upper.clear()
        _edges.clear()
        _folds.clear()
