"""The page of messages and its number in the navigation."""

import re

import pytest
from django.test import Client
from tests.pack import account_of

from yiwang.commons.flow.tests.factories import office, publish, start
from yiwang.commons.identity.tests.factories import login, make_resident
from yiwang.commons.notify import queries
from yiwang.commons.notify.contracts import Recipient
from yiwang.commons.notify.tests.factories import send
from yiwang.kernel import outbox
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.ids import new_id

pytestmark = pytest.mark.django_db
_WAITS = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t"><process id="p" name="样例流程" isExecutable="true">
  <startEvent id="s"/><userTask id="a" name="补正材料"><extensionElements>
  <zeebe:assignmentDefinition candidateGroups="{group}"/></extensionElements></userTask><endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="e"/>
  </process></definitions>"""


@pytest.fixture
def reader():
    return make_resident("样例甲")


@pytest.fixture
def browser(reader):
    client = Client()
    login(client, reader.account_id)
    return client


def test_the_badge_counts_what_is_unread_and_goes_when_it_is_read(browser, reader):
    message_id = send(reader, href="/mine/")
    assert 'y-nav__count">1<' in browser.get("/mine/").content.decode()
    answer = browser.get(f"/messages/{message_id}/")
    assert answer["Location"] == "/mine/"
    assert "y-nav__count" not in browser.get("/mine/").content.decode()


def test_more_than_ninety_nine_are_not_counted(browser, reader):
    for number in range(101):
        send(reader, key=str(number))
    assert 'y-nav__count">99+<' in browser.get("/messages/").content.decode()


def test_the_list_says_what_is_unread_and_all_can_be_marked(browser, reader):
    send(reader, title="甲")
    html = browser.get("/messages/").content.decode()
    assert "“甲”有消息" in html
    assert "is-unread" in html
    html = browser.post("/messages/read/", follow=True).content.decode()
    assert "is-unread" not in html
    assert "1 条消息已标为已读" in html
    assert "没有未读的消息" in browser.get("/messages/?unread=1").content.decode()


def test_a_message_without_an_address_stays_in_the_list(browser, reader):
    assert browser.get(f"/messages/{send(reader)}/")["Location"] == "/messages/"


def test_another_gets_not_found_and_a_stranger_the_log_in_page(browser):
    message_id = send(make_resident("样例乙"))
    assert browser.get(f"/messages/{message_id}/").status_code == 404
    assert "next=" in Client().get("/messages/")["Location"]


def test_a_parameter_said_in_two_languages_is_read_in_the_readers(browser, reader):
    send(reader, title={"zh": "孩子出生", "en": "A child is born"})
    assert "孩子出生" in browser.get("/messages/").content.decode()
    browser.post("/language/", {"language": "en", "next": "/"})
    html = browser.get("/messages/").content.decode()
    assert "A child is born" in html
    assert "孩子出生" not in html


def test_the_length_of_the_list_does_not_change_the_number_of_queries(browser, reader, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries_of_a_page():
        with CaptureQueriesContext(connection) as caught:
            browser.get("/messages/")
        return len(caught)

    send(reader, key="first")
    few = queries_of_a_page()
    for number in range(15):
        send(reader, key=str(number))
    assert queries_of_a_page() == few


def test_a_task_for_the_applicant_becomes_one_message_that_opens_it(browser, reader):
    publish(_WAITS.format(group="applicant").encode())
    start(subject=SubjectRef("sample", new_id()), applicant_person_id=reader.person_id, title="样例办件")
    outbox.relay()
    html = browser.get("/messages/").content.decode()
    assert html.count("等您办理：补正材料") == 1
    assert "“样例办件”需要您处理后才能继续办理。" in html
    (message,) = queries.messages(viewer=reader.actor).items
    assert re.fullmatch(r"/work/tasks/[0-9a-f-]{36}/", browser.get(f"/messages/{message.id}/")["Location"])


def test_a_task_for_officials_tells_nobody_else(reader):
    organisation, _official = office()
    publish(_WAITS.format(group="").encode())
    start(subject=SubjectRef("sample", new_id()), applicant_person_id=reader.person_id, organisation_id=organisation)
    outbox.relay()
    assert not queries.messages(viewer=Actor.system("tests")).items


def test_officials_have_the_entry_at_their_desk_and_strangers_nowhere(pack):
    client = Client()
    login(client, account_of("tianning-police-acceptor"))
    send(to=Recipient(account_id=account_of("tianning-police-acceptor")))
    html = client.get("/work/").content.decode()
    assert re.search(r'href="/messages/"[^>]*>消息 <span class="y-nav__count">1<', html)
    assert 'href="/messages/"' not in Client().get("/").content.decode()
