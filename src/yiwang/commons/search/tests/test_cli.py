"""The command line shows what a resident would find."""

import pytest
from click.testing import CliRunner

from yiwang.commons.search.cli import cli
from yiwang.commons.search.tests import samples

pytestmark = pytest.mark.django_db


def test_hits_and_suggestions_are_printed():
    samples.index()
    assert "bundle:newborn" in CliRunner().invoke(cli, ["孩子出生了"]).output
    assert "social-card" in CliRunner().invoke(cli, ["社宝卡", "--kind", "matter"]).output
    assert "没有找到" in CliRunner().invoke(cli, ["飞船发射"]).output
