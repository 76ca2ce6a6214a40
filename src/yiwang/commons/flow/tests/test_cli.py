"""`yiwang flow lint`."""

import pytest
from click.testing import CliRunner

from yiwang.commons.flow.cli import cli
from yiwang.commons.flow.engine.tests.models import bpmn, chain, end, service, start, user


@pytest.fixture
def lint(tmp_path):
    def run(data):
        file = tmp_path / "p.bpmn"
        file.write_bytes(data)
        return CliRunner().invoke(cli, ["lint", str(file)])

    return run


def test_a_sound_model_is_named_with_its_operations(lint):
    result = lint(bpmn(start(), service("s", "cases.accept"), end(), chain("start", "s", "end")))
    assert result.exit_code == 0
    assert "cases.accept" in result.output


def test_faults_are_named_with_line_and_mend(lint):
    result = lint(bpmn(start(), user("a"), user("lost"), end(), chain("start", "a", "end")))
    assert result.exit_code == 1
    assert "p.bpmn:6 [lost]" in result.output
