"""The files of a PostgreSQL cluster: made by initdb, checked before each start, freed from what a crash left behind."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from yiwang.kernel.db.account import Account
from yiwang.kernel.db.binaries import CHILD_ENVIRONMENT, Binaries
from yiwang.kernel.db.errors import DISK_FULL_SIGNS, NEEDED_MB, DiskFull, ToolFailed, VersionDiffers
from yiwang.kernel.db.place import UNFINISHED, Place

SUPERUSER = "postgres"
INITDB_OPTIONS = (
    "--auth-host=scram-sha-256",
    "--auth-local=scram-sha-256",
    "--locale=C.UTF-8",  # with plain C, trigrams of Chinese text are empty
    "--encoding=UTF8",
    "--data-checksums",
    f"--username={SUPERUSER}",
)


def ensure_cluster(place: Place, account: Account, binaries: Binaries, *, durable: bool) -> None:
    """Make the cluster if there is none. Raises VersionDiffers, DiskFull or ToolFailed."""
    version = place.data / "PG_VERSION"
    remove_unfinished(place)
    if not version.exists():
        _initdb(place, account, binaries, durable=durable)
    found = version.read_text().strip()
    if found != binaries.major:
        raise VersionDiffers(folder=place.data, found=found, expected=binaries.major, log=place.log)


def _initdb(place: Place, account: Account, binaries: Binaries, *, durable: bool) -> None:
    """Run initdb in a folder of its own beside and rename it when it is complete.

    A killed starter may leave an initdb that works on for a moment: so no two ever use the same folder.
    """
    if shutil.disk_usage(place.cluster).free < NEEDED_MB * 1024 * 1024:
        raise DiskFull(folder=place.cluster, needed_mb=NEEDED_MB, log=place.log)
    unique = secrets.token_hex(4)
    fresh = place.cluster / f"data{UNFINISHED}{unique}"
    password = place.cluster / f"password{UNFINISHED}{unique}"
    try:
        fresh.mkdir(mode=0o700)
        descriptor = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(place.password(SUPERUSER))
        account.give(fresh)
        account.give(password)
        command = [binaries.tool("initdb"), "-D", str(fresh), f"--pwfile={password}", *INITDB_OPTIONS]
        command += [] if durable else ["--no-sync"]
        options = account.child_options()
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=CHILD_ENVIRONMENT, **options)
    finally:
        password.unlink(missing_ok=True)
    if done.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        if any(sign in done.stderr for sign in DISK_FULL_SIGNS):
            raise DiskFull(folder=place.cluster, needed_mb=NEEDED_MB, log=place.log, tail=done.stderr)
        reason = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise ToolFailed(tool="initdb", reason=reason, log=place.log, tail=done.stderr)
    fresh.rename(place.data)


def remove_unfinished(place: Place) -> None:
    """Remove what killed starters left of their initdb; under the lifecycle lock."""
    for leftover in place.cluster.glob(f"*{UNFINISHED}*"):
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def is_ready(data: Path, pid: int) -> bool:
    """Whether the status line of the server `pid` says that it accepts connections (what pg_ctl looks at too)."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[7].startswith("ready") and lines[0] == str(pid)


def postmaster_pid(data: Path) -> int | None:
    """The pid in postmaster.pid if that process is PostgreSQL on this folder; pids are recycled."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if pid in server_processes(data) else None


def server_processes(data: Path) -> list[int]:
    """All processes of a server on this folder: each has it as working directory."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                in_folder = (entry / "cwd").samefile(data)
                program = (entry / "exe").readlink().name
            except OSError:  # ended, or another user's
                continue
            if in_folder and program.startswith("postgres"):
                found.append(int(entry.name))
    return found


def clear_remains(data: Path, socket: Path, is_alive: Callable[[], bool], patience: float) -> bool:
    """Before a start: end what is left of a crashed server, then remove its pid and lock files.

    `is_alive` asks the lock that each process of our server holds. A stale pid in those files may since belong to
    anybody, which PostgreSQL would take for a running server. False: a PostgreSQL that isn't ours runs on the folder.
    """
    for sign in (None, signal.SIGQUIT, signal.SIGKILL):
        for pid in server_processes(data) if sign and is_alive() else ():
            _send(pid, sign)
        deadline = time.monotonic() + patience
        while is_alive() and time.monotonic() < deadline:
            time.sleep(0.05)
    if is_alive() or server_processes(data):
        return False
    for leftover in (data / "postmaster.pid", *socket.glob(".s.PGSQL.*")):
        leftover.unlink(missing_ok=True)
    return True


def _send(pid: int, sign: signal.Signals | None) -> None:
    try:
        os.kill(pid, sign or 0)
    except ProcessLookupError:
        return
