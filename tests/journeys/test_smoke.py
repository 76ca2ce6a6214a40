"""The smoke play as an operator runs it: one JSON line, exit 0; with a faulty pack exit 1 and the reason."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from yiwang.kernel.settings import PROJECT_ROOT

PATIENCE = 280
PACK = PROJECT_ROOT / "packs" / "changzhou"


def smoke(**environment: str) -> tuple[int, dict[str, object], str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("YIWANG_", "DATABASE_", "DJANGO_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "yiwang.site", "demo", "--smoke"],
        cwd=PROJECT_ROOT,
        env={**kept, "PYTHONPATH": str(PROJECT_ROOT / "src"), **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert len(lines) == 1, f"one JSON line is promised, got {lines} and {done.stderr[-2000:]}"
    return done.returncode, json.loads(lines[0]), done.stderr


@pytest.mark.timeout(PATIENCE + 20)
def test_a_random_family_gets_every_result_and_the_records_agree() -> None:
    code, said, errors = smoke()
    assert said["ok"], (said["reason"], errors[-2000:])
    assert code == 0
    assert said["case"]
    assert said["members"] == len(said["results"])  # type: ignore[arg-type]
    assert int(str(said["audit"])) >= 6 * int(str(said["members"]))
    assert int(str(said["evidence"])) >= 7 * int(str(said["members"]))  # the six steps and a result


@pytest.mark.timeout(PATIENCE + 20)
def test_a_pack_with_a_missing_file_ends_it_with_the_reason(tmp_path: Path) -> None:
    broken = shutil.copytree(PACK, tmp_path / "pack")
    (broken / "matters" / "household_registration" / "process.bpmn").unlink()
    code, said, _errors = smoke(YIWANG_PACK=str(broken))
    assert code == 1
    assert said["ok"] is False
    assert "process.bpmn" in str(said["reason"])
