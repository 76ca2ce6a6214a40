"""`yiwang verify seal`: offline, without a database, by files alone."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from yiwang.commons.seals.cli import verifying
from yiwang.commons.seals.cli.verifying import seal
from yiwang.commons.seals.engine import SealFault, Trust, is_sealed
from yiwang.commons.seals.engine.tests.making import NOW, plain_ofd, revocation, world

KEYS = ["valid", "signature", "references", "seal", "chain", "reasons"]
LATER = ("--at", f"{NOW:%Y-%m-%d} 12:00:00")


def verify(*arguments):
    return CliRunner().invoke(seal, list(map(str, arguments)))


@pytest.fixture
def files(tmp_path):
    """A sealed file, its root and a revocation list."""
    sealed, root, revoked = tmp_path / "sealed.ofd", tmp_path / "root.pem", tmp_path / "list.crl"
    sealed.write_bytes(world().signed())
    root.write_text(world().root.certificate.pem())
    revoked.write_bytes(world().list())
    return sealed, root, revoked


def last(result):
    return json.loads(result.stdout.strip().splitlines()[-1])


def test_a_valid_file_exits_with_0_and_ends_with_the_verdict(files):
    sealed, root, revoked = files
    result = verify(sealed, "--roots", root, "--crl", revoked, *LATER, "--json")
    assert result.exit_code == 0, result.output
    assert list(last(result))[:6] == KEYS
    assert [last(result)[key] for key in KEYS] == [True, "valid", "valid", "valid", "valid", []]
    assert "签章有效" in result.stdout


def test_a_revoked_signer_exits_with_1_and_says_so_in_both_languages(files):
    sealed, root, revoked = files
    revoked.write_bytes(world().list(revocation(world().first)))
    for language, word in (("zh", "吊销"), ("en", "revoked")):
        result = verify(sealed, "--roots", root, "--crl", revoked, *LATER, "--json", "--lang", language)
        assert result.exit_code == 1
        assert last(result)["chain"] == "invalid"
        assert word in last(result)["reasons"][0]


def test_without_options_the_trust_folder_of_this_installation_counts(files, tmp_path, monkeypatch):
    sealed, root, revoked = files
    monkeypatch.setattr(verifying, "default_folder", lambda: tmp_path / "trust")
    nobody = verify(sealed, "--json", *LATER)
    assert (nobody.exit_code, last(nobody)["chain"]) == (1, "unknown")
    for name, source in (("roots", root), ("lists", revoked)):
        (tmp_path / "trust" / name).mkdir(parents=True)
        (tmp_path / "trust" / name / source.name).write_bytes(source.read_bytes())
    assert verify(sealed, *LATER).exit_code == 0
    (tmp_path / "trust" / "revoked.txt").write_text(world().first.certificate.fingerprint + "\n")
    assert last(verify(sealed, "--json", *LATER))["chain"] == "invalid"


def test_a_root_that_can_t_be_read_is_named_not_ignored(files):
    sealed, root, _ = files
    root.write_text("not a certificate")
    result = verify(sealed, "--roots", root, "--json")
    assert result.exit_code == 1
    assert last(result)["reasons"]
    with pytest.raises(SealFault):
        Trust(roots=(b"nothing",)).check()


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"\x30\x80", b"%PDF-1.7", b"{}", bytes(1000)])
def test_whatever_it_is_there_is_a_verdict(content, tmp_path):
    (tmp_path / "file").write_bytes(content)
    result = verify(tmp_path / "file", "--json")
    assert result.exit_code == 1, result.output
    assert list(last(result))[:6] == KEYS
    assert not last(result)["valid"]


def test_runs_where_there_is_no_database(files):
    sealed, root, revoked = files
    code = "from yiwang.site.cli import main; main()"
    path = ":".join(path for path in sys.path if path)
    environment = {"PYTHONPATH": path, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    command = [
        sys.executable,
        "-c",
        code,
        "verify",
        "seal",
        sealed,
        "--roots",
        root,
        "--crl",
        revoked,
        *LATER,
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.strip().splitlines()[-1])["valid"]


def test_tells_whether_a_file_bears_a_signature_at_all():
    assert is_sealed(world().signed())
    assert is_sealed(world().seal(world().first))
    assert not is_sealed(plain_ofd())
    assert not is_sealed(b"text")
