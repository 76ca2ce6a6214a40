"""A number that has passed to another person opens nothing of its former holder: what a code alone is worth."""

import pytest

from yiwang.commons.identity import commands
from yiwang.commons.identity.contracts import CodePurpose, CodeWrong, OwnerWrong
from yiwang.commons.identity.models import Account, OneTimeCode, Person
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests.test_entry import NEW, anonymous, is_owner, log_in, mobile_of, phone, with_totp
from yiwang.kernel import clock
from yiwang.kernel.guard import opened

__all__ = ["phone"]
pytestmark = pytest.mark.django_db
LOGIN, OWNER = "/account/login/code/", "/account/login/code/owner/"
RECOVER, RECOVER_OWNER = "/account/recover/", "/account/recover/owner/"


@pytest.fixture
def owner():
    return make.make_resident("样例甲", password=make.PASSWORD)


def by_code(client, made, phone, start=LOGIN, entry="entry/"):
    client.post(start, {"mobile": mobile_of(made)})
    return client.post(start + entry, {"code": phone.receive()})


def tail_of(made):
    return Person.objects.get(pk=made.person_id).id_number[-4:]


def test_at_an_unknown_browser_a_code_asks_who_the_owner_is(owner, phone, client):
    assert by_code(client, owner, phone).url == OWNER
    assert anonymous(client)
    page = client.get(OWNER)
    assert page.status_code == 200
    assert "服务窗口" in page.content.decode()
    tail = tail_of(owner)
    others = ("样例乙", tail), ("样例甲", "0000" if tail != "0000" else "0001"), ("", ""), ("样例?", tail)
    refusals = {client.post(OWNER, {"name": name, "tail": tail}).content.count(b"<li>") for name, tail in others}
    assert len(refusals) == 1, "it is not told which part was wrong"
    assert anonymous(client)
    assert is_owner(client, owner).status_code == 302
    assert not anonymous(client)


def test_the_owner_is_known_by_a_whole_number_and_a_small_x_too(owner, phone, client):
    with opened("tests"):
        row = Person.objects.get(pk=owner.person_id)
        row.id_number = row.id_number[:-1] + "X"
        row.save()
    by_code(client, owner, phone)
    client.post(OWNER, {"name": " 样例 甲 ", "tail": row.id_number.lower()})
    assert not anonymous(client)


def test_a_browser_that_the_account_knows_is_not_asked(owner, phone, client):
    log_in(client, owner)
    client.post("/account/logout/")
    by_code(client, owner, phone)
    assert not anonymous(client)


def test_wrong_answers_are_five_a_day_and_shut_the_owner_out_of_nothing_else(owner, phone, client):
    by_code(client, owner, phone)
    for _each in range(5):
        assert client.post(OWNER, {"name": "样例乙", "tail": "0000"}).status_code == 422
    answer = is_owner(client, owner)
    assert answer.status_code == 422
    assert "服务窗口" in answer.content.decode()
    assert anonymous(client)
    assert client.get(OWNER).url == LOGIN, "what was proved is given up"
    by_code(client, owner, phone, RECOVER, "code/")
    assert is_owner(client, owner, page=RECOVER_OWNER).status_code == 422, "the way back counts with it"
    log_in(client, owner)
    assert not anonymous(client)


def test_a_second_factor_is_asked_for_instead(owner, phone, client):
    with_totp(owner)
    assert by_code(client, owner, phone).url == "/account/login/second/"
    assert anonymous(client)


def test_coming_back_asks_it_at_every_browser_and_no_password_is_set_without_it(owner, phone, client):
    log_in(client, owner)
    client.post("/account/logout/")
    assert by_code(client, owner, phone, RECOVER, "code/").url == RECOVER_OWNER
    client.post("/account/recover/password/", {"password": NEW, "again": NEW})
    log_in(client, owner, NEW)
    assert anonymous(client)


def proved(made, purpose):
    told = {"purpose": purpose, "by": make.SYSTEM, "at": clock.now()}
    sent = commands.send_code(mobile=mobile_of(made), address="192.0.2.1", **told)
    return commands.try_code(code_id=sent, code=OneTimeCode.objects.get(pk=sent).code, **told)


def test_what_was_proved_is_used_once_for_its_purpose_by_its_account(owner, phone):
    by = {"by": make.SYSTEM, "at": clock.now()}
    knows = {"name": "样例甲", "tail": tail_of(owner)}
    proof = proved(owner, CodePurpose.LOGIN)
    assert commands.prove_owner(proof=proof, **knows, **by) == owner.account_id
    with pytest.raises(CodeWrong):
        commands.prove_owner(proof=proof, **knows, **by)
    proof = proved(owner, CodePurpose.RECOVER)
    with pytest.raises(CodeWrong):
        commands.recover_account(proof=proof, password=NEW, **by)
    with opened("tests"):
        Account.objects.filter(pk=owner.account_id).update(is_active=False)
    with pytest.raises(CodeWrong):
        commands.prove_owner(proof=proof, **knows, **by)


@pytest.mark.parametrize("told", ["样例?", "样**", "???", "样例\ue000", ""])
def test_nothing_stands_for_a_name(owner, phone, told):
    proof = proved(owner, CodePurpose.LOGIN)
    with pytest.raises(OwnerWrong):
        commands.prove_owner(proof=proof, name=told, tail=tail_of(owner), by=make.SYSTEM, at=clock.now())
