"""Start, join, leave and stop the embedded PostgreSQL of a data folder."""

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import quote

from yiwang.kernel.db.account import SERVER_ACCOUNT
from yiwang.kernel.db.binaries import CHILD_ENVIRONMENT, find_binaries
from yiwang.kernel.db.cluster import SUPERUSER, ensure_cluster, is_ready, postmaster_pid
from yiwang.kernel.db.errors import DatabaseUnavailable, FolderBusy, StartTimedOut, StillOwned, start_error
from yiwang.kernel.db.locks import Lock, Owner, Ownership, is_held, living_owners
from yiwang.kernel.db.place import Place, explained, find_place, make_home, prepare_place, remove_place
from yiwang.kernel.db.supervisor import Plan, launch
from yiwang.kernel.db.tuning import server_settings

if TYPE_CHECKING:
    import psycopg

ROLE = "yiwang"
DATABASE = "yiwang"
START_ATTEMPTS = 3
LARGEST_OLD_LOG = 4 * 1024 * 1024

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Status:
    """What is known about a server without touching it."""

    state: Literal["stopped", "starting", "ready"]
    owners: tuple[Owner, ...]
    kept: bool
    supervisor_pid: int | None
    postmaster_pid: int | None
    data: Path
    socket: Path
    log: Path


