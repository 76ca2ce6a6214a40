"""The demonstration pack in a database: `pack` in one beside the test database, to which a module's tests are led from
the first that asks for it; `committed_pack` in the test database, for tests with threads or servers. What tests do to it
is undone after each test as always.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests import prepared
from tests.prepared import PACK


@pytest.fixture(scope="session")
def _database_with_pack(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of this process's own copy."""
    from django.db import connection

    with django_db_blocker.unblock():
        name = f"{connection.settings_dict['NAME']}_with_pack"
        prepared.with_pack(name)
        yield name
        prepared.drop(name)


@pytest.fixture(scope="module")
def pack(_database_with_pack: str, django_db_blocker: Any) -> Iterator[Path]:
    """The pack, for modules whose tests all use the plain `db`; their transactions nest in one that is undone."""
    from django.db import transaction

    with django_db_blocker.unblock(), prepared.connected_to(_database_with_pack):
        _forget()
        with transaction.atomic():
            yield PACK
            transaction.set_rollback(True)
        _forget()


@pytest.fixture
def committed_pack(transactional_db: None) -> Iterator[Path]:
    """The pack, committed, for one test; emptying the tables afterwards removes it."""
    _load()
    yield PACK
    _forget()


def account_of(username: str) -> UUID:
    """The id of one of the pack's accounts."""
    from yiwang.commons.identity.models import Account

    return Account.objects.get(username=username).pk  # type: ignore[no-any-return]


def actor_named(username: str) -> Any:
    """The resident of one of the pack's accounts, as they act for themselves."""
    from yiwang.commons.identity.models import Account
    from yiwang.kernel.actor import Actor, ActorKind

    account = Account.objects.get(username=username)
    return Actor(kind=ActorKind.PERSON, account_id=account.pk, person_id=account.person_id, assurance=1)


def _load() -> None:
    from yiwang.kernel import clock
    from yiwang.kernel.actor import Actor
    from yiwang.kernel.packs.loading import load_pack

    load_pack(root=PACK, by=Actor.system("tests"), at=clock.now())


def _forget() -> None:
    from yiwang.kernel.packs.loading import forget

    forget()
