"""Witnesses are registered so that everybody can still verify; what they answered is recorded once; looks stay cheap."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from time import monotonic, sleep

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from yiwang.commons.crypto.engine import LocalSigner, suite
from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.contracts import WitnessRefused
from yiwang.commons.ledger.engine import NoteSigner, TrustedKeys
from yiwang.commons.ledger.models import Checkpoint, Cosignature, Witness
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log, append, drafts, sign
from yiwang.commons.ledger.tests.factories.witnessed import WitnessedLog
from yiwang.kernel import clock


def a_key(of="international"):
    return LocalSigner(suite(of).new_signing_key())


def add(name, key, url="https://w.example"):
    vkey = NoteSigner(name, key, cosigning=True).verifier.vkey
    return commands.add_witness(vkey=vkey, organisation="样例单位", url=url, by=SYSTEM, at=clock.now())


def names():
    return list(TrustedKeys.parse(queries.trusted_keys(viewer=SYSTEM)).witnesses)


@pytest.mark.django_db
@pytest.mark.parametrize("of", ["national", "international"])
def test_a_key_is_one_witness_under_whatever_name(of):
    a_log(of)
    key = a_key(of)
    first = add("one.example", key)
    with pytest.raises(WitnessRefused):
        add("another.example", key)
    commands.retire_witness(witness_id=first, by=SYSTEM, at=clock.now())
    with pytest.raises(WitnessRefused):
        add("another.example", key)
    assert (names(), Witness.objects.count()) == (["one.example"], 1)


@pytest.mark.django_db
def test_a_key_of_an_earlier_log_comes_back_under_its_name_alone():
    a_log()
    key = a_key()
    add("one.example", key)
    a_log("international", succeed=True)
    with pytest.raises(WitnessRefused):
        add("another.example", key)
    assert names() == ["one.example"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["none", "quorum-of-witnesses"])
def test_a_name_that_a_policy_keeps_for_itself_is_refused(name):
    a_log()
    with pytest.raises(WitnessRefused):
        add(name, a_key())
    assert not Witness.objects.exists()
    assert names() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    ["https://w.example/a b", "https://w.example/\u3000", "https://", "ftp://w.example", "https://w.example:port", "https://me@w.example"],
)  # fmt: skip
def test_an_address_that_nobody_can_ask_or_write_down_is_refused(url):
    a_log()
    with pytest.raises(WitnessRefused):
        add("one.example", a_key(), url)
    assert names() == []


def running(work):
    try:
        return work()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_two_rounds_bring_at_once_is_recorded_by_one():
    log = WitnessedLog.of("international")
    log.sequence()
    head = queries.log(viewer=SYSTEM)
    witness, signer = next(iter(log.signers.items()))
    line = signer.sign(head.note.partition("\n\n")[0] + "\n", time=int(clock.now().timestamp())).line()
    held, go = Event(), Event()

    def record():
        return commands.record_cosignatures(size=head.size, lines={witness: line}, faults={}, by=SYSTEM, at=clock.now())

    def first():
        with transaction.atomic():
            found = record()
            held.set()
            go.wait(20)
        return found

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(running, first)
        assert held.wait(20)
        two = pool.submit(running, record)
        until = monotonic() + 20
        while monotonic() < until and not _somebody_waits():
            sleep(0.02)
        go.set()
        assert (one.result(20), two.result(20)) == (1, 0)
    assert Cosignature.objects.count() == 1


def _somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]


def plan_of(sql):
    """How the server would run it if the table were large."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor)


@pytest.mark.django_db
def test_who_cosigned_what_last_is_read_by_an_index_and_not_from_the_whole_table():
    log = WitnessedLog.of("international", ("样例大学", "样例公证处", "样例协会"), needed=1)
    log.witness_all()
    append(drafts(3))
    size = sign()
    log.cosign(1)
    with CaptureQueriesContext(connection) as asked:
        shown = queries.witnesses(viewer=SYSTEM)
        round_ = queries.cosigning(viewer=SYSTEM)
    assert [each.behind for each in shown] == [0, 3, 3]
    assert [each.last_size for each in shown] == [size, size - 3, size - 3]
    assert (set(round_.known.values()), round_.signed) == ({size - 3}, {"w1.example"})
    about = {each["sql"] for each in asked if "commons_ledger_cosignature" in each["sql"]}
    assert about
    for sql in about:
        plan = plan_of(sql)
        assert "Aggregate" not in plan
        assert "cosignature_last" in plan


@pytest.mark.django_db
def test_growth_by_day_reads_one_head_a_day_by_an_index():
    today = clock.now().replace(hour=4)
    with clock.frozen(today - timedelta(days=41)):
        a_log()
    sizes = []
    for ago, many in ((40, 2), (3, 1), (3, 4), (1, 5), (0, 6)):
        with clock.frozen(today - timedelta(days=ago)):
            append(drafts(many, sum(sizes)))
            sign()
        sizes.append(many)
    with CaptureQueriesContext(connection) as asked:
        per_day = queries.standing(viewer=SYSTEM).per_day
    day = today.astimezone(clock.CHINA).date()
    assert per_day == tuple((day - timedelta(days=ago), many) for ago, many in ((3, 5), (1, 5), (0, 6)))
    (sql,) = {each["sql"] for each in asked if "unnest" in each["sql"]}
    assert "checkpoint_by_time" in plan_of(sql)
    assert Checkpoint.objects.count() == 5
