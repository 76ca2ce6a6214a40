"""An evaluator and a fresh set of operations for each test; the city's administrator, logged in."""

import pytest

from yiwang.commons.flow import registry
from yiwang.commons.flow.tests.administering import ALL
from yiwang.commons.flow.tests.factories import use_evaluator
from yiwang.commons.identity.tests.factories import login, make_official, make_organisation


@pytest.fixture(autouse=True)
def ports(monkeypatch):
    for name in ("_operations", "_places", "_openers"):
        monkeypatch.setattr(registry, name, {})
    monkeypatch.setattr(registry, "_provided", registry._Provided())
    use_evaluator()


@pytest.fixture
def top():
    return make_organisation("sample-city")


@pytest.fixture
def keeper(client, top):
    made = make_official(top, grants=ALL)
    login(client, made.account_id)
    return made
