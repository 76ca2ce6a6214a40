"""The log of evidence: entries a second that are on the disk, proofs a second as the log grows, beside pymerkle.

Appends are the commands that the program uses, in its own PostgreSQL with fsync, beside a bare COPY of the same rows and a
bare commit. Proofs are read from the tables: by a process that remembers nothing, by one that has read the tiles before.
"""

import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, Final

from django.db import connection, transaction

from bench.aside import peer
from bench.measuring import Figures, growth, interleaved, ratio, rounded, timed
from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.commands.appending import copying
from yiwang.commons.ledger.contracts import NewEntry
from yiwang.commons.ledger.engine import leaf_hash, verify_inclusion
from yiwang.commons.ledger.models import Entry
from yiwang.commons.ledger.queries import tree
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.ids import new_id

BY: Final = Actor.system("bench")
PYMERKLE: Final = ("pymerkle>=7.0,<8", "cachetools>=5,<8")
BATCH: Final = 1000
FLOORS: Final = {"append-batch": 30_000, "append-group": 1000, "proof": 8000, "verify": 20_000}
WRITERS: Final = 64


def run(*, quick: bool, full: bool) -> Figures:
    """Figures, ratios, and which floors were not reached (`over_requirement`)."""
    commands.open_log(origin="bench.example/ledger", by=BY, at=clock.now())
    figures, ratios = _appending(rounds=3 if quick else 25)
    figures |= _single(1.0 if quick else 5.0)
    sizes = [10**3, 10**4] if quick else [10**power for power in range(3, 8 if full else 7)]
    proofs, exponent = _growing(sizes, many=200 if quick else 3000)
    figures[f"verify-at-{sizes[-1]}"] = {"per_s": _verifying(sizes[-1], many=100 if quick else 1000)}
    compared, to_peer = _beside_peer(10**3 if quick else 10**5, many=200 if quick else 2000)
    figures |= proofs | compared
    ratios |= {"proof-growth": exponent} | to_peer
    return {"figures": figures, "ratios": ratios, "over_requirement": _under_floor(figures, sizes)}


def _drafts(many: int) -> list[NewEntry]:
    """Entries as evidence makes them: some 350 bytes each."""
    made = []
    for _ in range(many):
        subject, office = SubjectRef("case", new_id()), new_id()
        statement = {
            "kind": "case.accepted",
            "subject": str(subject),
            "at": clock.now().isoformat(),
            "organisation": str(office),
            "facts": {
                "number": "320400-2026-000123",
                "matter": "a matter's name",
                "applicant": f"{office.hex}:{subject.id.hex * 2}",
            },
        }
        data = json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        made.append(NewEntry(data, "case.accepted", clock.now(), subject, office, new_id()))
    return made


def _appending(rounds: int) -> tuple[Figures, Figures]:
    """Batches of a thousand through the command, beside a bare COPY of such rows into a table without indexes."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_bare (LIKE commons_ledger_entry); CREATE TABLE bench_commit (number int)")
    stock = iter([_drafts(BATCH) for _ in range(2 * (rounds + 2))])

    def ours() -> None:
        commands.append(entries=next(stock), by=BY, at=clock.now())

    def limit() -> None:
        with transaction.atomic(), copying(log=1, first=0, entries=next(stock), table="bench_bare"):
            pass

    times = interleaved({"ours": ours, "limit": limit}, rounds=rounds, warmup=2)
    rate = {name: {key: rounded(value * BATCH) for key, value in each.rate().items()} for name, each in times.items()}
    return {"append-batch": rate}, {"append-batch": {"to_limit": ratio(times["ours"], times["limit"])}}


def _single(seconds: float) -> Figures:
    """Single appends: one writer, whose every append waits for the disk, and many writers that share transactions."""
    figures: Figures = {}
    for name, writers in (("append-alone", 1), ("append-group", WRITERS)):
        stocks = [_drafts(round(seconds * 20_000 / writers)) for _ in range(writers)]
        figures[name] = {"per_s": rounded(_many_writers(stocks, seconds)), "writers": writers}
    figures["commit"] = {"per_s": rounded(1 / timed(_bare_commit, 20 if seconds <= 1 else 200)[0])}
    return figures


def _many_writers(stocks: Sequence[Sequence[NewEntry]], seconds: float) -> float:
    done = [0] * len(stocks)
    until = time.perf_counter() + seconds
    began = time.perf_counter()

    def write(which: int) -> None:
        for entry in stocks[which]:
            if time.perf_counter() > until:
                break
            commands.append_one(entry=entry)
            done[which] += 1
        connection.close()

    threads = [threading.Thread(target=write, args=(which,)) for which in range(len(stocks))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return sum(done) / (time.perf_counter() - began)


def _bare_commit() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_commit VALUES (1)")


def _growing(sizes: Sequence[int], many: int) -> tuple[Figures, Figures]:
    """Proofs of entries anywhere in the log, at sizes ten times apart; exponents of growth (0: as for ever, 1: linear)."""
    figures: Figures = {}
    held = _held()
    for size in sizes:
        _fill(size - held)
        held = max(size, held)
        figures[f"proof-at-{size}"] = _proofs(size, many)
    exponents = {
        way: growth({size: 1 / figures[f"proof-at-{size}"][f"{way}_per_s"] for size in sizes})
        for way in ("cold", "warm")
    }
    return figures, exponents


def _held() -> int:
    return tree.size(log=tree.open_log())


def _fill(many: int) -> None:
    for at in range(0, many, 10 * BATCH):
        now = clock.now()
        entries = [
            NewEntry(b'{"facts":{"filling":%d}}' % (at + n), "bench.filling", now)
            for n in range(min(10 * BATCH, many - at))
        ]
        commands.append(entries=entries, by=BY, at=now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE commons_ledger_entry, commons_ledger_tile")


def _proofs(size: int, many: int) -> Figures:
    """Cold: this process remembers nothing when it begins. Warm: it has read these tiles. Together: a hundred in one call."""
    chance = random.Random(size)
    indexes = [chance.randrange(size) for _ in range(many)]

    def one_by_one() -> None:
        prover = queries.prover(size=size, viewer=BY)
        for index in indexes:
            prover.inclusion(index)

    def together() -> None:
        for at in range(0, many, 100):
            queries.inclusion_proofs(indexes=indexes[at : at + 100], size=size, viewer=BY)

    def cold(work: Callable[[], None]) -> float:
        rounds = []
        for _ in range(3):
            tree.forget()
            rounds.append(timed(work)[0])
        return many / median(rounds)

    def warm(work: Callable[[], None]) -> float:
        work()
        return many / min(timed(work)[0] for _ in range(3))

    return {
        "cold_per_s": rounded(cold(together)),
        "cold_alone_per_s": rounded(cold(one_by_one)),
        "warm_per_s": rounded(warm(together)),
        "warm_alone_per_s": rounded(warm(one_by_one)),
    }


def _verifying(size: int, many: int) -> float:
    """Entry and proof against a root that was verified before, from the entry's bytes on; the best of some rounds."""
    chance = random.Random(size)
    indexes = [chance.randrange(size) for _ in range(many)]
    now = queries.prover(size=size, viewer=BY)
    root, hasher = now.root(), now.hasher
    held = dict(Entry.objects.filter(log=now.log, index__in=indexes).values_list("index", "data"))
    checks = [(bytes(held[index]), index, now.inclusion(index)) for index in indexes]

    def verify() -> None:
        for data, index, proof in checks:
            verify_inclusion(hasher, leaf_hash(hasher, data), index, size, proof, root)

    return rounded(many / min(timed(verify)[0] for _ in range(7)))


