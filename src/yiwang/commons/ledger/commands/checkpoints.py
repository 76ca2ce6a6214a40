"""Signing tree heads. Before a head is signed it must follow from the one that was signed before."""

from datetime import datetime
from typing import Final

from yiwang.commons.ledger.commands.appending import lock, log_subject
from yiwang.commons.ledger.contracts import LogBroken, NoSuchEntry
from yiwang.commons.ledger.engine import Checkpoint as Head
from yiwang.commons.ledger.engine import ProofWrong, verify_consistency
from yiwang.commons.ledger.models import Checkpoint, Log, Witness
from yiwang.commons.ledger.queries import signing, tree
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command, note
from yiwang.kernel.jobs import defer

COSIGN: Final = "ledger.cosign"


@command("ledger.sign_checkpoint")
def sign_checkpoint(*, wait: bool = True, by: Actor, at: datetime) -> int:
    """Sign the head of the open log as it is now and have the witnesses asked; its size. An empty log has no head to sign.

    Where somebody else is appending or signing, it waits for them, or without `wait` signs nothing and says 0.
    Raises LogMissing, KeyMissing, and LogBroken where the tables no longer continue what was signed: then nothing is.
    """
    del by
    log = tree.open_log()
    if not lock(log=log, wait=wait):
        note(log_subject(log), busy=True)
        return 0
    size = tree.size(log=log)
    last = Checkpoint.objects.filter(log=log).order_by("-size").first()
    note(log_subject(log), size=size, before=last.size if last else None)
    if size == 0 or (last is not None and last.size == size):
        return size
    root = _root_that_follows(log, size, last)
    signed = Head(log.origin, size, root).note(signing.note_signer(log=log))
    Checkpoint(log=log, size=size, root=root, note=signed.bytes().decode(), at=at).save(force_insert=True)
    if Witness.objects.filter(log=log, retired_at__isnull=True).exists():
        defer(COSIGN)
    return size


def _root_that_follows(log: Log, size: int, last: Checkpoint | None) -> bytes:
    if last is not None and last.size > size:
        raise LogBroken(reason=f"{last.size}")
    try:
        now = tree.Tree(log, size)
        root = now.root()
        if last is not None:
            proof = now.consistency(last.size)
            verify_consistency(now.hasher, last.size, bytes(last.root), size, root, proof)
    except (NoSuchEntry, ProofWrong) as error:
        raise LogBroken(reason=f"{last.size if last else 0}") from error
    return root
