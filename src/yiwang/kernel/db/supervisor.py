"""The small process between the owners and PostgreSQL.

It is PostgreSQL's parent: starts it, starts it again after a crash, and stops it when no owner lives any more. If the
supervisor itself is killed, the kernel tells PostgreSQL to shut down, and a living owner starts both anew. So whoever is
killed, nothing runs on for ever and nothing stays locked. Standard library only; it takes part in nothing else.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from yiwang.kernel.db.cluster import clear_remains, is_ready, server_processes
from yiwang.kernel.db.locks import Lock, give_to_folder_owner, is_held, living_owners
from yiwang.kernel.db.place import Place

ASKED_TO_STOP = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
WATCHED = ASKED_TO_STOP | {signal.SIGCHLD}
PATIENCE_FAST = 60.0
PATIENCE_IMMEDIATE = 10.0
LONGEST_PAUSE = 30.0
LARGEST_LOG = 32 * 1024 * 1024
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Plan:
    """What the starter hands to the supervisor: folders, PostgreSQL's command line, its user, and patience in seconds."""

    home: str
    cluster: str
    socket: str
    command: tuple[str, ...]
    environment: dict[str, str]
    uid: int | None
    gid: int | None
    grace: float
    lock: int

    def dump(self) -> str:
        return json.dumps(asdict(self))

    @property
    def place(self) -> Place:
        return Place(Path(self.home), Path(self.cluster), Path(self.socket))


def launch(plan: Plan, log: Path) -> None:
    """Start the supervisor as a process of its own session that is nobody's child; returns at once."""
    source = Path(__file__).parents[3]
    program = f"import sys; sys.path.insert(0, {str(source)!r}); import {__name__} as s; s.main(sys.argv[1])"
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    give_to_folder_owner(log)
    try:
        subprocess.run(
            [sys.executable, "-I", "-S", "-c", program, plan.dump()],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            pass_fds=[plan.lock],
            start_new_session=True,
            cwd="/",
        )
    finally:
        os.close(descriptor)


def main(argument: str) -> None:
    """Entry of the child process: detach, then supervise until nobody needs the server."""
    plan = Plan(**json.loads(argument))
    if os.fork():
        os._exit(0)
    os.setsid()
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    sys.exit(Supervisor(plan).run())


class Supervisor:
    """Runs one PostgreSQL server for the owners of one folder."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.place = plan.place
        self.child: subprocess.Popen[bytes] | None = None
        self.ready = False
        self.was_ever_ready = False
        self.pause = 0.0
        self.start_at = 0.0
        self.owned_at = time.monotonic()

    def run(self) -> int:
        """Supervise. 0: ended as asked or as nobody needed it; 1: the first start failed."""
        self._report()
        while True:
            if not self._tend():
                self.place.supervisor_file.unlink(missing_ok=True)
                return 1
            if self._nobody_needs_it():
                return 0
            sign = signal.sigtimedwait(WATCHED, 0.5 if self.ready else 0.05)
            if sign is not None and sign.si_signo in ASKED_TO_STOP:
                self._stop()
                return 0

    def _tend(self) -> bool:
        """Start what isn't running, notice what ended or became ready. False: the first start failed."""
        now = time.monotonic()
        if self.child is None:
            if now >= self.start_at and not self._start():
                return False
        elif self.child.poll() is not None:
            _say(f"PostgreSQL ended with code {self.child.returncode}")
            # it may have become ready and been killed since we looked last: then it did start
            self.was_ever_ready = self.was_ever_ready or is_ready(self.place.data, self.child.pid)
            if not self.was_ever_ready:
                return False
            self.child, self.ready = None, False
            self._pause()
        elif not self.ready and is_ready(self.place.data, self.child.pid):
            self.ready = self.was_ever_ready = True
            self.pause = 0.0
        return True

    def _start(self) -> bool:
        if not clear_remains(self.place.data, self.place.socket, self._server_lives, PATIENCE_IMMEDIATE):
            _say(f"FATAL:  another PostgreSQL runs on {self.place.data}: {server_processes(self.place.data)}")
            self._pause()
            return self.was_ever_ready
        with Lock(self.place.postmaster_lock) as lock:
            if not lock.take():
                self._pause()
                return self.was_ever_ready
            inherited = os.dup(lock.fileno())
            try:
                self.child = self._spawn(inherited)
            finally:
                os.close(inherited)
        self._report()
        return True

    def _pause(self) -> None:
        """Wait longer before each further attempt: what ends at once won't be mended by haste."""
        self.start_at = time.monotonic() + self.pause
        self.pause = min(LONGEST_PAUSE, self.pause * 2 + 0.5)

    def _report(self) -> None:
        """Tell the owners who we are, and which PostgreSQL is ours."""
        entry = {"pid": os.getpid(), "postmaster": self.child.pid if self.child else None}
        fresh = self.place.supervisor_file.with_suffix(".new")
        fresh.write_text(json.dumps(entry))
        fresh.replace(self.place.supervisor_file)

    def _spawn(self, inherited: int) -> subprocess.Popen[bytes]:
        parent = os.getpid()

        def tie_to_parent() -> None:
            """PostgreSQL shuts down (fast) when the supervisor dies, even by SIGKILL."""
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's handler would swallow it until exec
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
            if os.getppid() != parent:
                os._exit(1)

        return subprocess.Popen(
            self.plan.command,
            stdin=subprocess.DEVNULL,
            env=self.plan.environment,
            cwd="/",
            pass_fds=[inherited],
            preexec_fn=tie_to_parent,  # noqa: PLW1509 - this process has one thread
            user=self.plan.uid,
            group=self.plan.gid,
            extra_groups=None if self.plan.uid is None else [],
            start_new_session=True,
        )

    def _server_lives(self) -> bool:
        return is_held(self.place.postmaster_lock)

    def _nobody_needs_it(self) -> bool:
        """Stop the server when its last owner has been gone for the grace time. True: it is stopped."""
        self._shorten_log()
        now = time.monotonic()
        if self.place.keep.exists() or living_owners(self.place.owners):
            self.owned_at = now
            return False
        recovering = self.child is not None and not self.ready  # interrupted, it would begin from the start
        if recovering or now - self.owned_at < self.plan.grace:
            return False
        with Lock(self.place.lifecycle_lock) as lock:
            if not lock.take() or living_owners(self.place.owners, prune=True):
                return False
            self._stop()
            os.close(self.plan.lock)  # before the lifecycle lock: who takes that next must not join us
        return True

    def _stop(self) -> None:
        """Shut down: fast, then immediate, then by force. A later start recovers from each of them."""
        steps = ((signal.SIGINT, PATIENCE_FAST), (signal.SIGQUIT, PATIENCE_IMMEDIATE), (signal.SIGKILL, 1.0))
        for sign, patience in steps:
            if self.child is None or self.child.poll() is not None:
                break
            self.child.send_signal(sign)
            try:
                self.child.wait(patience)
            except subprocess.TimeoutExpired:
                _say(f"PostgreSQL did not end within {patience:.0f} s of {sign.name}")
        clear_remains(self.place.data, self.place.socket, self._server_lives, 1.0)
        self.place.supervisor_file.unlink(missing_ok=True)

    def _shorten_log(self) -> None:
        if os.fstat(2).st_size > LARGEST_LOG:
            os.ftruncate(2, 0)


def _say(sentence: str) -> None:
    stamp = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    print(f"{stamp} [{os.getpid()}] supervisor: {sentence}", file=sys.stderr, flush=True)  # noqa: T201 - it is the log
