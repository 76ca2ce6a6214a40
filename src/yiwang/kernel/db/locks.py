"""Who owns the server: locks of the kernel (flock), which a `kill -9` releases and a recycled pid can't imitate.

Standard library only: the supervisor runs without site-packages.
"""

import fcntl
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_held: set["Lock"] = set()


@dataclass(frozen=True)
class Owner:
    """A living process that keeps the server running."""

    pid: int
    command: str
    since: float


def give_to_folder_owner(path: Path) -> None:
    """What root makes in another user's folder must not lock that user out."""
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.chown(path, folder.st_uid, folder.st_gid, follow_symlinks=False)


class Lock:
    """An exclusive flock of this process alone: closed on exec and in forked children."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take(self, timeout: float = 0) -> bool:
        """Take the lock within `timeout` seconds; False when another process holds it."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        give_to_folder_owner(self.path)
        deadline = time.monotonic() + timeout
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    return False
                time.sleep(0.02)
            else:
                self._descriptor = descriptor
                _held.add(self)
                return True

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def fileno(self) -> int:
        """The descriptor, to be inherited by a child that shall hold the lock on."""
        if self._descriptor is None:
            raise ValueError(f"lock is not held: {self.path}")
        return self._descriptor

    def release(self) -> None:
        """Close the descriptor; a child that inherited it goes on holding the lock."""
        _held.discard(self)
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _forget_in_child() -> None:
    for lock in tuple(_held):
        lock.release()


os.register_at_fork(after_in_child=_forget_in_child)


def is_held(path: Path) -> bool:
    """Whether any living process holds the lock at `path`; True in doubt."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


class Ownership:
    """One owner's entry: a file in `folder` that stays locked while the process lives."""

    def __init__(self, folder: Path) -> None:
        self._lock = Lock(folder / f"{os.getpid()}-{os.urandom(4).hex()}.json")
        if not self._lock.take():
            raise BlockingIOError(self._lock.path)
        entry = {"pid": os.getpid(), "command": " ".join(sys.argv)[:200], "since": time.time()}
        try:
            os.write(self._lock.fileno(), json.dumps(entry).encode())
        except OSError:  # a full disk: nobody may go on owning half an entry
            self.end()
            raise

    def end(self) -> None:
        """Own no more. In a forked child, which never owned, nothing happens."""
        if self._lock.held:
            self._lock.path.unlink(missing_ok=True)
            self._lock.release()


def living_owners(folder: Path, *, prune: bool = False) -> list[Owner]:
    """The owners whose process lives. `prune` removes what the dead left; only under the lifecycle lock."""
    owners = []
    for path in sorted(folder.glob("*.json")):
        if is_held(path):
            owners.append(_read_owner(path))
        elif prune:
            path.unlink(missing_ok=True)
    return owners


def _read_owner(path: Path) -> Owner:
    try:
        entry = json.loads(path.read_text())
        return Owner(pid=entry["pid"], command=entry["command"], since=entry["since"])
    except (OSError, ValueError, KeyError):  # being written at this moment
        return Owner(pid=int(path.name.partition("-")[0]), command="", since=time.time())
