"""SCIM 2.0 as foreign clients speak it, against a running server, and what nobody may do with it."""

import json
from datetime import date, timedelta
from itertools import count

import pytest

from yiwang.commons.identity import commands
from yiwang.commons.identity.commands import personnel
from yiwang.commons.identity.contracts import InvalidIdentity, NotPermitted, OrganisationKind
from yiwang.commons.identity.models import Account, Appointment, Person, PersonnelRecord
from yiwang.commons.identity.tests import factories as make
from yiwang.kernel import clock
from yiwang.kernel.codes.synthetic import synthetic_id_number
from yiwang.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PERSON = "urn:yiwang:scim:schemas:1.0:Person"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture
def house():
    """A bureau with a desk, another bureau, roles, an administrator and a personnel system of the first bureau."""
    bureau = make.make_organisation("bureau", name="样例局")
    desk = make.make_organisation("desk", name="样例科", parent="bureau", kind=OrganisationKind.OFFICE)
    other = make.make_organisation("other", name="样例他局")
    for key, title in (("clerk", "经办人"), ("reviewer", "审核人员"), ("ruler", "管理员")):
        make.make_role(key, title)
    commands.grant(role="ruler", action="identity.*", organisation_id=None, by=make.SYSTEM, at=clock.now())
    rights = ["identity.manage_accounts", "identity.appoint"]
    admin = make.make_official(bureau, role="administrator", grants=rights).actor
    made = register(bureau, admin)
    return {
        "bureau": bureau,
        "desk": desk,
        "other": other,
        "admin": admin,
        "token": made.token,
        "system": made.system_id,
    }


def register(organisation_id, by, **changed):
    given = {
        "name": "样例人事系统",
        "roles": ["clerk", "reviewer"],
        "valid_to": clock.today() + timedelta(days=90),
        **changed,
    }
    return personnel.register_system(organisation_id=organisation_id, **given, by=by, at=clock.now())


@pytest.fixture
def call(client, house):
    """Calls the service as the personnel system does."""

    def ask(method, path, body=None, token=None, **headers):
        content = body if isinstance(body, str | bytes) else json.dumps(body) if body is not None else ""
        return client.generic(
            method, f"/scim/v2{path}", content, content_type="application/scim+json",
            headers={"Authorization": f"Bearer {token or house['token']}", **{k.replace("_", "-"): v for k, v in headers.items()}},
        )  # fmt: skip

    return ask


def new(call, username="sample.one", name="样例甲", /, **more):
    given = {"schemas": [USER], "userName": username, "name": {"formatted": name}, **more}
    answer = call("POST", "/Users", given)
    assert answer.status_code == 201, answer.content.decode()
    return answer.json()


def patch(*operations):
    return {"schemas": [PATCH], "Operations": list(operations)}


def test_a_user_is_made_read_found_and_joins_a_post(call, house):
    made = new(call, externalId="E-1", active=True)
    assert (made["userName"], made["displayName"], made["externalId"], made["active"]) == (
        "sample.one",
        "样例甲",
        "E-1",
        True,
    )
    assert not Account.objects.get(pk=made["id"]).has_usable_password()
    found = call("GET", '/Users?filter=userName eq "Sample.One"').json()
    assert [each["id"] for each in found["Resources"]] == [made["id"]]
    group = call("GET", "/Groups/desk:clerk").json()
    assert (group["displayName"], group["members"]) == ("样例科 经办人", [])
    answer = call(
        "PATCH", "/Groups/desk:clerk", patch({"op": "Add", "path": "members", "value": [{"value": made["id"]}]})
    )
    assert [each["value"] for each in answer.json()["members"]] == [made["id"]]
    assert [each["value"] for each in call("GET", f"/Users/{made['id']}").json()["groups"]] == ["desk:clerk"]
    gone = patch({"op": "remove", "path": f'members[value eq "{made["id"]}"]'})
    assert call("PATCH", "/Groups/desk:clerk", gone).json()["members"] == []
    assert AuditEntry.objects.filter(purpose=f"scim {house['system']}", command="identity.assign").count() == 2


def test_out_of_service_ends_posts_and_sessions_and_deleting_hides_the_account(call, house, client):
    made = new(call)
    call("PUT", "/Groups/desk:clerk", {"members": [{"value": made["id"]}]})
    commands.set_password(account_id=made["id"], password=make.PASSWORD, by=make.SYSTEM, at=clock.now())
    make.login(client, made["id"])
    assert client.get("/api/v1/me").json()["office"]["organisation"] == "样例科"
    for value in (False, "False"):  # some clients send texts
        answer = call("PATCH", f"/Users/{made['id']}", patch({"op": "Replace", "path": "active", "value": value}))
        assert answer.json()["active"] is False
    assert client.get("/api/v1/me").status_code == 401
    assert not Appointment.objects.filter(account_id=made["id"], valid_to__isnull=True).exists()
    back = call("PATCH", f"/Users/{made['id']}", patch({"op": "replace", "value": {"active": True}})).json()
    assert (back["active"], back["groups"]) == (True, [])
    assert call("DELETE", f"/Users/{made['id']}").status_code == 204
    assert call("GET", f"/Users/{made['id']}").status_code == 404
    assert call("DELETE", f"/Users/{made['id']}").status_code == 404
    assert new(call)["id"] == made["id"], "who comes back has the same account"


