"""A data folder with the demonstration city, prepared once and copied by tests that want a whole installation.

A start of such a copy finds nothing to prepare. Tests about the first start take an empty folder and never come here.
What is made is told from the program, the pack and the day, and made again when one of them is another.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import prepared
from yiwang.kernel.db import Server
from yiwang.kernel.db.account import SERVER_ACCOUNT
from yiwang.kernel.db.locks import Lock
from yiwang.kernel.db.place import make_home, prepare_place
from yiwang.kernel.settings import PROJECT_ROOT, settings

_PATIENCE = 900.0
_OF_ONE_RUN = ("postgres", "logs", "ready")


def settle(data_dir: Path) -> Path:
    """Fill this new or empty data folder with a copy: the same keys, passwords and rows, a server of its own."""
    city = settings().data_dir / f"city{prepared.suffix()}"
    with _alone(city):
        wanted = prepared.key()
        made_of = city / "made-of"
        if not made_of.exists() or made_of.read_text() != wanted:
            _make(city)
            made_of.write_text(wanted)
        _copy(city, data_dir)
    return data_dir


@contextmanager
def _alone(city: Path) -> Iterator[None]:
    """While no other process makes or copies it."""
    city.parent.mkdir(parents=True, exist_ok=True)
    with Lock(city.with_suffix(".lock")) as lock:
        assert lock.take(_PATIENCE), f"somebody has been making {city} for {_PATIENCE} seconds"
        yield


def _make(city: Path) -> None:
    Server(city).destroy()
    shutil.rmtree(city, ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-m", "bench.inside", "prepare"],
        cwd=PROJECT_ROOT, env=environment(city), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert Server(city).stop(), "the database of the prepared city is still in use"


def environment(data_dir: Path) -> dict[str, str]:
    """What a command needs around it to work on an installation, and nothing of what tests set for themselves."""
    ours = ("YIWANG_", "DATABASE_", "DJANGO_")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(ours)},
        "PYTHONPATH": f"{PROJECT_ROOT / 'src'}{os.pathsep}{PROJECT_ROOT}",
        "YIWANG_DATA_DIR": str(data_dir),
        "YIWANG_DEMO": "1",  # sample accounts open only then
    }


def _copy(city: Path, data_dir: Path) -> None:
    home = make_home(data_dir)
    shutil.copytree(
        city, data_dir, ignore=lambda folder, _names: _OF_ONE_RUN if folder == str(city) else (), dirs_exist_ok=True
    )
    origin = Server(city).place
    for password in origin.home.glob("password-*"):
        shutil.copy2(password, home)
    cluster = home / "cluster"
    cluster.mkdir(exist_ok=True)
    subprocess.run(["cp", "-a", str(origin.data), str(cluster)], check=True)  # with the account that owns each file
    prepare_place(data_dir, SERVER_ACCOUNT)  # a prepared start asks where the server listens before it starts it
