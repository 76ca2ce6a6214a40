"""What somebody with a good token, or two of them, may not do by SCIM, however the documents are written."""

import json
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from yiwang.commons.identity import commands
from yiwang.commons.identity.commands import joiners, personnel
from yiwang.commons.identity.contracts.people import LeaveGround
from yiwang.commons.identity.engine.scim import ScimFault, parsed
from yiwang.commons.identity.models import Account, Appointment
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests import openid_clients as oidc
from yiwang.commons.identity.tests.test_scim import call, house, new, patch, register
from yiwang.kernel import clock

__all__ = ["call", "house"]
pytestmark = pytest.mark.django_db


def add(*ids):
    return patch({"op": "add", "path": "members", "value": [{"value": str(each)} for each in ids]})


@pytest.mark.parametrize(
    "content", [b'{"a":"' + b'\\"' * 400_000, b'{"a":"' + b"\\\n" * 400_000, b'"' * 900_000, b'{"a":"\\'], ids=len
)
def test_a_text_without_an_end_is_refused_in_no_time(content):
    before = time.process_time()
    with pytest.raises(ScimFault):
        parsed(content)
    assert time.process_time() - before < 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/Users", '{"userName": "half.one", "name": {"formatted": "\\ud800"}}'),
        ("POST", "/Users", '{"userName": "half.one", "name": {"formatted": "样例"}, "externalId": "\\udfff"}'),
        ("POST", "/Users", '{"userName": "half.one", "name": {"formatted": "样例"}, "active": NaN}'),
        ("POST", "/Users", '{"userName": "half.one", "name": {"formatted": "样例"}, "active": 1e999}'),
        ("POST", "/Users/.search", '{"filter": "meta.created gt \\"0001-01-01T00:00:00+14:00\\""}'),
        ("POST", "/Users/.search", '{"filter": "meta.created lt \\"9999-12-31T23:59:59-14:00\\""}'),
        ("PATCH", "/Groups/desk:clerk", json.dumps(patch({"op": "replace", "path": "members", "value": 5}))),
        ("PATCH", "/Groups/desk:clerk", json.dumps(patch({"op": "add", "path": "members", "value": ["a"]}, {"op": "replace", "path": "members.value", "value": "x"}))),
        ("PATCH", "/Groups/desk:clerk", json.dumps(patch({"op": "add", "path": "displayName.x", "value": 1}))),
        ("PATCH", "/Groups/desk:clerk", json.dumps(patch({"op": "add", "path": "members", "value": [{"value": {"a": 1}}]}))),
        ("POST", "/Bulk", json.dumps({"Operations": [5, {"method": ["POST"], "path": {"a": 1}, "data": 7}], "failOnErrors": True})),
    ],
)  # fmt: skip
def test_crooked_documents_are_refused_and_break_nothing(call, method, path, body):
    answer = call(method, path, body)
    assert answer.status_code in {400, 413}, answer.content
    assert not Account.objects.filter(username="half.one").exists()


def test_half_a_character_in_a_filter_finds_nobody(call):
    assert call("GET", "/Users", None).status_code == 200
    answer = call("GET", '/Users?filter=userName eq "\\ud800"')
    assert (answer.status_code, answer.json()["totalResults"]) == (200, 0)


def test_many_operations_in_a_small_document_are_refused_before_any_is_done(call):
    operations = [{"method": "POST", "path": "/Users", "bulkId": "x"}] * 10_000
    answer = call("POST", "/Bulk", {"Operations": operations})
    assert answer.status_code == 413
    answer = call("POST", "/Bulk", '{"Operations":[' + ",".join(["{}"] * 100_000) + "]}")
    assert answer.status_code == 413


def test_what_has_no_document_empties_no_post(call, client, house):
    made = new(call)
    call("PATCH", "/Groups/desk:clerk", add(made["id"]))
    for body in (None, "{}", {"Members": None, "displayName": "样例科 经办人"}):
        answer = call("PUT", "/Groups/desk:clerk", body)
        assert answer.status_code in {200, 400}
        held = Appointment.objects.filter(account_id=made["id"]).exists()
        assert held is (body is None or body == "{}"), body
        call("PATCH", "/Groups/desk:clerk", add(made["id"]))
    headers = {"Authorization": f"Bearer {house['token']}", "Transfer-Encoding": "chunked"}
    answer = client.generic("PUT", "/scim/v2/Groups/desk:clerk", "", "application/scim+json", headers=headers)
    assert answer.status_code == 411
    assert call("PUT", f"/Users/{made['id']}", None).status_code == 400
    assert call("PUT", "/Groups/desk:clerk", {"MEMBERS": [{"Value": made["id"]}]}).status_code == 200
    assert Appointment.objects.filter(account_id=made["id"]).count() == 1, "names are matched whatever their case"


def test_what_is_read_only_is_said_to_be(call):
    made = new(call)
    for operation in (
        {"op": "add", "path": "groups", "value": [{"value": "desk:ruler"}]},
        {"op": "replace", "path": "displayName", "value": "样例他"},
        {"op": "replace", "path": "meta.version", "value": "x"},
    ):
        answer = call("PATCH", f"/Users/{made['id']}", patch(operation))
        assert (answer.status_code, answer.json()["scimType"]) == (400, "mutability"), operation


