"""Seals for the tests of every context: a demonstration's authority, organisations with seals, officials who keep them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch
from uuid import UUID

from yiwang.commons.crypto.tests.factories import learn
from yiwang.commons.identity.tests import factories as identity
from yiwang.commons.seals import commands
from yiwang.commons.seals.contracts import APPLY, APPROVE, AUTHORISE, USE, VIEW, SealId, SealKind, UseRule
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.settings import settings

SYSTEM = Actor.system("tests")


@contextmanager
def demonstration() -> Iterator[None]:
    """Let sample authorities and sample seals be made, as in a demonstration."""
    shown = settings().model_copy(update={"demo": True})
    with patch("yiwang.commons.seals.queries.keys.settings", return_value=shown):
        yield


@dataclass(frozen=True)
class Office:
    """An organisation with those who deal with its seals."""

    organisation_id: UUID
    officer: Actor
    head: Actor
    keeper: Actor
    second: Actor
    registrar: Actor


def make_office() -> Office:
    """A bureau below a city; the registrar sits in the city's registering office."""
    city = identity.make_organisation(name="样例市公安局")
    bureau = identity.make_organisation(name="样例市卫生健康委员会")
    given = identity.Grants
    registrar = identity.make_official(
        city,
        role="registrar",
        grants=[given(VIEW, organisation_id=bureau), given(APPROVE, organisation_id=bureau)],
        name="样例登记",
    )
    officer = identity.make_official(bureau, role="officer", grants=[VIEW, APPLY], name="样例印管")
    head = identity.make_official(bureau, role="head", grants=[VIEW, AUTHORISE], name="样例负责")
    keeper = identity.make_official(bureau, role="keeper", grants=[VIEW, USE], name="样例保管")
    second = identity.make_official(bureau, role="keeper", grants=[VIEW, USE], name="样例同事")
    return Office(bureau, officer.actor, head.actor, keeper.actor, second.actor, registrar.actor)


def make_seal(
    office: Office,
    *,
    kind: SealKind = SealKind.OFFICIAL,
    rule: UseRule = UseRule.ONE,
    automatic: Sequence[str] = (),
    keepers: Sequence[Actor] | None = None,
) -> SealId:
    """A sample seal in custody, through all its steps by those who may take them. Needs `demonstration()`."""
    at = clock.now()
    seal_id = commands.apply_for_seal(
        organisation_id=office.organisation_id,
        kind=kind,
        rule=rule,
        reason="样例",
        sample=True,
        by=office.officer,
        at=at,
    )
    commands.approve_seal(seal_id=seal_id, by=office.registrar, at=at)
    learn()
    commands.make_seal(seal_id=seal_id, by=office.registrar, at=at)
    held = (office.keeper, office.second) if keepers is None else keepers
    commands.hand_over_seal(
        seal_id=seal_id, keepers=[each.account_id for each in held if each.account_id], by=office.officer, at=at
    )
    for document in automatic:
        commands.allow_automatic(seal_id=seal_id, kind=document, basis="样例规定", by=office.head, at=at)
    return seal_id
