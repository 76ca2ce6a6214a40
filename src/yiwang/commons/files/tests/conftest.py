"""Fixtures of files' tests: two residents, a blob folder of their own."""

import pytest

from yiwang.commons.files.tests.factories import blob_folder
from yiwang.commons.identity.tests.factories import make_resident
from yiwang.kernel.actor import Actor

__all__ = ["blob_folder"]


@pytest.fixture
def mother(db) -> Actor:
    return make_resident("样例甲").actor


@pytest.fixture
def stranger(db) -> Actor:
    return make_resident("样例乙").actor
