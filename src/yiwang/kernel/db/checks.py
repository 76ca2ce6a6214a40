"""What `yiwang doctor` asks about the database. Each check only looks; importing this module registers them."""

import os
import shutil
from pathlib import Path

import psycopg

from yiwang.kernel.db.account import own_account, owner_name
from yiwang.kernel.db.binaries import SYSTEM_FOLDER, find_binaries
from yiwang.kernel.db.errors import NEEDED_MB, DatabaseUnavailable, FolderNotWritable
from yiwang.kernel.db.place import BELONGS_TO, Place, find_place
from yiwang.kernel.db.server import Server
from yiwang.kernel.doctor import Finding, check
from yiwang.kernel.settings import settings
from yiwang.kernel.text import gettext_noop as _

MB = 1024 * 1024
OLDEST_MAJOR = 14
FAULTS = "SELECT coalesce(sum(checksum_failures), 0) FROM pg_stat_database"


@check("database programs", tables=False)
def programs() -> Finding:
    """PostgreSQL's programs are there, run here, and fit the data."""
    try:
        binaries = find_binaries(own_account())
    except DatabaseUnavailable as error:
        return Finding(ok=False, message=error.sentence(), mend=error.advice())
    version = _place().data / "PG_VERSION"
    try:
        found = version.read_text().strip()
    except OSError:  # no data yet
        return Finding(ok=True, message=f"PostgreSQL {binaries.version}")
    if found != binaries.major:
        mend = _("请用原来的版本运行 yiwang db dump，再用当前版本在新的数据文件夹运行 yiwang db restore。")
        return Finding(ok=False, message=f"PostgreSQL {binaries.version}; {version}: {found}", mend=mend)
    return Finding(ok=True, message=f"PostgreSQL {binaries.version}")


@check("database space", tables=False)
def space() -> Finding:
    """The disk of the embedded database has room."""
    place = _place()
    folder = next(path for path in (place.cluster, *place.cluster.parents) if path.exists())
    free = shutil.disk_usage(folder).free // MB
    mend = _("请腾出磁盘空间；磁盘写满后数据库会停止接受写入，已保存的数据不会丢失。")
    return _finding(free >= 5 * NEEDED_MB, f"{folder}: {free} MB", mend)


@check("database connection", tables=False)
def connection() -> Finding:
    """The database answers, is new enough, stores Chinese text properly and has no damaged pages."""
    external = settings().database_url
    server = Server(settings().data_dir)
    if not external and server.status().state == "stopped":
        return _stopped(server.place)
    try:
        with psycopg.connect(external or server.url(), connect_timeout=10) as opened:
            major = opened.info.server_version // 10000
            encoding = opened.info.parameter_status("server_encoding")
            damaged = opened.execute(FAULTS).fetchone()
    except psycopg.OperationalError as error:
        mend = _("请检查数据库是否运行、DATABASE_URL 是否正确；内置数据库请看 yiwang db status。")
        return Finding(ok=False, message=str(error).strip(), mend=mend)
    if major < OLDEST_MAJOR:
        return Finding(ok=False, message=f"PostgreSQL {major}", mend=_("请使用 PostgreSQL 14 或更新的版本。"))
    if encoding != "UTF8":
        return Finding(ok=False, message=f"server_encoding {encoding}", mend=_("请用 UTF8 编码重新创建数据库。"))
    if damaged and int(damaged[0]):
        mend = _("磁盘上的数据页已损坏：请立即运行 yiwang db dump，检查磁盘，再恢复到新的数据文件夹。")
        return Finding(ok=False, message=f"checksum_failures: {damaged[0]}", mend=mend)
    return Finding(ok=True, message=f"PostgreSQL {major}, UTF8")


@check("database leftovers", tables=False)
def leftovers() -> Finding:
    """No data outside the data folders whose data folder is gone."""
    orphans = [str(note.parent) for note in SYSTEM_FOLDER.glob(f"cluster-*/{BELONGS_TO}") if _is_orphan(note)]
    mend = _("这些数据的数据文件夹已不存在；确认不再需要后可以删除。")
    return _finding(not orphans, "；".join(orphans), mend)


def _finding(ok: bool, message: str, mend: str) -> Finding:
    return Finding(ok=ok, message=message, mend="" if ok else mend)


def _place() -> Place:
    return find_place(settings().data_dir)


def _stopped(place: Place) -> Finding:
    """A stopped server is no fault if this user could start it."""
    if not place.home.exists():
        return Finding(ok=True, message=_("数据库还没有创建，第一次启动时会自动创建。"))
    if not os.access(place.home, os.W_OK | os.X_OK):
        refused = FolderNotWritable(folder=place.home, owner=owner_name(place.home))
        return Finding(ok=False, message=refused.sentence(), mend=refused.advice())
    return Finding(ok=True, message=_("数据库已停止，启动程序时会自动启动。"))


def _is_orphan(note: Path) -> bool:
    try:
        return find_place(Path(note.read_text()).parent).cluster != note.parent
    except OSError:
        return False
