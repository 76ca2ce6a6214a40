"""A demonstration with a pool of keys, in the test's own transaction."""

from collections.abc import Iterator

import pytest

from yiwang.commons.crypto.tests.factories import pool
from yiwang.commons.seals.tests import factories


@pytest.fixture
def city(db: None) -> Iterator[factories.Office]:
    """An organisation with those who deal with its seals."""
    with pool(), factories.demonstration():
        yield factories.make_office()
