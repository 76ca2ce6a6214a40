"""Nothing is served by algorithms that fail their known answers."""

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
