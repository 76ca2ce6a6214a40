"""The verbs of `yiwang verify` say the same in the same way, whatever they are given."""

import json

import pytest
from click.testing import CliRunner

from yiwang.commons.archives.tests.factories import a_package
from yiwang.commons.rules.engine import Source, prove
from yiwang.site.verifying import verify

KEYS = ["valid", "signature", "references", "seal", "chain", "reasons"]
XML = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="urn:sample" name="sample" id="d">
<inputData id="i" name="months"><variable name="months" typeRef="number"/></inputData>
<decision id="grant" name="grant"><variable name="grant" typeRef="boolean"/>
<informationRequirement id="r"><requiredInput href="#i"/></informationRequirement>
<literalExpression id="l"><text>months &gt;= 12</text></literalExpression></decision></definitions>"""


def run(verb, *arguments):
    return CliRunner().invoke(verb, list(map(str, arguments)))


@pytest.fixture
def package(tmp_path):
    file = tmp_path / "a.zip"
    file.write_bytes(a_package())
    return file


@pytest.mark.parametrize("verb", ["archive", "licence", "proof", "receipt", "seal"])
@pytest.mark.parametrize("kind", ["absent", "folder", "empty", "pdf", "zip", "json", "text"])
def test_every_verb_ends_with_the_same_six_members_and_exit_code_1_whatever_it_is_given(verb, kind, tmp_path):
    file = tmp_path / "given"
    bodies = {
        "empty": b"",
        "pdf": b"%PDF-1.7\n%%EOF",
        "zip": b"PK\3\4" + bytes(40),
        "json": b"{}",
        "text": "\ud800é".encode(errors="replace"),
    }
    if kind == "folder":
        file.mkdir()
    elif kind != "absent":
        file.write_bytes(bodies[kind])
    for language in ("zh", "en"):
        answer = run(verify, verb, file, "--json", "--lang", language)
        assert answer.exit_code == 1, answer.output
        line = json.loads(answer.stdout.splitlines()[-1])
        assert list(line) == KEYS
        assert line["valid"] is False
        assert line["reasons"]
        assert {line[each] for each in KEYS[1:5]} <= {"valid", "invalid", "unknown"}


@pytest.mark.parametrize(
    ("verb", "option"),
    [
        ("archive", "--keys"),
        ("archive", "--ledger-keys"),
        ("archive", "--trust"),
        ("receipt", "--keys"),
        ("seal", "--roots"),
        ("licence", "--status"),
        ("licence", "--roots"),
        ("proof", "--keys"),
        ("proof", "--facts"),
        ("proof", "--model"),
    ],
)
@pytest.mark.parametrize("kind", ["absent", "wrong"])
def test_what_a_verb_is_told_to_trust_may_be_missing_or_wrong_too(verb, option, kind, package, tmp_path):
    beside, given = tmp_path / "beside", package
    if verb == "proof":
        given = tmp_path / "proof.json"
        given.write_bytes(prove(Source(XML), "grant", {"months": 14}).to_json())
    if kind == "wrong":
        beside.write_bytes(b"\xff\0nothing of the kind")
    answer = run(verify, verb, given, option, beside, "--json")
    assert answer.exit_code == 1, answer.output
    assert list(json.loads(answer.stdout.splitlines()[-1])) == KEYS


def test_wrong_usage_is_no_verdict(package):
    assert run(verify, "archive", package, "--nonsense").exit_code == 2
    assert run(verify, "archive").exit_code == 2
