"""A part of a command that can be taken back: its rows by a savepoint, and what it had announced but not yet written."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from yiwang.kernel.command import current


@contextmanager
def revocable() -> Iterator[None]:
    """On an exception nothing of the block stays: neither rows nor audit, events, evidence and jobs of the running command."""
    run = current()
    audited = len(run.audit)
    buffered = {name: len(rows) for name, rows in run.buffers.items()}
    try:
        with transaction.atomic():
            yield
    except BaseException:
        del run.audit[audited:]
        for name, rows in run.buffers.items():
            del rows[buffered.get(name, 0) :]
        raise
