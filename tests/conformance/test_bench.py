"""Every benchmark runs in its quick mode and yields its figures; what they say is judged by people, never here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bench.catalogue import BENCHES
from bench.measuring import Times, growth, interleaved, ratio, rounded

from tests.settled import settle

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.xdist_group("bench")
FIGURES = {
    "rules": {"table-10x6", "table-100x6", "expression-comparison"},
    "flow": {"engine-step", "engine-step-by-tasks", "complete-task", "relay", "by-instances"},
    "commands": {"statements", "one-call", "one-thread", "four-threads"},
    "search": {"300-documents", "1000-documents"},
    "filing": {"one-case", "1-threads", "4-threads"},
    "pages": {"home-guest", "home-resident", "search", "bundle", "guide", "check", "progress", "inbox-20", "inbox-200"},
    "portal": {"home-guest", "search", "guide", "check", "receipt", "progress", "empty-view", "search-300-documents"},
    "trust": {"sm2-sign", "sm2-verify", "field", "append-batch", "append-group", "proof-at-1000", "verify"},
    "licences": {"licence-ofd", "seal-verify", "import", "wallet-page"},
    "identity": {"login", "exchange", "introspection", "argon2", "empty-view", "import", "bare-copy"},
    "start": {"cold_s", "warm_s", "bare_server_s", "database_s", "memory_mb"},
}
ELSEWHERE = {"DATABASE_URL", "YIWANG_DATABASE_URL", "YIWANG_DATA_DIR"}


def bench(*arguments):
    environment = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    paths = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    command = [sys.executable, "-m", "bench", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**environment, "PYTHONPATH": paths}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """All of them, in one city, as `./dev bench --quick --json` runs them."""
    done = bench("--quick", "--json", "--city", str(settle(tmp_path_factory.mktemp("bench"))))
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().rpartition("\n")[2])


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", BENCHES)
def test_a_benchmark_yields_its_figures_and_ratios(whole, name):
    result = whole["results"][name]
    assert result["bench"] == name
    assert result["quick"] is True
    assert FIGURES[name] <= result["figures"].keys()
    assert result["ratios"]
    assert {"cores", "load", "busy_cores", "quiet"} <= result["machine"].keys()


@pytest.mark.timeout(1800)
def test_pages_say_which_are_over_the_requirement_and_repeat_no_statement_in_a_loop(whole):
    result = whole["results"]["pages"]
    assert isinstance(result["over_50_ms"], list)
    assert {name: page["most_repeated"] for name, page in result["figures"].items() if page["most_repeated"] > 4} == {}


def test_the_list_names_every_benchmark():
    listed = [line.split()[0] for line in bench("--list").stdout.splitlines()]
    assert listed == [*BENCHES] == [*FIGURES]


def test_an_unknown_benchmark_is_refused():
    assert bench("nothing").returncode == 2


def test_rounds_are_interleaved_after_a_warm_up():
    called = []
    times = interleaved({name: lambda name=name: called.append(name) for name in "ab"}, rounds=2, repeat=2, warmup=1)
    assert "".join(called) == "abaabbaabb"
    assert all(len(each.wall) == len(each.cpu) == 2 for each in times.values())


def test_a_ratio_pairs_the_rounds():
    assert ratio(Times([2.0, 9.0, 4.0], [2.0, 2.0, 2.0]), Times([1.0, 3.0, 2.0], [1.0, 1.0, 4.0])) == {
        "wall": 2.0,
        "cpu": 2.0,
    }


def test_growth_is_the_exponent_between_the_smallest_and_the_largest_size():
    assert growth({10: 1.0, 100: 5.0, 1000: 100.0}) == 1.0
    assert growth({10: 1.0, 1000: 1.0}) == 0.0


def test_figures_keep_three_digits():
    assert [rounded(each) for each in (0.012345, 12.345, 95197.3)] == [0.0123, 12.3, 95200]
