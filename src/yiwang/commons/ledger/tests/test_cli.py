"""The operator's verbs about witnesses, quorum, keys and findings."""

import pytest
from click.testing import CliRunner

from yiwang.commons.crypto.engine import LocalSigner, suite
from yiwang.commons.ledger import commands
from yiwang.commons.ledger.cli import cli
from yiwang.commons.ledger.contracts import FindingKind, HeadWouldRetreat, WitnessRefused
from yiwang.commons.ledger.engine import NoteSigner, TrustedKeys
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log, append, drafts, sign
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
