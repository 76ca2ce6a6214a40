"""Fixtures of search's tests."""

import pytest

from yiwang.commons.identity.models import Account
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.command import machinery


def _resident(username: str) -> Actor:
    with machinery("test"):
        account = Account(username=username, password="!", kind="official", created_at=clock.now(), sample=True)
        account.save()
    return Actor(kind=ActorKind.PERSON, account_id=account.pk, assurance=1)


@pytest.fixture
def resident(db) -> Actor:
    return _resident("resident")


@pytest.fixture
def other_resident(db) -> Actor:
    return _resident("other")