def test_the_id_number_finds_the_person_and_is_never_told(call):
    number = synthetic_id_number(division_code="320402", birth_date=date(1991, 2, 3), sex="2")
    person = make.make_person("样例甲", id_number=number)
    wrong = {"userName": "x.one", "name": {"formatted": "样例假"}, PERSON: {"idNumber": number}}
    assert call("POST", "/Users", wrong).status_code == 409
    made = new(call, **{PERSON: {"idNumber": number}})
    assert Account.objects.get(pk=made["id"]).person_id == person
    assert number not in json.dumps(made)
    again = {"userName": "two.two", "name": {"formatted": "样例甲"}, PERSON: {"idNumber": number}}
    assert call("POST", "/Users", again).json()["scimType"] == "uniqueness"


def test_names_given_in_two_parts_and_a_mobile_with_its_country_are_understood(call):
    made = new(
        call,
        "two.parts",
        "",
        name={"familyName": "样", "givenName": "例乙"},
        phoneNumbers=[{"value": "tel:+86-13900000001"}],
    )
    assert made["displayName"] == "样例乙"
    assert Account.objects.get(pk=made["id"]).person.mobile == "13900000001"


def test_what_was_proved_elsewhere_is_not_changed_from_here(call):
    made = new(call)
    for operation in (
        {"op": "replace", "path": "userName", "value": "else"},
        {"op": "replace", "path": "name.formatted", "value": "样例他"},
        {"op": "replace", "path": "id", "value": "x"},
    ):
        answer = call("PATCH", f"/Users/{made['id']}", patch(operation))
        assert (answer.status_code, answer.json()["scimType"]) == (400, "mutability")
    assert Person.objects.filter(name="样例他").count() == 0


def test_versions_keep_two_clients_from_overwriting_each_other(call):
    made = new(call)
    answer = call("GET", f"/Users/{made['id']}")
    tag = answer["ETag"]
    assert tag == made["meta"]["version"]
    assert call("GET", f"/Users/{made['id']}", If_None_Match=tag).status_code == 304
    body = {"userName": made["userName"], "externalId": "E-2"}
    assert call("PUT", f"/Users/{made['id']}", body, If_Match=tag).status_code == 200
    answer = call("PUT", f"/Users/{made['id']}", body | {"externalId": "E-3"}, If_Match=tag)
    assert (answer.status_code, answer.json()["status"]) == (412, "412")
    assert call("GET", f"/Users/{made['id']}").json()["externalId"] == "E-2"


def test_user_names_and_external_names_are_unique(call):
    new(call, externalId="E-1")
    answer = call("POST", "/Users", {"userName": "SAMPLE.one", "name": {"formatted": "样例"}})
    assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")
    answer = call("POST", "/Users", {"userName": "other", "name": {"formatted": "样例"}, "externalId": "E-1"})
    assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ('userName sw "sample"', 3), ('displayName co "甲"', 1), ('name.formatted eq "样例乙"', 1), ("active eq false", 0),
        ('externalId eq "E-1"', 1), ("externalId pr", 1), ('not (userName eq "sample.one")', 2),
        ('userName eq "sample.one" or displayName eq "样例丙"', 2), ('userName sw "s" and (externalId pr)', 1),
        ('groups eq "desk:clerk"', 1), ('groups[value eq "desk:clerk"]', 1), ('meta.created gt "2020-01-01T00:00:00Z"', 3),
        ('id eq "nonsense"', 0), (f'{USER}:userName eq "sample.one"', 1), ('userName ne "sample.one"', 2),
    ],
)  # fmt: skip
def test_users_are_filtered_in_the_database(call, asked, found):
    one = new(call, externalId="E-1")
    new(call, "sample.two", "样例乙")
    new(call, "sample.three", "样例丙")
    call("PUT", "/Groups/desk:clerk", {"members": [{"value": one["id"]}]})
    body = call("POST", "/Users/.search", {"filter": f'({asked}) and userName sw "sample"'}).json()
    assert body["totalResults"] == found


