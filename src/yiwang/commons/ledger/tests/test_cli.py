"""The operator's verbs about witnesses, quorum, keys and findings."""

import pytest
from click.testing import CliRunner

from yiwang.commons.crypto.engine import LocalSigner, suite
from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.cli import cli
from yiwang.commons.ledger.contracts import FindingKind, HeadWouldRetreat, WitnessRefused
from yiwang.commons.ledger.engine import Checkpoint, Note, NoteSigner, TrustedKeys
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log, append, drafts, sign
from yiwang.commons.ledger.tests.factories.witnessed import WitnessedLog
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db


def run(*arguments):
    return CliRunner().invoke(cli, arguments, catch_exceptions=False)


def a_key(name):
    return NoteSigner(name, LocalSigner(suite("national").new_signing_key()), cosigning=True).verifier.vkey


def test_the_operator_names_witnesses_sets_the_quorum_and_hands_out_the_keys(tmp_path):
    a_log("national")
    for name in ("one.example", "two.example"):
        added = run("witnesses", "add", a_key(name), "--organisation", "样例单位", "--url", f"http://{name}/w")
        assert added.exit_code == 0
    assert run("quorum", "2").exit_code == 0
    with pytest.raises(WitnessRefused):
        run("witnesses", "retire", added.output.strip())
    assert run("quorum", "1").exit_code == 0
    assert run("witnesses", "retire", added.output.strip(), "--distrusted").exit_code == 0
    listed = run("witnesses").output
    assert "one.example" in listed
    assert "two.example" not in listed
    run("keys", "--to", str(tmp_path / "keys"))
    trusted = TrustedKeys.parse((tmp_path / "keys").read_bytes())
    assert (list(trusted.witnesses), trusted.needed()) == (["one.example"], "1/1")


def test_a_quorum_that_the_public_head_does_not_have_waits_and_is_refused_in_the_end():
    a_log("national")
    append(drafts(2))
    sign()
    run("witnesses", "add", a_key("one.example"), "--organisation", "样例单位", "--url", "http://one.example")
    with pytest.raises(HeadWouldRetreat):
        run("quorum", "1", "--wait", "1")


def test_findings_are_listed_the_newest_first():
    a_log()
    for words in ("older", "newer"):
        commands.report_finding(kind=FindingKind.FORKED, words=words, by=SYSTEM, at=clock.now())
    lines = run("findings").output.splitlines()
    assert [line.split()[-1] for line in lines] == ["newer", "older"]
    assert run("findings", "settle", lines[0].split()[1], "样例：演练").exit_code == 0
    assert [line[0] for line in run("findings").output.splitlines()] == ["✓", "✗"]


def test_the_keys_are_kept_where_verifying_finds_them(tmp_path, monkeypatch):
    a_log()
    place = tmp_path / "ledger" / "trusted-keys.txt"
    monkeypatch.setattr("yiwang.commons.ledger.cli.log.default_keys", lambda: place)
    assert run("keys", "--here").exit_code == 0
    assert TrustedKeys.parse(place.read_bytes()).logs


def test_what_no_quorum_has_cosigned_is_not_exported(tmp_path):
    town = WitnessedLog.of()
    town.sequence()
    assert "no co-signed head" in run("export", str(tmp_path)).output
    town.cosign()
    final = queries.log(viewer=SYSTEM).size
    append(drafts(4))
    sign()
    assert f"{final} 条" in run("export", str(tmp_path)).output
    note = Note.parse((tmp_path / "checkpoint").read_bytes())
    assert Checkpoint.parse(note.text).size == final
    assert len(note.signatures) == 3
