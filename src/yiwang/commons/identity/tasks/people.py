"""Imports of accounts, batch by batch; a worker that dies is replaced and goes on from the last whole batch."""

from uuid import UUID

from django.db import IntegrityError
from psycopg.errors import UniqueViolation

from yiwang.commons.identity.commands import imports
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import job

_TRIES = 5
IMPORTER = Actor.system("批量导入账号")


@job(imports.IMPORT_JOB)
def import_accounts(import_id: str) -> None:
    """All that is left of one import. Whoever took a user name or number meanwhile is known when the batch is judged anew."""
    tries, left = _TRIES, True
    while left:
        try:
            left = imports.import_batch(import_id=UUID(import_id), by=IMPORTER, at=clock.now())
        except (IntegrityError, UniqueViolation):  # the latter from rows that are copied in
            tries -= 1
            if not tries:
                raise
        else:
            tries = _TRIES