def test_who_was_given_the_token_appoints_not_themself(call, house):
    own = house["admin"].account_id
    for body in (
        add(own),
        {"schemas": [], "Operations": [{"op": "replace", "value": {"members": [{"value": str(own)}]}}]},
    ):
        assert call("PATCH", "/Groups/desk:reviewer", body).status_code == 403
    assert call("PUT", "/Groups/bureau:clerk", {"members": [{"value": str(own)}]}).status_code == 403
    assert not Appointment.objects.filter(account_id=own, role__key__in=["clerk", "reviewer"]).exists()


def test_the_tokens_of_who_leaves_are_void_and_the_next_administrator_gets_another(call, house):
    second = make.make_official(
        house["bureau"], role="administrator2", grants=["identity.manage_accounts", "identity.appoint"]
    ).actor
    joiners.leave(account_id=house["admin"].account_id, ground=LeaveGround.DISMISSED, by=make.SYSTEM, at=clock.now())
    assert call("GET", "/Users").status_code == 401
    until = clock.today() + timedelta(days=30)
    token = personnel.renew_token(system_id=house["system"], valid_to=until, by=second, at=clock.now()).token
    assert call("GET", "/Users", token=token).status_code == 200
    held = Appointment.objects.get(account_id=second.account_id)
    make.make_role("clerk2")
    joiners.move(appointment_id=held.pk, organisation_id=house["other"], role="clerk2", by=make.SYSTEM, at=clock.now())
    assert call("GET", "/Users", token=token).status_code == 401, "who moved away knows no good token any more"


def test_two_systems_keep_apart_and_one_account_has_a_name_of_each(call, house):
    parts = make.make_official(
        house["other"], role="keeper", grants=["identity.manage_accounts", "identity.appoint"]
    ).actor
    other = register(house["other"], parts).token
    made = new(call, externalId="E-1")
    assert call("GET", f"/Users/{made['id']}", token=other).status_code == 404
    assert call("GET", '/Users?filter=userName eq "sample.one"', token=other).json()["totalResults"] == 0
    assert call("GET", '/Users?filter=externalId eq "E-1"', token=other).json()["totalResults"] == 0
    for method, path, body in (
        ("PUT", f"/Users/{made['id']}", {"userName": "sample.one", "active": False}),
        ("PATCH", f"/Users/{made['id']}", patch({"op": "replace", "path": "active", "value": False})),
        ("DELETE", f"/Users/{made['id']}", None),
        ("PATCH", "/Groups/desk:clerk", add(made["id"])),
    ):
        assert call(method, path, body, token=other).status_code == 404, (method, path)
    assert call("PUT", "/Groups/other:clerk", {"members": [{"value": made["id"]}]}, token=other).status_code == 403
    body = {"Operations": [{"method": "DELETE", "path": f"/Users/{made['id']}"}]}
    assert call("POST", "/Bulk", body, token=other).json()["Operations"][0]["status"] == "404"
    assert Account.objects.get(pk=made["id"]).is_active
    theirs = call(
        "POST", "/Users", {"userName": "two", "name": {"formatted": "样例乙"}, "externalId": "E-1"}, token=other
    )
    assert theirs.status_code == 201, "each system has external ids of its own"


def test_out_of_service_ends_what_runs_on_a_token_and_back_in_service_it_stays_ended(call):
    made = new(call)
    call("PATCH", "/Groups/desk:clerk", add(made["id"]))
    connected = oidc.connect()
    browser = oidc.logged_in(made["id"])
    code = oidc.code_of(browser, connected, scope="openid offline_access")
    tokens = oidc.exchange(connected, code).json()
    assert oidc.good(tokens["access_token"])
    flip = [patch({"op": "replace", "path": "active", "value": value}) for value in (False, True)]
    assert call("PATCH", f"/Users/{made['id']}", flip[0]).json()["active"] is False
    assert not oidc.good(tokens["access_token"])
    assert call("PATCH", f"/Users/{made['id']}", flip[1]).json()["active"] is True
    assert not oidc.good(tokens["access_token"]), "before any news has gone round"
    assert oidc.refresh(connected, tokens["refresh_token"]).status_code == 400
    assert browser.get("/api/v1/me").status_code == 401
    commands.set_password(account_id=made["id"], password=make.PASSWORD, by=make.SYSTEM, at=clock.now())


@pytest.mark.django_db(transaction=True)
def test_of_two_writers_with_one_version_or_one_external_id_one_wins(call, house):
    made = new(call)
    tag = made["meta"]["version"]

    def write(found, gate, number):
        gate.wait()
        headers = {"Authorization": f"Bearer {house['token']}"}
        client = Client()
        body = json.dumps({"userName": made["userName"], "externalId": f"E-{number}"})
        answer = client.put(
            f"/scim/v2/Users/{made['id']}", body, "application/scim+json", headers={**headers, "If-Match": tag}
        )
        found.append(answer.status_code)
        body = json.dumps({"userName": f"race.{number}", "name": {"formatted": "样例"}, "externalId": "SAME"})
        found.append(client.post("/scim/v2/Users", body, "application/scim+json", headers=headers).status_code)
        connection.close()

    found, gate = list[int](), threading.Barrier(3)
    threads = [threading.Thread(target=write, args=(found, gate, number)) for number in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert sorted(found) == [200, 201, 409, 409, 412, 412]
