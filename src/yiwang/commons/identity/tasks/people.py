"""Imports of accounts, batch by batch; a worker that dies is replaced and goes on from the last whole batch."""

from uuid import UUID

from yiwang.commons.identity.commands import imports
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import job

IMPORTER = Actor.system("批量导入账号")


@job(imports.IMPORT_JOB)
def import_accounts(import_id: str) -> None:
    """All that is left of one import."""
    while imports.import_batch(import_id=UUID(import_id), by=IMPORTER, at=clock.now()):
        pass
