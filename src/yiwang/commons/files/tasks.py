"""Background work of files: the daily sweep, and scanning where a scanner is registered."""

from contextlib import suppress
from uuid import UUID

from yiwang.commons.files import commands
from yiwang.commons.files.contracts import FileNotFound
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import job, periodic


@periodic("files.sweep", cron="17 3 * * *")
def sweep() -> None:
    """Remove what nothing refers to."""
    commands.sweep(by=Actor.system("清理没有提交的上传文件"), at=clock.now())


@job("files.scan")
def scan(file_id: str) -> None:
    """Scan one upload; it may have been discarded meanwhile."""
    with suppress(FileNotFound):
        commands.record_scan(file_id=UUID(file_id), by=Actor.system("检查上传文件"), at=clock.now())
