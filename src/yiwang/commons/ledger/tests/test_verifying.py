"""`yiwang verify receipt`: offline, without a database, by files alone."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from yiwang.commons.ledger.cli import verifying
from yiwang.commons.ledger.cli.verifying import receipt
from yiwang.commons.ledger.engine.tests.samples import SampleLog

KEYS = ("valid", "signature", "references", "seal", "chain", "reasons")


def verify(*arguments):
    return CliRunner().invoke(receipt, list(map(str, arguments)))


def written(folder, suite="national"):
    sample = SampleLog.of(suite, 20)
    file, keys = folder / "mine.tlog-proof", folder / "keys.txt"
    file.write_text(sample.receipt(7).to_text())
    keys.write_text(sample.trusted().text())
    return file, keys


@pytest.fixture
def files(tmp_path):
    return written(tmp_path)


def program(code, *arguments, stdin=None):
    """Runs as the installed command does, where there is no database."""
    path = ":".join(path for path in sys.path if path)
    environment = {"PYTHONPATH": path, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(
        command, stdin=stdin, capture_output=True, text=True, env=environment, check=False, timeout=60
    )


def last(answer):
    line = json.loads(answer.stdout.splitlines()[-1])
    return {key: line[key] for key in KEYS}


@pytest.mark.parametrize("suite", ["national", "international"])
def test_a_valid_receipt_is_told_in_words_and_one_json_line(suite, tmp_path):
    file, keys = written(tmp_path, suite)
    answer = verify(file, "--keys", keys, "--json")
    assert answer.exit_code == 0
    assert answer.stdout.startswith("存证有效\n")
    assert '"number":7' in answer.stdout
    assert last(answer) == {
        "valid": True, "signature": "valid", "references": "valid", "seal": "valid", "chain": "valid", "reasons": [],
    }  # fmt: skip


def test_a_changed_receipt_is_refused_with_the_reason(files):
    file, keys = files
    file.write_text(file.read_text().replace("index 7", "index 8"))
    answer = verify(file, "--keys", keys, "--json", "--lang", "en")
    assert answer.exit_code == 1
    told = last(answer)
    assert (told["valid"], told["references"], told["signature"]) == (False, "invalid", "valid")
    assert told["reasons"] == ["the root computed from the proof is not the log's root"]


def test_the_keys_of_the_installation_are_used_and_none_are_trusted_without(files, tmp_path, monkeypatch):
    file, keys = files
    own = tmp_path / "ledger" / "trusted-keys.txt"
    monkeypatch.setattr(verifying, "default_keys", lambda: own)
    answer = verify(file, "--json")
    assert (answer.exit_code, last(answer)["signature"]) == (1, "unknown")
    own.parent.mkdir()
    keys.rename(own)
    assert verify(file).exit_code == 0


def test_wrong_files_end_with_a_reason_never_with_a_traceback(files, tmp_path):
    file, keys = files
    for given, trusted, words in ((keys, keys, "line 1"), (file, file, "line 1: unknown line")):
        answer = verify(given, "--keys", trusted, "--json", "--lang", "en")
        assert (answer.exit_code, answer.stderr) == (1, "")
        assert words in last(answer)["reasons"][0]
    assert verify(tmp_path / "absent").exit_code == 2
    assert verify(file, "--keys", tmp_path / "absent").exit_code == 2


def test_the_installed_command_reads_the_standard_input_without_a_database(files):
    with files[0].open() as given:
        code = "import sys; from yiwang.site.cli import main; main(sys.argv[1:])"
        answer = program(code, "verify", "receipt", "-", "--keys", files[1], stdin=given)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_neither_django_nor_the_database_driver_is_loaded(files):
    code = (
        "import sys; from click.testing import CliRunner; from yiwang.site.cli import program\n"
        "done = CliRunner().invoke(program, ['verify', 'receipt', sys.argv[1], '--keys', sys.argv[2]])\n"
        "print(done.exit_code, [name for name in ('django', 'psycopg', 'ninja') if name in sys.modules])"
    )
    assert program(code, *files).stdout == "0 []\n"
