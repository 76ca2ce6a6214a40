"""Clock, errors, ids, settings: what needs no database."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from yiwang.kernel import clock
from yiwang.kernel.errors import DomainError, Invalid, NotFound, problem
from yiwang.kernel.ids import new_id
from yiwang.kernel.settings import Settings, SettingsFault, kept_secret, settings


class TooFew(DomainError):
    code = "test.too_few"
    message = "还差 {count} 份。"


def test_ids_grow_with_time_and_are_version_7():
    ids = [new_id() for _ in range(1000)]
    assert ids == sorted(ids)
    assert {each.version for each in ids} == {7}


def test_the_clock_can_be_stopped_and_counts_days_in_china():
    with clock.frozen(datetime(2026, 11, 22, 17, tzinfo=UTC)):
        assert clock.today().isoformat() == "2026-11-23"
    with pytest.raises(ValueError, match="aware"), clock.frozen(datetime(2026, 1, 1)):
        pass


def test_the_clock_of_a_demonstration_may_run_ahead():
    before = clock.now()
    clock.run_ahead(timedelta(days=8))
    try:
        assert timedelta(days=8) <= clock.now() - before < timedelta(days=8, minutes=1)
        assert clock.lead() == timedelta(days=8)
        with clock.frozen(before):
            assert clock.now() == before
    finally:
        clock.run_ahead(timedelta())


def test_a_real_installation_keeps_real_time():
    assert Settings(demo=True, demo_days_ahead=8).demo_days_ahead == 8
    with pytest.raises(ValidationError, match="YIWANG_DEMO=1"):
        Settings(demo=False, demo_days_ahead=8)


def test_an_error_becomes_a_problem_document():
    document = problem(TooFew(count=2), instance="/x")
    assert document["title"] == "还差 2 份。"
    assert document["code"] == "test.too_few"
    assert document["status"] == 422
    assert problem(NotFound())["status"] == 404
    assert problem(Invalid(fields={"a": "b"}))["errors"] == [{"name": "a", "reason": "b"}]


def test_a_message_with_a_missing_parameter_is_shown_as_it_is():
    assert TooFew().sentence() == "还差 {count} 份。"


def test_hostile_parameters_can_not_reach_into_objects():
    error = TooFew(count="{0.__class__}")
    assert error.sentence() == "还差 {0.__class__} 份。"


def test_all_wrong_settings_are_listed_at_once(monkeypatch):
    monkeypatch.setenv("YIWANG_PORT", "99999")
    monkeypatch.setenv("YIWANG_WORKERS", "many")
    settings.cache_clear()
    try:
        with pytest.raises(SettingsFault) as caught:
            settings()
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert "YIWANG_PORT" in str(caught.value)
    assert "YIWANG_WORKERS" in str(caught.value)


def test_only_postgresql_urls_are_taken(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://x")
    with pytest.raises(ValidationError):
        Settings()


def test_a_kept_secret_stays_and_is_private(tmp_path):
    path = tmp_path / "keys" / "a.key"
    first = kept_secret(path)
    assert kept_secret(path) == first
    assert len(first) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["a.key"]
