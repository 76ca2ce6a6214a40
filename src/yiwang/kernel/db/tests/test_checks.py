from collections.abc import Iterator
from pathlib import Path

import pytest

from yiwang.kernel.db import Server, checks
from yiwang.kernel.db.binaries import SYSTEM_FOLDER
from yiwang.kernel.db.tests.conftest import processes
from yiwang.kernel.doctor import Finding
from yiwang.kernel.settings import settings


@pytest.fixture
def set_up(new_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("YIWANG_DATA_DIR", str(new_dir))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


def examine() -> list[Finding]:
    return [checks.programs(), checks.space(), checks.connection()]


@pytest.mark.usefixtures("set_up")
def test_finds_nothing_wrong_before_the_first_start_nor_later_and_starts_nothing(new_dir: Path) -> None:
    assert all(found.ok for found in examine())
    assert not new_dir.exists()
    with Server(new_dir, durable=False) as server:
        assert [found for found in examine() if not found.ok or found.mend] == []
        assert checks.connection().message == "PostgreSQL 18, UTF8"
    assert all(found.ok for found in examine())
    assert processes(server.place) == []


@pytest.mark.usefixtures("set_up")
def test_names_data_of_another_version(data_dir: Path) -> None:
    with Server(data_dir, durable=False) as server:
        version = server.place.data / "PG_VERSION"
    version.write_text("15\n")
    found = checks.programs()
    assert not found.ok
    assert "yiwang db dump" in found.mend


def test_tells_that_an_external_database_does_not_answer(set_up: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_up.setenv("DATABASE_URL", f"postgresql://yiwang@/yiwang?host={tmp_path}")
    settings.cache_clear()
    found = checks.connection()
    assert not found.ok
    assert "DATABASE_URL" in found.mend


def test_points_at_data_whose_folder_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "SYSTEM_FOLDER", tmp_path)
    orphan = tmp_path / "cluster-0a"
    orphan.mkdir()
    (orphan / "belongs-to").write_text(str(tmp_path / "gone" / "postgres"))
    assert tmp_path != SYSTEM_FOLDER
    assert checks.leftovers() == Finding(ok=False, message=str(orphan), mend=checks.leftovers().mend)
