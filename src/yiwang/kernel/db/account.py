"""The operating-system user that PostgreSQL runs as: ourselves, or a system account when we are root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yiwang.kernel.db.errors import NoServerAccount

SERVER_ACCOUNT = "yiwang-db"


@dataclass(frozen=True)
class Account:
    """A user of the operating system; `switch` tells whether a child must change to it."""

    name: str
    uid: int
    gid: int
    switch: bool

    def child_options(self) -> dict[str, Any]:
        """Keywords of `subprocess` that make a child run as this user, in a folder it can reach."""
        options: dict[str, Any] = {"cwd": "/"}
        if self.switch:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options

    def can_enter(self, folder: Path) -> bool:
        """Whether this user reaches `folder`, tried for real: modes alone don't know ACLs or mount options."""
        if not self.switch:
            return os.access(folder, os.X_OK)
        probe = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
        return subprocess.run(probe, check=False, capture_output=True, **self.child_options()).returncode == 0

    def give(self, path: Path) -> None:
        """Make this user the owner of `path`."""
        if self.switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def own_account() -> Account:
    """The user that runs this process, for programs that need no other (pg_dump, psql)."""
    uid = os.geteuid()
    return Account(_name_of(uid), uid, os.getegid(), switch=False)


def server_account(folder: Path, name: str = SERVER_ACCOUNT) -> Account:
    """The user to run PostgreSQL as. As root: the owner of `folder` unless that is root, else `name`, made if missing."""
    if os.geteuid() != 0:
        return own_account()
    if (found := folder.stat()).st_uid != 0:
        return Account(_name_of(found.st_uid), found.st_uid, found.st_gid, switch=True)
    entry = _find(name) or _create(name)
    return Account(name, entry.pw_uid, entry.pw_gid, switch=True)


def owner_name(path: Path) -> str:
    """The name (or number) of the user that `path`, or its nearest existing parent, belongs to."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return _name_of(path.stat().st_uid)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _find(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create(name: str) -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        raise NoServerAccount(account=name, reason="useradd: not found")
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin", name]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    entry = _find(name)  # a neighbour may have made it at the same moment
    if entry is None:
        raise NoServerAccount(account=name, reason=done.stderr.strip() or f"useradd: {done.returncode}")
    return entry
