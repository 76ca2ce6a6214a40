"""What the database's own processes spend on us: their processor time, which the program's process does not show."""

from pathlib import Path

_NANO = 1e-9


class Backends:
    """The server processes of this database's connections. Called, it gives their processor time so far in seconds."""

    def __init__(self) -> None:
        self._files = [Path(f"/proc/{pid}/schedstat") for pid in _pids()]

    def __call__(self) -> float:
        return sum(_spent(file) for file in self._files) * _NANO


def _pids() -> list[int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return [pid for (pid,) in cursor.fetchall()]


def _spent(file: Path) -> int:
    """Nanoseconds on a processor; 0 where the database runs elsewhere or the process is gone."""
    try:
        return int(file.read_text().split()[0])
    except OSError:
        return 0
