"""`yiwang flow`: lint and migrate."""

import pytest
from click.testing import CliRunner

from yiwang.commons.flow.cli import cli
from yiwang.commons.flow.commands import migrating
from yiwang.commons.flow.engine.tests.models import bpmn, chain, end, service, start, user
from yiwang.commons.flow.models import ProcessInstance
from yiwang.commons.flow.tests.factories import office, publish
from yiwang.commons.flow.tests.factories import start as begin
from yiwang.commons.flow.tests.test_migrating import FIRST, SECOND, complete


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
