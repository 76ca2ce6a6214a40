"""`yiwang verify archive` and `yiwang verify proof`: offline, without a database, by files alone."""

import json
import random
import subprocess
import sys

import pytest
from click.testing import CliRunner

from yiwang.commons.archives.cli.proving import proof, verify_decision_proof
from yiwang.commons.archives.cli.verifying import archive
from yiwang.commons.archives.engine import TrustedArchives
from yiwang.commons.archives.engine.tests import samples
from yiwang.commons.rules.engine import Source, prove

KEYS = ["valid", "signature", "references", "seal", "chain", "reasons"]
XML = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="urn:sample" name="sample" id="d">
<inputData id="i" name="months"><variable name="months" typeRef="number"/></inputData>
<decision id="grant" name="grant"><variable name="grant" typeRef="boolean"/>
<informationRequirement id="r"><requiredInput href="#i"/></informationRequirement>
<literalExpression id="l"><text>months &gt;= 12</text></literalExpression></decision></definitions>"""


def run(verb, *arguments):
    return CliRunner().invoke(verb, list(map(str, arguments)))


def last(answer):
    line = json.loads(answer.stdout.splitlines()[-1])
    return [line[key] for key in KEYS[:5]]


@pytest.fixture
def files(tmp_path):
    package, keys = tmp_path / "a.zip", tmp_path / "keys.txt"
    package.write_bytes(samples.package())
    keys.write_text(TrustedArchives.text([("sample", samples.KEYS["national"].public)]))
    return package, keys


def test_a_package_is_told_in_words_and_one_json_line(files):
    package, keys = files
    answer = run(archive, package, "--keys", keys, "--json")
    assert (answer.exit_code, last(answer)) == (0, [True, "valid", "valid", "valid", "valid"])
    assert answer.stdout.startswith("有效\n")
    line = json.loads(answer.stdout.splitlines()[-1])
    assert list(line) == KEYS
    assert samples.NUMBER in answer.stdout


def test_a_changed_package_is_refused_with_the_reason(files):
    package, keys = files
    data = bytearray(package.read_bytes())
    data[300] ^= 4
    package.write_bytes(data)
    answer = run(archive, package, "--keys", keys, "--json", "--lang", "en")
    assert answer.exit_code == 1
    assert last(answer)[0] is False
    assert json.loads(answer.stdout.splitlines()[-1])["reasons"]


def test_receipts_inside_are_judged_by_other_keys_where_they_are_given(files, tmp_path):
    package, keys = files
    ledger = tmp_path / "ledger.txt"
    ledger.write_bytes(samples.LEDGER)
    assert run(archive, package, "--keys", keys, "--ledger-keys", ledger).exit_code == 0
    ledger.write_bytes(samples.LEDGER.replace(b"ledger.sample", b"other0.sample"))
    answer = run(archive, package, "--keys", keys, "--ledger-keys", ledger, "--json")
    assert (answer.exit_code, last(answer)[3]) == (1, "unknown")


def test_wrong_files_end_with_a_reason_never_with_a_traceback(files, tmp_path):
    package, keys = files
    for given, trusted in ((keys, keys), (package, package), (package, tmp_path / "absent")):
        answer = run(archive, given, "--keys", trusted, "--json")
        assert answer.exit_code in {1, 2}
        assert not answer.exception or isinstance(answer.exception, SystemExit)


def test_neither_django_nor_the_database_driver_is_loaded(files):
    code = (
        "import sys; from click.testing import CliRunner; from yiwang.site.cli import program\n"
        "done = CliRunner().invoke(program, ['verify', 'archive', sys.argv[1], '--keys', sys.argv[2]])\n"
        "print(done.exit_code, [name for name in ('django', 'psycopg', 'ninja') if name in sys.modules])"
    )
    environment = {
        "PYTHONPATH": ":".join(filter(None, sys.path)),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    }
    command = [sys.executable, "-c", code, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)
    assert done.stdout == "0 []\n", done.stderr


@pytest.fixture
def decided(tmp_path):
    file, facts, model = tmp_path / "proof.json", tmp_path / "facts.json", tmp_path / "model.dmn"
    file.write_bytes(prove(Source(XML), "grant", {"months": 14}).to_json())
    facts.write_text('{"months": 14}')
    model.write_bytes(XML)
    return file, facts, model


def test_a_decision_proof_is_recomputed_from_its_facts(decided):
    file, facts, model = decided
    for more in ((), ("--model", model)):
        answer = run(proof, file, "--facts", facts, *more, "--json")
        assert (answer.exit_code, last(answer)) == (0, [True, "valid", "valid", "valid", "valid"]), answer.stdout


def test_without_its_facts_the_outcome_is_not_known_to_be_right(decided):
    answer = run(proof, decided[0], "--json")
    assert (answer.exit_code, last(answer)) == (1, [False, "valid", "valid", "unknown", "valid"])


def test_what_is_altered_in_a_proof_is_found_in_its_part(decided):
    file, facts, model = decided
    good = file.read_text()
    file.write_text(good.replace('"output":true', '"output":false'))
    assert last(run(proof, file, "--facts", facts, "--json")) == [False, "invalid", "valid", "invalid", "valid"]
    file.write_text(good)
    facts.write_text('{"months": 13}')
    assert last(run(proof, file, "--facts", facts, "--json"))[2] == "invalid"
    facts.write_text('{"months": 14}')
    model.write_bytes(XML.replace(b"12", b"13"))
    assert last(run(proof, file, "--facts", facts, "--model", model, "--json"))[4] == "invalid"
    file.write_text("{}")
    assert last(run(proof, file, "--json")) == [False, "unknown", "unknown", "unknown", "unknown"]


def test_a_changed_byte_anywhere_in_a_decision_proof_is_found(decided):
    data = decided[0].read_bytes()
    chance = random.Random(20261123)
    assert verify_decision_proof(data, {"months": 14}).valid
    places = {*chance.sample(range(len(data)), 250), 0, len(data) - 1}
    for at in places:
        changed = bytearray(data)
        changed[at] ^= 1 << chance.randrange(8)
        assert not verify_decision_proof(bytes(changed), {"months": 14}).valid, at
    for other in (b" " + data, data + b" ", data.replace(b'"output":true', b'"output":false,"output":true')):
        assert not verify_decision_proof(other, {"months": 14}).valid


def test_an_inclusion_proof_of_the_ledger_is_judged_by_its_keys(tmp_path):
    file, keys = tmp_path / "a.tlog-proof", tmp_path / "ledger.txt"
    file.write_bytes(samples.RECEIPT)
    keys.write_bytes(samples.LEDGER)
    answer = run(proof, file, "--keys", keys, "--json")
    assert (answer.exit_code, last(answer)) == (0, [True, "valid", "valid", "valid", "valid"])
    file.write_bytes(samples.RECEIPT[:-9])
    assert run(proof, file, "--keys", keys, "--json").exit_code == 1
