import json

import pytest
from click.testing import CliRunner

from yiwang.commons.rules.cli import cli


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
