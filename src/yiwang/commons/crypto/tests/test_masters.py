"""The master key in a hardware module: taken up from a file, used there, missed with a clear sentence."""

from threading import Event, Thread

import pytest
from click.testing import CliRunner
from django.db import connection

from yiwang.commons.crypto import commands, queries, registry
from yiwang.commons.crypto.adapters import PoolCipher
from yiwang.commons.crypto.cli import cli
from yiwang.commons.crypto.commands.making import material
from yiwang.commons.crypto.contracts import KeyDamaged, MasterKeyMissing, Purpose
from yiwang.commons.crypto.contrib.master_files import MasterFiles
from yiwang.commons.crypto.contrib.master_tokens import MasterTokens
from yiwang.commons.crypto.engine.devices.pkcs11 import Pkcs11Token
from yiwang.commons.crypto.engine.tests.test_devices import softhsm, token  # noqa: F401  fixtures
from yiwang.commons.crypto.models import KeyVersion, MasterKey
from yiwang.commons.crypto.queries.keyring import RING
from yiwang.commons.crypto.tests.factories import SYSTEM, learn, make_key
from yiwang.commons.identity.tests.factories import make_person
from yiwang.kernel import clock, doctor
from yiwang.kernel.cipher import Undecryptable, cipher
from yiwang.kernel.command import machinery
from yiwang.kernel.errors import Unavailable
from yiwang.kernel.settings import settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    before = registry.master_keys()
    (tmp_path / "keys").mkdir()
    yield tmp_path / "keys"
    registry.provide_master_keys(before)
    RING.forget()


def test_a_master_key_moves_from_a_file_into_a_token(folder, token):  # noqa: F811
    files = MasterFiles(lambda: folder)
    registry.provide_master_keys(files)
    commands.establish(by=SYSTEM, at=clock.now())
    learn()
    sealed = cipher().encrypt(b"x", context="t.c")

    inside = MasterTokens(lambda: token, "yiwang", files)
    registry.provide_master_keys(inside)
    RING.forget()
    learn()
    assert cipher().decrypt(sealed, context="t.c") == b"x", "what a file wrapped goes on"
    assert commands.rotate_master_key(fingerprint=inside.make(), by=SYSTEM, at=clock.now()) == 2
    assert MasterKey.objects.get(state="active").kind == "pkcs11"
    (folder / "master.key").rename(folder / "elsewhere")
    registry.provide_master_keys(MasterTokens(lambda: token, "yiwang", MasterFiles(lambda: folder)))
    RING.forget()
    learn()
    assert cipher().decrypt(sealed, context="t.c") == b"x"
    assert all(row.present for row in queries.masters(viewer=SYSTEM) if row.keys)

    with machinery("test"):
        version = KeyVersion.objects.first()
        KeyVersion.objects.filter(pk=version.pk).update(wrapped=bytes(version.wrapped)[:-1] + b"!")
    RING.forget()
    with pytest.raises(KeyDamaged):
        learn()


def test_a_pool_begins_in_a_token(folder, token):  # noqa: F811
    inside = MasterTokens(lambda: token, "yiwang", MasterFiles(lambda: folder))
    registry.provide_master_keys(inside)
    commands.establish(by=SYSTEM, at=clock.now())
    learn()
    assert inside.first() == MasterKey.objects.get().fingerprint
    assert cipher().decrypt(cipher().encrypt(b"x", context="t.c"), context="t.c") == b"x"


def test_a_token_that_is_not_there_is_told(folder):
    gone = MasterTokens(
        lambda: Pkcs11Token("/nowhere.so", label="yiwang", pin="1"), "yiwang", MasterFiles(lambda: folder)
    )
    assert not gone.has("0" * 16)
    registry.provide_master_keys(MasterFiles(lambda: folder))
    commands.establish(by=SYSTEM, at=clock.now())
    (folder / "master.key").rename(folder / "elsewhere")
    registry.provide_master_keys(gone)
    with pytest.raises(MasterKeyMissing) as told:
        learn()
    assert "PKCS#11" in told.value.advice()
    with pytest.raises(MasterKeyMissing):
        queries.check_master_key()


