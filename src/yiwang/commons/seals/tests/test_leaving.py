"""Who leaves keeps no seal and signs with no key, and whoever comes back is handed both anew."""

import pytest

from yiwang.commons.identity import commands as identity_commands
from yiwang.commons.identity.commands import joiners
from yiwang.commons.identity.contracts.people import LeaveGround
from yiwang.commons.identity.tests import factories as identity
from yiwang.commons.seals import policies
from yiwang.commons.seals.commands import leaving
from yiwang.commons.seals.contracts import MayNotUse, SealVerb
from yiwang.commons.seals.models import Seal, SealKeeper, SealStep, SignatureKey
from yiwang.commons.seals.tests.factories import make_seal
from yiwang.kernel import clock
from yiwang.kernel.guard import opened
from yiwang.kernel.outbox import relay

pytestmark = pytest.mark.django_db


def hear():
    while relay():
        pass


def come_back(city):
    given = {"account_id": city.keeper.account_id, "organisation_id": city.organisation_id}
    identity_commands.appoint(role="keeper", **given, by=identity.SYSTEM, at=clock.now())
    identity_commands.grant(action="seals.use", **given, by=identity.SYSTEM, at=clock.now())


def test_custody_ends_with_the_office_and_does_not_come_back_with_the_next_one(city):
    seal = Seal.objects.get(pk=make_seal(city))
    assert policies.can_use(city.keeper, seal)
    joiners.leave(account_id=city.keeper.account_id, ground=LeaveGround.TRANSFERRED, by=identity.SYSTEM, at=clock.now())
    assert not policies.can_use(city.keeper, seal), "at once, before any news has gone round"
    hear()
    come_back(city)
    assert not policies.can_use(city.keeper, seal)
    held = dict(SealKeeper.objects.filter(seal=seal).values_list("account_id", "until"))
    assert (held[city.keeper.account_id] is None, held[city.second.account_id]) == (False, None)
    assert SealStep.objects.filter(seal=seal, verb=SealVerb.HAND_OVER.value).count() == 2
    assert leaving.end_custody(account_id=city.second.account_id, by=identity.SYSTEM, at=clock.now()) == 0


def test_a_key_ends_with_the_account_and_only_the_program_ends_it(city):
    with opened("tests"):
        row = SignatureKey.objects.create(
            account_id=city.keeper.account_id, sealed=b"x", suite="gm", public_key=b"y", created_at=clock.now()
        )
    for step in (leaving.end_signature_key, leaving.end_custody):
        with pytest.raises(MayNotUse):
            step(account_id=city.keeper.account_id, by=city.officer, at=clock.now())
    joiners.leave(account_id=city.keeper.account_id, ground=LeaveGround.RETIRED, by=identity.SYSTEM, at=clock.now())
    hear()
    row.refresh_from_db()
    assert row.ended_at is not None
