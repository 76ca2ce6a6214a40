"""Keys in devices: SoftHSM plays the PKCS#11 token, a small library built by the C compiler the machine that speaks SDF."""

import os
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from ctypes.util import find_library
from pathlib import Path

import pytest

from yiwang.commons.crypto.engine import Damaged, KeyRefused, Unavailable, Verifier, libcrypto, suite
from yiwang.commons.crypto.engine.devices.pkcs11 import Pkcs11Token
from yiwang.commons.crypto.engine.devices.sdf import SdfDevice
from yiwang.commons.crypto.engine.tests.forking import in_a_fork

SOFTHSM = next(
    (str(path) for folder in ("/usr/lib/softhsm", "/usr/lib64/pkcs11", "/opt/homebrew/lib/softhsm")
     if (path := Path(folder) / "libsofthsm2.so").exists()), None,
)  # fmt: skip
INTERNATIONAL = suite("international")


@pytest.fixture(scope="module")
def softhsm(tmp_path_factory):
    """Path of the library, with one empty token `yiwang`, PIN 1234."""
    api = pytest.importorskip("pkcs11", reason="needs python-pkcs11")
    if not (SOFTHSM and shutil.which("softhsm2-util")):
        pytest.skip("needs SoftHSM (Debian: softhsm2)")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "yiwang", "--pin", "1234", "--so-pin", "5678"],
        check=True, capture_output=True,
    )  # fmt: skip
    _forget(api)
    yield SOFTHSM
    _forget(api)
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


def _forget(api):
    """The library reads its settings once: of another module's folder it would know nothing, nor another process of that one."""
    with suppress(RuntimeError):
        api.unload(SOFTHSM)


@pytest.fixture
def token(softhsm):
    token = Pkcs11Token(softhsm, label="yiwang", pin="1234")
    yield token
    token.close()


def test_a_token_signs_what_the_suite_verifies(token):
    public = token.new_signing_key("log")
    signer = token.signer("log")
    assert signer.public == public
    assert signer.suite is INTERNATIONAL
    signature = signer.sign("决定书".encode())
    assert Verifier(public).verify("决定书".encode(), signature)
    assert not Verifier(public).verify(b"another", signature)
    with pytest.raises(KeyRefused, match="already"):
        token.new_signing_key("log")
    with pytest.raises(KeyRefused, match="0 keys"):
        token.signer("nothing")


def test_a_token_seals_what_only_it_can_open(token):
    token.new_sealing_key("master")
    sealer = token.sealer("master")
    sealed = sealer.seal(b"a key of the pool", b"context")
    assert len(sealed) == 17 + 28
    assert sealer.open(sealed, b"context") == b"a key of the pool"
    for wrong, context in (
        (sealed[:-1] + b"\0", b"context"),
        (sealed, b"another"),
        (sealed[:20], b""),
        (sealed[:30], b""),
    ):
        with pytest.raises(Damaged):
            sealer.open(wrong, context)
    assert sealer.open(sealed, b"context") == b"a key of the pool"
    with pytest.raises(KeyRefused):
        token.sealer("log")


_FORKING = """
import sys
from yiwang.commons.crypto.engine.devices.pkcs11 import Pkcs11Token
from yiwang.commons.crypto.engine.tests.forking import in_a_fork
token = Pkcs11Token(sys.argv[1], label="yiwang", pin="1234")
signer = token.signer("kept")
print(in_a_fork(lambda: token.signer("kept").sign(b"forked")).hex(), signer.sign(b"parent").hex(), signer.public.hex())
"""


def test_keys_of_a_token_are_there_for_the_next_process_and_after_a_fork(token, softhsm):
    """As a web server forks: from a process of one thread."""
    token.new_signing_key("kept")
    public = token.signer("kept").public
    alone = [sys.executable, "-X", "faulthandler", "-c", _FORKING, softhsm]
    done = subprocess.run(alone, check=False, capture_output=True, text=True)
    assert done.returncode == 0, (done.returncode, done.stdout, done.stderr)
    forked, parent, seen = (bytes.fromhex(word) for word in done.stdout.split(" "))
    assert seen == public
    assert Verifier(public).verify(b"forked", forked), (forked, done.stderr)
    assert Verifier(public).verify(b"parent", parent)


def test_threads_take_turns_at_a_token(token):
    token.new_signing_key("shared")
    signer, right = token.signer("shared"), []
    verifier = Verifier(signer.public)

    def work(number):
        message = str(number).encode()
        right.append(all(verifier.verify(message, signer.sign(message)) for _ in range(5)))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert right == [True] * 6


def test_a_wrong_pin_is_tried_once(softhsm):
    token = Pkcs11Token(softhsm, label="yiwang", pin="0000")
    with pytest.raises(KeyRefused, match="PinIncorrect"):
        token.signer("log")
    with pytest.raises(KeyRefused, match="not tried again"):
        token.signer("log")


def test_a_missing_token_or_library_is_said(softhsm, tmp_path):
    with pytest.raises(Unavailable, match="NoSuchToken"):
        Pkcs11Token(softhsm, label="elsewhere", pin="1234").signer("log")
    with pytest.raises(Unavailable, match=r"nothing\.so"):
        Pkcs11Token(str(tmp_path / "nothing.so"), label="yiwang", pin="1234").signer("log")


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """Path of the library of a machine that speaks SDF."""
    compiler, crypto = shutil.which("cc"), find_library("crypto")
    if not (compiler and crypto and libcrypto.load()):
        pytest.skip("needs a C compiler and OpenSSL")
    made = tmp_path_factory.mktemp("sdf") / "libfakesdf.so"
    source = Path(__file__).with_name("fake_sdf.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", made, source, f"-l:{crypto}"], check=True, capture_output=True)
    return str(made)


def test_a_machine_signs_what_the_suite_verifies(machine):
    device = SdfDevice(machine)
    signer = device.signer(1, "sample")
    assert signer.suite is suite("national")
    for turn in range(20):  # numbers with leading zeros too
        message = b"%d" % turn
        assert Verifier(signer.public).verify(message, signer.sign(message))
    assert Verifier(signer.public).verify(b"forked", in_a_fork(lambda: signer.sign(b"forked")))
    assert device.random(32) != device.random(32)
    device.close()


@pytest.mark.parametrize(
    ("index", "password", "said"),
    [
        (9, "sample", "no such key"),
        (1, "wrong", "no right"),
        (2, "sample", "does not verify"),
        (3, "sample", "384 bits"),
    ],
)
def test_a_key_of_a_machine_that_is_not_sound_is_refused(machine, index, password, said):
    with pytest.raises(KeyRefused, match=said):
        SdfDevice(machine).signer(index, password)


def test_a_missing_machine_or_library_is_said(machine, monkeypatch, tmp_path):
    monkeypatch.setenv("FAKE_SDF_OFF", "1")
    with pytest.raises(Unavailable, match="0x01000003: no connection"):
        SdfDevice(machine)
    with pytest.raises(Unavailable, match="no SDF library"):
        SdfDevice(str(tmp_path / "nothing.so"))
