"""A demonstration with a pool of keys and an organisation: made once for a module, each test in a transaction inside."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from yiwang.commons.crypto.tests.factories import learn, pool
from yiwang.commons.seals.tests import factories


@pytest.fixture(scope="module")
def _office(django_db_setup: None, django_db_blocker: Any) -> Iterator[factories.Office]:
    with django_db_blocker.unblock(), transaction.atomic():
        with pool():
            office = factories.make_office()
            with django_db_blocker.block():
                yield office
        transaction.set_rollback(True)


@pytest.fixture
def city(_office: factories.Office, db: None) -> Iterator[factories.Office]:
    """An organisation with those who deal with its seals."""
    with factories.demonstration():
        learn()
        yield _office
