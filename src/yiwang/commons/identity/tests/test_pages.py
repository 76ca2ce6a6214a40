"""Logging in and out, for whom one acts, in which office: through the real middleware, forms and sessions."""

import re
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.commons.identity import adapters, commands, queries
from yiwang.commons.identity.contracts import LEGAL_ENTITY, PERSON, NotPermitted, OrganisationKind, UnknownRecord
from yiwang.commons.identity.queries import samples
from yiwang.commons.identity.tests import factories as make
from yiwang.kernel import clock
from yiwang.kernel.actor import ActorKind, SubjectRef
from yiwang.kernel.models import AuditEntry
from yiwang.web.catalogues import untranslated

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_rate_limits():
    cache.clear()


def log_in(client, username, password=make.PASSWORD, **more):
    return client.post("/account/login/", {"login": username, "password": password, **more})


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def audited(command):
    return AuditEntry.objects.filter(command=command)


def test_the_login_page_needs_no_query_and_offers_no_sample_accounts(client):
    make.make_resident(username="sample.one", sample=True)
    with CaptureQueriesContext(connection) as captured:
        response = client.get("/account/login/")
    assert response.status_code == 200
    assert "登录" in text(response)
    assert "sample.one" not in response.content.decode()
    assert len(captured) <= 1, "the city's words, read once in half a minute"


def test_a_resident_logs_in_and_out_and_both_are_audited(client):
    one = make.make_resident(username="resident", password=make.PASSWORD)
    response = log_in(client, " Resident ".strip())
    assert (response.status_code, response.url) == (302, "/")
    entry = audited("identity.logged_in").get()
    assert (entry.account_id, entry.actor_kind) == (one.account_id, "person")
    response = client.post("/account/logout/")
    assert response.status_code == 302
    assert audited("identity.logged_out").get().account_id == one.account_id
    assert "_auth_user_id" not in client.session


def test_an_official_is_led_to_the_desk_and_everybody_to_where_they_were(client):
    make.make_official(make.make_organisation(), username="official", password=make.PASSWORD)
    assert log_in(client, "official").url == "/work/"
    client.post("/account/logout/")
    assert log_in(client, "official", next="/account/office/").url == "/account/office/"
    client.post("/account/logout/")
    assert log_in(client, "official", next="https://elsewhere.example/").url == "/work/"


def test_a_wrong_password_is_told_and_audited_without_the_name(client):
    one = make.make_resident(username="resident", password=make.PASSWORD)
    response = log_in(client, "resident", "wrong-password")
    assert response.status_code == 200
    assert "账号或密码不正确" in text(response)
    assert "wrong-password" not in response.content.decode()
    entry = audited("identity.login_failed").get()
    assert entry.subject_id == one.account_id
    assert "resident" not in str(entry.details)
    log_in(client, "nobody", "wrong-password")
    assert audited("identity.login_failed").filter(subject_id=None).count() == 1


def test_empty_fields_are_named_and_linked(client):
    response = log_in(client, "", "")
    page = response.content.decode()
    assert "请输入手机号码、身份证号码或用户名" in page
    assert "请输入密码" in page
    assert 'href="#f-login"' in page


def test_guessing_passwords_is_slowed_down(client):
    make.make_resident(username="resident", password=make.PASSWORD)
    for _ in range(5):
        log_in(client, "resident", "wrong-password")
    response = log_in(client, "resident")
    assert "密码输错次数过多" in text(response)
    assert "_auth_user_id" not in client.session


def test_too_many_log_ins_from_one_address_get_a_page_with_the_next_step(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "30/m/ip"}
    statuses = [log_in(client, f"nobody{number}", "wrong-password").status_code for number in range(31)]
    assert statuses[-1] == 429
    response = log_in(client, "nobody", "wrong-password")
    assert "操作太频繁" in text(response)
    assert "identity.too_many_attempts" in response.content.decode()


def test_a_deactivated_account_can_not_log_in_and_its_session_ends(client):
    one = make.make_resident(username="resident", password=make.PASSWORD)
    log_in(client, "resident")
    assert client.get("/api/v1/me").status_code == 200
    commands.deactivate_account(account_id=one.account_id, by=make.SYSTEM, at=clock.now())
    assert client.get("/api/v1/me").status_code == 401
    client.post("/account/logout/")
    response = log_in(client, "resident")
    assert response.status_code == 403
    assert "这个账号已经停用" in text(response)
    assert client.get("/api/v1/me").status_code == 401