def test_a_version_left_under_a_retired_master_is_told(folder):
    registry.provide_master_keys(MasterFiles(lambda: folder))
    commands.establish(by=SYSTEM, at=clock.now())
    learn()
    former = MasterKey.objects.get()
    fresh = registry.master_keys().make()
    commands.rotate_master_key(fingerprint=fresh, by=SYSTEM, at=clock.now())
    learn()
    assert finding().ok
    version = KeyVersion.objects.first()
    with machinery("test"):
        KeyVersion.objects.filter(pk=version.pk).update(master=former)
    told = finding()
    assert not told.ok
    assert "已停用的主密钥" in told.message


def finding():
    return next(each for name, each in doctor.examine() if name == "key pool")


@pytest.mark.django_db(transaction=True)
def test_whoever_makes_a_key_while_the_master_key_is_changed_waits():
    commands.establish(by=SYSTEM, at=clock.now())
    fresh = registry.master_keys().make()
    done = Event()

    def make():
        try:
            make_key()
            done.set()
        finally:
            connection.close()

    try:
        with machinery("test"):
            commands.rotate_master_key(fingerprint=fresh, by=SYSTEM, at=clock.now())
            other = Thread(target=make)
            other.start()
            assert not done.wait(0.5), "it waits for the change"
        other.join(10)
        assert done.is_set()
        assert set(KeyVersion.objects.values_list("master__fingerprint", flat=True)) == {fresh}
    finally:
        (registry.master_keys()._folder() / f"master-{fresh}.key").unlink()
        RING.forget()


def test_what_a_local_key_sealed_is_read_by_its_file_under_any_name_and_none_is_invented(folder, monkeypatch):
    settled = settings().model_copy(update={"data_dir": folder.parent})
    monkeypatch.setattr("yiwang.commons.crypto.adapters.settings", lambda: settled)
    sealed = PoolCipher().encrypt(b"x", context="t.c")
    (folder / "master.key").rename(folder / "master-restored.key")
    assert PoolCipher().decrypt(sealed, context="t.c") == b"x"
    (folder / "master-restored.key").unlink()
    with pytest.raises(Undecryptable):
        PoolCipher().decrypt(sealed, context="t.c")
    assert not list(folder.iterdir())


def test_hashes_go_on_under_a_restored_local_key_and_none_is_invented(folder, monkeypatch):
    settled = settings().model_copy(update={"data_dir": folder.parent})
    monkeypatch.setattr("yiwang.commons.crypto.commands.making.settings", lambda: settled)
    monkeypatch.setattr("yiwang.commons.crypto.commands.making._hashes_stored", lambda: True)
    with pytest.raises(MasterKeyMissing):
        material("national", Purpose.LOOKUP, first=True)
    files = MasterFiles(lambda: folder)
    name = files.make()
    assert material("national", Purpose.LOOKUP, first=True) == files.secrets()[name]


def test_a_pool_that_finds_what_a_local_key_sealed_asks_for_a_pass(monkeypatch):
    asked = []
    monkeypatch.setattr("yiwang.commons.crypto.commands.making.defer", lambda name, **more: asked.append(name))
    make_person()
    commands.establish(by=SYSTEM, at=clock.now())
    assert asked == [commands.REENCRYPT]


def test_files_beside_a_token_are_backed_up_and_restored(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("YIWANG_PASSPHRASE", "sample passphrase")
    files = MasterFiles(lambda: folder)
    registry.provide_master_keys(files)
    commands.establish(by=SYSTEM, at=clock.now())
    name = files.first()
    gone = MasterTokens(lambda: Pkcs11Token("/nowhere.so", label="yiwang", pin="1"), "yiwang", files)
    registry.provide_master_keys(gone)
    file = str(tmp_path / "masters.json")
    assert CliRunner().invoke(cli, ["master-key", "backup", file]).exit_code == 0
    (folder / "master.key").unlink()
    assert name in CliRunner().invoke(cli, ["master-key", "restore", file]).output
    assert files.present() == (name,)


def test_a_page_says_nothing_of_where_master_keys_lie(folder, monkeypatch, caplog):
    def missing():
        raise MasterKeyMissing(fingerprint="f" * 16, place="/secret/place")

    monkeypatch.setattr(RING, "view", missing)
    with pytest.raises(Unavailable) as told:
        cipher().encrypt(b"x", context="t.c")
    assert "/secret/place" not in str(told.value) + told.value.advice()
    assert "/secret/place" in caplog.text