class Server:
    """The PostgreSQL server of one data folder, shared by all processes that start it.

    A process owns the server from `start()` to `stop()`, `release()` or its end, however it ends. The server runs as
    long as anybody owns it. `durable=False` is for tests: fast, but a power cut loses everything. `settings` are more
    lines of postgresql.conf. Times are in seconds; `start_timeout` leaves room for a long crash recovery.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        durable: bool = True,
        grace: float = 5.0,
        start_timeout: float = 900.0,
        account: str = SERVER_ACCOUNT,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.durable = durable
        self.grace = grace
        self.start_timeout = start_timeout
        self.account = account
        self.settings = dict(settings or {})
        self._ownership: Ownership | None = None
        self._ended = threading.Event()

    @property
    def place(self) -> Place:
        """Where this server keeps its things."""
        return find_place(self.data_dir)

    def start(self) -> Self:
        """Start the server, or join the one that runs. Returns when it accepts connections.

        Raises DatabaseUnavailable or a subclass; nothing is left running then that wasn't before.
        """
        if self._ownership is not None:
            return self
        home = make_home(self.data_dir)
        with self._lifecycle(), explained(home):
            ownership = Ownership(home / "owners")
            try:
                self._ensure_running()
            except BaseException:
                ownership.end()
                raise
            self._ownership = ownership
        self._ended.clear()
        threading.Thread(target=self._watch, name="yiwang-db-watch", daemon=True).start()
        return self

    def release(self) -> None:
        """Own the server no more; without another owner it ends after the grace time."""
        self._ended.set()
        if self._ownership is not None:
            self._ownership.end()
            self._ownership = None

    def stop(self, *, force: bool = False) -> bool:
        """Own the server no more, and stop it if nobody else does. True: it is stopped now.

        `force` stops it even when others own it. Returns when the server has ended.
        """
        self.release()
        if not self.place.home.exists():
            return True
        with self._lifecycle():
            place = self.place
            if not force and (living_owners(place.owners, prune=True) or place.keep.exists()):
                return False
            place.keep.unlink(missing_ok=True)
            self._end_supervisor(place)
        return True

    def end_keeping(self) -> None:
        """Undo `keep()`: stop the server. Raises StillOwned when living processes use it."""
        self.place.keep.unlink(missing_ok=True)
        if not self.stop():
            owners = living_owners(self.place.owners)
            names = "；".join(f"{owner.pid} {owner.command}" for owner in owners)
            raise StillOwned(count=len(owners), owners=names, log=self.place.log)

    def keep(self) -> None:
        """Let the server run on without owners, until `end_keeping()` or a restart of the machine."""
        self.place.keep.touch(mode=0o600)

    def destroy(self) -> None:
        """Stop the server and remove all its data, wherever they are kept. There is no way back."""
        self.stop(force=True)
        remove_place(self.place)

    def status(self) -> Status:
        """What runs, and who owns it. Starts nothing, waits for nothing."""
        place = self.place
        running = is_held(place.supervisor_lock)
        pid = postmaster_pid(place.data) if running else None
        state: Literal["stopped", "starting", "ready"] = "starting" if running else "stopped"
        if pid is not None and is_ready(place.data, pid):
            state = "ready"
        return Status(
            state=state,
            owners=tuple(living_owners(place.owners)),
            kept=place.keep.exists(),
            supervisor_pid=_reported(place, "pid") if running else None,
            postmaster_pid=pid,
            data=place.data,
            socket=place.socket,
            log=place.log,
        )

    def url(self, dbname: str = DATABASE, *, superuser: bool = False) -> str:
        """The connection URL over the server's socket. The application's role is no superuser."""
        place = self.place
        role = SUPERUSER if superuser else ROLE
        return f"postgresql://{role}:{quote(place.password(role))}@/{quote(dbname)}?host={quote(str(place.socket), safe='')}"

    def ensure_database(self, name: str = DATABASE) -> str:
        """Create the database if it is missing, owned by the application's role. Returns its URL."""
        with self._connect(superuser=True) as connection:
            _create_database(connection, name)
        return self.url(name)

    def database_identity(self, name: str = DATABASE) -> str:
        """Tells the database from one restored or made anew under its name; empty where there is none. The server runs."""
        with self._connect(superuser=True) as connection:
            row = connection.execute(
                "SELECT oid::text || datname FROM pg_database WHERE datname = %s", [name]
            ).fetchone()
        return str(row[0]) if row else ""

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @contextmanager
    def _lifecycle(self) -> Iterator[None]:
        place = self.place
        with Lock(place.lifecycle_lock) as lock:
            with explained(place.home):
                taken = lock.take(self.start_timeout)
            if not taken:
                raise FolderBusy(folder=place.home, seconds=round(self.start_timeout), log=place.log)
            yield

    def _ensure_running(self) -> None:
        """Join the server that runs, or start one. Somebody may kill what we join or start: then once more."""
        for attempt in range(START_ATTEMPTS):
            started = not is_held(self.place.supervisor_lock)
            log_size = self._launch() if started else 0
            if self._await_ready(log_size):
                return
            place = self.place
            failed_by_itself = started and not place.supervisor_file.exists()
            if failed_by_itself or attempt == START_ATTEMPTS - 1:
                raise start_error(folder=place.cluster, log=place.log, tail=_tail(place.log, log_size))

    def _launch(self) -> int:
        """Make the cluster if needed and start the supervisor. Returns the size of the log before."""
        place, account = prepare_place(self.data_dir, self.account)
        binaries = find_binaries(account)
        ensure_cluster(place, account, binaries, durable=self.durable)
        if place.log.exists() and place.log.stat().st_size > LARGEST_OLD_LOG:
            place.log.replace(place.log.with_suffix(".log.1"))
        log_size = place.log.stat().st_size if place.log.exists() else 0
        place.keep.unlink(missing_ok=True)
        place.supervisor_file.unlink(missing_ok=True)
        values = {
            **server_settings(durable=self.durable),
            "unix_socket_directories": _quoted(str(place.socket)),
            **self.settings,
        }
        command = [binaries.tool("postgres"), "-D", str(place.data)]
        for name, value in values.items():
            command += ["-c", f"{name}={value}"]
        with Lock(place.supervisor_lock) as lock:
            if not lock.take(timeout=5):
                return log_size
            inherited = os.dup(lock.fileno())
            try:
                plan = Plan(
                    home=str(place.home),
                    cluster=str(place.cluster),
                    socket=str(place.socket),
                    command=tuple(command),
                    environment=CHILD_ENVIRONMENT,
                    uid=account.uid if account.switch else None,
                    gid=account.gid if account.switch else None,
                    grace=self.grace,
                    lock=inherited,
                )
                launch(plan, place.log)
            finally:
                os.close(inherited)
        return log_size

    def _await_ready(self, log_size: int) -> bool:
        """Wait until the server answers. False: its supervisor ended before."""
        import psycopg

        place = self.place
        deadline = time.monotonic() + self.start_timeout
        pause = 0.01
        while True:
            ours = _reported(place, "postmaster")
            if ours is not None and is_ready(place.data, ours):
                try:
                    self._provide()
                except psycopg.OperationalError:  # it may have ended at this moment
                    logger.debug("no connection yet", exc_info=True)
                else:
                    return True
            if not is_held(place.supervisor_lock):
                return False
            if time.monotonic() > deadline:
                tail = _tail(place.log, log_size)
                raise StartTimedOut(seconds=round(self.start_timeout), log=place.log, tail=tail)
            time.sleep(pause)
            pause = min(0.25, pause * 1.3)

    def _provide(self) -> None:
        """Connect as the application; where that fails, give it its role, password and database."""
        import psycopg
        from psycopg import sql

        try:
            self._connect(DATABASE).close()
        except psycopg.OperationalError:
            with self._connect(superuser=True) as connection:
                found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone()
                verb = sql.SQL("ALTER" if found else "CREATE")
                statement = sql.SQL("{} ROLE {} LOGIN CREATEDB PASSWORD {}")
                connection.execute(statement.format(verb, sql.Identifier(ROLE), self.place.password(ROLE)))
                _create_database(connection, DATABASE)

    def _connect(self, dbname: str = "postgres", *, superuser: bool = False) -> "psycopg.Connection[Any]":
        import psycopg

        return psycopg.connect(self.url(dbname, superuser=superuser), autocommit=True, connect_timeout=10)

    def _end_supervisor(self, place: Place) -> None:
        """Ask the supervisor to stop the server and wait until both are gone."""
        deadline = time.monotonic() + 90
        asked = False
        while is_held(place.supervisor_lock):
            pid = _reported(place, "pid")
            if pid is not None and not asked:
                os.kill(pid, signal.SIGTERM)
                asked = True
            if time.monotonic() > deadline:
                raise DatabaseUnavailable(reason=f"supervisor {pid}", log=place.log, tail=_tail(place.log, 0))
            time.sleep(0.01)

    def _watch(self) -> None:
        """Start the server again if its supervisor was killed while we own it."""
        pause = 1.0
        while not self._ended.wait(pause):
            place = self.place
            crashed = not is_held(place.supervisor_lock) and (place.supervisor_file.exists() or pause > 1)
            if not crashed:
                continue
            logger.warning("the database's supervisor was killed; starting the database again")
            try:
                with self._lifecycle():
                    if not self._ended.is_set():
                        self._ensure_running()
                pause = 1.0
            except Exception:
                logger.exception("the database could not be started again")
                pause = min(30.0, pause * 2)


def database_url(data_dir: Path, external: str | None = None) -> str:
    """The URL of the database to use: `external` if given, else that of the embedded server, which is started.

    This process then owns the embedded server until it ends.
    """
    if external:
        return external
    return _shared(data_dir).url()


_servers: dict[tuple[int, Path], Server] = {}
_servers_lock = threading.Lock()


def _shared(data_dir: Path) -> Server:
    key = (os.getpid(), data_dir.absolute())
    with _servers_lock:
        if key not in _servers:
            _servers[key] = Server(data_dir).start()
        return _servers[key]


def _create_database(connection: "psycopg.Connection[Any]", name: str) -> None:
    from psycopg import errors, sql

    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    try:
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(ROLE)))
    except (errors.DuplicateDatabase, errors.UniqueViolation):  # a neighbour was faster
        return


def _reported(place: Place, name: Literal["pid", "postmaster"]) -> int | None:
    """What the supervisor reports: its own pid, or that of the PostgreSQL that it started."""
    try:
        return int(json.loads(place.supervisor_file.read_text())[name])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _tail(log: Path, start: int, lines: int = 30) -> str:
    """The last lines of the log, from byte `start` on."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(start, log.stat().st_size - 16_384))
            text = stream.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
