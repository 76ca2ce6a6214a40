"""Where the embedded server keeps its things: data, socket, locks, passwords. Chosen once, then remembered.

`home` (`<data folder>/postgres`) is ours. The `cluster` folder lies inside it, unless PostgreSQL's system account can't
get there (a data folder below root's 0700 home): then it lies in /var/lib/yiwang. Nobody's home changes its mode.
"""

import contextlib
import errno
import json
import os
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from yiwang.kernel.db.account import Account, owner_name, server_account
from yiwang.kernel.db.binaries import SYSTEM_FOLDER
from yiwang.kernel.db.errors import NEEDED_MB, DiskFull, FolderBusy, FolderInUse, FolderNotWritable
from yiwang.kernel.db.locks import give_to_folder_owner, is_held

LONGEST_SOCKET_FOLDER = 100 - len("/.s.PGSQL.5432")
BELONGS_TO = "belongs-to"
UNFINISHED = ".new-"
PATIENCE = 60.0


@dataclass(frozen=True)
class Place:
    """The folders and files of one server. Creating the object touches nothing."""

    home: Path
    cluster: Path
    socket: Path

    @property
    def data(self) -> Path:
        return self.cluster / "data"

    @property
    def postmaster_lock(self) -> Path:
        """Held by every process of the server: tells for certain whether any still lives."""
        return self.cluster / "postmaster.lock"

    @property
    def lifecycle_lock(self) -> Path:
        """Held while somebody starts, joins or stops."""
        return self.home / "lifecycle.lock"

    @property
    def supervisor_lock(self) -> Path:
        """Held by the supervisor as long as it lives."""
        return self.home / "supervisor.lock"

    @property
    def supervisor_file(self) -> Path:
        """The supervisor's pid; removed when it ends as asked, so a leftover tells of a crash."""
        return self.home / "supervisor.json"

    @property
    def owners(self) -> Path:
        return self.home / "owners"

    @property
    def keep(self) -> Path:
        """While this file exists the server runs without owners (`yiwang db start`)."""
        return self.home / "keep"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def remembered(self) -> Path:
        return self.home / "place.json"

    def password(self, role: str) -> str:
        """The generated password of a database role, made at the first call; mode 0600."""
        path = self.home / f"password-{role}"
        with contextlib.suppress(FileNotFoundError):
            return path.read_text().strip()
        _write_private(path, secrets.token_urlsafe(32))
        return path.read_text().strip()


def find_place(data_dir: Path) -> Place:
    """The place as remembered, or as it would be chosen; creates nothing."""
    home = data_dir.absolute() / "postgres"
    memory = _recall(home)
    cluster = Path(memory.get("cluster", home / "cluster"))
    return Place(home, cluster, Path(memory.get("socket", cluster / "run")))


def make_home(data_dir: Path) -> Path:
    """Create the folder for locks and passwords. Raises FolderNotWritable or DiskFull."""
    home = data_dir.absolute() / "postgres"
    root = os.geteuid() == 0
    with explained(home):
        created = not data_dir.exists()
        data_dir.mkdir(parents=True, exist_ok=True)
        if created:
            data_dir.chmod(0o711 if root else 0o700)
        home.mkdir(exist_ok=True)
        (home / "owners").mkdir(mode=0o700, exist_ok=True)
        if home.stat().st_uid == os.geteuid():
            home.chmod(0o711 if root else 0o700)  # PostgreSQL's account must pass through
        if not os.access(home, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "", str(home))
    return home


def prepare_place(data_dir: Path, account_name: str) -> tuple[Place, Account]:
    """Choose, create and remember the folders; under the lifecycle lock. Moves the data where the account reaches them."""
    place = find_place(data_dir)
    with explained(place.home):
        _create_cluster(place.cluster)
        _finish_move(place)
        account = server_account(place.data if place.data.exists() else place.home, account_name)
        if not account.can_enter(place.cluster):
            place = _relocated(place)
        _claim(place)
        place = Place(place.home, place.cluster, _socket_folder(place, account))
        _remember(place)
    return place, account


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn the operating system's refusals into errors with a next step."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(folder=folder, needed_mb=NEEDED_MB) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise FolderNotWritable(folder=folder, owner=owner_name(folder)) from error
        raise


