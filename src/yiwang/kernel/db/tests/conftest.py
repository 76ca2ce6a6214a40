"""Servers in folders of their own, and owners as real processes that can be killed."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import psutil
import psycopg
import pytest

from yiwang.kernel.db import DatabaseUnavailable, Server
from yiwang.kernel.db.cluster import server_processes
from yiwang.kernel.db.place import Place

GRACE = 1.0
SOURCE = Path(__file__).parents[4]
PACKAGES = str(Path(psycopg.__file__).parents[1])
OWNER = """
import sys
from pathlib import Path
from yiwang.kernel.db import DatabaseUnavailable, Server
server = Server(Path(sys.argv[1]), grace=float(sys.argv[2]), start_timeout=120)
server.start()
print("ready", flush=True)
sys.stdin.read()
print(server.stop(), flush=True)
"""


@cache
def interpreter_for(user: str) -> str | None:
    """A Python of our version that another user can run with our packages; None when there is none or we aren't root."""
    if os.geteuid() != 0:
        return None
    probe = "import psycopg, yiwang.kernel.db"
    for path in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            environment = {"PYTHONPATH": os.pathsep.join([str(SOURCE), PACKAGES])}
            subprocess.run([path, "-c", probe], check=True, capture_output=True, user=user, env=environment, cwd="/")
            return path
    return None


class Owner:
    """A process that owns the server of a folder until it is told to leave, or killed."""

    def __init__(self, data_dir: Path, *, user: str | None = None, path: str = "") -> None:
        python_path = os.pathsep.join(filter(None, [path, str(SOURCE), PACKAGES]))
        self.process = subprocess.Popen(
            [interpreter_for(user) if user else sys.executable, "-c", OWNER, str(data_dir), str(GRACE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": python_path},
            user=user,
            cwd="/",
        )

    def wait_ready(self) -> "Owner":
        line = self.process.stdout.readline()
        assert line == "ready\n", self.process.stderr.read()
        return self

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def leave(self) -> str:
        """Stop; returns what `Server.stop()` returned, or the error."""
        out, error = self.process.communicate(input="")
        return out.split()[-1] if self.process.returncode == 0 else error


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder with a short path that every user can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="ywdb-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def new_dir(open_folder: Path) -> Iterator[Path]:
    """A data folder that doesn't exist yet."""
    folder = open_folder / "data"
    yield folder
    if folder.exists():
        Server(folder).destroy()


@pytest.fixture(scope="session")
def used_folder() -> Iterator[Path]:
    """A data folder whose server ran before; to be copied, for initdb takes a second."""
    with tempfile.TemporaryDirectory(prefix="ywdb-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        with Server(Path(folder) / "data", durable=False):
            pass
        yield Path(folder) / "data"


@pytest.fixture
def data_dir(new_dir: Path, used_folder: Path) -> Path:
    """A data folder whose server ran before."""
    subprocess.run(["cp", "-a", used_folder, new_dir], check=True)
    return new_dir


@pytest.fixture
def owner(new_dir: Path) -> Iterator[Callable[[], Owner]]:
    owners: list[Owner] = []

    def start(**options: str) -> Owner:
        owners.append(Owner(new_dir, **options))
        return owners[-1]

    yield start
    for each in owners:
        each.kill()


def processes(place: Place) -> list[int]:
    """Everything that runs for this place: PostgreSQL's processes, and whoever names the folder on its command line."""
    found = set(server_processes(place.data))
    for process in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or [])
        lives = process.info["status"] != psutil.STATUS_ZOMBIE
        if lives and "yiwang.kernel.db.supervisor" in line and str(place.home) in line:
            found.add(process.pid)
    return sorted(found)


def wait_until(condition: Callable[[], object], seconds: float) -> float:
    """Seconds until the condition held; fails when it never did."""
    began = time.monotonic()
    seconds *= 4  # on a busy machine
    while time.monotonic() - began < seconds:
        if condition():
            return time.monotonic() - began
        time.sleep(0.02)
    pytest.fail(f"not within {seconds} s")


@contextlib.contextmanager
def refused(sentence: str, advice: str = "") -> Iterator[None]:
    """The refusal says this, and what to do next."""
    with pytest.raises(DatabaseUnavailable, match=sentence) as caught:
        yield
    assert re.search(advice, caught.value.advice()), caught.value.advice()


def query(server: Server, statement: str, *values: object) -> list[tuple]:
    with psycopg.connect(server.url(), connect_timeout=10) as connection:
        cursor = connection.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []
