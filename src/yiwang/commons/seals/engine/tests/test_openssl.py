"""The signatures in our files hold for the openssl command line, which knows nothing of us."""

import base64
import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from yiwang.commons.crypto.engine import read_certificate
from yiwang.commons.seals.engine import parse_signed_value
from yiwang.commons.seals.engine.ofd.package import open_package

from .making import world

OPENSSL = shutil.which("openssl")


def knows_sm2():
    listed = [OPENSSL, "list", "-public-key-algorithms"]
    return OPENSSL and b"SM2" in subprocess.run(listed, capture_output=True, check=False).stdout


pytestmark = pytest.mark.skipif(not knows_sm2(), reason="needs the openssl command line with SM2")


def verified(folder, certificate, message, signature):
    (folder / "certificate.pem").write_text(read_certificate(certificate).pem())
    (folder / "message").write_bytes(message)
    (folder / "signature").write_bytes(signature)
    public = subprocess.run(
        [OPENSSL, "x509", "-in", folder / "certificate.pem", "-pubkey", "-noout"], capture_output=True, check=True
    ).stdout
    (folder / "public.pem").write_bytes(public)
    done = subprocess.run(
        [OPENSSL, "dgst", "-sm3", "-verify", folder / "public.pem", "-sigopt", "distid:1234567812345678",
         "-signature", folder / "signature", folder / "message"],
        capture_output=True, check=False,
    )  # fmt: skip
    return done.stdout.decode().strip()


@pytest.fixture
def value():
    return parse_signed_value(open_package(world().signed()).files["Doc_0/Signs/Sign_0/SignedValue.dat"])


def test_openssl_verifies_the_signature_of_the_signer(value, tmp_path):
    assert verified(tmp_path, value.certificate, value.signed, value.signature) == "Verified OK"


def test_openssl_verifies_the_signature_of_the_seal_s_maker(value, tmp_path):
    seal = value.seal
    assert verified(tmp_path, seal.maker_certificate, seal.signed, seal.signature) == "Verified OK"


def test_openssl_refuses_the_signature_once_a_byte_is_another(value, tmp_path):
    broken = value.signed[:-1] + bytes((value.signed[-1] ^ 1,))
    assert verified(tmp_path, value.certificate, broken, value.signature) != "Verified OK"


def test_the_digest_in_the_value_is_openssl_s_of_signature_xml():
    files = open_package(world().signed()).files
    told, value = (files[f"Doc_0/Signs/Sign_0/{name}"] for name in ("Signature.xml", "SignedValue.dat"))
    digest = subprocess.run([OPENSSL, "dgst", "-sm3", "-binary"], input=told, capture_output=True, check=True).stdout
    assert parse_signed_value(value).data_hash == digest


@pytest.mark.skipif(not shutil.which("unzip"), reason="needs unzip")
def test_the_guide_s_own_commands_verify_a_sealed_file(tmp_path):
    page = (Path(__file__).parents[6] / "docs" / "guide" / "seal-formats.md").read_text("utf-8")
    commands = page.split("```bash\n")[1].split("```")[0]
    (tmp_path / "sealed.ofd").write_bytes(world().signed())
    done = subprocess.run(["bash", "-e", "-c", commands], cwd=tmp_path, capture_output=True, text=True, check=True)
    files = open_package(world().signed()).files
    assert "Verified OK" in done.stdout
    assert parse_signed_value(files["Doc_0/Signs/Sign_0/SignedValue.dat"]).property_info in done.stdout
    root = base64.b64decode(done.stdout.split()[-1])
    assert root == hashlib.new("sm3", files["OFD.xml"]).digest()
