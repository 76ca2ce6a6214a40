import json
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from yiwang.kernel.db import DatabaseUnavailable, Server
from yiwang.kernel.db.cli import db
from yiwang.kernel.db.tests.conftest import processes, query, refused
from yiwang.kernel.settings import settings

SCHEMA = """
    CREATE EXTENSION pg_trgm;
    CREATE TABLE person (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, seal bytea);
    CREATE INDEX ON person USING gin (name gin_trgm_ops);
    CREATE TABLE event (person_id bigint REFERENCES person, at timestamptz) PARTITION BY RANGE (at);
    CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    INSERT INTO person (name, seal) SELECT '样例' || n, sha256(n::text::bytea) FROM generate_series(1, 3000) n;
    INSERT INTO event SELECT id, '2026-05-01' FROM person;
    CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF coalesce(current_setting('yiwang.command', true), '') = '' THEN RAISE 'outside a command'; END IF;
      RETURN NULL; END $$;
    CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON person FOR EACH STATEMENT EXECUTE FUNCTION guard();
"""
CONTENT = "SELECT count(*), sum(id), md5(string_agg(name || seal::text, ',' ORDER BY id)) FROM person"

Run = Callable[..., Result]


@pytest.fixture
def run(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setenv("YIWANG_DATA_DIR", str(data_dir))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    settings.cache_clear()

    def invoke(*arguments: str | Path, code: int = 0) -> Result:
        result = CliRunner().invoke(db, [str(each) for each in arguments], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    yield invoke
    settings.cache_clear()


def test_a_dump_comes_back_whole_with_its_guards(run: Run, data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "yiwang.dump"
    with Server(data_dir, durable=False) as server:
        query(server, SCHEMA)
        before = query(server, CONTENT)
        run("dump", file)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("SET yiwang.command = 'test'")
            connection.execute("DELETE FROM event; DELETE FROM person WHERE id > 10")
        with refused(r"已有 3 张表", "--replace"):
            run("restore", file)
        kept = run("restore", file, "--replace").output.rpartition(" ")[2].strip("。\n")
        assert query(server, CONTENT) == before
        assert query(server, "SELECT count(*) FROM event") == [(3000,)]
        with pytest.raises(psycopg.errors.RaiseException, match="outside a command"):
            query(server, "DELETE FROM person")
        with psycopg.connect(server.url(kept)) as connection:
            assert connection.execute("SELECT count(*) FROM person").fetchone() == (10,)


def test_a_restore_into_an_empty_database_needs_no_flag(run: Run, data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "yiwang.dump"
    with Server(data_dir, durable=False) as server:
        query(server, SCHEMA)
        before = query(server, CONTENT)
        run("dump", file)
        server.destroy()
    with Server(data_dir, durable=False) as server:
        run("restore", file)
        assert query(server, CONTENT) == before


def test_a_damaged_or_false_file_changes_nothing(run: Run, data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "yiwang.dump"
    with Server(data_dir, durable=False) as server:
        query(server, SCHEMA)
        before = query(server, CONTENT)
        run("dump", file)
        whole = file.read_bytes()
        for damaged in (b"no dump at all", whole[: len(whole) // 2], b""):
            file.write_bytes(damaged)
            with refused("pg_restore 没有完成"):
                run("restore", file, "--replace")
        assert query(server, CONTENT) == before
        assert query(server, "SELECT count(*) FROM pg_database WHERE datname LIKE 'yiwang%'") == [(1,)]


def test_nothing_is_replaced_under_connected_users(run: Run, data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "yiwang.dump"
    with Server(data_dir, durable=False) as server:
        query(server, SCHEMA)
        run("dump", file)
        with psycopg.connect(server.url()), pytest.raises(DatabaseUnavailable, match="还有 1 个连接"):
            run("restore", file, "--replace")


def test_a_dump_that_fails_leaves_the_older_one(run: Run, data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "yiwang.dump"
    file.write_text("older")
    with Server(data_dir, durable=False) as server:
        with psycopg.connect(
            server.url(superuser=True).replace("/postgres?", "/yiwang?"), autocommit=True
        ) as connection:
            connection.execute("CREATE TABLE hidden (n int)")  # belongs to another role
        with refused(r"pg_dump 没有完成：.*permission denied"):
            run("dump", file)
    assert file.read_text() == "older"
    assert list(tmp_path.iterdir()) == [file]


def test_keeps_running_after_start_until_stop(run: Run, data_dir: Path) -> None:
    run("status", code=3)
    run("start")
    found = json.loads(run("status", "--json").output)
    assert (found["state"], found["kept"], found["owners"]) == ("ready", True, [])
    assert str(found["postmaster_pid"]) in run("status").output
    run("stop")
    assert "已停止" in run("status", code=3).output
    assert processes(Server(data_dir).place) == []


def test_stop_names_who_still_uses_the_database(run: Run, owner) -> None:
    other = owner().wait_ready()
    with refused(rf"还有 1 个进程在使用数据库：{other.process.pid} "):
        run("stop")
    run("stop", "--force")
    run("status", code=3)


def test_psql_runs_statements_without_a_password_on_its_command_line(run: Run, data_dir: Path, capfd) -> None:
    with Server(data_dir, durable=False):
        run("psql", "-Atc", "SELECT current_user, current_database()")
        run("psql", "--superuser", "-Atc", "SELECT current_user")
        run("psql", "-v", "ON_ERROR_STOP=1", "-c", "SELECT 1/0", code=1)
    assert capfd.readouterr().out.split() == ["yiwang|yiwang", "postgres"]


def test_an_external_database_is_dumped_but_not_started_or_stopped(
    run: Run, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server(data_dir, durable=False) as server:
        query(server, SCHEMA)
        monkeypatch.setenv("DATABASE_URL", server.url())
        monkeypatch.setenv("YIWANG_DATA_DIR", os.devnull)
        settings.cache_clear()
        run("dump", tmp_path / "external.dump")
        run("stop", code=2)
        assert "DATABASE_URL" in run("status").output
