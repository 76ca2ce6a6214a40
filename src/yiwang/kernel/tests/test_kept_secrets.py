"""A secret is made once, also where the file system knows no links."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from yiwang.kernel.settings import SettingsFault, _rename_once, kept_secret


@pytest.fixture
def without_links(monkeypatch):
    def refuse(*_paths):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)


def test_the_first_writer_wins_without_links(tmp_path, without_links):
    path = tmp_path / "keys" / "sample.key"
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(lambda _number: kept_secret(path), range(8)))
    assert made == {path.read_bytes()}
    assert path.stat().st_mode & 0o777 == 0o600
    assert kept_secret(path, content=b"other") == path.read_bytes()
    assert [each.name for each in path.parent.iterdir()] == ["sample.key"]


def test_a_claim_left_behind_is_told(tmp_path):
    (tmp_path / ".sample.key.claim").touch()
    with pytest.raises(SettingsFault, match="claim"):
        _rename_once(tmp_path / "fresh", tmp_path / "sample.key", patience=0.1)