def test_lists_come_in_pages_and_cost_the_same_however_long(call, django_assert_max_num_queries):
    for number in range(7):
        new(call, f"sample.{number}", f"样例{number}")
    page = call("GET", '/Users?startIndex=3&count=2&filter=userName sw "sample"').json()
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (7, 3, 2)
    assert [each["userName"] for each in page["Resources"]] == ["sample.2", "sample.3"]
    assert call("GET", "/Users?count=0").json()["Resources"] == []
    assert set(call("GET", "/Users?attributes=userName").json()["Resources"][0]) == {"schemas", "id", "userName"}
    assert call("GET", "/Users?startIndex=x").status_code == 400
    with django_assert_max_num_queries(8):
        call("GET", "/Users")
    with django_assert_max_num_queries(9):
        call("GET", "/Groups")


def test_a_system_sees_and_touches_its_subtree_only(call, house):
    stranger = make.make_official(house["other"], username="stranger").account_id
    widely = make.make_official(
        house["desk"], grants=[make.Grants("cases.view", organisation_id=house["other"])]
    ).account_id
    resident = make.make_resident().account_id
    for account_id in (stranger, resident):
        assert call("GET", f"/Users/{account_id}").status_code == 404
        assert call("DELETE", f"/Users/{account_id}").status_code == 404
        answer = call("PUT", "/Groups/desk:clerk", {"members": [{"value": str(account_id)}]})
        assert answer.status_code == 403
    assert call("DELETE", f"/Users/{widely}").status_code == 403, "seen, but holds more than the system reaches"
    for group in ("other:clerk", "desk:ruler", "desk:administrator", "nowhere:clerk"):
        assert call("GET", f"/Groups/{group}").status_code == 404
    groups = [each["id"] for each in call("GET", "/Groups").json()["Resources"]]
    assert groups == ["bureau:clerk", "bureau:reviewer", "desk:clerk", "desk:reviewer"]
    assert call("POST", "/Groups", {"displayName": "x"}).status_code == 403
    assert call("DELETE", "/Groups/desk:clerk").status_code == 403


def test_a_role_whose_rights_reach_beyond_the_subtree_is_no_group(call, house):
    commands.grant(role="reviewer", action="cases.view", organisation_id=house["other"], by=make.SYSTEM, at=clock.now())
    assert call("GET", "/Groups/desk:reviewer").status_code == 404


def test_without_a_good_token_nothing_is_told(call, house, client):
    answer = client.get("/scim/v2/Users")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="scim"')
    for token in ("yws_wrong", "x" * 300, "yws_"):
        assert call("GET", "/Users", token=token).status_code == 401
    renewed = personnel.renew_token(
        system_id=house["system"], valid_to=clock.today(), by=house["admin"], at=clock.now()
    ).token
    assert call("GET", "/Users").status_code == 401, "the former token is void"
    assert call("GET", "/Users", token=renewed).status_code == 200
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert call("GET", "/Users", token=renewed).status_code == 401
    personnel.end_system(system_id=house["system"], by=house["admin"], at=clock.now())
    assert call("GET", "/Users", token=renewed).status_code == 401
    assert PersonnelRecord.objects.filter(system__token_hash__contains=renewed.encode()).count() == 0


def test_a_system_is_registered_by_who_reaches_its_subtree_and_never_gets_ruling_roles(house):
    with pytest.raises(NotPermitted):
        register(house["other"], house["admin"])
    for wrong in (
        {"roles": ["ruler"]},
        {"roles": []},
        {"roles": ["nothing"]},
        {"valid_to": clock.today() + timedelta(days=400)},
        {"name": " "},
    ):
        with pytest.raises(InvalidIdentity):
            register(house["bureau"], house["admin"], **wrong)


