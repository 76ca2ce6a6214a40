"""Fixtures of search's tests."""

import pytest

from yiwang.commons.identity.tests.factories import make_resident
from yiwang.kernel.actor import Actor


@pytest.fixture
def resident(db) -> Actor:
    return make_resident("样例甲").actor


@pytest.fixture
def other_resident(db) -> Actor:
    return make_resident("样例乙").actor
