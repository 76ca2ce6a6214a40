"""Fields under pool keys: readable with their key, bound to their place, refused when changed."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from yiwang.commons.crypto import commands, queries, registry, rules
from yiwang.commons.crypto.contracts import KeyDamaged, MasterKeyMissing, Purpose
from yiwang.commons.crypto.models import CryptoKey, KeyVersion
from yiwang.commons.crypto.queries.keyring import RING, read
from yiwang.commons.crypto.tests.factories import SYSTEM, learn, make_key, pool
from yiwang.commons.identity.tests.factories import make_person, person_row
from yiwang.kernel import clock
from yiwang.kernel.cipher import LocalCipher, Undecryptable, cipher
from yiwang.kernel.errors import Unavailable

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys():
    with pool():
        yield


def stored(person_id, column="id_number"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM commons_identity_person WHERE id = %s", [person_id])
        return bytes(cursor.fetchone()[0])


def test_a_stored_value_names_format_algorithm_and_key(keys):
    person = make_person()
    version = KeyVersion.objects.get(key__purpose=Purpose.FIELDS)
    value = stored(person)
    assert value[:2] == bytes([rules.FORMAT, 1])
    assert rules.label_of(value) == bytes(version.label)
    assert person_row(person).id_number.encode() not in value


def test_the_international_suite_is_named_too(settings_of_crypto):
    settings_of_crypto("international")
    with pool():
        person = make_person()
        assert stored(person)[:2] == bytes([rules.FORMAT, 2])
        assert person_row(person).mobile.startswith("1")
        assert CryptoKey.objects.get(purpose=Purpose.LOOKUP).algorithm == "hmac-sha256"


def test_a_value_can_not_be_moved_to_another_place(keys):
    sealed = cipher().encrypt(b"x", context="t.a")
    assert cipher().decrypt(sealed, context="t.a") == b"x"
    with pytest.raises(Undecryptable, match="changed"):
        cipher().decrypt(sealed, context="t.b")


def test_any_changed_byte_is_noticed(keys):
    sealed = cipher().encrypt(b"x", context="t.a")
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 0x41
        with pytest.raises(Undecryptable):
            cipher().decrypt(bytes(changed), context="t.a")


def test_what_the_local_key_wrote_before_stays_readable_and_findable():
    local = cipher()._locally()
    assert isinstance(local, LocalCipher)
    before = make_person()
    old = cipher().keyed_hash(b"320402", purpose="p")
    with pool():
        assert person_row(before).id_number
        assert stored(before)[0] == rules.LOCAL_FORMAT
        assert cipher().keyed_hash(b"320402", purpose="p") == old, (
            "look-ups go on under the key that made the stored hashes"
        )


def test_without_stored_hashes_look_ups_begin_with_a_key_of_their_own():
    old = cipher().keyed_hash(b"320402", purpose="p")
    with pool():
        assert cipher().keyed_hash(b"320402", purpose="p") != old


def test_another_master_key_is_told_by_its_fingerprint(keys, monkeypatch):
    RING.forget()
    monkeypatch.setattr("yiwang.commons.crypto.contrib.master_files.MasterFiles.present", lambda self: ())
    registry.master_keys()._known = {}
    with pytest.raises(MasterKeyMissing, match="找不到主密钥"):
        learn()


def test_wrapped_material_that_was_changed_in_the_database_is_refused(keys):
    version = KeyVersion.objects.get(key__purpose=Purpose.FIELDS)
    changed = bytearray(version.wrapped)
    changed[-1] ^= 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('yiwang.command', 'attack', true)")
        cursor.execute("UPDATE commons_crypto_keyversion SET wrapped = %s WHERE id = %s", [bytes(changed), version.pk])
    RING.forget()
    with pytest.raises(KeyDamaged):
        learn()


def test_wrapped_material_can_not_be_given_to_another_key(keys):
    fields, lookup = (KeyVersion.objects.get(key__purpose=each) for each in (Purpose.FIELDS, Purpose.LOOKUP))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('yiwang.command', 'attack', true)")
        cursor.execute("UPDATE commons_crypto_keyversion SET wrapped = %s WHERE id = %s", [lookup.wrapped, fields.pk])
    RING.forget()
    with pytest.raises(KeyDamaged):
        learn()


def test_all_threads_that_meet_a_new_version_wait_for_one_look_at_the_pool(keys, monkeypatch):
    with connection.cursor() as cursor:
        before = read(cursor)
    commands.rotate_key(key_id=CryptoKey.objects.get(purpose=Purpose.FIELDS).pk, by=SYSTEM, at=clock.now())
    with connection.cursor() as cursor:
        after = read(cursor)
    sealed = []
    for rows in (after, before):
        RING.learn(rows)
        sealed.append(cipher().encrypt(b"x", context="t.c"))
    looks, met = [], Barrier(4)

    def look(_write):
        looks.append(1)
        time.sleep(0.2)
        return after

    monkeypatch.setattr("yiwang.commons.crypto.queries.keyring.exchange", look)

    def open_it(_number):
        met.wait()
        return cipher().decrypt(sealed[0], context="t.c")

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(open_it, range(4))) == [b"x"] * 4
    assert len(looks) == 1
    with pytest.raises(Undecryptable):
        cipher().decrypt(b"\x02\x01none" + sealed[0][6:], context="t.c")
    assert len(looks) == 1, "at most once a second"


def test_a_clock_that_went_back_never_brings_the_local_key_back():
    with clock.frozen(clock.now() + timedelta(days=400)):
        commands.establish(by=SYSTEM, at=clock.now())
        data = make_key("sample.data", Purpose.DATA)
    try:
        learn()
        assert cipher().encrypt(b"x", context="t.c")[0] == rules.FORMAT
        sealer = queries.sealer(key_id=data, application="sample")
        assert sealer.open(sealer.seal(b"x")) == b"x"
    finally:
        RING.forget()


def test_a_pool_that_is_gone_is_no_reason_to_seal_by_the_local_key(keys, monkeypatch):
    monkeypatch.setattr("yiwang.commons.crypto.queries.keyring.exchange", lambda _write: ((), {}))
    RING.renew()
    assert cipher().encrypt(b"x", context="t.c")[0] == rules.FORMAT, "by what it knows, for a while"
    view = RING.view()
    view.due = view.stale = 0.0
    with pytest.raises(Unavailable):
        cipher().encrypt(b"x", context="t.c")


def test_no_key_stands_in_the_database_in_the_clear(keys):
    materials = [held.material() for held in RING.view().held.values()]
    assert len(materials) == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT wrapped FROM commons_crypto_keyversion")
        stored_bytes = b"".join(bytes(row[0]) for row in cursor.fetchall())
    assert not any(material in stored_bytes for material in materials)
