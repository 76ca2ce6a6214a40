import os
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest

from yiwang.kernel.db import DatabaseUnavailable, Server, database_url
from yiwang.kernel.db.tests.conftest import interpreter_for, processes, query, refused

needs_second_user = pytest.mark.skipif(
    interpreter_for("nobody") is None, reason="needs root and a Python that others reach"
)


def test_starts_serves_chinese_text_and_stops_without_a_trace(new_dir: Path) -> None:
    with Server(new_dir, durable=False) as server:
        assert server.status().state == "ready"
        query(server, "CREATE EXTENSION pg_trgm")
        assert query(server, "SELECT similarity('孩子出生了', '孩子出生') > 0.4") == [(True,)]
        assert query(server, "SHOW data_checksums") == [("on",)]
        assert query(server, "SHOW timezone") == [("UTC",)]
        place = server.place
    assert server.status().state == "stopped"
    assert processes(place) == []


def test_data_outlive_the_server(data_dir: Path) -> None:
    with Server(data_dir, durable=False) as server:
        query(server, "CREATE TABLE t AS SELECT 7 AS n")
    with Server(data_dir, durable=False) as server:
        assert query(server, "SELECT n FROM t") == [(7,)]


def test_is_reached_by_password_over_a_private_socket_alone(data_dir: Path) -> None:
    with Server(data_dir, durable=False) as server:
        assert query(server, "SHOW listen_addresses") == [("",)]
        assert stat.S_IMODE(server.place.socket.stat().st_mode) == 0o700
        assert stat.S_IMODE((server.place.home / "password-yiwang").stat().st_mode) == 0o600
        wrong = server.url().replace(server.place.password("yiwang"), "wrong")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)
        with pytest.raises(psycopg.OperationalError, match="no password supplied"):
            psycopg.connect(f"postgresql://postgres@/postgres?host={server.place.socket}")


def test_the_application_is_no_superuser_but_creates_databases(data_dir: Path) -> None:
    with Server(data_dir, durable=False) as server:
        assert query(server, "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user") == [
            (False, True)
        ]
        url = server.ensure_database("其他")
        assert server.ensure_database("其他") == url
        with psycopg.connect(url) as connection:
            found = connection.execute("SELECT datctype FROM pg_database WHERE datname = '其他'").fetchone()
            assert found == ("C.UTF-8",)


def test_a_lost_password_file_of_the_application_is_made_again(data_dir: Path) -> None:
    with Server(data_dir, durable=False) as server:
        pass
    (server.place.home / "password-yiwang").unlink()
    with Server(data_dir, durable=False) as server:
        assert query(server, "SELECT 1") == [(1,)]


def test_statements_and_values_stay_out_of_the_log(data_dir: Path) -> None:
    with Server(data_dir, durable=False) as server:
        query(server, "CREATE TABLE person (id_number text PRIMARY KEY)")
        for _ in range(2):
            try:
                query(server, "INSERT INTO person VALUES ('320400199001010014')")
            except psycopg.errors.UniqueViolation:
                refused = True
        assert refused
        assert "32040019900101001" not in server.place.log.read_text()


def test_an_external_database_starts_nothing(new_dir: Path) -> None:
    assert database_url(new_dir, "postgresql://elsewhere/yiwang") == "postgresql://elsewhere/yiwang"
    assert not new_dir.exists()


def test_stopping_what_never_ran_is_no_error(new_dir: Path) -> None:
    assert Server(new_dir).stop()
    assert Server(new_dir).status().state == "stopped"
    assert not new_dir.exists()


def test_a_forked_child_owns_nothing(data_dir: Path) -> None:
    with Server(data_dir, durable=False) as server:
        child = os.fork()
        if child == 0:
            os._exit(len(server.status().owners))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
        server.stop()
        assert server.status().state == "stopped"


def test_a_folder_of_another_major_version_is_refused_with_the_way_out(data_dir: Path) -> None:
    with Server(data_dir, durable=False) as server:
        version = server.place.data / "PG_VERSION"
    version.write_text("15\n")
    with refused(r"由 PostgreSQL 15 写入.*PostgreSQL 18", "yiwang db dump"):
        server.start()
    assert server.status().state == "stopped"


def test_a_setting_that_postgresql_refuses_is_told_from_its_log(data_dir: Path) -> None:
    server = Server(data_dir, durable=False, settings={"max_connections": "many"})
    with pytest.raises(DatabaseUnavailable, match="max_connections") as caught:
        server.start()
    assert caught.value.code == "kernel.db.start_failed"
    assert server.status().owners == ()


def test_what_a_killed_initdb_left_is_no_obstacle(new_dir: Path) -> None:
    leftover = new_dir / "postgres" / "cluster" / "data.new-0a1b"
    leftover.mkdir(parents=True)
    (leftover / "PG_VERSION").write_text("18\n")
    with Server(new_dir, durable=False) as server:
        assert server.status().state == "ready"
        assert not leftover.exists()


def test_a_path_too_long_for_a_socket_gets_a_private_short_one_and_keeps_it(open_folder: Path) -> None:
    folder = open_folder / ("long" * 30)
    server = Server(folder, durable=False)
    try:
        with server:
            socket = server.place.socket
            assert len(str(socket)) < 80
            assert stat.S_IMODE(socket.stat().st_mode) == 0o700
            url = server.url()
        with server:
            assert server.url() == url
        socket.rmdir()
        with server:
            assert query(server, "SELECT 1") == [(1,)]
    finally:
        server.destroy()


def test_a_moved_folder_goes_on_working(data_dir: Path) -> None:
    with Server(data_dir, durable=False) as server:
        query(server, "CREATE TABLE t AS SELECT 7 AS n")
    moved = data_dir.rename(data_dir.with_name("moved"))
    server = Server(moved, durable=False)
    try:
        with server:
            assert query(server, "SELECT n FROM t") == [(7,)]
    finally:
        server.destroy()


@needs_second_user
def test_a_folder_that_cannot_be_written_is_refused_with_its_owner(open_folder: Path, owner) -> None:
    (open_folder / "data").mkdir(mode=0o755)
    with pytest.raises(AssertionError, match="不能写入，它属于用户 root"):
        owner(user="nobody").wait_ready()


@needs_second_user
def test_runs_as_an_ordinary_user_and_root_may_join(open_folder: Path, new_dir: Path, owner) -> None:
    new_dir.mkdir()
    subprocess.run(["chown", "nobody", new_dir], check=True)
    first = owner(user="nobody").wait_ready()
    with Server(new_dir, durable=False) as server:
        assert len(server.status().owners) == 2
        pid = server.status().postmaster_pid
        assert Path(f"/proc/{pid}").stat().st_uid == new_dir.stat().st_uid
        assert first.leave() == "False"
    assert server.status().state == "stopped"
    with server:  # root starts it, as the user that the data belong to
        assert Path(f"/proc/{server.status().postmaster_pid}").stat().st_uid == new_dir.stat().st_uid
    assert owner(user="nobody").wait_ready().leave() == "True"
