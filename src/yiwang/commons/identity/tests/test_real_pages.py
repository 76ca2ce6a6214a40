"""The pages of real names and mandates, through the real middleware, forms and sessions."""

import re
from datetime import date
from pathlib import Path

import pytest

from yiwang.commons.identity import policies
from yiwang.commons.identity.contracts import LEGAL_ENTITY, PERSON
from yiwang.commons.identity.contracts.real_names import ScopeChoice
from yiwang.commons.identity.models import Account, LegalEntity, Mandate, RealNameCheck
from yiwang.commons.identity.registry import real_names as ports
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests.real_names import ALONE, CHILD, CODE, number_of, register, unproven, verified
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.models import AuditEntry
from yiwang.web.catalogues import untranslated

__all__ = ["register"]
pytestmark = pytest.mark.django_db


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def hidden(response):
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', response.content.decode())
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def test_a_resident_becomes_known_by_name_and_number_and_goes_on_where_they_were(register, client):
    one = unproven()
    make.login(client, one.account_id)
    assert "开始认证" in text(client.get("/account/real-name/"))
    page = client.get("/account/real-name/register/?next=/account/mandates/")
    given = {"name": "样例孤名", "id_number": ALONE.lower(), **hidden(page)}
    response = client.post("/account/real-name/register/", given)
    assert (response.status_code, response.url) == (303, "/account/mandates/")
    shown = text(client.get("/account/real-name/"))
    assert "您已经完成实名认证" in shown
    assert ALONE not in shown


