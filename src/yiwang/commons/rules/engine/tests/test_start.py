import json
import subprocess
import sys

import pytest

import yiwang.commons.rules.engine as door

COUNT = """
import json, sys, time
began = time.process_time()
import yiwang.commons.rules.engine
took = time.process_time() - began
print(json.dumps({"took": took, "modules": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module")
def started():
    """What a fresh interpreter has loaded after the engine; twice, so that the second finds compiled files."""
    runs = [subprocess.run([sys.executable, "-c", COUNT], check=True, capture_output=True, text=True) for _ in range(3)]
    return [json.loads(run.stdout) for run in runs[1:]]


def test_the_engine_loads_no_framework_and_no_rare_part(started):
    loaded = {name.partition(".")[0] for name in started[0]["modules"]}
    assert loaded.isdisjoint({"django", "regex", "defusedxml", "ibis", "duckdb", "pyarrow", "click", "numpy"})
    rare = {"dmn_model", "dmn_xml", "tck", "analysis", "explaining", "bulk"}
    assert not rare & {name.rpartition(".")[2] for name in started[0]["modules"] if "rules.engine" in name}


def test_the_engine_starts_in_time(started):
    """150 ms are allowed; processor time, twice as much, since others may be busy on the same cores."""
    assert min(run["took"] for run in started) < 0.3


def test_every_door_opens():
    for name in door.__all__:
        assert getattr(door, name) is not None
    with pytest.raises(AttributeError):
        _ = door.no_such_door
