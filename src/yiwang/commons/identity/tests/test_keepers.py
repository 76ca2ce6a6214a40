"""Connected systems outlive who asked for them: that somebody has left is seen, another takes over, nothing stops by itself."""

import re
from importlib import import_module

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.commons.identity import commands
from yiwang.commons.identity.commands import joiners
from yiwang.commons.identity.commands import openid as client_commands
from yiwang.commons.identity.contracts import NotPermitted
from yiwang.commons.identity.contracts.openid import REQUEST_CLIENTS, ClientUnknown
from yiwang.commons.identity.contracts.people import LeaveGround
from yiwang.commons.identity.models import Appointment, ClientSystem
from yiwang.commons.identity.queries import openid as queries
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests import openid_clients as oidc
from yiwang.kernel import clock
from yiwang.kernel.guard import opened
from yiwang.kernel.models import AuditEntry, EvidenceRow

pytestmark = pytest.mark.django_db


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def house():
    """A connected system, who asked for it and took its secret, and a colleague with the same right."""
    made = oidc.connect()
    system = ClientSystem.objects.get(pk=made.id)
    colleague = make.make_official(
        made.organisation_id, grants=[REQUEST_CLIENTS], role="clients_asker", name="样例同事"
    )
    return {"made": made, "system": system, "asker": system.keeper_id, "colleague": colleague}


def seen(house):
    return queries.client_system(system_id=house["made"].id, viewer=house["colleague"].actor)


def leave(account_id):
    joiners.leave(account_id=account_id, ground=LeaveGround.RESIGNED, by=make.SYSTEM, at=clock.now())


def test_who_asked_keeps_it_and_who_took_the_secret_is_known(house):
    row = seen(house)
    assert (row.kept, row.secret_known, row.own) == (True, False, False)
    assert house["system"].secret_by_id is not None
    assert row.keeper


def lose_the_office(account_id):
    held = Appointment.objects.get(account_id=account_id)
    place = make.make_organisation()
    joiners.move(appointment_id=held.pk, organisation_id=place, role=make.make_role(), by=make.SYSTEM, at=clock.now())


def closed(account_id):
    commands.deactivate_account(account_id=account_id, by=make.SYSTEM, at=clock.now())


@pytest.mark.parametrize("step", [leave, lose_the_office, closed])
def test_a_keeper_who_has_left_is_seen_and_nothing_stops(house, client, step):
    browser = oidc.logged_in(make.make_resident().account_id)
    for account_id in {house["asker"], house["system"].secret_by_id}:
        step(account_id)
    row = seen(house)
    assert (row.kept, row.secret_known) == (False, True)
    assert queries.count_unkept(viewer=house["colleague"].actor) == 1
    answer = oidc.exchange(house["made"], oidc.code_of(browser, house["made"], scope="openid"))
    assert answer.status_code == 200
    make.login(client, house["colleague"].account_id)
    assert "负责人已离任" in text(client.get("/work/systems/"))
    assert "有 1 个系统的负责人或领取密钥的人已经离任" in text(client.get("/work/systems/"))
    assert "负责这个系统的人已经离任" in text(client.get(f"/work/systems/{row.id}/"))


def test_a_colleague_takes_over_and_the_old_secret_is_void_when_a_new_one_is_taken(house, client):
    leave(house["asker"])
    make.login(client, house["colleague"].account_id)
    address = f"/work/systems/{house['made'].id}/"
    assert client.post(address, {"take_over": "1"}).status_code in {302, 303}
    row = seen(house)
    assert (row.kept, row.own, row.keeper) == (True, True, "样例同事")
    left = EvidenceRow.objects.get(kind="client_system.taken_over")
    assert str(house["colleague"].account_id) not in str(left.statement)
    entry = AuditEntry.objects.get(command="identity.take_over_client")
    assert entry.details["former"] == str(house["asker"])
    client.post(f"{address}secret/")
    assert (seen(house).secret_known, seen(house).kept) == (False, True)
    browser = oidc.logged_in(make.make_resident().account_id)
    code = oidc.code_of(browser, house["made"], scope="openid")
    assert oidc.exchange(house["made"], code).status_code == 401
    assert queries.count_unkept(viewer=house["colleague"].actor) == 0


def test_a_new_secret_alone_does_not_make_somebody_else_the_keeper(house):
    leave(house["asker"])
    client_commands.new_client_secret(system_id=house["made"].id, by=house["colleague"].actor, at=clock.now())
    assert (seen(house).kept, seen(house).secret_known) == (False, False)


def test_nobody_takes_over_the_system_of_another_department(house):
    stranger = make.make_official(make.make_organisation(), grants=[REQUEST_CLIENTS], role="clients_asker")
    clerk = make.make_official(house["made"].organisation_id)
    for one in (stranger, clerk):
        with pytest.raises((NotPermitted, ClientUnknown)):
            client_commands.take_over_client(system_id=house["made"].id, by=one.actor, at=clock.now())
    assert ClientSystem.objects.get().keeper_id == house["asker"]


def test_the_list_asks_as_often_however_many_there_are(house):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            queries.client_systems(viewer=make.SYSTEM)
        return len(captured)

    few = asked()
    for _another in range(3):
        oidc.connect()
    assert asked() == few


def test_systems_connected_before_get_who_asked_for_them(house):
    fill = import_module("yiwang.commons.identity.migrations.0008_keepers").FILL
    with opened("tests"):
        ClientSystem.objects.update(keeper=None, secret_by=None)
        with connection.cursor() as cursor:
            cursor.execute(fill)
    system = ClientSystem.objects.get()
    assert (system.keeper_id, system.secret_by_id) == (house["asker"], house["asker"])
