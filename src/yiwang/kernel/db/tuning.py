"""Server settings by the machine's memory. They go to the command line at each start, so a new machine gets new ones."""

import os
import re
from pathlib import Path

MB = 1024 * 1024
CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
SYNCFS_REPORTS_ERRORS = (5, 8)
ROOMY_SHARED_MEMORY = 256 * MB

STEADY = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "150",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "checkpoint_timeout": "10min",
    "max_wal_size": "1GB",
    "wal_compression": "pglz",
    "random_page_cost": "1.1",
    # The locks of a client that was killed in the middle of a long statement are free again within seconds.
    "client_connection_check_interval": "5s",
    # Personal data stay out of the log: no statements, no details (they quote keys), no errors of clients,
    # which the program reports itself.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "lc_messages": "C",
}
FLEETING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


def server_settings(*, durable: bool) -> dict[str, str]:
    """All settings of postgresql.conf that we set. `durable=False` is for tests: a power cut loses everything."""
    memory = _memory_bytes() // MB
    return {
        **STEADY,
        "shared_buffers": f"{_between(64, memory // 16, 1024)}MB",
        "effective_cache_size": f"{max(128, memory // 2)}MB",
        "maintenance_work_mem": f"{_between(32, memory // 64, 256)}MB",
        "work_mem": f"{_between(4, memory // 512, 16)}MB",
        # After a crash: one flush of the file system instead of one for each of a thousand files.
        "recovery_init_sync_method": "syncfs" if _kernel_version() >= SYNCFS_REPORTS_ERRORS else "fsync",
        "dynamic_shared_memory_type": "posix" if _shared_memory_is_roomy() else "sysv",
        **({} if durable else FLEETING),
    }


def _kernel_version() -> tuple[int, int]:
    found = re.match(r"(\d+)\.(\d+)", os.uname().release)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _between(low: int, value: int, high: int) -> int:
    return max(low, min(value, high))


def _memory_bytes() -> int:
    """Memory of the machine, or of the container when that has less."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in CGROUP_LIMITS:
        try:
            found.append(int(Path(path).read_text()))
        except (OSError, ValueError):  # no such group, or "max"
            continue
    return min(found)


def _shared_memory_is_roomy() -> bool:
    """Containers often have 64 MB in /dev/shm: a parallel query would end with "no space left on device"."""
    try:
        room = os.statvfs("/dev/shm")  # noqa: S108 - the kernel's shared memory, no file of ours
    except OSError:
        return False
    return room.f_bavail * room.f_frsize >= ROOMY_SHARED_MEMORY
