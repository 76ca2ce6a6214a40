"""The monitor as its operator calls it."""

import json
from contextlib import ExitStack

import pytest
from click.testing import CliRunner

from yiwang.commons.ledger.cli.monitor import misbehaviour, monitor
from yiwang.commons.ledger.cli.witness import witness
from yiwang.commons.ledger.engine.trust import TrustedKeys
from yiwang.commons.ledger.engine.witnessing.keeping import WitnessStore
from yiwang.commons.ledger.engine.witnessing.service import WitnessService
from yiwang.commons.ledger.engine.witnessing.serving import serving
from yiwang.commons.ledger.engine.witnessing.starting import open_witness
from yiwang.commons.ledger.engine.witnessing.tests.logs import Log, signer


@pytest.fixture
def stack():
    with ExitStack() as stack:
        yield stack


def _run(command, *arguments):
    return CliRunner().invoke(command, [str(one) for one in arguments])


def _lines(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_monitor_ends_with_zero_one_or_three(tmp_path, stack):
    log = Log().grow(20)
    url = stack.enter_context(serving(log))
    given = ("--url", url, "--keys", log.key.verifier.vkey, "--data", tmp_path / "m", "--json")
    result = _run(monitor, *given)
    assert (result.exit_code, _lines(result)[0]["size"]) == (0, 20)
    log.rewrite(4)
    result = _run(monitor, *given)
    (line,) = _lines(result)
    assert (result.exit_code, line["ok"], line["findings"][0]["code"]) == (1, False, "fork")
    folder = tmp_path / "m" / "alarms" / line["findings"][0]["proof"]
    result = _run(misbehaviour, folder, "--keys", log.key.verifier.vkey, "--json")
    assert (result.exit_code, _lines(result)) == (0, [{"proven": True, "reason": ""}])
    result = _run(misbehaviour, folder, "--keys", signer(log.key.name).verifier.vkey)
    assert (result.exit_code, "不成立" in result.stdout) == (1, True)
    told = _run(monitor, *given[:-1])
    assert (told.exit_code, "警报" in told.stdout) == (1, True)
    assert "ALARM" in _run(monitor, *given[:-1], "--lang", "en").stdout
    away = _run(monitor, "--url", "http://127.0.0.1:1/", *given[2:4], "--data", tmp_path / "n", "--json")
    assert away.exit_code == 3


def test_a_monitor_takes_log_witnesses_and_addresses_from_one_file(tmp_path, stack):
    log = Log("national").grow(20)
    made = open_witness(tmp_path / "w", name="audit.example.org/w", log_keys=[log.key.verifier.vkey])
    stack.callback(made.store.close)
    other = log.fork(keep=9).grow(3)
    assert made.add_checkpoint(other.add_checkpoint(0)).status == 200
    urls = {
        log.key.name: stack.enter_context(serving(log)),
        "audit": stack.enter_context(serving(WitnessService(made))),
    }
    trusted = TrustedKeys((log.key.verifier,), {"audit": made.signer.verifier}, {}, "audit", urls)
    (tmp_path / "keys.txt").write_text(trusted.text())
    result = _run(monitor, "--keys", tmp_path / "keys.txt", "--data", tmp_path / "m", "--json")
    assert [one["code"] for one in _lines(result)[0]["findings"]] == ["split"]
    assert result.exit_code == 1


def test_receipts_in_a_folder_are_compared(tmp_path, stack):
    log = Log().grow(20)
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "one.note").write_bytes(log.fork(keep=3).grow(4).checkpoint().bytes())
    (tmp_path / "given" / "two.txt").write_bytes(b"a letter")
    url = stack.enter_context(serving(log))
    result = _run(
        monitor, "--url", url, "--keys", log.key.verifier.vkey, "--data", tmp_path / "m", "--json",
        "--receipts", tmp_path / "given",
    )  # fmt: skip
    assert [one["code"] for one in _lines(result)[0]["findings"]] == ["split", "foreign"]


def test_wrong_arguments_are_told(tmp_path):
    log = Log()
    vkey = log.key.verifier.vkey
    for given in (
        ("--keys", vkey),
        ("--keys", vkey, "--url", "ftp://x"),
        ("--keys", "nothing", "--url", "http://x"),
        ("--keys", signer("w", cosigning=True).verifier.vkey, "--url", "http://x"),
        ("--keys", vkey + "x", "--url", "http://x"),
    ):
        result = _run(monitor, *given, "--data", tmp_path / "m")
        assert result.exit_code in {1, 2}
        assert result.stderr.startswith(("Error", "Usage"))


def test_a_folder_stays_with_its_log(tmp_path, stack):
    url = stack.enter_context(serving(log := Log().grow(2)))
    assert _run(monitor, "--url", url, "--keys", log.key.verifier.vkey, "--data", tmp_path).exit_code == 0
    other = signer("other.example/log").verifier.vkey
    assert log.key.name in _run(monitor, "--url", url, "--keys", other, "--data", tmp_path).stderr


def test_a_witness_is_made_once_and_keeps_key_name_and_logs(tmp_path):
    log = Log()
    (tmp_path / "log.vkey").write_text(f"# the city's log\n{log.key.verifier.vkey}\n")
    given = ("--data", tmp_path / "w", "--show")
    assert "--name" in _run(witness, *given).stderr
    assert "--name" in _run(witness, *given, "--name", "a b").stderr
    first = _run(
        witness, *given, "--name", "w.example.org/1", "--suite", "international", "--log-key", tmp_path / "log.vkey"
    )
    assert first.exit_code == 0, first.stderr
    assert json.loads(first.stdout) == json.loads(_run(witness, *given).stdout)
    assert json.loads(first.stdout)["logs"][0]["origin"] == log.key.name
    assert "名称不能更改" in _run(witness, *given, "--name", "other").stderr
    assert "两" not in _run(witness, *given, "--log-key", signer(log.key.name).verifier.vkey).stderr
    assert "two hashes" in _run(witness, *given, "--log-key", signer(log.key.name, "national").verifier.vkey).stderr
    assert _run(witness, *given).exit_code == 0
    store = WitnessStore(tmp_path / "w")
    assert "另一个见证进程" in _run(witness, *given).stderr
    store.close()
    assert (tmp_path / "w" / "witness.key").stat().st_mode & 0o077 == 0
    (tmp_path / "w" / "witness.key").write_text("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n")
    assert "不是 PKCS#8 私钥" in _run(witness, *given).stderr
    (tmp_path / "w" / "witness.key").unlink()
    assert "请从备份恢复" in _run(witness, *given).stderr
