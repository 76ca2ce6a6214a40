"""Fixtures of files' tests: two residents, a blob folder of their own."""

import pytest

from yiwang.commons.files.tests.factories import blob_folder
from yiwang.commons.identity.models import Account
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.command import machinery

__all__ = ["blob_folder"]


def _official(username: str) -> Actor:
    with machinery("test"):
        account = Account(username=username, password="!", kind="official", created_at=clock.now(), sample=True)
        account.save()
    return Actor(kind=ActorKind.PERSON, account_id=account.pk, assurance=1)


@pytest.fixture
def mother(db) -> Actor:
    return _official("mother")


@pytest.fixture
def stranger(db) -> Actor:
    return _official("stranger")