def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(register, client):
    make.login(client, unproven().account_id)
    response = client.post("/account/real-name/register/", {"name": "样例孤名", "id_number": "123"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'href="#f-id_number"' in page
    assert 'value="样例孤名"' in page
    response = client.post("/account/real-name/register/", {"name": "样例别人", "id_number": ALONE})
    assert "对不上" in text(client.get(response.url))


@pytest.mark.parametrize(
    "path", ["real-name/", "real-name/register/", "mandates/", "mandates/new/", "entities/", "children/new/"]
)
def test_nobody_sees_these_pages_without_logging_in(client, path):
    response = client.get(f"/account/{path}")
    assert response.status_code == 302
    assert "/account/login/" in response.url


def test_an_unknown_method_does_not_exist(register, client):
    make.login(client, unproven().account_id)
    assert client.get("/account/real-name/nothing/").status_code == 404


def test_an_official_decides_on_what_waits_and_the_resident_reads_why(register, client):
    ports.provide_population_register(None)
    one = unproven()
    make.login(client, one.account_id)
    client.post("/account/real-name/register/", {"name": "样例孤名", "id_number": ALONE})
    assert "正在人工核对" in text(client.get("/account/real-name/"))
    reviewer = make.make_official(
        make.make_organisation(), grants=["identity.review", "identity.register", "flow.work"]
    )
    make.login(client, reviewer.account_id)
    listed = client.get("/work/real-names/")
    assert "样***" in text(listed)
    assert ALONE not in listed.content.decode()
    path = f"/work/real-names/{RealNameCheck.objects.get().pk}/"
    assert ALONE not in client.get(path).content.decode()
    assert ALONE in client.post(path, {"reveal": "number"}).content.decode()
    assert AuditEntry.objects.filter(command="identity.reveal_claim", account_id=reviewer.account_id).exists()
    assert client.post(path, {"decision": "refuse"}).status_code == 422
    assert client.post(path, {"decision": "refuse", "words": "照片不清"}).status_code == 303
    make.login(client, one.account_id)
    assert "照片不清" in text(client.get("/account/real-name/"))
    assert client.get("/work/real-names/").status_code == 403
    assert client.get(path).status_code == 403


def test_a_clerk_confirms_who_stands_at_the_counter(register, client):
    one = unproven()
    clerk = make.make_official(make.make_organisation(), grants=["identity.register"])
    make.login(client, clerk.account_id)
    given = {"username": one.username, "name": "样例孤名", "id_number": ALONE}
    assert client.post("/work/real-names/counter/", given | {"username": "nobody"}).status_code == 422
    assert client.post("/work/real-names/counter/", given).status_code == 303
    assert Account.objects.get(pk=one.account_id).assurance == 4


def offer_by_pages(client, path, agent, name):
    answers = (
        {"step": "who", "name": name, "id_number": number_of(agent.person_id)},
        {"all": "all"},
        {"until": "30"},
        {},
    )
    response = client.get(path)
    for given in answers:
        response = client.post(path, {**hidden(response), **given})
    return response


def test_a_mandate_is_given_step_by_step_accepted_used_and_withdrawn(register, client):
    one, agent = verified(register, "样例本人"), verified(register, "样例代办")
    make.login(client, one.account_id)
    response = offer_by_pages(client, "/account/mandates/new/", agent, "样例代办")
    assert (response.status_code, response.url) == (303, "/account/mandates/")
    assert "等对方确认" in text(client.get("/account/mandates/"))
    mandate = Mandate.objects.get()
    make.login(client, agent.account_id)
    assert "样例本人 请您代办" in text(client.get("/account/mandates/"))
    page = f"/account/mandates/{mandate.pk}/"
    assert {"样例本人", "样例代办", "全部事项"} <= set(text(client.get(page)).split())
    assert client.post(page, {"answer": "accept"}).status_code == 303
    assert policies.can_act_for(agent.actor, SubjectRef(PERSON, one.person_id))
    make.login(client, one.account_id)
    assert client.post(f"{page}end/").status_code == 303
    assert not policies.can_act_for(agent.actor, SubjectRef(PERSON, one.person_id))
    make.login(client, verified(register, "样例旁人").account_id)
    assert client.get(page).status_code == 404
    assert client.post(f"{page}end/").status_code == 404


def test_a_step_that_is_skipped_or_forged_comes_back(register, client):
    one = verified(register, "样例本人")
    make.login(client, one.account_id)
    response = client.post("/account/mandates/new/", {"step": "check", "name": "样例", "id_number": "1", "all": "all"})
    assert response.status_code == 422
    assert "请谁代办" in text(response)
    good = {"name": "样例代办", "id_number": ALONE, "all": "some", "until": "other", "day": "2999-01-01"}
    forged = client.post("/account/mandates/new/", {**good, "step": "check", "scope": ["matter:*", "x"]})
    assert forged.status_code == 422
    assert not Mandate.objects.exists()


def test_matters_are_found_by_group_and_a_group_with_a_choice_stays_open(register, client):
    birth = ScopeChoice("matter:birth", "出生登记", "生育收养")
    ports.provide_scopes(lambda audience: (birth, ScopeChoice("matter:card", "社保卡申领", "社会保障")))
    one = verified(register, "样例本人")
    make.login(client, one.account_id)
    given = {"step": "who", "name": "样例代办", "id_number": ALONE}
    page = client.post("/account/mandates/new/", given).content.decode()
    assert page.count('<details class="y-panel y-fold">') == 2
    assert page.index("生育收养") < page.index("出生登记") < page.index("社会保障")
    back = client.post("/account/mandates/new/", {**given, "scope": ["matter:birth"]}).content.decode()
    assert back.count('<details class="y-panel y-fold" open>') == 1
    assert "1 项，已选 1 项" in back
    forward = {**given, "step": "what", "all": "some", "scope": ["matter:birth"]}
    assert 'name="scope" value="matter:birth"' in client.post("/account/mandates/new/", forward).content.decode()


def test_the_first_step_asks_for_a_real_name(register, client):
    make.login(client, unproven().account_id)
    assert "请先实名认证" in text(client.get("/account/mandates/"))
    response = client.get("/account/mandates/new/")
    assert response.status_code == 403
    assert "实名认证" in text(response)


def test_a_legal_representative_binds_an_entity_and_authorises_staff(register, client):
    owner, staff = verified(register, "样例法人"), verified(register, "样例员工")
    register.entity(CODE, "常州样例甲有限公司", "样例法人", number_of(owner.person_id))
    make.login(client, owner.account_id)
    assert client.post("/account/entities/bind/", {"credit_code": CODE, "name": "别的公司"}).status_code == 422
    response = client.post("/account/entities/bind/", {"credit_code": CODE, "name": "常州样例甲有限公司"})
    entity = LegalEntity.objects.get()
    assert response.url == f"/account/entities/{entity.pk}/"
    assert "常州样例甲有限公司" in text(client.get("/account/entities/"))
    response = offer_by_pages(client, f"/account/entities/{entity.pk}/new/", staff, "样例员工")
    assert response.url == f"/account/entities/{entity.pk}/"
    assert "样例员工" in text(client.get(response.url))
    make.login(client, staff.account_id)
    assert "法定代表人 样例法人" in text(client.get(f"/account/mandates/{Mandate.objects.get().pk}/"))
    assert client.get(f"/account/entities/{entity.pk}/").status_code == 404
    assert client.get(f"/account/entities/{entity.pk}/new/").status_code == 404
    assert not policies.can_act_for(staff.actor, SubjectRef(LEGAL_ENTITY, entity.pk))


def test_a_parent_adds_a_child(register, client):
    parent = verified(register, "样例母亲")
    register.child(
        name="样例孩子", birth_date=date(2018, 4, 5), sex="2", id_number=CHILD, parents=(number_of(parent.person_id),)
    )
    make.login(client, parent.account_id)
    assert client.post("/account/children/new/", {"name": "样例孩子", "id_number": ALONE}).status_code == 422
    assert client.post("/account/children/new/", {"name": "样例孩子", "id_number": CHILD}).status_code == 303
    shown = text(client.get("/account/mandates/"))
    assert "样例孩子" in shown
    assert "监护人，至 2036-04-04" in shown


def test_no_address_bears_personal_data():
    routes = (Path(__file__).parents[1] / "views" / "real" / "routes.py").read_text(encoding="utf-8")
    assert set(re.findall(r"<(\w+):", routes)) == {"uuid", "slug"}


def test_all_words_of_these_pages_have_english():
    folder = Path(__file__).parents[1]
    ours = (
        "views/real",
        "identity/real",
        "contracts/real_names",
        "engine/realnames",
        "commands/a",
        "commands/b",
        "registry/real",
    )
    assert {said: where for said, where in untranslated(folder).items() if any(part in where for part in ours)} == {}


def test_who_reviews_real_names_in_a_part_of_the_city_finds_the_queue_in_the_menu(client):
    make.make_organisation("city", name="样例市政府")
    desk = make.make_organisation("district", name="样例区窗口", parent="city")
    clerk = make.make_official(desk, grants=["identity.review"])
    other = make.make_official(desk)
    make.login(client, clerk.account_id)
    assert "/work/real-names/" in client.get("/work/").content.decode()
    make.login(client, other.account_id)
    assert "/work/real-names/" not in client.get("/work/").content.decode()