def test_nobody_signs_up_and_no_mail_page_exists(client):
    for path in ("signup/", "password/reset/", "email/", "confirm-email/"):
        assert client.get(f"/account/{path}").status_code == 404


def test_a_demonstration_logs_in_at_one_click(client, monkeypatch):
    make.make_resident("样例甲", username="sample.one", password=make.PASSWORD, sample=True)
    make.make_official(make.make_organisation(name="样例局"), name="样例经办", username="sample.two", sample=True)
    shown = samples.settings().model_copy(update={"demo": True})
    monkeypatch.setattr(samples, "settings", lambda: shown)
    monkeypatch.setattr(adapters, "settings", lambda: shown)
    monkeypatch.setattr(samples, "_password", lambda: make.PASSWORD)
    page = client.get("/account/login/?next=/account/acting/").content.decode()
    assert 'name="login" value="sample.one"' in page
    assert "样例局 经办人" in page
    hidden = dict(re.findall(r'<input type="hidden" name="(password|next)" value="([^"]*)"', page))
    assert log_in(client, "sample.one", **hidden).url == "/account/acting/"


def test_a_password_is_changed_by_the_command_and_the_session_stays(client):
    one = make.make_resident(username="resident", password=make.PASSWORD)
    log_in(client, "resident")
    fresh = "Fresh-sample-2027"
    wrong = {"oldpassword": "wrong", "password1": fresh, "password2": fresh}
    assert "当前密码不正确" in text(client.post("/account/password/", wrong))
    response = client.post("/account/password/", {**wrong, "oldpassword": make.PASSWORD})
    assert response.status_code == 302
    assert audited("identity.set_password").get().account_id == one.account_id
    assert client.get("/api/v1/me").status_code == 200
    client.post("/account/logout/")
    assert log_in(client, "resident", fresh).status_code == 302


def test_a_weak_new_password_is_refused_with_its_reason(client):
    make.make_resident(username="resident", password=make.PASSWORD)
    log_in(client, "resident")
    weak = {"oldpassword": make.PASSWORD, "password1": "12345", "password2": "12345"}
    response = client.post("/account/password/", weak)
    assert response.status_code == 200
    assert 'href="#f-password1"' in response.content.decode()


@pytest.fixture
def agent(client):
    """A resident who may act for another and for an enterprise, logged in."""
    made = make.make_resident("样例代办")
    owner = make.make_person("样例本人")
    made_for = SubjectRef(PERSON, owner)
    representation = make.make_representation(made.person_id, made_for)
    entity = make.make_legal_entity("样例企业", legal_representative_id=made.person_id)
    make.login(client, made.account_id)
    return {"account": made, "person": made_for, "entity": SubjectRef(LEGAL_ENTITY, entity), "made": representation}


def test_acting_for_another_is_chosen_shown_and_left_again(client, agent):
    page = text(client.get("/account/acting/"))
    assert "样例本人" in page
    assert "法定代表人" in page
    response = client.post("/account/acting/", {"choice": str(agent["entity"])})
    assert (response.status_code, response.url) == (303, "/")
    assert audited("identity.act_for").get().subject_id == agent["entity"].id
    me = client.get("/api/v1/me").json()
    assert me["acting_for"] == {"kind": "legal_entity", "id": str(agent["entity"].id), "name": "样例企业"}
    assert "您正在代 样例企业 办事" in text(client.get("/account/acting/"))
    client.post("/account/acting/", {"choice": "myself"})
    assert client.get("/api/v1/me").json()["acting_for"] is None


def test_acting_for_somebody_who_did_not_agree_is_refused(client, agent):
    stranger = SubjectRef(PERSON, make.make_person())
    assert client.post("/account/acting/", {"choice": str(stranger)}).status_code == 404
    session = client.session
    session[queries.SESSION_ACTING] = str(stranger)
    session.save()
    assert client.get("/account/office/").url == "/account/acting/"
    assert client.get("/api/v1/me").json()["acting_for"] is None


def test_when_the_right_ends_the_next_request_says_so(client, agent):
    client.post("/account/acting/", {"choice": str(agent["person"])})
    commands.end_representation(representation_id=agent["made"], by=make.SYSTEM, at=clock.now())
    response = client.get("/account/password/")
    assert response.url == "/account/acting/"
    assert "代办关系已经结束" in text(client.get(response.url))


