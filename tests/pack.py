"""The demonstration pack in the test database: `pack` once a module and undone at its end, `committed_pack` for tests
with threads or servers. What tests do to it is undone after each test as always.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

PACK = Path(__file__).resolve().parents[1] / "packs" / "changzhou"


@pytest.fixture(scope="module")
def pack(django_db_setup: None, django_db_blocker: Any) -> Iterator[Path]:
    """The pack, for modules whose tests all use the plain `db`; their transactions nest in the one that holds it."""
    from django.db import connection, transaction

    with django_db_blocker.unblock():
        with transaction.atomic():
            _load()
            yield PACK
            transaction.set_rollback(True)
        _forget()
        connection.close()


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
