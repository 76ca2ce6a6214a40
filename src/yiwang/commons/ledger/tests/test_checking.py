"""An attacker with all rights on the database: what they change is named by `ledger check`."""

import json

import pytest
from click.testing import CliRunner

from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.cli.exporting import export, receipt
from yiwang.commons.ledger.cli.log import append as append_command
from yiwang.commons.ledger.cli.log import check, checkpoint, init, status
from yiwang.commons.ledger.contracts import FindingKind
from yiwang.commons.ledger.engine import Checkpoint, MemoryTree, Note, Receipt, TrustedKeys, verify_receipt
from yiwang.commons.ledger.queries import checking, signing, tree
from yiwang.commons.ledger.tests.attacking import past_the_guards
from yiwang.commons.ledger.tests.factories import SYSTEM, a_log, append, drafts, evidence, sign
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db

ATTACKS = {
    "a rewritten entry": (
        """UPDATE commons_ledger_entry SET data = 'forged' WHERE "index" = 17""",
        {FindingKind.REWRITTEN},
        ["checkpoint", "tile 0/0"],
    ),
    "a rewritten tile": (
        "UPDATE commons_ledger_tile SET nodes = overlay(nodes PLACING 'x' FROM 400) WHERE number = 1",
        {FindingKind.REWRITTEN},
        ["tile 0/1"],
    ),
    "entries cut off": (
        'DELETE FROM commons_ledger_entry WHERE "index" >= 550',
        {FindingKind.TRUNCATED},
        ["checkpoint 600"],
    ),
    "an entry taken out": (
        'DELETE FROM commons_ledger_entry WHERE "index" = 5',
        {FindingKind.TRUNCATED},
        ["entry 5"],
    ),
    "another root under a head": (
        "UPDATE commons_ledger_checkpoint SET root = sha256('x') WHERE size = 600",
        {FindingKind.REWRITTEN, FindingKind.FORKED},
        ["checkpoint 600"],
    ),
    "a forged note": (
        "UPDATE commons_ledger_checkpoint SET note = replace(note, E'\\n600\\n', E'\\n599\\n') WHERE size = 600",
        {FindingKind.SIGNATURE_WRONG},
        ["checkpoint 600"],
    ),
    "changed evidence": (
        "UPDATE kernel_evidencerow SET statement = statement || '{\"kind\": \"x\"}' WHERE kind = 'test.step'",
        {FindingKind.EVIDENCE_DIFFERS},
        ["evidence"],
    ),
    "evidence taken away": (
        "DELETE FROM kernel_evidencerow WHERE kind = 'test.step'",
        {FindingKind.EVIDENCE_DIFFERS},
        ["evidence"],
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_check_names_what_was_changed(name):
    statement, kinds, places = ATTACKS[name]
    a_log()
    evidence(2)
    while commands.sequence(by=SYSTEM, at=clock.now()):
        continue
    append(drafts(600 - tree.size(log=tree.open_log())))
    assert sign() == 600
    assert queries.check(viewer=SYSTEM).sound
    with past_the_guards() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount >= 1
    result = queries.check(viewer=SYSTEM)
    assert {each.kind for each in result.differences} == kinds
    for place in places:
        assert any(place in each.place for each in result.differences), result


def test_a_log_that_grows_while_it_is_checked_is_no_log_cut_off(monkeypatch):
    a_log()
    append(drafts(200))
    sign()
    count = checking._count_tiles

    def late(*arguments):
        append(drafts(400, 200))
        count(*arguments)

    monkeypatch.setattr(checking, "_count_tiles", late)
    assert queries.check(viewer=SYSTEM).sound


def test_who_rewrites_everything_and_signs_anew_passes_the_check_but_not_an_old_receipt():
    a_log()
    entries = drafts(10)
    append(entries)
    sign()
    kept = queries.receipt_for(index=3, viewer=SYSTEM)
    log = tree.open_log()
    forged = MemoryTree(tree.hasher(log=log), [b"forged", *(each.data for each in entries[1:])])
    note = Checkpoint(log.origin, 10, forged.root()).note(signing.note_signer(log=log)).bytes().decode()
    with past_the_guards() as cursor:
        cursor.execute("""UPDATE commons_ledger_entry SET data = 'forged' WHERE "index" = 0""")
        cursor.execute("UPDATE commons_ledger_checkpoint SET root = %s, note = %s", [forged.root(), note])
    tree.forget()
    assert queries.check(viewer=SYSTEM).sound, "nothing in these tables says otherwise: that is what witnesses are for"
    now = Note.parse(queries.checkpoint(viewer=SYSTEM))
    assert Checkpoint.parse(now.text).root != kept.checkpoint.root
    trusted = TrustedKeys.parse(queries.trusted_keys(viewer=SYSTEM))
    assert verify_receipt(kept, trusted).valid, "the old receipt is the proof that the log shows two faces"


def run(command, *arguments, **options):
    return CliRunner().invoke(command, arguments, catch_exceptions=False, **options)


def test_the_operator_opens_fills_signs_checks_and_exports_a_log(tmp_path):
    assert run(init, "--origin", "sample.example/ledger", "--suite", "international").output.startswith(
        "sample.example"
    )
    lines = "".join(json.dumps({"kind": "lot.drawn", "number": n}) + "\n" for n in range(300))
    assert run(append_command, "-", "--kind", "lot.drawn", input=lines).output == "0..299\n"
    assert "sample.example/ledger\n" in run(checkpoint, "--sequence").output
    told = json.loads(run(status, "--json").output)
    assert (told["checkpoint"], told["final"], told["backlog"]) == (told["size"], told["size"], 0)
    assert json.loads(run(check, "--json").output)["sound"]
    assert run(export, str(tmp_path)).exit_code == 0
    assert (tmp_path / "tile/0/000").stat().st_size == 8192
    assert Note.parse((tmp_path / "checkpoint").read_bytes())
    assert "0 个新文件" in run(export, str(tmp_path)).output
    found = Receipt.parse(run(receipt, "299").output)
    assert verify_receipt(found, TrustedKeys.parse((tmp_path / "keys").read_bytes())).valid
    with past_the_guards() as cursor:
        cursor.execute("""UPDATE commons_ledger_entry SET data = 'forged' WHERE "index" = 17""")
    assert run(check).exit_code == 1


def test_a_line_that_is_no_statement_is_named(tmp_path):
    a_log()
    refused = run(append_command, "-", "--kind", "x", input='{"a":1}\n[2]\n')
    assert refused.exit_code == 2
    assert "line 2" in refused.output
