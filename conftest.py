"""What all tests share: emptying guarded tables between tests, the test data folder, the suffix of the database."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations

pytest_plugins = ["tests.pack", "tests.counting"]
ROOT = Path(__file__).parent
_LONGEST_NAME = 100
_flush = DatabaseOperations.execute_sql_flush


def _flush_past_the_guards(self: DatabaseOperations, sql_list: list[str]) -> None:
    """TRUNCATE is refused by the triggers; only a superuser's replica role, which no command uses, passes them."""
    _flush(self, ["SET session_replication_role = replica", *sql_list, "SET session_replication_role = origin"])


DatabaseOperations.execute_sql_flush = _flush_past_the_guards  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any) -> None:
    """Several runs at once on one server: each names its own database (YIWANG_TEST_SUFFIX). All copy a migrated one."""
    from django.conf import settings
    from tests import prepared

    test = settings.DATABASES["default"].setdefault("TEST", {})
    if prepared.suffix():
        test["NAME"] = f"{test.get('NAME') or 'test_yiwang'}{prepared.suffix()}"
    with django_db_blocker.unblock():
        test["TEMPLATE"] = prepared.migrated()


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real test data; tests that need it are marked `data` and skipped without it."""
    return Path(os.environ.get("YIWANG_TEST_DATA", ROOT.parent / "shared" / "data"))


def pytest_configure() -> None:
    """Pages are tested in both languages; catalogues are compiled, not committed."""
    from hypothesis import HealthCheck, settings

    from yiwang.web.catalogues import compile_all

    compile_all()
    # A busy machine is no fault of the program: speed is measured by the benchmarks, never by a test.
    # A pull request is judged by the same examples each time; whoever works on the program gets new ones with each run.
    settings.register_profile(
        "yiwang", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("yiwang")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A file of a megabyte is no name for a test."""
    return f"{argname}-of-{len(val)}" if isinstance(val, str | bytes) and len(val) > _LONGEST_NAME else None


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Tests of one group share an installation: where the runner forgets groups, half of them would meet an empty one."""
    if not session.config.getoption("loadgroup", default=False):
        return
    lost = [item.nodeid for item in session.items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid]
    if lost:
        raise pytest.UsageError(f"pytest-xdist does not keep groups together with this pytest: {lost[0]}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folder = Path(os.environ.get("YIWANG_TEST_DATA", ROOT.parent / "shared" / "data"))
    if folder.is_dir():
        return
    absent = pytest.mark.skip(reason=f"test data folder {folder} is not there (YIWANG_TEST_DATA)")
    for item in items:
        if "data" in item.keywords:
            item.add_marker(absent)
