"""A command (audit entry, event, guard, transaction) beside a plain Django transaction of the same rows and raw SQL."""

from statistics import median

from django.db import connection, models, transaction

from bench.family import SYSTEM
from bench.measuring import Figures, interleaved, ratio, rounded
from bench.replay import Replay
from bench.threads import rate
from bench.visiting import recording
from yiwang.commons.identity import commands as identity
from yiwang.commons.identity.models import Person
from yiwang.kernel import clock
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import AuditEntry, OutboxEvent


def run(*, quick: bool) -> Figures:
    """Commands a second, with 1 and 4 threads, and what one of them costs."""
    many, rounds = (5, 2) if quick else (60, 9)
    written = _rows()
    limit = Replay(_register)
    ways = {"ours": _register, "peer": lambda: _plain(written), "limit": limit}
    figures: Figures = {"statements": {"ours": limit.statements, "peer": _statements(ways["peer"])}}
    times = interleaved(ways, rounds=rounds, repeat=many)
    figures["one-thread"] = {name: times[name].rate() for name in ways}
    figures["one-call"] = {name: times[name].ms() for name in ways}
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, call in ways.items():
            found[name].append(rate(lambda _number, call=call: call(), times=many * 2, threads=4))
    figures["four-threads"] = {
        name: {"best_per_s": rounded(max(each)), "median_per_s": rounded(median(each))} for name, each in found.items()
    }
    ratios = {
        "one-thread": {
            "to_peer": ratio(times["ours"], times["peer"]),
            "to_limit": ratio(times["ours"], times["limit"]),
        },
        "four-threads": {
            "to_peer": rounded(median(found["peer"]) / median(found["ours"])),
            "to_limit": rounded(median(found["limit"]) / median(found["ours"])),
        },
    }
    return {"figures": figures, "ratios": ratios}


def _register() -> object:
    return identity.register_person(name="样例居民", nation="01", sample=True, by=SYSTEM, at=clock.now())


def _rows() -> list[models.Model]:
    """The rows that one such command writes."""
    person = _register()
    audit = AuditEntry.objects.get(subject_id=person)
    return [Person.objects.get(pk=person), audit, *OutboxEvent.objects.filter(run=audit.run)]


def _plain(rows: list[models.Model]) -> None:
    """As one would write it without commands: the same rows, one save each, in one transaction."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('yiwang.command', 'bench', true)")
        for row in rows:
            values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
            fresh = type(row)(**values)
            _rename(fresh)
            models.QuerySet(type(row)).bulk_create([fresh])


def _rename(row: models.Model) -> None:
    """Give the copy a name of its own."""
    key = row._meta.pk
    assert key is not None
    setattr(row, key.attname, new_id() if isinstance(key, models.UUIDField) else None)
    if isinstance(row, OutboxEvent) and not isinstance(key, models.UUIDField):
        row.event_id = new_id()


def _statements(work: object) -> int:
    with recording() as said:
        work()  # type: ignore[operator]
    return len(said.said)
