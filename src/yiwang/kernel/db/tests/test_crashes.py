"""Real kills: whoever dies, nothing runs on for ever, nothing stays locked, no confirmed row is lost."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from yiwang.kernel.db import Server
from yiwang.kernel.db.account import server_account
from yiwang.kernel.db.tests.conftest import GRACE, processes, query, wait_until


def test_the_server_ends_when_its_only_owner_is_killed(data_dir: Path, owner) -> None:
    only = owner().wait_ready()
    place = Server(data_dir).place
    assert processes(place)
    only.kill()
    assert wait_until(lambda: not processes(place), GRACE + 5) > GRACE / 2
    assert Server(data_dir).status().owners == ()


def test_the_server_stays_while_another_owner_lives(data_dir: Path, owner) -> None:
    killed, leaving, staying = (owner().wait_ready() for _ in range(3))
    server = Server(data_dir)
    pid = server.status().postmaster_pid
    killed.kill()
    assert leaving.leave() == "False"
    time.sleep(GRACE * 2)
    assert [each.pid for each in server.status().owners] == [staying.process.pid]
    assert server.status().postmaster_pid == pid
    assert staying.leave() == "True"
    assert processes(server.place) == []


def test_a_killed_postgresql_is_started_again_with_its_data(data_dir: Path) -> None:
    with Server(data_dir, grace=GRACE) as server:
        query(server, "CREATE TABLE t AS SELECT 7 AS n")
        first = server.status().postmaster_pid
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: server.status().postmaster_pid not in (None, first) and server.status().state == "ready", 30)
        assert query(server, "SELECT n FROM t") == [(7,)]
    assert processes(server.place) == []


def test_a_killed_backend_is_no_end_of_the_server(data_dir: Path) -> None:
    with Server(data_dir, grace=GRACE) as server:
        with psycopg.connect(server.url()) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
        wait_until(lambda: _answers(server), 30)


def test_a_killed_supervisor_is_replaced_by_an_owner_at_the_same_address(data_dir: Path) -> None:
    with Server(data_dir, grace=GRACE) as server:
        query(server, "CREATE TABLE t AS SELECT 7 AS n")
        url, before = server.url(), server.status()
        os.kill(before.supervisor_pid, signal.SIGKILL)
        wait_until(lambda: not psutil.pid_exists(before.postmaster_pid), 10)
        wait_until(lambda: _answers(server), 30)
        assert server.url() == url
        assert query(server, "SELECT n FROM t") == [(7,)]
        assert server.status().supervisor_pid not in (None, before.supervisor_pid)
    assert processes(server.place) == []


def test_nothing_is_left_when_owner_and_supervisor_are_killed(data_dir: Path, owner) -> None:
    only = owner().wait_ready()
    server = Server(data_dir, grace=GRACE)
    only.kill()
    os.kill(server.status().supervisor_pid, signal.SIGKILL)
    wait_until(lambda: not processes(server.place), 10)
    with server:
        assert _answers(server)


def test_starts_after_everything_was_killed_at_once(data_dir: Path, owner) -> None:
    only = owner().wait_ready()
    server = Server(data_dir, grace=GRACE)
    query(server, "CREATE TABLE t AS SELECT 7 AS n")
    for pid in [server.status().supervisor_pid, *processes(server.place)]:
        _kill(pid)
    only.kill()
    with server:
        assert query(server, "SELECT n FROM t") == [(7,)]


def test_a_stale_pid_file_that_names_a_living_stranger_is_no_obstacle(data_dir: Path) -> None:
    with Server(data_dir, grace=GRACE) as server:
        query(server, "CREATE TABLE t AS SELECT 7 AS n")
        pid_file = server.place.data / "postmaster.pid"
        lock_file = server.place.socket / ".s.PGSQL.5432.lock"
        content = [path.read_text().split("\n", 1)[1] for path in (pid_file, lock_file)]
    account = server_account(server.place.data)
    stranger = subprocess.Popen(["sleep", "60"], **account.child_options())
    try:
        for path, rest in zip((pid_file, lock_file), content, strict=True):
            path.write_text(f"{stranger.pid}\n{rest}")
            account.give(path)
        with server:
            assert query(server, "SELECT n FROM t") == [(7,)]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_foreign_postgresql_on_the_folder_is_left_alone_and_named(data_dir: Path) -> None:
    with Server(data_dir, grace=GRACE) as server:
        place = server.place
        command = Path(f"/proc/{server.status().postmaster_pid}/cmdline").read_text().strip("\0").split("\0")
    account = server_account(place.data)
    foreign = subprocess.Popen(command, stderr=subprocess.DEVNULL, **account.child_options())
    try:
        wait_until((place.data / "postmaster.pid").exists, 10)
        with pytest.raises(Exception, match="another PostgreSQL runs"):
            server.start()
        assert foreign.poll() is None
    finally:
        foreign.terminate()
        foreign.wait()


def test_eight_processes_at_once_start_one_server(new_dir: Path, owner) -> None:
    owners = [owner() for _ in range(8)]
    for each in owners:
        each.wait_ready()
    server = Server(new_dir)
    assert {each.pid for each in server.status().owners} == {each.process.pid for each in owners}
    data = server.place.data
    masters = [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if "postgres" in "".join((process.info["cmdline"] or [])[:1]) and str(data) in process.info["cmdline"]
    ]
    assert masters == [server.status().postmaster_pid]
    answers = [each.leave() for each in owners]
    assert answers == ["False"] * 7 + ["True"]


def test_starts_and_stops_from_many_threads_leave_nothing_behind(data_dir: Path) -> None:
    failures: list[BaseException] = []

    def come_and_go() -> None:
        try:
            for _ in range(5):
                with Server(data_dir, durable=False, grace=GRACE) as server:
                    assert query(server, "SELECT 1") == [(1,)]
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert processes(Server(data_dir).place) == []


@pytest.mark.kill
def test_no_confirmed_row_is_lost_by_kills_at_random_moments(data_dir: Path) -> None:
    """Writers insert numbered rows; PostgreSQL, the supervisor or a backend is killed again and again."""
    seed = int(os.environ.get("YIWANG_SEED", random.SystemRandom().randrange(10**6)))
    kills = int(os.environ.get("YIWANG_KILLS", "8"))
    sys.stdout.write(f"seed {seed}, {kills} kills\n")
    chance = random.Random(seed)
    confirmed: list[int] = []
    finished = threading.Event()
    with Server(data_dir, grace=GRACE) as server:
        query(server, "CREATE TABLE t (n int PRIMARY KEY)")
        writer = threading.Thread(target=_write, args=(server.url(), confirmed, finished))
        writer.start()
        for _ in range(kills):
            time.sleep(chance.uniform(0.05, 0.8))
            status = server.status()
            _kill(chance.choice([status.supervisor_pid, status.postmaster_pid, *processes(server.place)]))
            written = len(confirmed)
            wait_until(lambda written=written: len(confirmed) > written, 60)
        finished.set()
        writer.join()
        wait_until(lambda: _answers(server), 60)
        stored = {row[0] for row in query(server, "SELECT n FROM t")}
    assert set(confirmed) <= stored
    assert len(confirmed) == len(set(confirmed))
    assert processes(server.place) == []


@pytest.mark.kill
def test_a_first_start_killed_at_any_moment_is_no_obstacle(new_dir: Path, owner) -> None:
    """Kills hit the import, useradd, initdb, the supervisor's start and the making of roles."""
    seed = int(os.environ.get("YIWANG_SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    for _ in range(int(os.environ.get("YIWANG_KILLS", "8"))):
        starting = owner()
        time.sleep(chance.uniform(0.2, 1.8))
        starting.kill()
        if chance.random() < 0.5:
            for pid in processes(Server(new_dir).place):
                _kill(pid)
    with Server(new_dir, grace=GRACE) as server:
        assert _answers(server)
    assert processes(server.place) == []


def _write(url: str, confirmed: list[int], finished: threading.Event) -> None:
    number = 0
    while not finished.is_set():
        try:
            with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
                while not finished.is_set():
                    number += 1
                    connection.execute("INSERT INTO t VALUES (%s)", [number])
                    confirmed.append(number)
        except psycopg.Error:
            time.sleep(0.05)


def _answers(server: Server) -> bool:
    try:
        return query(server, "SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False


def _kill(pid: int | None) -> None:
    if pid is not None and psutil.pid_exists(pid):
        os.kill(pid, signal.SIGKILL)
