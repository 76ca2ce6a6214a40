"""Nothing is served by algorithms that fail their known answers; they can be asked for where no database answers."""

import os
import subprocess
import sys

import pytest

from yiwang.commons.crypto.contracts import SelfTestFailed
from yiwang.site import booting, running, serving


@pytest.fixture
def unsound(monkeypatch):
    monkeypatch.setattr(booting, "boot", lambda: None)
    monkeypatch.setattr("yiwang.commons.crypto.engine.self_test", lambda: ["sm4-gcm"])


def test_the_web_server_refuses_to_start(unsound):
    with pytest.raises(SelfTestFailed, match="sm4-gcm"):
        serving.serve_pages(host="127.0.0.1", port=1, workers=1)


def test_the_worker_refuses_to_start(unsound):
    with pytest.raises(SelfTestFailed, match="sm4-gcm"):
        running.worker.callback(prepare=None)


@pytest.mark.parametrize("words", [("crypto", "self-test"), ("crypto", "ca", "--help")])
def test_verbs_that_need_no_database_run_without_one(words, tmp_path):
    nowhere = {
        **os.environ,
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "YIWANG_DATA_DIR": str(tmp_path),
    }
    command = [sys.executable, "-m", "yiwang.site", *words]
    done = subprocess.run(command, check=False, env=nowhere, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
