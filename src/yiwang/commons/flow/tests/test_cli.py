"""`yiwang flow`: lint and migrate."""

import json

import pytest
from click.testing import CliRunner

from yiwang.commons.flow import registry
from yiwang.commons.flow.cli import cli
from yiwang.commons.flow.commands import migrating
from yiwang.commons.flow.engine.tests.models import bpmn, chain, end, service, start, user
from yiwang.commons.flow.models import ProcessInstance
from yiwang.commons.flow.tests.factories import office, publish
from yiwang.commons.flow.tests.factories import start as begin
from yiwang.commons.flow.tests.test_migrating import FIRST, SECOND, complete


@pytest.fixture
def lint(tmp_path):
    registry.operation("cases.accept")(lambda _invocation: {})

    def run(data, *options):
        file = tmp_path / "p.bpmn"
        file.write_bytes(data)
        return CliRunner().invoke(cli, ["lint", str(file), *options])

    return run


SOUND = bpmn(start(), service("s", "cases.accept"), end(), chain("start", "s", "end"))


def test_a_sound_model_is_named_with_its_operations(lint):
    result = lint(SOUND)
    assert result.exit_code == 0
    assert "cases.accept" in result.output


def test_faults_are_named_with_line_and_mend(lint):
    result = lint(bpmn(start(), user("a"), user("lost"), end(), chain("start", "a", "end")))
    assert result.exit_code == 1
    assert "p.bpmn:6 [lost]" in result.output


def test_an_operation_that_nobody_registered_is_named_with_its_element(lint):
    result = lint(bpmn(start(), service("s", "cases.forget"), end(), chain("start", "s", "end")))
    assert result.exit_code == 1
    assert "p.bpmn:5 [s] 操作“cases.forget”没有登记。 请改用已登记的操作：cases.accept" in result.output


def test_json_tells_the_same_for_programs(lint):
    told = json.loads(lint(SOUND, "--json").output)
    assert (told["errors"], told["warnings"], told["findings"]) == (0, 0, [])
    assert told["processes"] == [
        {"key": "p", "name": "测试流程", "operations": ["cases.accept"], "decisions": [], "calls": [], "begins": []}
    ]
    wrong = lint(bpmn(start(), '<bpmn:complexGateway id="g"/>', end(), chain("start", "g", "end")), "--json")
    assert wrong.exit_code == 1
    (finding,) = json.loads(wrong.output)["findings"]
    assert (finding["element"], finding["line"], finding["severity"]) == ("g", 5, "error")
    assert "complexGateway" in finding["message"]
    assert finding["mend"]


def test_a_file_that_is_not_there_is_a_wrong_call():
    assert CliRunner().invoke(cli, ["lint", "nowhere.bpmn"]).exit_code == 2


@pytest.mark.django_db
class TestMigrate:
    @pytest.fixture
    def instances(self, monkeypatch):
        monkeypatch.setattr(migrating, "BATCH", 2)
        organisation, _clerk = office()
        publish(FIRST)
        ids = [begin(organisation_id=organisation) for _ in range(4)]
        complete(ids[0], "a")
        publish(SECOND)
        return ids

    def run(self, *arguments):
        return CliRunner().invoke(cli, ["migrate", "p", *arguments])

    def test_a_dry_run_tells_of_each_and_changes_nothing(self, instances):
        result = self.run("1", "2", "--dry-run")
        assert result.exit_code == 3
        assert f"不换 {instances[0]} 任务b 任务b " in result.output
        assert "可以换3件，不换1件" in result.output
        assert set(ProcessInstance.objects.values_list("definition__version", flat=True)) == {1}

    def test_moves_all_that_can_go_and_says_why_the_others_stay(self, instances):
        result = self.run("1", "2")
        assert (result.exit_code, "已换3件，不换1件" in result.output) == (3, True)
        assert "1件停在 b" in result.output
        assert ProcessInstance.objects.filter(definition__version=2).count() == 3

    def test_wrong_requests_are_refused_with_a_sentence(self, instances):
        assert self.run("1", "9").exit_code == 1
        assert "没有版本 9" in self.run("1", "9").stderr
        assert "nothing" in self.run("1", "2", "--map", "a=nothing").stderr
        assert "nothing" in self.run("1", "2", "--map", "a=nothing", "--dry-run").stderr
        assert self.run("1", "2", "--map", "a").exit_code == 2