def remove_place(place: Place) -> None:
    """Remove every folder and file of a stopped server: all its data are gone."""
    for folder in (place.socket, place.cluster, place.home):
        shutil.rmtree(folder, ignore_errors=True)


def _recall(home: Path) -> dict[str, str]:
    try:
        memory = json.loads((home / "place.json").read_text())
    except (OSError, ValueError):
        return {}
    if memory.get("home") == str(home):
        return dict(memory)
    # The data folder was moved or copied: what lay inside it came along, a socket elsewhere did not.
    outside = not Path(memory["cluster"]).is_relative_to(memory["home"])
    return {"cluster": memory["cluster"]} if outside else {}


def _remember(place: Place) -> None:
    memory = {"home": str(place.home), "cluster": str(place.cluster), "socket": str(place.socket)}
    _write_private(place.remembered, json.dumps(memory))


def _create_cluster(cluster: Path) -> None:
    if not cluster.exists():
        cluster.mkdir(parents=True)
        give_to_folder_owner(cluster)
    if cluster.stat().st_uid == os.geteuid():
        cluster.chmod(0o711)


def _relocated(place: Place) -> Place:
    """The same place with its cluster where any account can reach it; data that exist are moved there."""
    cluster = SYSTEM_FOLDER / f"cluster-{secrets.token_hex(6)}"
    _create_cluster(cluster)
    SYSTEM_FOLDER.chmod(0o755)
    moved = Place(place.home, cluster, cluster / "run")
    _remember(moved)  # before anything moves: whoever starts after a kill goes on from here
    _finish_move(moved)
    return moved


def _finish_move(place: Place) -> None:
    """Move data from inside the home to a cluster outside it. They are under either name at any moment, complete."""
    origin = Place(place.home, place.home / "cluster", place.socket)
    if place.cluster == origin.cluster or not origin.data.exists():
        return
    deadline = time.monotonic() + PATIENCE
    while is_held(origin.postmaster_lock):  # a server whose supervisor was killed is still shutting down
        if time.monotonic() > deadline:
            raise FolderBusy(folder=origin.cluster, seconds=round(PATIENCE), log=place.log)
        time.sleep(0.05)
    old = origin.cluster / f"data.moved-{secrets.token_hex(4)}"
    if not place.data.exists():
        try:
            origin.data.rename(place.data)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            fresh = place.cluster / f"data{UNFINISHED}{secrets.token_hex(4)}"
            _copy_with_owners(origin.data, fresh)
            fresh.rename(place.data)
            origin.data.rename(old)
            shutil.rmtree(old)
    else:  # both exist: nobody can tell which one the operator wants, so neither is deleted
        origin.data.rename(old)


def _copy_with_owners(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True)
    for path in [source, *source.rglob("*")]:
        found = path.lstat()
        os.chown(target / path.relative_to(source), found.st_uid, found.st_gid, follow_symlinks=False)
    os.sync()


def _claim(place: Place) -> None:
    """Note in a cluster outside the home whose it is; refuse a copied home that points to the original's cluster."""
    if place.cluster.is_relative_to(place.home):
        return
    note = place.cluster / BELONGS_TO
    other = Path(note.read_text()) if note.exists() else place.home
    if other != place.home and _recall(other).get("cluster") == str(place.cluster):
        raise FolderInUse(folder=place.home, other=other)
    _write_private(note, str(place.home))


def _socket_folder(place: Place, account: Account) -> Path:
    """A 0700 folder for the socket: beside the data, or a private one with a short path where that is too long."""
    folder = place.cluster / "run"
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        if _is_private(place.socket, account) and place.socket != folder:
            return place.socket
        runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        usable = not account.switch and os.access(runtime, os.W_OK) and len(os.fsencode(runtime)) < 60
        folder = Path(tempfile.mkdtemp(prefix="yiwang-", dir=runtime if usable else None))
    folder.mkdir(mode=0o700, exist_ok=True)
    account.give(folder)
    folder.chmod(0o700)
    return folder


def _is_private(folder: Path, account: Account) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and stat.S_IMODE(found.st_mode) == 0o700


def _write_private(path: Path, text: str) -> None:
    """Write a 0600 file that is complete or absent, owned like its folder."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        give_to_folder_owner(fresh)
        stream.write(text)
        stream.flush()
        os.fsync(descriptor)
    fresh.rename(path)
