"""What `yiwang doctor` says of the ledger: evidence that waits too long, entries that nobody signs, findings, witnesses that fail."""

from datetime import timedelta

from yiwang.commons.ledger.contracts import LogMissing
from yiwang.commons.ledger.queries.standing import findings, standing, witnesses
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.doctor import Finding, check

_DOCTOR = Actor.system("doctor")
_PATIENCE = timedelta(minutes=10)
_UNSIGNED = timedelta(minutes=2)


@check("ledger")
def ledger() -> Finding:
    """Grave is only what the log itself has against it."""
    try:
        now = standing(viewer=_DOCTOR)
    except LogMissing:
        return Finding(ok=True, message="常享链尚未建立 / no log yet")
    found = findings(viewer=_DOCTOR, size=1, unsettled=True).items
    if found:
        return Finding(
            ok=False,
            message=f"{found[0].kind.value} {found[0].words}",
            mend="yiwang ledger findings; yiwang ledger check; yiwang ledger findings settle",
        )
    if now.oldest_waiting_at and clock.now() - now.oldest_waiting_at > _PATIENCE:
        waiting = (
            f"{now.backlog} 条存证等待入链 / statements wait, {now.oldest_waiting_at.isoformat(timespec='minutes')}"
        )
        return Finding(ok=False, message=waiting, mend="检查后台任务进程 / see that the worker runs", grave=False)
    if now.unsigned_since and clock.now() - now.unsigned_since > _UNSIGNED:
        unsigned = f"新存证没有签发 / entries are not signed, {now.unsigned_since.isoformat(timespec='minutes')}"
        return Finding(ok=False, message=unsigned, mend="yiwang ledger checkpoint; yiwang crypto keys list")
    failing = [each.name for each in witnesses(viewer=_DOCTOR) if each.faults > 2]
    if failing:
        message = f"见证单位没有应答 / witnesses fail: {', '.join(failing)}"
        return Finding(ok=False, message=message, mend="yiwang ledger witnesses", grave=False)
    return Finding(ok=True, message=f"{now.size} 条存证 / entries, {now.backlog} 条等待 / waiting")
