"""The suite of the settings, for one test."""

import pytest

from yiwang.kernel.settings import settings


@pytest.fixture
def settings_of_crypto(monkeypatch):
    def choose(suite):
        changed = settings().model_copy(update={"crypto_suite": suite})
        monkeypatch.setattr("yiwang.commons.crypto.commands.making.settings", lambda: changed)

    return choose