def test_officials_act_for_nobody_else(client):
    official = make.make_official(make.make_organisation())
    make.make_representation(official.person_id, SubjectRef(PERSON, make.make_person()))
    make.login(client, official.account_id)
    assert queries.acting_choices(viewer=official.actor) == ()
    assert "还没有人委托您代办" in text(client.get("/account/acting/"))


def test_an_official_with_several_offices_chooses_one(client):
    bureau = make.make_organisation("bureau", name="样例局")
    make.make_organisation("desk", name="样例科", parent="bureau", kind=OrganisationKind.OFFICE)
    official = make.make_official(bureau, username="official")
    desk = queries.organisation_by_code(code="desk", viewer=make.SYSTEM).id
    second = commands.appoint(
        account_id=official.account_id, organisation_id=desk, role="clerk", by=make.SYSTEM, at=clock.now()
    )
    make.login(client, official.account_id)
    assert client.get("/api/v1/me").json()["office"]["organisation"] == "样例局"
    assert "样例科" in text(client.get("/account/office/"))
    assert client.post("/account/office/", {"choice": str(second)}).status_code == 303
    assert client.get("/api/v1/me").json()["office"]["organisation"] == "样例科"
    assert client.post("/account/office/", {"choice": str(bureau)}).status_code == 404
    commands.end_appointment(appointment_id=second, by=make.SYSTEM, at=clock.now())
    assert client.get("/api/v1/me").json()["office"]["organisation"] == "样例局"


def test_an_official_account_without_office_acts_as_a_person(client):
    official = make.make_official(make.make_organisation())
    held = queries.offices(viewer=official.actor)[0]
    commands.end_appointment(appointment_id=held.appointment_id, by=make.SYSTEM, at=clock.now())
    make.login(client, official.account_id)
    me = client.get("/api/v1/me").json()
    assert (me["kind"], me["office"]) == (ActorKind.PERSON, None)
    assert "没有任职" in text(client.get("/account/office/"))


def test_strangers_are_led_to_the_login_page(client):
    assert client.get("/account/acting/").url == "/account/login/?next=/account/acting/"


def test_the_actor_costs_one_query_beside_session_and_account(client, agent):
    client.post("/account/acting/", {"choice": str(agent["person"])})
    with CaptureQueriesContext(connection) as captured:
        client.get("/account/office/")
    tables = [re.search(r'FROM "(\w+)"', query["sql"]).group(1) for query in captured if "FROM" in query["sql"]]
    assert tables[:3] == ["django_session", "commons_identity_account", "commons_identity_representation"]
    assert len(tables) == 3 + 1  # the page itself asks for the offices


def test_the_shell_shows_the_account_with_its_office(client):
    official = make.make_official(make.make_organisation(name="样例局"), name="样例经办")
    make.login(client, official.account_id)
    page = text(client.get("/account/office/"))
    assert "样例经办" in page
    assert "样例局 · 经办人" in page


def test_the_device_is_a_keyed_hash_of_the_browser_and_no_address(client):
    make.make_resident(username="resident", password=make.PASSWORD)
    client.post("/account/login/", {"login": "resident", "password": make.PASSWORD}, headers={"User-Agent": "Sample/1"})
    entry = audited("identity.logged_in").get()
    assert re.fullmatch(r"[0-9a-f]{16}", entry.device)
    assert "127.0.0.1" not in str(entry.__dict__)


def test_every_message_has_its_english():
    folder = Path(queries.__file__).parents[1]
    assert untranslated(folder) == {}


def test_a_clerk_serves_a_person_while_the_grant_stands_and_nobody_else_does(client):
    person_id, hall = make.make_person("样例居民"), make.make_organisation()
    clerk, idle = make.make_official(hall, grants=["counter.serve"]), make.make_official(hall)
    at = clock.now()
    commands.serve(person_id=person_id, by=clerk.actor, at=at)
    with pytest.raises(NotPermitted):
        commands.serve(person_id=person_id, by=idle.actor, at=at)
    with pytest.raises(UnknownRecord):
        commands.serve(person_id=hall, by=clerk.actor, at=at)
    for official, served in ((clerk, "样例居民"), (idle, "")):
        make.login(client, official.account_id)
        session = client.session
        session[queries.SESSION_SERVING] = str(person_id)
        session.save()
        standing = queries.standing_of(client.get("/account/office/").wsgi_request)
        assert standing.served == served
        assert (standing.actor.on_behalf is not None) == bool(served)
