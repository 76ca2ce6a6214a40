"""An evaluator and a fresh set of operations for each test."""

import pytest

from yiwang.commons.flow import registry
from yiwang.commons.flow.tests.factories import use_evaluator


@pytest.fixture(autouse=True)
def ports(monkeypatch):
    for name in ("_operations", "_places", "_openers"):
        monkeypatch.setattr(registry, name, {})
    monkeypatch.setattr(registry, "_provided", registry._Provided())
    use_evaluator()
