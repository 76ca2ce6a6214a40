"""The guide for other organisations says what the program does."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from yiwang.commons.ledger.cli import cli
from yiwang.commons.ledger.engine.witnessing.asking import Outcome
from yiwang.commons.ledger.engine.witnessing.findings import WORDS, Severity
from yiwang.commons.ledger.engine.witnessing.monitor import REREAD
from yiwang.commons.ledger.engine.witnessing.serving import Limits

GUIDE = (Path(__file__).resolve().parents[5] / "docs" / "guide" / "ledger-witnesses.md").read_text()
COMMANDS = sorted(set(re.findall(r"yiwang ledger [a-z][^`\n]*", GUIDE)))


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_of_the_guide_exists_with_its_options(line):
    words = shlex.split(line)[2:]
    command = cli.get_command(click.Context(cli), words[0])
    assert command is not None
    if isinstance(command, click.Group):
        command = command.get_command(click.Context(command), words[1])
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words[1:] if word.startswith("--")} <= known


def test_options_named_apart_exist():
    known = {
        option
        for verb in ("witness", "monitor", "anchor", "misbehaviour")
        for parameter in cli.get_command(click.Context(cli), verb).params
        for option in parameter.opts
    }
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", GUIDE)) <= known | {"--organisation"}


def test_each_alarm_and_each_answer_is_explained():
    alarms = {code for code, (severity, *_) in WORDS.items() if severity is Severity.ALARM} - {"standing"}
    assert {code for code in alarms if f"| `{code}` |" not in GUIDE} == set()
    assert {one.value for one in Outcome if f"`{one.value}`" not in GUIDE} == set()


def test_the_limits_are_those_of_the_program():
    limits = Limits()
    for text in (
        f"{limits.body // 1024} KiB",
        f"{limits.head // 1024} KiB",
        f"to {limits.connections}",
        f"{limits.seconds:.0f} seconds",
    ):
        assert text in GUIDE
    assert f"{REREAD * 256:,} a look" in GUIDE


def test_help_needs_no_database():
    nowhere = {**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    command = [sys.executable, "-m", "yiwang.site", "ledger", "--help"]
    told = subprocess.run(command, capture_output=True, text=True, check=False, env=nowhere)
    assert told.returncode == 0, told.stderr
    assert "witness" in told.stdout
    assert "checkpoint" in told.stdout
