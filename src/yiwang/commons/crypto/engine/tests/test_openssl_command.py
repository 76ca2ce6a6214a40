"""SM2 with the openssl command line, both ways: keys, signatures with the usual and another identity, encryption."""

import shutil
import subprocess

import pytest

from yiwang.commons.crypto.engine import KeyRefused, LocalSigner, Verifier, sm2, suite, suite_of_public

OPENSSL = shutil.which("openssl")
MESSAGE = "行政许可决定书".encode()


def run(*arguments, given=b"", refused=False):
    done = subprocess.run([OPENSSL, *map(str, arguments)], input=given, capture_output=True, timeout=60, check=False)
    assert (done.returncode != 0) is refused, done.stderr.decode(errors="replace")
    return done.stdout


def knows_sm2():
    return (
        OPENSSL
        and b"SM2"
        in subprocess.run([OPENSSL, "list", "-public-key-algorithms"], capture_output=True, check=False).stdout
    )


pytestmark = pytest.mark.skipif(not knows_sm2(), reason="needs the openssl command line with SM2")


@pytest.fixture
def theirs(tmp_path):
    """(private, public) DER of a key that the command line made, and their files."""
    run("genpkey", "-algorithm", "SM2", "-out", tmp_path / "key.pem")
    private = run("pkcs8", "-topk8", "-nocrypt", "-in", tmp_path / "key.pem", "-outform", "DER")
    public = run("pkey", "-in", tmp_path / "key.pem", "-pubout", "-outform", "DER")
    (tmp_path / "key.der").write_bytes(private)
    (tmp_path / "public.der").write_bytes(public)
    return private, public, tmp_path


@pytest.fixture
def ours(tmp_path):
    """The same of a key that the suite made."""
    national = suite("national")
    private = national.new_signing_key()
    (tmp_path / "key.der").write_bytes(private)
    (tmp_path / "public.der").write_bytes(national.public_key(private))
    return private, national.public_key(private), tmp_path


def signed(folder, *, identity):
    (folder / "message").write_bytes(MESSAGE)
    run("dgst", "-sm3", "-sign", folder / "key.der", "-keyform", "DER", "-sigopt", f"distid:{identity}",
        "-out", folder / "signature", folder / "message")  # fmt: skip
    return (folder / "signature").read_bytes()


def verified(folder, signature, *, identity, refused=False):
    (folder / "message").write_bytes(MESSAGE)
    (folder / "signature").write_bytes(signature)
    run("dgst", "-sm3", "-verify", folder / "public.der", "-keyform", "DER", "-sigopt", f"distid:{identity}",
        "-signature", folder / "signature", folder / "message", refused=refused)  # fmt: skip


@pytest.mark.parametrize("whose", ["ours", "theirs"])
def test_keys_and_signatures_are_understood_both_ways(whose, request):
    private, public, folder = request.getfixturevalue(whose)
    signer, verifier = LocalSigner(private), Verifier(public)
    assert signer.public == public
    assert suite_of_public(public).signature == "sm2-sm3"
    identity = sm2.DEFAULT_ID.decode()
    by_them = signed(folder, identity=identity)
    assert verifier.verify(MESSAGE, by_them)
    assert not verifier.verify(MESSAGE + b" ", by_them)
    by_us = signer.sign(MESSAGE)
    verified(folder, by_us, identity=identity)
    verified(folder, by_us[:-1] + bytes([by_us[-1] ^ 1]), identity=identity, refused=True)
    verified(folder, by_us, identity="another", refused=True)


def test_another_identity_is_understood_both_ways(ours):
    private, public, folder = ours
    assert sm2.VerifyingKey(public, b"archive@example.org").verify(
        MESSAGE, signed(folder, identity="archive@example.org")
    )
    verified(folder, sm2.SigningKey(private, b"archive@example.org").sign(MESSAGE), identity="archive@example.org")


@pytest.mark.parametrize("whose", ["ours", "theirs"])
def test_encryption_is_understood_both_ways(whose, request):
    private, public, folder = request.getfixturevalue(whose)
    sealed = run("pkeyutl", "-encrypt", "-pubin", "-keyform", "DER", "-inkey", folder / "public.der", given=MESSAGE)
    assert sm2.SigningKey(private).decrypt(sealed) == MESSAGE
    mine = sm2.VerifyingKey(public).encrypt(MESSAGE)
    assert run("pkeyutl", "-decrypt", "-keyform", "DER", "-inkey", folder / "key.der", given=mine) == MESSAGE


def test_a_key_of_another_curve_is_refused(tmp_path):
    key = run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-outform", "DER")
    (tmp_path / "key.der").write_bytes(key)
    public = run("pkey", "-inform", "DER", "-in", tmp_path / "key.der", "-pubout", "-outform", "DER")
    with pytest.raises(KeyRefused):
        Verifier(public)
    with pytest.raises(KeyRefused):
        LocalSigner(key)
    assert suite("national").verify(public, b"", b"") is False