DEEP = b'{"userName":' + b"[" * 50_000 + b"]" * 50_000 + b"}"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/Users", DEEP, 400), ("POST", "/Users", b"x" * (1024 * 1024 + 1), 413), ("POST", "/Users", b"[]", 400),
        ("POST", "/Users", b"{", 400), ("POST", "/Users", b"{}", 400), ("POST", "/Users", b'{"userName": 5}', 400),
        ("POST", "/Users/.search", {"filter": "(" * 60 + 'userName eq "x"' + ")" * 60}, 400),
        ("POST", "/Users/.search", {"filter": " or ".join(['userName eq "x"'] * 31)}, 400),
        ("POST", "/Users/.search", {"filter": 'userName eq "' + "x" * 3000 + '"'}, 400),
        ("POST", "/Users/.search", {"filter": 'password eq "x"'}, 400), ("POST", "/Users/.search", {"filter": "userName"}, 400),
        ("POST", "/Users/.search", {"filter": 'userName eq "a\\u0000"'}, 400),
        ("POST", "/Bulk", {"Operations": [{"method": "DELETE", "path": "/Users/x"}] * 101}, 413),
        ("POST", "/Bulk", {"Operations": "x"}, 400), ("GET", "/Bulk", None, 404), ("GET", "/Me", None, 501),
        ("GET", "/nothing", None, 404), ("GET", "/Users/nonsense", None, 404), ("PUT", "/Users", {}, 405),
        ("PATCH", "/Groups/desk:clerk", {"Operations": [{"op": "add", "path": "members", "value": [{}] * 5001}]}, 400),
        ("PATCH", "/Groups/desk:clerk", {"Operations": [{"op": "add"}] * 101}, 400),
        ("PATCH", "/Groups/desk:clerk", {"Operations": [{"op": "add", "path": "a[[[", "value": 1}]}, 400),
        ("PUT", "/Groups/desk:clerk", {"members": [{"value": "nonsense"}]}, 404),
    ],
)  # fmt: skip
def test_bombs_and_nonsense_are_refused_as_scim_says(call, method, path, body, status):
    answer = call(method, path, body)
    assert answer.status_code == status, answer.content.decode()[:300]
    document = answer.json()
    assert document["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert document["status"] == str(status)
    assert answer["Content-Type"] == "application/scim+json"


def test_a_bulk_makes_users_and_appoints_them_by_what_it_made(call):
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": "one", "data": {"userName": "bulk.one", "name": {"formatted": "样例批"}}},
        {"method": "PATCH", "path": "/Groups/desk:clerk", "data": patch({"op": "add", "path": "members", "value": [{"value": "bulkId:one"}]})},
        {"method": "POST", "path": "/Users", "bulkId": "two", "data": {"userName": "bulk.one", "name": {"formatted": "样例批"}}},
        {"method": "GET", "path": "/Users"},
        {"method": "DELETE", "path": "/Users/bulkId:nothing"},
    ]  # fmt: skip
    body = call("POST", "/Bulk", {"Operations": operations}).json()
    assert [each["status"] for each in body["Operations"]] == ["201", "200", "409", "400", "409"]
    assert len(call("GET", "/Groups/desk:clerk").json()["members"]) == 1
    body = call("POST", "/Bulk", {"failOnErrors": 1, "Operations": operations}).json()
    assert len(body["Operations"]) == 1


@pytest.mark.django_db(transaction=True)
def test_a_foreign_client_and_the_tester_of_its_makers_find_nothing_wrong(house, live_server, monkeypatch):
    import httpx2
    from scim2_client.engines.httpx2 import SyncSCIMClient
    from scim2_tester import Status, check_server, filling

    days, usual = count(1), filling.get_random_example_value

    def valid(path):
        """The tester would invent numbers, which we refuse as RFC 7643 lets us."""
        if str(path).endswith("idNumber"):
            birth = date(1950, 1, 1) + timedelta(days=next(days))
            return synthetic_id_number(division_code="320402", birth_date=birth, sex="2")
        return "13900000001" if str(path).endswith("phoneNumbers.value") else usual(path)

    monkeypatch.setattr(filling, "get_random_example_value", valid)
    headers = {"Authorization": f"Bearer {house['token']}"}
    with httpx2.Client(base_url=f"{live_server.url}/scim/v2", headers=headers, timeout=30) as http:
        client = SyncSCIMClient(http)
        results = check_server(client, resource_types=["User"])
        group = next(each for each in client.provider.models if each.__name__ == "Group")
        assert [each.id for each in client.query(group).resources] == [
            "bureau:clerk", "bureau:reviewer", "desk:clerk", "desk:reviewer",
        ]  # fmt: skip
    wrong = [
        f"{each.resource_type} {each.title} {each.description}: {each.reason}"
        for each in results
        if each.status not in {Status.SUCCESS, Status.SKIPPED}
        # The tester writes an extension as a whole and wants to read it back: nothing of this one is both written and read.
        and not (str(each.reason).startswith("PATCH") and PERSON in str(each.reason))
    ]
    assert not wrong, "\n".join(wrong)
    assert sum(each.status is Status.SUCCESS for each in results) > 30


def test_a_personnel_system_hears_of_nobody_outside_its_subtree(house, call, monkeypatch):
    monkeypatch.setattr(personnel, "MOST_REFUSED", 3)
    resident = make.person_row(make.make_person("样例居民"))
    official = make.person_row(make.make_official(house["other"], name="样例外人").person_id)

    def ask(person, name, username="asks"):
        given = {"userName": username, "name": {"formatted": name}, PERSON: {"idNumber": person.id_number}}
        return call("POST", "/Users", {"schemas": [USER, PERSON], **given})

    answers = [ask(resident, "样例假名"), ask(official, "样例假名"), ask(official, "样例外人")]
    assert {(each.status_code, each.content) for each in answers} == {(409, answers[0].content)}
    assert ask(resident, "样例假名").status_code == 429
    assert ask(resident, "样例居民").status_code == 429, "neither a right name nor a wrong one is judged any more today"
    assert new(call, "without.number")
