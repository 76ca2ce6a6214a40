"""Fixtures of forms' tests: the sample forms published, two residents."""

import pytest

from yiwang.commons.files.tests.factories import blob_folder
from yiwang.commons.forms.tests import samples
from yiwang.commons.identity.tests.factories import make_resident
from yiwang.kernel.actor import Actor

__all__ = ["blob_folder"]


@pytest.fixture
def published(db) -> None:
    samples.publish()


@pytest.fixture
def mother(db) -> Actor:
    return make_resident("周雨晴").actor


@pytest.fixture
def stranger(db) -> Actor:
    return make_resident("陌生人").actor
