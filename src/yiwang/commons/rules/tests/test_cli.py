import json

import pytest
from click.testing import CliRunner

from yiwang.commons.rules.cli import cli
from yiwang.commons.rules.engine.tests.models import fact, literal, model, needs, table


def run(*arguments):
    return CliRunner().invoke(cli, list(arguments))


def test_an_expression_is_evaluated_over_facts():
    result = run("eval", '年龄 >= 18 and 户籍 = "常州"', "--facts", '{"年龄": 20, "户籍": "常州"}')
    assert (result.exit_code, result.output) == (0, "true\n")


def test_missing_facts_are_named():
    result = run("eval", "x + 1", "--json")
    assert result.exit_code == 1
    assert json.loads(result.output) == {"value": None, "missing_facts": ["x"], "remarks": []}


def test_a_syntax_error_names_its_place():
    result = run("eval", "1 +")
    assert result.exit_code == 1
    assert "1:4" in result.output


def test_facts_that_are_no_json_are_wrong_usage():
    assert run("eval", "1", "--facts", "{").exit_code == 2


@pytest.mark.data
def test_the_kit_reports_json(test_data):
    result = run("tck", str(test_data / "dmn-tck" / "TestCases" / "compliance-level-2"), "--json", "--failures")
    line = json.loads(result.output)
    assert line["failed"] == 0
    assert line["passed"] == line["total"] > 50
    assert line["results"]["total"] > line["total"]
    assert line["failures"] == []


def test_a_file_is_analysed_with_places_and_counter_examples(tmp_path):
    file = tmp_path / "d.dmn"
    rules = [("<= 12", '"no"'), (">= 12", '"yes"'), ("> 20", '"yes"')]
    file.write_bytes(model(fact("months", "number"), table("d", {"months": "number"}, rules)))
    result = run("check", str(file))
    assert result.exit_code == 1
    assert f"{file}:" in result.output
    assert "错误 d 规则 1、2 会同时成立" in result.output
    assert "例如：{months: 12}" in result.output
    line = json.loads(run("check", str(file), "--json").output)
    assert line["complete"] is True
    assert line["findings"][0]["example"] == {"months": 12}


def test_a_sound_file_passes_the_analysis(tmp_path):
    file = tmp_path / "d.dmn"
    file.write_bytes(model(fact("n", "number"), literal("d", "n + 1", needs("n"))))
    assert (run("check", str(file)).exit_code, run("check", str(file)).output) == (0, f"{file}: 没有发现问题\n")


@pytest.fixture
def refund(tmp_path):
    file = tmp_path / "refund.dmn"
    rules = [("< 12", '"no"'), (">= 12", '"yes"')]
    file.write_bytes(model(fact("months", "number"), table("refund", {"months": "number"}, rules)))
    facts = tmp_path / "facts.json"
    facts.write_text('{"months": 9}')
    return file, facts


def test_a_decision_is_explained_in_words(refund):
    file, facts = refund
    result = run("explain", str(file), "refund", "--facts", str(facts), "--lang", "en")
    assert result.exit_code == 0
    assert "because months was required to be at least 12, and 9 was found." in result.output
    open_ = run("explain", str(file), "refund", "--json")
    assert (open_.exit_code, json.loads(open_.output)["missing_facts"]) == (1, ["months"])
    assert run("explain", str(file), "nothing").exit_code == 1


def test_the_facts_that_still_matter_are_named(refund):
    file, facts = refund
    assert run("missing", str(file), "refund").output == "还要问：months\n"
    assert run("missing", str(file), "refund", "--facts", str(facts)).exit_code == 0


def test_a_proof_is_written_recomputed_and_refused_when_it_was_altered(refund, tmp_path):
    file, facts = refund
    proof = tmp_path / "proof.json"
    assert run("prove", str(file), "refund", "--facts", str(facts), "--output", str(proof)).exit_code == 0
    same = run("recompute", str(proof), "--facts", str(facts), "--model", str(file))
    assert (same.exit_code, same.output) == (0, "相同：重算的结果与证明一致\n")
    proof.write_bytes(proof.read_bytes().replace(b'"output":"no"', b'"output":"yes"'))
    other = run("recompute", str(proof), "--facts", str(facts), "--json")
    assert other.exit_code == 1
    assert [d["code"] for d in json.loads(other.output)["differences"]] == ["proof.digest", "proof.output"]
    proof.write_text("{}")
    assert run("recompute", str(proof), "--facts", str(facts)).exit_code == 2