def _beside_peer(size: int, many: int) -> tuple[Figures, Figures]:
    """Proofs and their verification beside pymerkle, which holds its tree in memory and hashes by SHA-256."""
    theirs = peer("pymerkle", *PYMERKLE)
    other = theirs.InmemoryTree(algorithm="sha256")
    entries = [b'{"facts":{"filling":%d}}' % number for number in range(size)]
    for each in entries:
        other.append_entry(each)
    other_root, other_size = other.get_state(), other.get_size()
    chance = random.Random(size)
    indexes = [chance.randrange(size) for _ in range(many)]
    log = tree.open_log()
    now = tree.Tree(log, size)
    root, hasher = now.root(), now.hasher
    ours = queries.inclusion_proofs(indexes=indexes, size=size, viewer=BY)
    held = dict(Entry.objects.filter(log=log, index__in=indexes[:100]).values_list("index", "data"))
    bundle = [bytes(held[index]) for index in indexes[:100]]
    checks: list[tuple[Any, ...]] = [(data, indexes[n], ours[n]) for n, data in enumerate(bundle)]
    proofs = [other.prove_inclusion(index + 1, other_size) for index in indexes[:100]]
    bases = [other.get_leaf(index + 1) for index in indexes[:100]]

    def verify() -> None:
        for data, index, proof in checks:
            verify_inclusion(hasher, leaf_hash(hasher, data), index, size, proof, root)

    def verify_theirs() -> None:
        for base, proof in zip(bases, proofs, strict=True):
            theirs.verify_inclusion(base, other_root, proof)

    proving = interleaved(
        {
            "ours": lambda: queries.inclusion_proofs(indexes=indexes, size=size, viewer=BY),
            "pymerkle": lambda: [other.prove_inclusion(index + 1, other_size) for index in indexes],
        },
        rounds=3,
    )
    verifying = interleaved({"ours": verify, "pymerkle": verify_theirs}, rounds=7, repeat=5)
    figures = {
        "proof-beside": {"size": size, **{n: rounded(many / min(each.wall)) for n, each in proving.items()}},
        "verify": {"size": size, **{n: rounded(len(checks) / min(each.wall)) for n, each in verifying.items()}},
    }
    return figures, {
        "proof": {"to_pymerkle": ratio(proving["ours"], proving["pymerkle"])},
        "verify": {"to_pymerkle": ratio(verifying["ours"], verifying["pymerkle"])},
    }


def _under_floor(figures: Figures, sizes: Sequence[int]) -> list[str]:
    reached = {
        "append-batch": figures["append-batch"]["ours"]["median_per_s"],
        "append-group": figures["append-group"]["per_s"],
        "proof": figures[f"proof-at-{min(sizes[-1], 10**6)}"]["cold_per_s"],
        "verify": figures[f"verify-at-{sizes[-1]}"]["per_s"],
    }
    return [f"{name} {reached[name]} < {floor}" for name, floor in FLOORS.items() if reached[name] < floor]
